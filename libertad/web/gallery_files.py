# ruff: noqa: E501 - drawings and fixtures read better on one line
"""Fixtures: a person's file and an exhibit. Generated."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from libertad.look.custody import BarTick, CustodyBar, CustodyStep, bar_part
from libertad.look.page_objects import (
    Action,
    Conflict,
    ConflictValue,
    FilePage,
    Link,
    Pair,
    SideBlock,
    StatusCell,
    Thing,
    Tick,
    Timeline,
    TimelineItem,
)
from libertad.vocabulary.values import Happened


def _at(day: int, hour: int, minute: int, zone: str = "America/St_Vincent") -> Happened:
    """An hour in Saint Vincent (UTC-4), said by the clock of `zone`."""
    return Happened(
        at=datetime(2018, 4, day + (hour + 4) // 24, (hour + 4) % 24, minute, tzinfo=UTC), zone=zone
    )


def _timeline_item(
    when: Happened,
    title: str,
    by: str,
    link: str,
    *,
    source: str = "said",
    quote: str = "",
    text: str = "",
    conflict: str = "",
) -> TimelineItem:
    labels = {
        "said": "She said",
        "saw": "Officer saw",
        "document": "Document",
        "database": "Database",
        "decision": "Decision",
    }
    return TimelineItem(when, source, labels[source], title, text, quote, by, conflict, [Link(link, "#")])


ENTRY = "Entry and signature"
ITEMS = [
    _timeline_item(
        _at(9, 11, 20),
        "About what comes next",
        "To R. Ollivierre, caseworker. Interpreter I-04 by telephone.",
        ENTRY,
        quote="I want to stay and work, with pay. I do not want to go home now.",
    ),
    _timeline_item(
        _at(8, 15, 31),
        "Passport: born in 2001",
        "Read by R. Ollivierre, caseworker.",
        ENTRY,
        source="document",
        conflict="In conflict with 5 April, 09:52.",
    ),
    _timeline_item(
        _at(8, 15, 20),
        "Passport returned to her",
        "Cpl. A. Neverson, Saint Vincent police.",
        "Exhibit VC-0031",
        source="saw",
        text="She checked it and signed for it.",
    ),
    _timeline_item(
        _at(7, 16, 41, "Europe/Paris"),
        "Passport not reported stolen or lost",
        "INTERPOL, Lyon, stolen and lost travel documents.",
        "Question and answer",
        source="database",
    ),
    _timeline_item(
        _at(7, 16, 5),
        "Presumed victim",
        "R. Ollivierre. Second reader: S. Providence.",
        "Reasons and review date",
        source="decision",
        text="Passport kept by the employer, wages withheld, not free to leave. Rule set ILO 2009, version 3.",
    ),
    _timeline_item(
        _at(5, 9, 52),
        "Born in 1999",
        "To Sgt. D. Browne, Saint Vincent police. Interpreter I-02 in person.",
        ENTRY,
        conflict="In conflict with 8 April, 15:31.",
    ),
    _timeline_item(
        _at(5, 9, 48),
        "About her passport",
        "To Sgt. D. Browne, Saint Vincent police.",
        ENTRY,
        quote="They took it the day we came. They said it was for registration.",
    ),
]
CONFLICT = Conflict(
    "Two birth years are on file",
    [
        ConflictValue(
            "a1",
            "1999",
            "She said",
            _at(5, 9, 52),
            "to Sgt. D. Browne, Saint Vincent police, through an interpreter",
            "18 or 19 years old when met: an adult",
        ),
        ConflictValue(
            "b2",
            "2001",
            "Passport",
            _at(8, 15, 31),
            "read by R. Ollivierre, caseworker; not reported stolen or lost",
            "16 or 17 years old when met: a child",
        ),
    ],
    "Neither yet: keep both and ask for an age assessment",
    Action("Settle the birth year", "#"),
    "Nothing is deleted: the other value stays in the file, marked as superseded. A second reader confirms.",
    shown=["a1", "b2"],
)
PERSON: dict[str, Any] = {
    "page": FilePage(
        "Person file",
        "P-0217",
        "Lan T. N.",
        "Woman or girl, age not settled. Speaks Vietnamese; interpreter by telephone.",
        provenance="generated",
        action=Action("Record what was said", "#"),
        statuses=[
            StatusCell("Met", "", _at(5, 9, 40), "Factory VC-01, Saint Vincent police"),
            StatusCell("Potential victim", "potential-victim", _at(5, 10, 15), "Saint Vincent police"),
            StatusCell("Presumed victim", "presumed", _at(7, 16, 5), "Care authority, with second reader"),
            StatusCell("Confirmed", "not-decided", "Not decided", "Review on 23 April 2018"),
            StatusCell(
                "Rules for a child apply",
                "needs",
                _at(8, 15, 31),
                "until the birth year is settled",
                True,
                prefix="since",
            ),
        ],
        tabs=[
            Link("File", "#", True),
            *(
                Link(label, "#")
                for label in (
                    "Screening",
                    "Needs and safety",
                    "Referrals",
                    "Return or stay",
                    "Documents and property",
                    "Who can see this",
                )
            ),
        ],
        side=[
            SideBlock(
                "Who can see this",
                links=[Link("14 openings so far", "#"), Link("Ask to share", "#")],
                pairs=[
                    Pair(
                        "Care authority, Saint Vincent",
                        "Whole file",
                        "whose task the person is, and the supervisor",
                    ),
                    Pair("Saint Vincent police", "Identity only", "not this protection file"),
                    Pair("Coordination centre, Barbados", "Counted", "no name, no file"),
                    Pair("All others", "Nothing"),
                ],
            ),
            SideBlock(
                "Safe contact",
                lead="Only through the shelter's duty line. Never on her own phone.",
                note="Checked 9 April 2018, 11:30 (UTC-4)",
            ),
            SideBlock(
                "She agreed to",
                note="The rules for a child apply: without a guardian's agreement only urgent help.",
                ticks=[
                    Tick("Doctor, and shelter in Saint Vincent"),
                    Tick("Copy of her phone, for the case"),
                    Tick("Telling her embassy: not agreed", False),
                ],
            ),
            SideBlock(
                "Property taken and returned",
                things=[
                    Thing(
                        "Passport",
                        "Returned",
                        "done",
                        "Taken by the employer (she said). Found in a safe on 6 April. Returned on 8 April, signed for.",
                        Link("Exhibit VC-0031", "#"),
                    ),
                    Thing(
                        "Mobile phone",
                        "Held",
                        "plain",
                        "With her agreement. To be returned by 12 April.",
                        Link("Exhibit VC-0034", "#"),
                    ),
                    Thing("Wages, 5 months", "Owed", "needs", "Amount not known. No claim made yet."),
                    Thing("Necklace", "Not found", "plain", "She said the employer took it."),
                ],
            ),
        ],
    ),
    "conflicts": [CONFLICT],
    "timeline": Timeline(
        "What was said, and by whom",
        ITEMS,
        31,
        more=Link("Show 24 earlier entries", "#"),
        filters=[
            Link("All", "#", True),
            *(Link(label, "#") for label in ("She said", "Officer saw", "Document", "Database", "Decision")),
        ],
    ),
}

START, END = _at(5, 10, 5).utc, _at(9, 18, 52).utc


def _part(since: Happened, until: Happened, **options: Any) -> Any:
    return bar_part(START, END, since.utc, until.utc, **options)


def _x(when: Happened) -> float:
    return float(_part(_at(5, 10, 5), when).width)


STEPS = [
    CustodyStep(
        _at(5, 10, 5),
        "Taken by Sgt. D. Browne",
        number=1,
        seal="SVG-118204",
        seal_note="new",
        signatures="Signed",
        text="Factory VC-01, locker room. Owner present, receipt given. Witness: Const. K. Lewis.",
    ),
    CustodyStep(
        _at(5, 12, 20),
        "Sgt. D. Browne to Cpl. A. Neverson",
        number=2,
        seal="SVG-118204",
        seal_note="intact",
        signatures="Both signed",
        text="Offered 12:14, accepted 12:20. Exhibit store, Kingstown.",
    ),
    CustodyStep(
        _at(6, 19, 5),
        "Nobody is recorded as holding it for 2 h 10 min",
        "gap",
        until="19:05 to 21:15",
        text="Cpl. A. Neverson released it to Const. L. Samuel at 19:05. Const. Samuel did not accept on a device. "
        "The seal number was read as SVG-118204, intact, before and after.",
        note="A statement explains a gap and never closes it. The evidence package shows both.",
        actions=[Action("Ask Const. L. Samuel for a statement", "#"), Action("Add a statement", "#")],
    ),
    CustodyStep(
        _at(6, 21, 15),
        "Accepted by T. Quow, examiner",
        "one",
        3,
        seal="SVG-118204",
        seal_note="intact",
        signatures="One signature",
        text="Examination unit, Kingstown. No offer is on record for this step.",
    ),
    CustodyStep(
        _at(7, 8, 40),
        "Seal opened by T. Quow",
        number=4,
        seal="SVG-118377",
        seal_note="new",
        signatures="Both signed",
        text="Order 18-044. Witness: Const. K. Lewis. Copied 10:20, sealed again 11:55.",
    ),
    CustodyStep(
        _at(8, 9, 30),
        "T. Quow to Cpl. A. Neverson",
        number=5,
        seal="SVG-118377",
        seal_note="intact",
        signatures="Both signed",
        text="Offered 09:21, accepted 09:30. Exhibit store, Kingstown, shelf B-14.",
    ),
]
EXHIBIT: dict[str, Any] = {
    "page": FilePage(
        "Exhibit",
        "Exhibit VC-0034",
        "Mobile phone, black, cracked screen",
        "Taken at factory VC-01 on 5 April 2018. It belongs to",
        Link("P-0217", "#"),
        ", a potential victim, who agreed.",
        "generated",
        Action("Offer custody", "#"),
        statuses=[
            StatusCell("Held", "done", _at(8, 9, 30), "Exhibit store, shelf B-14"),
            StatusCell("Sealed", "done", _at(7, 11, 55), "SVG-118377, intact on 8 April"),
            StatusCell("Copied", "done", _at(7, 10, 20), "one copy, whole, hash kept"),
            StatusCell("Return", "due", "due 12 April 2018", "to P-0217"),
            StatusCell("Gap in custody", "gap", "6 April 2018, 19:05 to 21:15", "not explained yet", True),
        ],
        tabs=[
            Link("Custody", "#", True),
            *(
                Link(label, "#")
                for label in ("What it is", "Copies and content", "Hits", "For the court", "Who can see this")
            ),
        ],
        side=[
            SideBlock(
                "The record itself is whole",
                note="The gap is in the custody, not in the record.",
                links=[Link("Make an evidence package", "#"), Link("Check it without us", "#")],
                ticks=[
                    Tick("9 of 9 entries: signatures verify"),
                    Tick("Order of entries cosigned by 4 authorities"),
                    Tick("Copy matches its hash of 7 April, 10:20"),
                ],
            ),
            SideBlock(
                "What it is",
                pairs=[
                    Pair("Kind", "Mobile phone"),
                    Pair("Device number", "ends 4417", link=Link("Show", "#")),
                    Pair("Phone number", "ends 0182", link=Link("Show", "#")),
                    Pair("State when taken", "On, then flight mode at 10:09"),
                    Pair("Agreement", "P-0217, 5 April 2018, for the case"),
                ],
            ),
            SideBlock(
                "Who can see this",
                links=[Link("All openings", "#")],
                pairs=[
                    Pair("Saint Vincent police", "Whole exhibit", "holders and case officers"),
                    Pair("Prosecutor, Saint Vincent", "Custody and package", "content on request"),
                    Pair("Coordination centre, Barbados", "Counted", "kind and status only"),
                ],
            ),
        ],
    ),
    "bar": CustodyBar(
        [
            _part(_at(5, 10, 5), _at(5, 12, 20), above="D. Browne"),
            _part(_at(5, 12, 20), _at(6, 19, 5), label="Exhibit store, Kingstown"),
            _part(_at(6, 19, 5), _at(6, 21, 15), gap=True, above="Gap: 2 h 10 min"),
            _part(_at(6, 21, 15), _at(8, 9, 30), label="Examination unit"),
            _part(_at(8, 9, 30), _at(9, 18, 52), label="Exhibit store, Kingstown"),
        ],
        [
            BarTick(0, "5 April 2018, 10:05"),
            *(BarTick(_x(_at(day, 0, 0)), f"{day} April") for day in (6, 7, 8, 9)),
            BarTick(100, "now", True),
        ],
        "Held from 5 April 2018, 10:05 to now, except on 6 April from 19:05 to 21:15.",
        [BarTick(_x(_at(7, 8, 40)), "Seal opened and renewed")],
        "Times in UTC-4. Held for 102 h 37 min of 104 h 47 min.",
    ),
    "steps": STEPS,
    "bundle_sentence": "Held from 5 April 2018, 10:05 (UTC-4), by named officers, except on 6 April 2018 from 19:05 to 21:15 (UTC-4): "
    "2 h 10 min, not explained. Seal SVG-118204 was read as intact at both ends.",
}
