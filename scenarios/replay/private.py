"""Asking in private within the replay: four countries up to the evening of 9 April, when nobody has shared.

The police of Venezuela and of Guyana, each alone on a node, read nothing of each other's people, leads and
exhibits. Everybody asks for all whom they met and all phones that they seized; what comes of it is proved.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

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
    ("GY", "VE", "person"), ("VE", "GY", "person"), ("CW", "VE", "person"),
    ("GY", "VE", "exhibit"), ("VE", "GY", "exhibit"), ("JM", "VE", "exhibit"),
)  # fmt: skip
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
        return [one for (_, _, kind), some in self.met.items() if kind == "person" for one in some]

    def moved(self) -> list[Met]:
        """Hits of those whom Guyana had met where it then found nobody."""
        return [one for one in self.met["GY", "VE", "person"] if one.site == timeline.NAMED]


def parameters() -> dict[str, Any]:
    """Those of the operation, for these countries and days."""
    data = play.parameters()
    data["countries"] = {code: data["countries"][code] for code in COUNTRIES}
    data["ends"], data["arcs"] = ENDS, False
    return data


def options(given: Options) -> Options:
    """The replay of these countries and days, without faults, with what is asked and proved here."""
    return replace(
        given, nodes=NODES, care_nodes=CARE_NODES, level="none", data=parameters(),
        more=lambda hosts: proofs(asked(hosts)),
    )  # fmt: skip


def asked(hosts: Mapping[str, Host]) -> Told:
    """Ask, read the logs, search all files and all that was said, release the two who were moved."""
    told, at = Told(), {code: host for host in hosts.values() for code in COUNTRIES if code in host.keys}
    told.authorities = {code: at[code].call(there.police, code) for code in COUNTRIES}
    ask(at, told)
    told.logs = {code: host.call(there.logs, code) for code, host in at.items()}
    search(at, told)
    release(at, told)
    return told


def ask(at: Mapping[str, Host], told: Told) -> None:
    """Everybody asks for all whom they met and all phones that they seized."""
    for code, desk in DESKS.items():
        at[code].call(there.answers, code, desk, [one for one in COUNTRIES if one != code])
    for host in at.values():
        host.call(there.overhear)
    for asked in ASKS:
        asker, owner, kind = asked
        told.asked[asked], hits = at[asker].call(there.ask, asker, owner, f"{asker}-2018-014", kind)
        told.met[asked] = [_seen(at[asker], asker, at[owner], owner, hit) for hit in hits]


def _seen(mine: Host, asker: str, theirs: Host, owner: str, hit: there.Found) -> Met:
    opened = theirs.call(there.opened, owner, hit.handle)
    return Met(
        hit, mine.call(there.site, asker, hit.ref), mine.call(there.names, asker, hit.ref), opened,
        theirs.call(there.names, owner, opened.ref),
    )  # fmt: skip


def search(at: Mapping[str, Host], told: Told) -> None:
    """All files of the police nodes, and all that they said, for the words of both owners' records."""
    needles: dict[bytes, str] = {}
    for code in DESKS:
        found = at[code].call(there.words, code)
        told.searched[code] = len(found)
        needles |= {form: f"of {code}" for word in found for form in (word, word.hex().encode())}
    for code, host in at.items():
        told.betrayed += [f"{code}: {path.name}: {of}" for path, of in searching.search(host.home, needles)]
        line = host.call(there.heard)
        if not line:
            told.betrayed.append(f"{code}: nothing was heard, so nothing could be searched")
        told.betrayed += [f"{code}: the line: {needles[one]}" for one in searching.found(line, needles)]
    left = at["GY"].home / "left"
    left.write_bytes(b"x" + next(word for word, of in needles.items() if of == "of VE"))
    # A word may hold another one that is searched for: then it is found twice.
    told.planted = sorted({path.name for path, _ in searching.search(at["GY"].home, needles)})
    left.unlink()


def release(at: Mapping[str, Host], told: Told) -> None:
    """Venezuela's lead, having been called, lets Guyana read the two files."""
    lead = at["VE"].call(there.officer, "VE", "national-lead")
    for met in told.moved():
        ref = met.owners.ref
        told.before[ref] = at["GY"].call(there.names, "GY", ref)
        given = {
            "person": ref.partition(":")[2], "authority": told.authorities["GY"],
            "reason": "They called about their question",
        }  # fmt: skip
        at["VE"].call(on_node.once, f"release {ref}", lead, share_person, given)
        until = time.monotonic() + WITHIN
        while time.monotonic() < until and not told.after.get(ref):
            told.after[ref] = at["GY"].call(there.names, "GY", ref)
            time.sleep(0.2)


# -- what is proved ----------------------------------------------------------------------------


def proofs(told: Told) -> list[Check]:
    """What was to be found is found, by both sides' own knowledge, and nothing was betrayed by it."""
    return [
        second_site(told), met_twice(told), known_phone(told), by_chance(told), released(told), logged(told),
        silent(told),
    ]  # fmt: skip


def _check(name: str, counted: int, faults: Mapping[str, bool]) -> Check:
    return Check(name, counted, [words for words, wrong in faults.items() if wrong])


def second_site(told: Told) -> Check:
    moved = told.moved()
    back = [one for one in told.met["VE", "GY", "person"] if one.right]
    return _check(
        "in private: the second site of the people who were moved is found",
        len(moved) + len(back),
        {
            "the two who were moved are not both found": [one.right for one in moved] != [True, True],
            "Venezuela does not see them at their second site": (
                {one.owners.site for one in moved} != {SECOND_SITE}
            ),
            "Guyana is not told whom to call": {one.hit.contact for one in moved} != {DESKS["VE"]},
            "Venezuela's own questions do not lead to the first site": (
                {(one.owners.site, one.hit.contact) for one in back} != {(timeline.NAMED, DESKS["GY"])}
            ),
            "the two sides found different people": (
                {one.owners.ref for one in back} != {one.hit.ref for one in moved}
            ),
        },
    )


def met_twice(told: Told) -> Check:
    met = told.met["CW", "VE", "person"]
    right = [one for one in met if one.right]
    return _check(
        "in private: the person met in two countries is found",
        len(right),
        {
            "not exactly one person is found": len(right) != 1,
            "somebody else scores higher": {one.hit.bits for one in right} != {max(_bits(met), default=0.0)},
            "Curaçao is not told whom to call": {one.hit.contact for one in right} != {DESKS["VE"]},
            "it is one site, not two": any(one.site == one.owners.site for one in right),
        },
    )


def known_phone(told: Told) -> Check:
    met = told.met["JM", "VE", "exhibit"]
    others = told.met["GY", "VE", "exhibit"] + told.met["VE", "GY", "exhibit"]
    phones = sum(count for (_, _, kind), count in told.asked.items() if kind == "exhibit")
    return _check(
        "in private: the phone known in another country is found, and no other",
        phones if len(met) == 1 else 0,
        {
            "it is found by more than its number": [one.hit.kinds for one in met] != [("phone same",)],
            "it is not a lead that knew it": not all(one.owners.ref.startswith("lead:") for one in met),
            "another phone is a hit": bool(others),
        },
    )


def by_chance(told: Told) -> Check:
    right = _bits(one for one in told.persons() if one.right)
    wrong = _bits(one for one in told.persons() if not one.right)
    return _check(
        "in private: who has the same surnames by chance is few and far below",
        sum(count for (_, _, kind), count in told.asked.items() if kind == "person"),
        {
            f"{len(right)} hits are right": len(right) != RIGHT,
            f"{len(wrong)} hits are not": len(wrong) > BY_CHANCE,
            f"less than {APART:.0f} bits are between them": (
                min(right, default=0.0) <= max(wrong, default=0.0) + APART
            ),
        },
    )


def released(told: Told) -> Check:
    return _check(
        "in private: names are read after the owner's release, and not before",
        len(told.after),
        {
            "a name was read before": any(told.before.values()) or len(told.before) != 2,
            "not all are read after": told.after != {one.owners.ref: one.names for one in told.moved()},
        },
    )


def logged(told: Told) -> Check:
    check = Check("in private: both logs have every question")
    for asker, owner in sorted({(asker, owner) for asker, owner, _ in ASKS}):
        kinds = [one for one in ASKS if one[:2] == (asker, owner)]
        case = (told.authorities[asker], f"{asker}-2018-014")
        of = [one for one in told.logs[owner].answered if one[:2] == case]
        hits = len({met.hit.ref for one in kinds for met in told.met[one]})
        check.counted += len(of)
        if len(of) != sum(told.asked[one] for one in kinds) or sum(one[2] > 0 for one in of) < hits:
            check.wrong.append(f"{owner} has not logged all that {asker} asked")
    for code in COUNTRIES:
        made = told.logs[code].made
        hits = sum(
            len({met.hit.ref for met in some}) for (asker, _, _), some in told.met.items() if asker == code
        )
        check.counted += len(made)
        if len(made) != sum(count for (asker, _, _), count in told.asked.items() if asker == code):
            check.wrong.append(f"{code} has not logged all that it asked")
        if sum(what == "hit" for _, what in made) != hits:
            check.wrong.append(f"{code} has not logged all that it was told")
        if {case for case, _ in made} != {f"{code}-2018-014"}:
            check.wrong.append(f"{code} asked for another case")
    return check


def silent(told: Told) -> Check:
    check = Check(
        "in private: no file and no message holds a name or a number of the other",
        sum(told.searched.values()) if min(told.searched.values(), default=0) > 100 else 0,
        list(told.betrayed),
    )
    if told.planted != ["left"]:
        check.wrong.append("what was planted was not found")
    return check


def _bits(some: Iterable[Met]) -> list[float]:
    return [one.hit.bits for one in some]
