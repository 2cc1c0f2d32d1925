"""Asking in private within the replay: four countries up to the evening of 9 April, when nobody has shared.

The police of Venezuela and of Guyana, each alone on a node, read nothing of each other's people, leads and
exhibits. Everybody asks for all whom they met and all phones that they seized; what comes of it is proved.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from libertad.people.actions.answer_share import approve_share
from libertad.people.actions.share_person import share_person
from scenarios.operation_libertad_2018 import play, timeline
from scenarios.replay import on_node, searching
from scenarios.replay import private_on_node as there
from scenarios.replay.checks import Check
from scenarios.replay.hosts import Host
from scenarios.replay.run import Options

# In this order the police of Venezuela and of Guyana have a node each, apart from the coordinating centre's.
COUNTRIES = ("VE", "GY", "CW", "JM")
NODES, CARE_NODES = 5, 1
# Before anybody was shared or linked: these hits are why that is done.
ENDS = "2018-04-09T21:38+00:00"
DESKS = {"VE": "Duty desk, Caracas", "GY": "Duty desk, Georgetown"}
ASKS = (
    ("GY", "VE", "person"),
    ("VE", "GY", "person"),
    ("CW", "VE", "person"),
    ("GY", "VE", "exhibit"),
    ("VE", "GY", "exhibit"),
    ("JM", "VE", "exhibit"),
)
SECOND_SITE = "Gold mine 02"  # where the people of `timeline.NAMED` were taken to
RIGHT = 5  # hits on people that are right: two moved, asked from both sides, and one met twice
# Of 113 questions about people so many others are hits: the scenario has thirteen surnames for everybody.
# Who was met twice said a given name and a birth date, no surname: 8.5 bits above the highest wrong one.
BY_CHANCE, APART = 7, 8.0  # at most, and how many bits they are below the right ones at least
WITHIN = 60.0
Asked = tuple[str, str, str]


class Met(NamedTuple):
    """A hit, and what each side knows of its own record; only the driver knows both."""

    hit: there.Found
    site: str
    names: list[str]
    owners: there.Opened
    owners_names: list[str]

    @property
    def right(self) -> bool:
        return self.names == self.owners_names


@dataclass
class Told:
    """What the nodes said. `before`, `after` its release: as whom Guyana knows Venezuela's record."""

    asked: dict[Asked, int] = field(default_factory=dict)
    met: dict[Asked, list[Met]] = field(default_factory=dict)
    before: dict[str, list[str]] = field(default_factory=dict)
    after: dict[str, list[str]] = field(default_factory=dict)
    logs: dict[str, there.Logs] = field(default_factory=dict)
    authorities: dict[str, str] = field(default_factory=dict)
    searched: dict[str, int] = field(default_factory=dict)
    betrayed: list[str] = field(default_factory=list)
    planted: list[str] = field(default_factory=list)

    def persons(self) -> list[Met]:
        return [met for (_, _, kind), hits in self.met.items() if kind == "person" for met in hits]

    def moved(self) -> list[Met]:
        """Hits of those whom Guyana had met where it then found nobody."""
        return [met for met in self.met["GY", "VE", "person"] if met.site == timeline.NAMED]


def parameters() -> dict[str, Any]:
    """Those of the operation, for these countries and days."""
    data = play.parameters()
    data["countries"] = {code: data["countries"][code] for code in COUNTRIES}
    data["ends"], data["arcs"] = ENDS, False
    return data


def options(base: Options) -> Options:
    """The replay of these countries and days, without faults, with what is asked and proved here."""
    return replace(
        base,
        nodes=NODES,
        care_nodes=CARE_NODES,
        level="none",
        data=parameters(),
        more=lambda hosts: proofs(ask_and_search(hosts)),
    )


def ask_and_search(hosts: Mapping[str, Host]) -> Told:
    """Ask, read the logs, search all files and all that was said, release the two who were moved."""
    findings, at = Told(), {code: host for host in hosts.values() for code in COUNTRIES if code in host.keys}
    findings.authorities = {code: at[code].call(there.police, code) for code in COUNTRIES}
    ask(at, findings)
    findings.logs = {code: host.call(there.logs, code) for code, host in at.items()}
    search(at, findings)
    release(at, findings)
    return findings


def ask(at: Mapping[str, Host], findings: Told) -> None:
    """Everybody asks for all whom they met and all phones that they seized."""
    for code, desk in DESKS.items():
        at[code].call(there.answers, code, desk, [country for country in COUNTRIES if country != code])
    for host in at.values():
        host.call(there.overhear)
    for question in ASKS:
        asker, owner, kind = question
        findings.asked[question], hits = at[asker].call(there.ask, asker, owner, f"{asker}-2018-014", kind)
        findings.met[question] = [_compare_sides(at[asker], asker, at[owner], owner, hit) for hit in hits]


def _compare_sides(asking_host: Host, asker: str, owning_host: Host, owner: str, hit: there.Found) -> Met:
    opened = owning_host.call(there.open_card, owner, hit.handle)
    return Met(
        hit,
        asking_host.call(there.site, asker, hit.ref),
        asking_host.call(there.names, asker, hit.ref),
        opened,
        owning_host.call(there.names, owner, opened.ref),
    )


def search(at: Mapping[str, Host], findings: Told) -> None:
    """All files of the police nodes, and all that they said, for the words of both owners' records."""
    needles: dict[bytes, str] = {}
    for code in DESKS:
        words = at[code].call(there.words, code)
        findings.searched[code] = len(words)
        needles |= {form: f"of {code}" for word in words for form in (word, word.hex().encode())}
    for code, host in at.items():
        findings.betrayed += [
            f"{code}: {path.name}: {of}" for path, of in searching.search(host.home, needles)
        ]
        line = host.call(there.overheard)
        if not line:
            findings.betrayed.append(f"{code}: nothing was heard, so nothing could be searched")
        findings.betrayed += [
            f"{code}: the line: {needles[needle]}" for needle in searching.find_needles(line, needles)
        ]
    left = at["GY"].home / "left"
    left.write_bytes(b"x" + next(word for word, of in needles.items() if of == "of VE"))
    # A word may hold another one that is searched for: then it is found twice.
    findings.planted = sorted({path.name for path, _ in searching.search(at["GY"].home, needles)})
    left.unlink()


def release(at: Mapping[str, Host], findings: Told) -> None:
    """Venezuela, having been called, lets Guyana read the two files: by an officer and the lead."""
    officer, lead = (at["VE"].call(there.officer, "VE", role) for role in ("officer", "national-lead"))
    for met in findings.moved():
        ref = met.owners.ref
        findings.before[ref] = at["GY"].call(there.names, "GY", ref)
        values = {
            "person": ref.partition(":")[2],
            "authority": findings.authorities["GY"],
            "reason": "They called about their question",
        }
        proposed = at["VE"].call(on_node.once, f"propose {ref}", officer, share_person, values)
        share, entry = proposed.value
        values = {"share": share, "entry": entry, "words": "They telephoned"}
        at["VE"].call(on_node.once, f"release {ref}", lead, approve_share, values)
        until = time.monotonic() + WITHIN
        while time.monotonic() < until and not findings.after.get(ref):
            findings.after[ref] = at["GY"].call(there.names, "GY", ref)
            time.sleep(0.2)


# -- what is proved ----------------------------------------------------------------------------


def proofs(findings: Told) -> list[Check]:
    """What was to be found is found, by both sides' own knowledge, and nothing was betrayed by it."""
    return [
        second_site(findings),
        met_twice(findings),
        known_phone(findings),
        by_chance(findings),
        released(findings),
        logged(findings),
        silent(findings),
    ]


def _check(name: str, counted: int, faults: Mapping[str, bool]) -> Check:
    return Check(name, counted, [words for words, wrong in faults.items() if wrong])


def second_site(findings: Told) -> Check:
    moved = findings.moved()
    back = [met for met in findings.met["VE", "GY", "person"] if met.right]
    return _check(
        "in private: the second site of the people who were moved is found",
        len(moved) + len(back),
        {
            "the two who were moved are not both found": [met.right for met in moved] != [True, True],
            "Venezuela does not see them at their second site": (
                {met.owners.site for met in moved} != {SECOND_SITE}
            ),
            "Guyana is not told whom to call": {met.hit.contact for met in moved} != {DESKS["VE"]},
            "Venezuela's own questions do not lead to the first site": (
                {(met.owners.site, met.hit.contact) for met in back} != {(timeline.NAMED, DESKS["GY"])}
            ),
            "the two sides found different people": (
                {one.owners.ref for one in back} != {one.hit.ref for one in moved}
            ),
        },
    )


def met_twice(findings: Told) -> Check:
    met = findings.met["CW", "VE", "person"]
    right = [person for person in met if person.right]
    return _check(
        "in private: the person met in two countries is found",
        len(right),
        {
            "not exactly one person is found": len(right) != 1,
            "somebody else scores higher": {person.hit.bits for person in right}
            != {max(_bits(met), default=0.0)},
            "Curaçao is not told whom to call": {person.hit.contact for person in right} != {DESKS["VE"]},
            "it is one site, not two": any(person.site == person.owners.site for person in right),
        },
    )


def known_phone(findings: Told) -> Check:
    met = findings.met["JM", "VE", "exhibit"]
    unrelated = findings.met["GY", "VE", "exhibit"] + findings.met["VE", "GY", "exhibit"]
    phones = sum(count for (_, _, kind), count in findings.asked.items() if kind == "exhibit")
    return _check(
        "in private: the phone known in another country is found, and no other",
        phones if len(met) == 1 else 0,
        {
            "it is found by more than its number": [phone.hit.kinds for phone in met] != [("phone same",)],
            "it is not a lead that knew it": not all(phone.owners.ref.startswith("lead:") for phone in met),
            "another phone is a hit": bool(unrelated),
        },
    )


def by_chance(findings: Told) -> Check:
    right = _bits(met for met in findings.persons() if met.right)
    wrong = _bits(met for met in findings.persons() if not met.right)
    return _check(
        "in private: who has the same surnames by chance is few and far below",
        sum(count for (_, _, kind), count in findings.asked.items() if kind == "person"),
        {
            f"{len(right)} hits are right": len(right) != RIGHT,
            f"{len(wrong)} hits are not": len(wrong) > BY_CHANCE,
            f"less than {APART:.0f} bits are between them": (
                min(right, default=0.0) <= max(wrong, default=0.0) + APART
            ),
        },
    )


def released(findings: Told) -> Check:
    return _check(
        "in private: names are read after the owner's release, and not before",
        len(findings.after),
        {
            "a name was read before": any(findings.before.values()) or len(findings.before) != 2,
            "not all are read after": findings.after
            != {met.owners.ref: met.names for met in findings.moved()},
        },
    )


def logged(findings: Told) -> Check:
    check = Check("in private: both logs have every question")
    for asker, owner in sorted({(asker, owner) for asker, owner, _ in ASKS}):
        kinds = [question for question in ASKS if question[:2] == (asker, owner)]
        case = (findings.authorities[asker], f"{asker}-2018-014")
        of = [row for row in findings.logs[owner].answered if row[:2] == case]
        hits = len({met.hit.ref for question in kinds for met in findings.met[question]})
        check.counted += len(of)
        if len(of) != sum(findings.asked[one] for one in kinds) or sum(one[2] > 0 for one in of) < hits:
            check.wrong.append(f"{owner} has not logged all that {asker} asked")
    for code in COUNTRIES:
        log = findings.logs[code].made
        hits = sum(
            len({met.hit.ref for met in matches})
            for (asker, _, _), matches in findings.met.items()
            if asker == code
        )
        check.counted += len(log)
        if len(log) != sum(count for (asker, _, _), count in findings.asked.items() if asker == code):
            check.wrong.append(f"{code} has not logged all that it asked")
        if sum(outcome == "hit" for _, outcome in log) != hits:
            check.wrong.append(f"{code} has not logged all that it was told")
        if {case for case, _ in log} != {f"{code}-2018-014"}:
            check.wrong.append(f"{code} asked for another case")
    return check


def silent(findings: Told) -> Check:
    check = Check(
        "in private: no file and no message holds a name or a number of the other",
        sum(findings.searched.values()) if min(findings.searched.values(), default=0) > 100 else 0,
        list(findings.betrayed),
    )
    if findings.planted != ["left"]:
        check.wrong.append("what was planted was not found")
    return check


def _bits(hits: Iterable[Met]) -> list[float]:
    return [met.hit.bits for met in hits]
