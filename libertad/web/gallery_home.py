"""Fixture: a caseworker's home. Generated."""

from __future__ import annotations

from datetime import timedelta

from libertad.look.page_objects import (
    Action,
    Cell,
    Column,
    HomePage,
    Link,
    News,
    Pair,
    Row,
    SideBlock,
    Table,
    Tick,
    Todo,
    TodoGroup,
)


def _h(hours: int, minutes: int) -> timedelta:
    return timedelta(hours=hours, minutes=minutes)


def _todo(
    due: str, title: str, act: str, why: str, reference: str, name: str, **options: timedelta | str
) -> Todo:
    return Todo(due, title, "#", Action(act, "#"), why=why, reference=reference, name=name, **options)  # type: ignore[arg-type]


OVERDUE = [
    _todo(
        "17:00",
        "Safety call",
        "Record the call",
        "Through the duty line, between 16:00 and 19:00 only. Two earlier calls were answered.",
        "P-0198",
        "Minh H.",
        late=_h(1, 52),
    ),
    _todo(
        "14:00",
        "Doctor has not answered the referral",
        "Choose another",
        "Sent 8 April 2018, 14:00, asked for within 24 h. One other clinic fits her needs and consent.",
        "P-0203",
        "Thu P.",
        late=_h(4, 52),
    ),
]
MIDNIGHT = [
    _todo(
        "20:30",
        "Beds for a family of three",
        "Choose beds",
        "Must stay together. Two places fit; Family house B is nearer to the clinic.",
        "P-0229, 0230, 0231",
        "",
        left=_h(1, 38),
    ),
    _todo(
        "22:00",
        "Second reading: stay for six months",
        "Read and decide",
        "S. Providence decided at 15:40. It needs you, or another reader, before it counts.",
        "P-0176",
        "Rosa M.",
        left=_h(3, 8),
    ),
    _todo(
        "24:00",
        "Two birth years, 1999 and 2001",
        "Settle",
        "Until it is settled the rules for a child apply: a guardian, and no shared room with adults.",
        "P-0217",
        "Lan T. N.",
        left=_h(5, 8),
    ),
]
LATER = [
    _todo(
        "10 April",
        "Conversation with an interpreter",
        "Prepare",
        "Interpreter I-04 confirmed. Room without officers, as he asked.",
        "P-0211",
        "Quang D.",
        due_note="09:00",
    ),
    _todo(
        "11 April",
        "Reflection period ends",
        "Open",
        "Permit request is drafted; her signature is missing.",
        "P-0188",
        "Hoa V.",
        due_note="24:00",
    ),
]
PEOPLE = [
    ("P-0217", "Lan T. N.", "presumed", "Presumed victim", "7 April", "Settle birth year", "Today"),
    ("P-0198", "Minh H.", "presumed", "Presumed victim", "6 April", "Safety call", "Overdue"),
    ("P-0203", "Thu P.", "potential-victim", "Potential victim", "5 April", "Doctor", "Overdue"),
    ("P-0176", "Rosa M.", "confirmed", "Confirmed", "8 April", "Return or stay", "Today"),
    ("P-0211", "Quang D.", "potential-victim", "Potential victim", "5 April", "Conversation", "10 April"),
    ("P-0188", "Hoa V.", "presumed", "Presumed victim", "6 April", "Reflection period ends", "11 April"),
    ("P-0221", "Bao L.", "not-a-victim", "Not a victim", "9 April", "Close the file", "12 April"),
]
MINE = Table(
    "My people",
    [Column(label) for label in ("Reference", "Name", "Status", "Since", "Next", "When")],
    [
        Row(
            [
                Cell(ref, "#"),
                Cell(name),
                Cell(word, code=code),
                Cell(since),
                Cell(nxt),
                Cell(when, tone="needs" if when == "Overdue" else ""),
            ]
        )
        for ref, name, code, word, since, nxt, when in PEOPLE
    ],
)
SIDE = [
    SideBlock(
        "Beds tonight",
        "generated",
        split=True,
        note="Counted 18:20 (UTC-4) by the facilities.",
        pairs=[
            Pair("Shelter A", "3 of 14 free", "Women, and women with children", strong=True),
            Pair("Family house B", "4 of 6 free", "Families, step-free", strong=True),
            Pair("Guest house C", "0 of 8 free", "Men. Next free on 11 April", strong=True),
        ],
    ),
    SideBlock(
        "New since you left",
        news=[
            News("17:36", "to P-0198, signed for", Link("Passport returned", "#")),
            News(
                "16:12", "file P-0231, by Saint Vincent police, identity only", Link("Shared with you:", "#")
            ),
            News("15:05", "for P-0188, legal aid", Link("Referral accepted", "#")),
        ],
    ),
    SideBlock(
        "On shift with you",
        links=[Link("Hand my files over", "#")],
        pairs=[
            Pair("Second reader", "S. Providence, until 22:00"),
            Pair("Duty line", "J. Cato, all night"),
            Pair("Interpreter", "I-04 Vietnamese, until 23:00"),
        ],
    ),
    SideBlock(
        "This node",
        ticks=[Tick("All saved. Exchanged 18:51 (UTC-4).")],
        note="Outreach phone 2 has not exchanged since 14:20.",
    ),
]
HOME = HomePage(
    "What needs me today",
    "Monday 9 April 2018, 18:52 (UTC-4). Five things, two of them overdue.",
    [
        TodoGroup("Overdue", OVERDUE, overdue=True),
        TodoGroup("Before midnight", MIDNIGHT),
        TodoGroup("Next two days", LATER, more=Link("Show 1 more", "#")),
    ],
    "generated",
    Action("Record a person met", "#"),
    "#",
    "Find a person or file",
    "By name, document, phone number or reference. Each search is recorded.",
    mine=MINE,
    mine_note="7 of 12",
    mine_all=Link("All 12", "#"),
    side=SIDE,
)
