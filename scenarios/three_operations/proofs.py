"""What the three operations prove: each a function of what the nodes said (`Findings`)."""

from __future__ import annotations

from collections.abc import Callable

from scenarios.replay.checks import Check
from scenarios.three_operations.nations import AUTHORITIES
from scenarios.three_operations.story import DESK, HELD, LEFT, MEMBERS, OVER, Findings

# In each operation whom its police met: by country, names of the story.
MET = {
    1: {"GY": ["met in the first", OVER, HELD], "TT": ["met in Trinidad"]},
    2: {"GY": ["met in the second"], "SR": ["met in Suriname in the second"]},
    3: {"GY": ["met in Guyana in the third"], "SR": ["met in the third"]},
}
# Guyana's police erased the file that was over its last day as well.
KNOWN = {1: {"GY": ["met in the first", HELD], "TT": ["met in Trinidad"]}, 2: MET[2], 3: MET[3]}
COUNTED = ("records", "seen_as_potential_victims", "potential_victims")


def proofs(findings: Findings) -> list[Check]:
    return [prove(findings) for prove in PROOFS]


def prove_apart(findings: Findings) -> Check:
    """Its entries, those of whose file no opening is there included, by what a member of it calls them."""
    check = Check("no node holds a word of an operation that it is not in")
    numbers = {operation: number for number, operation in findings.operations.items()}
    whose = {
        entry: numbers[operation]
        for entries in findings.entries.values()
        for entry, operation in entries.items()
        if operation in numbers
    }
    for host, entries in findings.entries.items():
        inside = {
            number
            for number, members in MEMBERS.items()
            if any(AUTHORITIES[key].host == host for key in members)
        }
        for entry in entries:
            number = whose.get(entry)
            check.counted += number is not None
            if number is None or number in inside:
                continue
            if host == "TT" and number == 2 and entry in findings.removed_with:
                continue
            check.wrong.append(f"{host} holds {entry[:16]} of operation {number}")
    return check


def prove_removed(findings: Findings) -> Check:
    """It was told by whom it was told, got nothing after that, and keeps what it had of the first."""
    check = Check("who is removed is told, gets nothing more and keeps what it had", 3)
    second, entries = findings.operations[2], findings.entries["TT"]
    if findings.removed != [(second, LEFT)]:
        check.wrong.append(f"Trinidad and Tobago was told {len(findings.removed)} removals")
    later = {entry for entry, of in entries.items() if of == second} - findings.removed_with
    if later:
        check.wrong.append(f"it got {len(later)} entries of the second since")
    if not findings.removed_with or findings.known["TT", 1] != [findings.people["met in Trinidad"]]:
        check.wrong.append("it does not keep what it had")
    return check


def prove_people(findings: Findings) -> Check:
    """An officer's list has whom the own police met in the operation that the officer works in."""
    check = Check("an officer finds the people of the operation worked in, and no others")
    for (key, number), people in findings.known.items():
        check.counted += 1
        expected = sorted(findings.people[name] for name in KNOWN[number].get(key, ()))
        if people != expected:
            check.wrong.append(f"{key} in operation {number} finds {len(people)} people, not {len(expected)}")
    return check


def prove_figures(findings: Findings) -> Check:
    """At every member alike; whom two operations met is one of each, and nobody is met twice in any."""
    check = Check("each operation's figures reconcile on their own")
    for (key, number), figures in findings.figures.items():
        by_country = {country: len(names) for country, names in MET[number].items()}
        lines = {c: line["records"] for c, line in figures["lines"].items() if line["records"]}
        expected = sum(by_country.values())
        totals = {name: figures["summary"][name] for name in COUNTED}
        check.counted += 1
        if lines != by_country or set(totals.values()) != {expected} or figures["summary"]["met_twice"]:
            check.wrong.append(f"{key}, operation {number}: {totals}, {lines}, not {expected}")
    return check


def prove_hit(findings: Findings) -> Check:
    """By her name, passport and telephone; and the telephone itself, which Suriname's police seized."""
    check = Check("who was met in the first is found in the third, by who met her and asks")
    people, exhibits = findings.people, findings.exhibits
    first, third = f"person:{people['met in the first']}", f"person:{people['met in the third']}"
    telephone = f"exhibit:{exhibits['seized in the first']}"
    expected = {
        (first, third),
        (telephone, third),
        (telephone, f"exhibit:{exhibits['seized in the third']}"),
    }
    check.counted = len(expected)
    if set(findings.opened) != expected:
        check.wrong.append(f"{len(expected ^ set(findings.opened))} hits too many or too few")
    for answer in findings.answers["GY asks SR"]:
        if answer.what == "hit" and answer.contact != DESK:
            check.wrong.append("the hit names another desk")
        if answer.ref == first and not {"document", "phone", "name"} <= set(answer.kinds):
            check.wrong.append(f"she was found by {', '.join(answer.kinds)} alone")
    return check


def prove_nobody_else(findings: Findings) -> Check:
    """Guyana answers from the third alone; who is not in that one is not answered; no node says it itself."""
    check = Check("nobody else is told of it")
    for question in ("SR asks GY", "TT asks GY"):
        for answer in findings.answers[question]:
            check.counted += 1
            if answer.what == "hit" or (question.startswith("TT") and answer.what == "none"):
                check.wrong.append(f"{question}: {answer.what}")
    asked = {peer for log in findings.logs["SR"] for peer in log[:1]}
    check.counted += len(findings.logs["SR"])
    if asked != {findings.authorities["GY"]}:
        check.wrong.append("Suriname's log has others than Guyana's police")
    if any(opened for _peer, _case, opened in findings.logs["GY"]):
        check.wrong.append("Guyana opened a record to somebody")
    for host, hits in findings.ordinary.items():
        check.counted += 1
        if hits and host != "GY":
            check.wrong.append(f"{host} put {len(hits)} records together by itself")
    return check


def prove_met_again(findings: Findings) -> Check:
    """Guyana's police meet somebody of the second once more: their node puts just these two side by side."""
    check = Check("who is met again in a later operation is recognised by who met the person before")
    both = [f"person:{findings.people[name]}" for name in ("met in the second", "met in Guyana in the third")]
    check.counted = 1
    if findings.ordinary["GY"] != [tuple(sorted(both))]:
        check.wrong.append(f"Guyana put {findings.ordinary['GY']} together")
    return check


def prove_erased(findings: Findings) -> Check:
    """Not before its last day, not by who asked; then at care's node and, as their own, at the police's."""
    check = Check("a file that is over its last day is erased by two people")
    refused = {"before its day": "kept until", "by who asked": "does not decide"}
    for name, words in refused.items():
        check.counted += 1
        if words not in findings.erasing[name]:
            check.wrong.append(f"{name}: not refused")
    for host in ("GY-care", "GY"):
        files = findings.files[host, OVER]
        check.counted += len(files)
        if not files or findings.erased[host, OVER] != files:
            check.wrong.append(f"{host} has files of it still")
    if findings.care[OVER] or findings.erasing["by another"] or findings.erasing[f"police, {OVER}"]:
        check.wrong.append("it was not erased")
    return check


def prove_held(findings: Findings) -> Check:
    """The police's node has the case file, since its prosecution lives there; care's has the tally alone."""
    check = Check("a file under a legal hold stays")
    if "legal hold" not in findings.erasing[f"police, {HELD}"]:
        check.wrong.append("the police erased it")
    if findings.erasing["asked for, held"] or "legal hold" not in findings.erasing[f"care, {HELD}"]:
        check.wrong.append("care was not refused")
    for host in ("GY-care", "GY"):
        check.counted += len(findings.files[host, HELD])
        if findings.erased[host, HELD]:
            check.wrong.append(f"{host} destroyed its keys")
    if not findings.care[HELD]:
        check.wrong.append("care does not open it")
    return check


def prove_believed(findings: Findings) -> Check:
    """Of two years nothing lies in quarantine."""
    check = Check("every entry is believed at every node", len(findings.held))
    check.wrong += [f"{host} holds {count} back" for host, count in findings.held.items() if count]
    return check


PROOFS: tuple[Callable[[Findings], Check], ...] = (
    prove_apart,
    prove_removed,
    prove_people,
    prove_figures,
    prove_hit,
    prove_nobody_else,
    prove_met_again,
    prove_erased,
    prove_held,
    prove_believed,
)
