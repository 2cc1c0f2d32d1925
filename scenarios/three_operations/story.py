"""What happens in the two years, and what the nodes say of it then."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from libertad.vocabulary.values import Birth, PersonName
from scenarios.operation_libertad_2018 import names
from scenarios.replay.snapshots import figures_read
from scenarios.three_operations import on_node as there
from scenarios.three_operations.nations import AUTHORITIES, Nations

FIRST, SECOND, THIRD = dt.date(2018, 4, 3), dt.date(2018, 11, 6), dt.date(2019, 11, 5)
KEPT = "2019-04-30"  # of two protection files of the first operation, both closed in it
AFTER_KEPT = dt.datetime(2019, 5, 2, 12, tzinfo=dt.UTC)
OVER, HELD = "over its last day", "under a legal hold"  # two people met in Guyana in the first
LEFT = "Its ministry ended the agreement"
# Of whom Guyana's police meet in the first operation, and Suriname's in the third. Generated, as all is.
MET_AGAIN: dict[str, Any] = {
    "name": (PersonName(text="Yajaira Ibáñez Quiñones", given="Yajaira", family="Ibáñez Quiñones"),),
    "birth": Birth(date="1996-11-03"),
    "sex": "female",
    "language": ("spa",),
    "nationality": ("VE",),
}
# Whom Guyana's police meet in the second and once more in the third.
BACK: dict[str, Any] = {
    "name": (PersonName(text="Marlene Ocampo Tixe", given="Marlene", family="Ocampo Tixe"),),
    "birth": Birth(date="1989-06-21"),
    "sex": "female",
    "language": ("spa",),
    "nationality": ("EC",),
}
PASSPORT, TELEPHONE, DEVICE = "Z0099001", "+592 600 0142", "490154203237518"
DESK = "Duty desk, Paramaribo (generated), +597 500 0100"
OTHER_DESK = "Duty desk, Georgetown (generated), +592 600 0100"
READS_FIGURES = {
    "centre": "analyst",
    "police": "national-lead",
    "prosecution": "prosecutor",
    "care": "caseworker",
}
MEMBERS = {
    1: ("centre", "GY", "GY-prosecution", "GY-care", "TT"),
    2: ("centre", "GY", "GY-prosecution", "GY-care", "SR"),
    3: ("centre", "GY", "SR"),
}


@dataclass
class Findings:
    """What the nodes said at the end; `people`: by a name of the story, their ids."""

    people: dict[str, str] = field(default_factory=dict)
    exhibits: dict[str, str] = field(default_factory=dict)
    authorities: dict[str, str] = field(default_factory=dict)
    operations: dict[int, str] = field(default_factory=dict)
    entries: dict[str, dict[str, str]] = field(default_factory=dict)  # node -> entry -> operation
    removed_with: set[str] = field(default_factory=set)  # entries of the second that the removed node had
    removed: list[tuple[str, str]] = field(default_factory=list)
    known: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    figures: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, list[there.Answer]] = field(default_factory=dict)
    opened: list[tuple[str, str]] = field(default_factory=list)
    logs: dict[str, list[tuple[str, str, int]]] = field(default_factory=dict)
    ordinary: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    erasing: dict[str, str] = field(default_factory=dict)
    files: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    erased: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    care: dict[str, bool] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)


def play(nations: Nations) -> Findings:
    """Play all three; returns what the nodes said."""
    findings = Findings()
    first(nations, findings)
    second(nations, findings)
    erasing(nations, findings)
    third(nations, findings)
    nations.doing("ask every node")
    look(nations, findings)
    return findings


def first(nations: Nations, findings: Findings) -> None:
    """Prepared, played, closed: three people are met in Guyana, one in Trinidad and Tobago."""
    nations.doing("the first operation is prepared")
    nations.found_centre()
    nations.open(1, FIRST, ("GY", "TT"))
    nations.appoint("centre", 1)
    nations.invite(1, *MEMBERS[1][1:])
    nations.settle()
    nations.do(
        "GY",
        "administrator",
        1,
        "confirm_care",
        care=nations.ids["GY-care"],
        how="telephone",
        source="decision",
    )
    nations.doing("the first operation is played")
    nations.clock(1, dt.datetime(2018, 4, 4, 15, tzinfo=dt.UTC))
    again = met(nations, "GY", 1, **MET_AGAIN)
    findings.people["met in the first"] = again
    nations.do(
        "GY",
        "officer",
        1,
        "state_person",
        person=again,
        document_kind="passport",
        document_number=PASSPORT,
        document_country="VE",
        phone=(TELEPHONE,),
        source="document",
    )
    for name in (OVER, HELD):
        findings.people[name] = met(nations, "GY", 1, **drawn(nations))
    findings.people["met in Trinidad"] = met(nations, "TT", 1, **drawn(nations))
    findings.exhibits["seized in the first"] = seized(nations, "GY", 1)
    nations.settle()
    for name in (OVER, HELD):
        person = findings.people[name]
        nations.do("GY-care", "caseworker", 1, "open_care", person=person)
        closing = nations.do(
            "GY-care",
            "caseworker",
            1,
            "close_care",
            person=person,
            reason="returned",
            afterwards="The duty line of the house, day and night (generated)",
            keep_until=KEPT,
            despite="Nothing waits",
            source="decision",
        )
        nations.do(
            "GY-care",
            "caseworker 2",
            1,
            "read_care_closing",
            person=person,
            closing=closing,
            agrees="yes",
            source="decision",
        )
    nations.clock(1, dt.datetime(2018, 4, 10, 12, tzinfo=dt.UTC))
    nations.settle()
    nations.do("centre", "coordinator", 1, "close_operation", reasons="Its days are over", source="decision")
    nations.settle()


def second(nations: Nations, findings: Findings) -> None:
    """Suriname comes, Trinidad and Tobago goes before anybody is met."""
    nations.doing("the second operation: Suriname comes, Trinidad and Tobago goes")
    nations.open(2, SECOND, ("GY", "SR", "TT"))
    nations.invite(2, "GY", "GY-prosecution", "GY-care", "TT", "SR")
    nations.settle()
    nations.do(
        "GY",
        "administrator",
        2,
        "confirm_care",
        care=nations.ids["GY-care"],
        how="telephone",
        source="decision",
    )
    nations.settle()
    place = nations.call("centre", there.operation_file, nations.operations[2])
    nations.do(
        "centre",
        "coordinator",
        2,
        "remove_reader",
        compartment=place,
        readers=[nations.ids["TT"]],
        reason=LEFT,
        source="decision",
    )
    nations.arrived(lambda: nations.call("TT", there.removed, nations.ids["TT"]))
    entries = nations.call("TT", there.operations)
    findings.removed_with = {entry for entry, of in entries.items() if of == nations.operations[2]}
    nations.clock(2, dt.datetime(2018, 11, 7, 15, tzinfo=dt.UTC))
    nations.settle()
    findings.people["met in the second"] = met(nations, "GY", 2, **BACK)
    findings.people["met in Suriname in the second"] = met(nations, "SR", 2, **drawn(nations))
    nations.clock(2, dt.datetime(2018, 11, 14, 12, tzinfo=dt.UTC))
    nations.settle()
    nations.do("centre", "coordinator", 2, "close_operation", reasons="Its days are over", source="decision")
    nations.settle()


def erasing(nations: Nations, findings: Findings) -> None:
    """A closed protection file of the first is over its last day: two caseworkers erase it."""
    nations.doing("a protection file is erased by two people, another is under a legal hold")
    over, held = findings.people[OVER], findings.people[HELD]
    nations.do(
        "GY-prosecution",
        "prosecutor",
        1,
        "place_hold",
        country="GY",
        person=held,
        order="7/2018",
        reason="A case before the court",
        source="decision",
    )
    for host in ("GY", "GY-care"):
        for name in (OVER, HELD):
            findings.files[host, name] = nations.call(host, there.files_of, findings.people[name])
    worker, second_worker = (nations.actor("GY-care", role, 1) for role in ("caseworker", "caseworker 2"))
    findings.erasing["before its day"] = nations.call(
        "GY-care", there.tried, worker, "request_erasure", {"person": over, "reasons": "Its time is over"}
    )
    nations.clock(1, AFTER_KEPT)
    nations.settle()
    nations.do(
        "GY-care",
        "caseworker",
        1,
        "request_erasure",
        person=over,
        reasons="Its time is over",
        source="decision",
    )
    for name, actor in (("by who asked", worker), ("by another", second_worker)):
        entry = nations.call("GY-care", there.erasure_asked, actor, over)
        decided = {"person": over, "entry": entry, "agrees": "yes", "reasons": "Its time is over"}
        findings.erasing[name] = nations.call("GY-care", there.tried, actor, "decide_erasure", decided)
    held_request = {"person": held, "reasons": "Its time is over"}
    findings.erasing["asked for, held"] = nations.call(
        "GY-care", there.tried, worker, "request_erasure", held_request
    )
    decided = held_request | {
        "entry": nations.call("GY-care", there.erasure_asked, second_worker, held),
        "agrees": "yes",
    }
    findings.erasing[f"care, {HELD}"] = nations.call(
        "GY-care", there.tried, second_worker, "decide_erasure", decided
    )
    lead = nations.actor("GY", "national-lead", 1)
    for name in (OVER, HELD):
        findings.erasing[f"police, {name}"] = nations.call(
            "GY",
            there.tried,
            lead,
            "erase_person",
            {"person": findings.people[name], "reason": "Its time is over"},
        )
    nations.settle()


def third(nations: Nations, findings: Findings) -> None:
    """A year later: whom Guyana's police met in the first, Suriname's police meet."""
    nations.doing("the third operation, a year later")
    nations.open(3, THIRD, ("GY", "SR"))
    nations.invite(3, "GY", "SR")
    nations.clock(3, dt.datetime(2019, 11, 6, 15, tzinfo=dt.UTC))
    nations.settle()
    again = met(nations, "SR", 3, **MET_AGAIN)
    findings.people["met in the third"] = again
    nations.do(
        "SR",
        "officer",
        3,
        "state_person",
        person=again,
        document_kind="passport",
        document_number=PASSPORT,
        document_country="VE",
        phone=(TELEPHONE,),
        source="document",
    )
    findings.exhibits["seized in the third"] = seized(nations, "SR", 3)
    findings.people["met in Guyana in the third"] = met(nations, "GY", 3, **BACK)
    nations.settle()
    asking(nations, findings)


def asking(nations: Nations, findings: Findings) -> None:
    """Guyana asks Suriname in private about whom and what it knows from the first; others ask as well."""
    nations.doing("they ask in private")
    ids, people, exhibits = nations.ids, findings.people, findings.exhibits
    for owner, desk, askers in (("SR", DESK, ("GY", "centre")), ("GY", OTHER_DESK, ("SR", "TT"))):
        administrator = nations.actor(owner, "administrator", 3)
        nations.call(owner, there.answers, administrator, desk, [ids[asker] for asker in askers])
    first_telephone, third_telephone = (
        f"exhibit:{exhibits[f'seized in the {n}']}" for n in ("first", "third")
    )
    asks = (
        ("GY", "SR", 3, ["met in the first", "met in the second"], [first_telephone]),
        ("SR", "GY", 3, ["met in the third"], [third_telephone]),
        ("TT", "GY", 1, ["met in Trinidad"], []),
    )
    for asker, owner, number, names_of, further in asks:
        refs = [f"person:{people[name]}" for name in names_of] + further
        officer = nations.actor(asker, "officer", number)
        findings.answers[f"{asker} asks {owner}"] = nations.call(
            asker, there.ask, officer, ids[owner], f"{asker}-2019-014", refs
        )
    findings.opened = [
        (answer.ref, nations.call("SR", there.open_card, ids["SR"], answer.handle))
        for answer in findings.answers["GY asks SR"]
        if answer.handle
    ]
    findings.logs = {key: nations.call(key, there.answered, ids[key]) for key in ("SR", "GY")}


def look(nations: Nations, findings: Findings) -> None:
    """Ask every node what it holds, knows and counts."""
    findings.authorities, findings.operations = dict(nations.ids), dict(nations.operations)
    for name, host in nations.hosts.items():
        findings.entries[name] = host.call(there.operations)
        findings.held[name] = host.call(there.held_back)
        findings.ordinary[name] = host.call(there.ordinary_hits)
    findings.removed = nations.call("TT", there.removed, nations.ids["TT"])
    for key in ("GY", "SR", "TT"):
        for number in (1, 2, 3):
            officer = nations.actor(key, "officer", number)
            findings.known[key, number] = nations.call(key, there.finds_people, officer)
    for number, members in MEMBERS.items():
        for key in members:
            reader = nations.actor(key, READS_FIGURES[AUTHORITIES[key].kind], number)
            findings.figures[key, number] = nations.call(key, figures_read, reader)
    for (host, name), files in findings.files.items():
        findings.erased[host, name] = nations.call(host, there.erased, files)
    worker = nations.actor("GY-care", "caseworker", 1)
    for name in (OVER, HELD):
        findings.care[name] = nations.call("GY-care", there.care_file, worker, findings.people[name])


def drawn(nations: Nations) -> dict[str, Any]:
    """Somebody who is met once; generated."""
    return {
        "name": names.person(nations.rng, "es", "female"),
        "birth": Birth(date="1994"),
        "sex": "female",
        "language": ("spa",),
        "nationality": ("VE",),
    }


def met(nations: Nations, key: str, number: int, **person: Any) -> str:
    return str(
        nations.do(
            key,
            "officer",
            number,
            "meet_person",
            country=AUTHORITIES[key].country,
            source="said",
            seen_as="potential-victim",
            workplace="gold-mine",
            **person,
        )
    )


def seized(nations: Nations, key: str, number: int) -> str:
    """The telephone, whose numbers are the same in each operation."""
    return str(
        nations.do(
            key,
            "exhibits-officer",
            number,
            "seize",
            country=AUTHORITIES[key].country,
            kind="mobile-phone",
            where_found="a room at the mine",
            description="a black telephone with a cracked screen",
            state_when_taken="off",
            device_number=DEVICE,
            phone_number=TELEPHONE,
        )
    )
