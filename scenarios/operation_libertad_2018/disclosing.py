"""What care tells the prosecution of three people, as each agreed: one so that he is not punished for what he
was made to do, one for the case, and one who withdraws it a day later; and three people for whom it asks a
shelter. Generated."""

from __future__ import annotations

import datetime as dt
from typing import Any

from scenarios.operation_libertad_2018.book import Book
from scenarios.operation_libertad_2018.stage import Stage
from scenarios.operation_libertad_2018.venue import OneNode

UTC = dt.UTC
# key of the person: (purpose, agreed to, when, when it is withdrawn)
TOLD: dict[str, tuple[str, str, dt.datetime, dt.datetime | None]] = {
    "GY/2": ("non-punishment", "share-with-prosecutor", dt.datetime(2018, 4, 8, 14, 5, tzinfo=UTC), None),
    "VC/4": ("criminal-case", "statement-for-case", dt.datetime(2018, 4, 8, 15, 10, tzinfo=UTC), None),
    "VC/5": (
        "criminal-case",
        "statement-for-case",
        dt.datetime(2018, 4, 8, 15, 40, tzinfo=UTC),
        dt.datetime(2018, 4, 9, 13, 20, tzinfo=UTC),
    ),
}


TITLES = {"prosecution": "Prosecution office", "shelter": "Shelter"}
# key of the person: when the shelter is asked, and the steps that it records every hour afterwards
SHELTERED: dict[str, tuple[dt.datetime, tuple[tuple[str, dict[str, Any]], ...]]] = {
    "VC/6": (
        dt.datetime(2018, 4, 8, 16, 10, tzinfo=UTC),
        (
            ("answer_service", {"answer": "accepted"}),
            ("record_arrival", {}),
            ("tell_concern", {"concern": "need", "words": "Shoes and a warm coat (generated)"}),
        ),
    ),
    "VC/7": (
        dt.datetime(2018, 4, 9, 13, 30, tzinfo=UTC),
        (("answer_service", {"answer": "accepted"}),),
    ),
    "VC/8": (dt.datetime(2018, 4, 9, 15, 5, tzinfo=UTC), ()),
}


def plan(book: Book, code: str, key: str, guardian: str) -> None:
    """The agreement, the proposal, the second officer's reading; of one the withdrawal."""
    if key in SHELTERED:
        _sheltered(book, code, key, guardian)
    if key not in TOLD:
        return
    purpose, agreed, at, ends = TOLD[key]
    _disclosed(book, code, key, guardian, "prosecution", purpose, agreed, at)
    if ends is not None:

        def withdraw(stage: Stage) -> None:
            if isinstance(stage.cast.venue, OneNode):
                consent = stage.get(f"agreed to tell {key}")
                stage.do(f"{code}-care", "caseworker", "withdraw_consent", source="said", consent=consent)

        # keys are destroyed once it is committed
        book.add(ends, withdraw, f"{code}-care", alone=True)


def _sheltered(book: Book, code: str, key: str, guardian: str) -> None:
    """Care asks the shelter for a place, and the shelter answers."""
    at, steps = SHELTERED[key]
    _disclosed(book, code, key, guardian, "shelter", "placement", "shelter", at)
    for hours, (act, values) in enumerate(steps, 1):

        def record(stage: Stage, act: str = act, values: dict[str, Any] = values) -> None:
            if isinstance(stage.cast.venue, OneNode):
                stage.do(f"{code}-shelter", "partner", act, file=stage.get(f"disclosed {key}"), **values)

        book.add(at + dt.timedelta(hours=hours), record, f"{code}-care")


def _disclosed(
    book: Book, code: str, key: str, guardian: str, to: str, purpose: str, agreed: str, at: dt.datetime
) -> None:
    """The person agrees, an officer proposes it, a second one reads it."""
    care = f"{code}-care"

    def propose(stage: Stage) -> None:
        if not isinstance(stage.cast.venue, OneNode):  # the replay's nodes first have to hear of each other
            return
        person, recipient = stage.get(f"person {key}"), stage.cast.authorities[f"{code}-{to}"]
        drawn = stage.get(f"who {key}")
        young = drawn["birth"].ages_on(at)[0] < 18
        consent = stage.do(
            care,
            "caseworker",
            "record_consent",
            source="said",
            person=person,
            purpose=agreed,
            recipient=f"{TITLES[to]}, {stage.data['countries'][code]['name']}",
            agreed="yes",
            withheld=("whereabouts", "family"),
            language=drawn["language"][0],
            capacity="guardian" if young else "able",
            guardian=guardian if young else "",
        )
        stage.remember(f"agreed to tell {key}", consent)
        stage.now += dt.timedelta(minutes=4)
        disclosure = stage.do(
            care,
            "caseworker",
            "propose_disclosure",
            source="decision",
            person=person,
            recipient=recipient,
            purpose=purpose,
            ground="consent",
            consent=consent,
            until="2018-10-09",
            items=_items(stage, key, forced=purpose == "non-punishment"),
        )
        stage.remember(f"disclosure {key}", disclosure)

    def read(stage: Stage) -> None:
        if not isinstance(stage.cast.venue, OneNode):
            return
        disclosure = stage.get(f"disclosure {key}")
        file = stage.do(
            care,
            "caseworker",
            "read_disclosure",
            by=1,
            source="decision",
            disclosure=disclosure,
            agrees="yes",
        )
        stage.remember(f"disclosed {key}", file)

    book.add(at, propose, care)
    book.add(at + dt.timedelta(minutes=20), read, care)


def _items(stage: Stage, key: str, *, forced: bool) -> list[str]:
    """Keys of what is told (`care/disclosable.py`)."""
    decision = stage.get(f"{'second' if forced else 'first'} {key}")
    listed = ["name", f"status:{decision}", f"told:{stage.get(f'told {key}')}"]
    return [*listed, f"forced-to:{decision}"] if forced else listed
