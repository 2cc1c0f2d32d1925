"""What a newcomer is led to: the woman who was moved, the known phone, the empty site, the passport on its
way back; and what goes wrong: a namesake, a refusal, a consent withdrawn, a decision that waits.

It tells of people who are in the plot anyway, and uses none of its chance: everybody else stays as they are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from scenarios.operation_libertad_2018 import names, seizures, shelving
from scenarios.operation_libertad_2018.book import Book
from scenarios.operation_libertad_2018.protection import GUARDIAN, MOVED_BY_HIT, moved_again
from scenarios.operation_libertad_2018.stage import Stage

UTC = dt.UTC
# Sites whose lead is said to be stale by a confirmed hit, and by nobody before.
BY_HIT = {("GY", 6)}
STANDS = {
    "people-found": ("fresh", "Visited: people were met there"),
    "found-empty": ("stale", "Visited: nobody was there any more"),
    "aborted": ("not-known", "The visit was broken off before the site"),
}
# Generated: how long nobody was paid, how much is owed, and by when it is or was to be paid.
WAGES = {
    "VC/1": ("four", "3200", "2018-03-31"),
    "VC/2": ("seven", "5600", "2018-04-11"),
    "VC/3": ("three", "2462.50", "2018-04-30"),
    "VC/5": ("five", "4000", ""),
}


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2018, 4, day, hour, minute, tzinfo=UTC)


def stand(stage: Stage, code: str, lead: str, outcome: str, by_hit: bool) -> None:
    """After a visit the national lead says how the lead stands, unless a hit is to say it."""
    if by_hit:
        return
    standing, because = STANDS[outcome]
    stage.do(
        code,
        "national-lead",
        "set_standing",
        source="decision",
        lead=lead,
        standing=standing,
        ground="other",
        because=because,
    )


def write(book: Book) -> None:
    """Each arc where its countries are played."""
    countries = set(book.data["countries"])
    if {"GY", "VE"} <= countries:
        _moved(book)
        _passport(book)
    if {"JM", "VE"} <= countries:
        _phone(book)
    if "GY" in countries:
        _namesakes(book)
    if "VC" in countries:
        _withdrawn_consent(book)
        _declined(book)
        _wages(book)
        shelving.write(book, at(9, 21, 50))


def _moved(book: Book) -> None:
    """Met at the mine in Guyana, moved at night, met again in Venezuela: a hit that two officers read."""
    first, second = MOVED_BY_HIT, moved_again(book)
    pair = (f"person {first}", f"person {second}")

    def share(stage: Stage) -> None:
        stage.share(
            "VE",
            stage.get(pair[1]),
            stage.cast.authorities["GY"],
            "She names a mine in Guyana that was found empty: to tell whether she was met there",
            "Read her file: the mine is GY-6, and Georgetown asked",
        )
        stage.remember("shared moved", "shared")

    def find(stage: Stage) -> None:
        stage.get("shared moved")
        stage.remember("hit moved", stage.find_hit("GY", *(f"person:{stage.get(name)}" for name in pair)))

    book.add(
        at(7, 17, 40),
        lambda s: s.do(
            "VE",
            "officer",
            "state_person",
            source="said",
            person=s.get(pair[1]),
            topic="arrival",
            words="They moved us by boat, at night. Nobody told us where to.",
        ),
        "VE",
    )
    book.add(at(8, 15), share, "VE")
    book.add(at(8, 15, 10), find, "GY", alone=True)
    book.add(
        at(8, 16),
        lambda s: s.do(
            "GY",
            "officer",
            "ask_owner",
            hit=s.get("hit moved"),
            record=f"person:{s.get(pair[1])}",
            words="Who was with her when she left the mine, and does she know the manager's name?",
        ),
        "GY",
    )
    book.add(at(8, 21), lambda s: _answer_moved(s, pair[1]), "VE")
    book.add(
        at(9, 11, 30),
        lambda s: s.do(
            "GY",
            "officer",
            "confirm_hit",
            hit=s.get("hit moved"),
            source="decision",
            reasons="Same name and day of birth; Venezuela's answer names the manager of the mine.",
        ),
        "GY",
    )
    book.add(
        at(9, 13, 20),
        lambda s: s.remember(
            "read moved",
            s.do(
                "GY",
                "national-lead",
                "read_hit",
                hit=s.get("hit moved"),
                agrees="yes",
                source="decision",
                reasons="Read both files and the answer; she left on the night before the visit.",
            ),
        ),
        "GY",
    )


def _answer_moved(stage: Stage, again: str) -> None:
    from libertad.hits.fold import question_key

    record = f"person:{stage.get(again)}"
    stage.do(
        "VE",
        "national-lead",
        "answer_question",
        question=question_key(stage.get("hit moved"), record),
        answer="same",
        words="She was with another woman, and named the manager without being asked.",
    )


def _passport(book: Book) -> None:
    """Kept by the manager, found in the empty mine, on its way to her across the border."""
    key = MOVED_BY_HIT
    number = "GYP-118990"

    def take(stage: Stage) -> None:
        stage.remember(
            f"passport {key}",
            stage.do(
                "GY",
                "officer",
                "take_property",
                source="said",
                person=stage.get(f"person {key}"),
                kind="passport",
                taken_by="manager",
                state="missing",
                description="Passport, kept by the manager of the mine",
            ),
        )

    def recover(stage: Stage) -> None:
        exhibit = stage.do(
            "GY",
            "officer",
            "seize",
            country="GY",
            kind="travel-document",
            description="Passport, from a tin box left behind",
            site=stage.get("site GY-6"),
            where_found="behind the counter",
            witness="D. Persaud",
            receipt=True,
            person=stage.get(f"person {key}"),
        )
        stage.remember("exhibit passport", exhibit)
        stage.do("GY", "officer", "seal", exhibit=exhibit, number=number)
        stage.do(
            "GY",
            "officer",
            "change_property",
            property_id=stage.get(f"passport {key}"),
            state="held",
            exhibit=exhibit,
            note="In a tin box in the empty mine",
        )

    def store(stage: Stage) -> None:
        seizures.hand_over(stage, "GY", stage.get("exhibit passport"), number)

    def send(stage: Stage) -> None:
        courier = stage.cast.actor("GY", "officer")
        stage.get("read moved")
        stage.do(
            "GY",
            "exhibits-officer",
            "change_property",
            property_id=stage.get(f"passport {key}"),
            state="held",
            exhibit=stage.get("exhibit passport"),
            due_back="2018-04-12",
            note="On its way: an officer takes it to the border post, where she signs for it",
        )
        stage.do(
            "GY",
            "exhibits-officer",
            "offer_custody",
            exhibit=stage.get("exhibit passport"),
            to_officer=courier.officer,
            to_authority=courier.authority,
            place="For the border post",
            seal_read=number,
        )

    book.add(at(3, 15, 16), take, "GY")
    book.add(at(5, 13, 55), recover, "GY")
    book.add(at(5, 22, 10), store, "GY")
    book.add(at(9, 21, 40), send, "GY")


def _phone(book: Book) -> None:
    """A phone seized in Jamaica has the number that a lead in Venezuela had named a month before."""

    def report(stage: Stage) -> None:
        stage.remember(
            "lead phone",
            stage.do(
                "JM",
                "national-lead",
                "report_lead",
                source="saw",
                country="JM",
                origin="officer",
                summary=f"A phone seized in Jamaica has the number {seizures.KNOWN}. Who knows it?",
                source_grade="1",
                information_grade="A",
                handling="P",
                workplace="night-club",
                site=stage.get("site JM-2"),
            ),
        )

    def find(stage: Stage) -> None:
        leads = [f"lead:{stage.get(name)}" for name in ("lead VE-3", "lead phone")]
        stage.remember("hit phone", stage.find_hit("BB-centre", *leads))

    book.add(at(9, 9), report, "JM")
    book.add(at(9, 9, 20), find, "BB-centre", alone=True)
    book.add(
        at(9, 10),
        lambda s: s.remember(
            "confirmed phone",
            s.do(
                "BB-centre",
                "analyst",
                "confirm_hit",
                hit=s.get("hit phone"),
                source="decision",
                reasons="One number. Venezuela was told on 8 March that she was to call it on arrival.",
            ),
        ),
        "BB-centre",
    )
    book.add(at(9, 10, 30), _fresh_by_phone, "VE")


def _fresh_by_phone(stage: Stage) -> None:
    stage.get("confirmed phone")
    stage.do(
        "VE",
        "national-lead",
        "set_standing",
        source="decision",
        lead=stage.get("lead VE-3"),
        standing="fresh",
        ground="other",
        because="It names the number of a phone seized in Jamaica",
    )


def _namesakes(book: Book) -> None:
    """Two women of one name, ruled out; and two records that may be of one, waiting for a second reader."""

    def pair(stage: Stage, keys: Iterable[str]) -> list[str]:
        return [f"person:{stage.get(f'person {key}')}" for key in keys]

    book.add(
        at(9, 19, 10),
        lambda s: s.remember("hit namesake", s.find_hit("GY", *pair(s, names.TWO_WOMEN))),
        "GY",
        alone=True,
    )
    book.add(
        at(9, 19, 40),
        lambda s: s.do(
            "GY",
            "officer",
            "reject_hit",
            hit=s.get("hit namesake"),
            source="decision",
            reasons="Two women: they were at the clinic at the same hour, and know each other by sight.",
        ),
        "GY",
    )
    book.add(
        at(9, 20, 5),
        lambda s: s.remember("hit waiting", s.find_hit("GY", *pair(s, names.PERHAPS_ONE))),
        "GY",
        alone=True,
    )
    book.add(
        at(9, 20, 30),
        lambda s: s.do(
            "GY",
            "officer",
            "confirm_hit",
            hit=s.get("hit waiting"),
            source="decision",
            reasons="Same first name and surname, same month of birth; both speak of a brother in Tumeremo.",
        ),
        "GY",
    )


def _who_agrees(stage: Stage, key: str) -> dict[str, Any]:
    """In which language the person agrees, and for a child which guardian does."""
    person = stage.get(f"who {key}")
    young = person["birth"].ages_on(stage.now)[0] < 18
    return {
        "language": person["language"][0],
        "capacity": "guardian" if young else "able",
        "guardian": GUARDIAN if young else "",
    }


def _withdrawn_consent(book: Book) -> None:
    """The embassy may be told; the next day it may not."""

    def agree(stage: Stage) -> None:
        stage.remember(
            "consent withdrawn",
            stage.do(
                "VC-care",
                "caseworker",
                "record_consent",
                source="said",
                person=stage.get("person VC/1"),
                purpose="tell-embassy",
                recipient="Her embassy",
                agreed="yes",
                **_who_agrees(stage, "VC/1"),
            ),
        )

    book.add(at(8, 15), agree, "VC-care")
    book.add(
        at(9, 14, 10),
        lambda s: s.do(
            "VC-care",
            "caseworker",
            "withdraw_consent",
            source="said",
            consent=s.get("consent withdrawn"),
            reasons="I do not want anybody at home to know where I am.",
        ),
        "VC-care",
    )


def _declined(book: Book) -> None:
    """A shelter has no place; another is asked."""

    def ask(stage: Stage) -> None:
        person = stage.get("person VC/1")
        for minutes, shelter, answer, reasons in (
            (0, "Shelter B", "declined", "No place is free before 12 April."),
            (40, "Shelter A", "accepted", ""),
        ):
            stage.now = at(8, 16) + dt.timedelta(minutes=minutes)
            consent = stage.do(
                "VC-care",
                "caseworker",
                "record_consent",
                source="said",
                person=person,
                purpose="shelter",
                recipient=shelter,
                agreed="yes",
                **_who_agrees(stage, "VC/1"),
            )
            referral = stage.do(
                "VC-care",
                "caseworker",
                "refer",
                person=person,
                service="shelter",
                to=shelter,
                consent=consent,
                disclosed=("languages",),
                needed_by="2018-04-09",
            )
            stage.now += dt.timedelta(minutes=20)
            stage.do(
                "VC-care",
                "caseworker",
                "answer_referral",
                source="document",
                referral=referral,
                answer=answer,
                reasons=reasons,
            )

    book.add(at(8, 16), ask, "VC-care")


def _wages(book: Book) -> None:
    """Wages that were never paid are property too; of one claim a part is paid on the last day."""
    for key, (months, amount, due) in WAGES.items():
        book.add(
            at(8, 18),
            lambda s, k=key, m=months, a=amount, d=due: s.remember(
                f"wages {k}",
                s.do(
                    "VC-care",
                    "caseworker",
                    "take_property",
                    source="said",
                    person=s.get(f"person {k}"),
                    kind="wages",
                    taken_by="employer",
                    state="owed",
                    description=f"Wages of {m} months",
                    amount=a,
                    currency="XCD",
                    due_back=d,
                ),
            ),
            "VC-care",
        )
    book.add(
        at(9, 15),
        lambda s: s.do(
            "VC-care",
            "caseworker",
            "pay_property",
            property_id=s.get("wages VC/3"),
            paid="1231.25",
            signed="yes",
            note="Half of it, counted with the person",
        ),
        "VC-care",
    )
