"""What care does beside the play's turning points: plans that a second officer reads, files closed by two, a
service outside asked by a one-time page, complaints about staff, who wants no help, a child who is missing.

All of it generated. Who is asked, wants nothing or is missing stays somebody's task, with a date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from libertad.answer_page.messages import Answer
from libertad.care import queries_outside
from libertad.care.page_sealing import new_page
from libertad.vocabulary.values import Happened
from scenarios.operation_libertad_2018.book import Book
from scenarios.operation_libertad_2018.stage import Stage, action
from scenarios.operation_libertad_2018.venue import OneNode

Add = Callable[[dt.datetime, Callable[[Stage], object]], None]
MINUTE = dt.timedelta(minutes=1)
EARLY = dt.timedelta(hours=3)
SERVICE, LINE = "Harbour clinic (generated)", "+000 555 0143"
# By person: (area, goal, who does what), and whether a second officer has read it by the end.
PLANS: Mapping[str, tuple[tuple[str, str, str], bool]] = {
    "VC/1": (("housing", "A room with a door that locks", "She looks at two; I write to the landlord"), True),
    "VC/2": (("law", "The wages of four months", "The lawyer writes the claim; she brings her notes"), False),
    "GY/0": (("learning", "English enough for the shop", "He goes twice a week; I pay the bus"), True),
    "GY/4": (("family", "A call to her mother each week", "She telephones from the shelter"), True),
}
REFUSES = "GY/6"
ASKED_OUTSIDE = "VC/3"
# By country: of its first not-a-victim, whether a second officer has read the closing by the end.
CLOSING = {"VC": True, "GY": False}
MISSING = "GY"


def plan(
    book: Book,
    code: str,
    fates: list[str],
    met: Mapping[str, dt.datetime],
    children: list[str],
    last: dt.datetime,
) -> None:
    """What a country's care does. `met`: by key of the person when; `children`: keys of who is under 18 and
    decided about; `last`: the play's end. On one node alone: on four the demo plays each fixed point as well,
    and waits for what has to arrive."""

    def add(at: dt.datetime, run: Callable[[Stage], object]) -> None:
        def on_one_node(stage: Stage) -> None:
            if isinstance(stage.cast.venue, OneNode):
                run(stage)

        book.add(at, on_one_node, f"{code}-care", alone=True)

    met = {key: at for key, at in met.items() if at < last - EARLY}  # taken, and a step named, by then
    _plans(add, code, met, last)
    if code in CLOSING:
        settled = [
            key for i, fate in enumerate(fates) if fate == "not-a-victim" and (key := f"{code}/{i}") in met
        ]
        for key in settled[:1]:
            _closing(add, code, key, last, is_read=CLOSING[code])
    if code == REFUSES[:2] and REFUSES in met:
        add(last - 70 * MINUTE, lambda s: _refuses(s, code, last))
    if code == ASKED_OUTSIDE[:2] and ASKED_OUTSIDE in met:
        _outside(add, code, last)
    if code == MISSING:
        for place, key in enumerate([key for key in children if key in met][:2]):
            _missing(add, code, key, last, is_found=place == 1)
    _complaints(add, code, last)


def _plans(add: Add, code: str, met: Mapping[str, dt.datetime], last: dt.datetime) -> None:
    for number, (key, ((area, goal, doing), is_read)) in enumerate(PLANS.items()):
        if key[:2] != code or key not in met:
            continue
        at = last - (95 - 3 * number) * MINUTE
        until = (last + dt.timedelta(days=30)).date().isoformat()

        def write(stage: Stage, key: str = key, words: tuple[str, ...] = (area, goal, doing, until)) -> None:
            named: dict[str, Any] = dict(zip(("area", "goal", "doing", "until"), words, strict=True))
            entry = stage.do(
                f"{code}-care",
                "caseworker",
                "record_goal",
                source="said",
                person=stage.get(f"person {key}"),
                progress="under-way",
                **named,
            )
            stage.remember(f"goal {key}", entry)

        def read(stage: Stage, key: str = key) -> None:
            role, by = _second(stage, code)
            stage.do(
                f"{code}-care",
                role,
                "read_plan",
                by=by,
                source="decision",
                person=stage.get(f"person {key}"),
                goals=[stage.get(f"goal {key}")],
                agrees="yes",
            )

        add(at, write)
        if is_read:
            add(at + 20 * MINUTE, read)


def _second(stage: Stage, code: str) -> tuple[str, int]:
    """Who reads second what the first caseworker wrote: the supervisor, where the authority has one."""
    has_supervisor = (f"{code}-care", "supervisor", 0) in stage.cast.actors
    return ("supervisor", 0) if has_supervisor else ("caseworker", 1)


def _closing(add: Add, code: str, key: str, last: dt.datetime, *, is_read: bool) -> None:
    def propose(stage: Stage) -> None:
        closing = stage.do(
            f"{code}-care",
            "caseworker",
            "close_care",
            source="decision",
            person=stage.get(f"person {key}"),
            reason="not-a-victim",
            afterwards="The duty line of the house, day and night (generated)",
            contact_on=(last + dt.timedelta(days=28)).date().isoformat(),
            keep_until="2023-04-09",
            despite="What is open was explained and is not wanted",
        )
        stage.remember(f"closing {key}", closing)

    def read(stage: Stage) -> None:
        role, by = _second(stage, code)
        stage.do(
            f"{code}-care",
            role,
            "read_care_closing",
            by=by,
            source="decision",
            person=stage.get(f"person {key}"),
            closing=stage.get(f"closing {key}"),
            agrees="yes",
            reasons="Talked with him myself; he has the number.",
        )

    add(last - 50 * MINUTE, propose)
    if is_read:
        add(last - 20 * MINUTE, read)


def _refuses(stage: Stage, code: str, last: dt.datetime) -> None:
    """Who wants no help now is left a number, and is asked again once, on a day."""
    person, care = stage.get(f"person {REFUSES}"), f"{code}-care"
    stage.do(
        care,
        "caseworker",
        "record_consent",
        source="said",
        person=person,
        purpose="doctor",
        recipient="Any clinic",
        agreed="no",
        language=stage.get(f"who {REFUSES}")["language"][0],
        capacity="able",
    )
    stage.remember(f"refused {REFUSES}", person)
    stage.now += 2 * MINUTE
    stage.do(
        care,
        "caseworker",
        "note_case",
        source="said",
        person=person,
        kind="talked",
        seen=stage.now.astimezone(ZoneInfo(stage.zone(code))).date().isoformat(),
        words="Wants no help now. Has the duty line's number, and knows that it stays hers.",
        risk="medium",
    )
    stage.now += MINUTE
    stage.do(
        care,
        "caseworker",
        "name_step",
        person=person,
        kind="talk",
        until=(last + dt.timedelta(days=7)).date().isoformat(),
        note="Ask once more whether help is wanted; not before.",
        last="not-done",
    )


def _outside(add: Add, code: str, last: dt.datetime) -> None:
    """A clinic outside Libertad is asked by a one-time page, and answers. The demo has no host: the node says
    what one would have told. Nobody has called back yet."""
    care = f"{code}-care"

    def register(stage: Stage) -> None:
        service = stage.do(
            care,
            "caseworker",
            "register_service",
            name=SERVICE,
            telephone=LINE,
            checked_with="The board at its door",
            services=["medical"],
        )
        stage.remember("service outside", service)

    def confirm(stage: Stage) -> None:
        role, by = _second(stage, code)
        actor = stage.cast.actor(care, role, by)
        known = stage.cast.venue.ask(actor, queries_outside.service, stage.get("service outside"))
        stage.do(
            care,
            role,
            "confirm_service",
            by=by,
            source="decision",
            service=known.id,
            entry=known.proposed.entry,
            agrees="yes",
            words="Called the number of the town's list; they answered by name.",
        )

    def refer(stage: Stage) -> None:
        person = stage.get(f"person {ASKED_OUTSIDE}")
        drawn = stage.get(f"who {ASKED_OUTSIDE}")
        young = drawn["birth"].ages_on(stage.now)[0] < 18
        consent = stage.do(
            care,
            "caseworker",
            "record_consent",
            source="said",
            person=person,
            purpose="doctor",
            recipient=SERVICE,
            agreed="yes",
            language=drawn["language"][0],
            capacity="guardian" if young else "able",
            guardian="Guardian of the child protection service" if young else "",
        )
        stage.now += MINUTE
        referral = stage.do(
            care,
            "caseworker",
            "refer",
            person=person,
            service="medical",
            to=SERVICE,
            consent=consent,
            disclosed=("languages",),
            needed_by=(last + dt.timedelta(days=2)).date().isoformat(),
        )
        stage.remember("referral outside", referral)

    def ask(stage: Stage) -> None:
        language = stage.get(f"who {ASKED_OUTSIDE}")["language"][0]
        page_values = {"day": "", "sex": "", "age": "", "language": language, "line": LINE}
        page = stage.do(
            care,
            "caseworker",
            "ask_page",
            person=stage.get(f"person {ASKED_OUTSIDE}"),
            referral=stage.get("referral outside"),
            service=stage.get("service outside"),
            new=new_page(need="medical", **page_values),
            **page_values,
        )
        stage.remember("page outside", page)

    def answer(stage: Stage) -> None:
        page = stage.get("page outside")
        stage.do_itself(care, "take_result", page=page, state="sent")
        stage.now += 9 * MINUTE
        answered = Answer("accepted", words="From ten in the morning; ask for the nurse on duty.")
        stage.do_itself(care, "take_result", page=page, state="answered", opened=(120,), answer=answered)

    for minutes, run in ((88, register), (80, confirm), (75, refer), (72, ask), (60, answer)):
        add(last - minutes * MINUTE, run)


def _missing(add: Add, code: str, key: str, last: dt.datetime, *, is_found: bool) -> None:
    """A child did not come back to the shelter; of two, one was found the same evening."""
    care = f"{code}-care"

    def missing(stage: Stage) -> None:
        stage.remember(f"missing {key}", stage.get(f"person {key}"))
        stage.do(
            care,
            "caseworker",
            "say_missing",
            person=stage.get(f"person {key}"),
            seen=stage.now.astimezone(ZoneInfo(stage.zone(code))).date().isoformat(),
            words="Did not come back from school. Police telephoned; the guardian asks at her friend's.",
        )

    def say_back(stage: Stage) -> None:
        stage.do(
            care,
            "caseworker",
            "say_found",
            person=stage.get(f"person {key}"),
            words="At her friend's, and well. The guardian is with her.",
        )

    add(last - 85 * MINUTE, missing)
    if is_found:
        add(last - 30 * MINUTE, say_back)


def _complaints(add: Add, code: str, last: dt.datetime) -> None:
    """One that has its first answer where there is a supervisor; one that nobody has taken yet."""
    care = f"{code}-care"

    def recorded(words: str, reach: str) -> Callable[[Stage], None]:
        def run(stage: Stage) -> None:
            actor = stage.cast.actor(care, "caseworker", 1)
            complaint = stage.cast.venue.perform(
                actor,
                action("record_complaint"),
                happened=Happened(at=stage.now, zone=actor.zone),
                source="said",
                provenance="generated",
                officers=[],
                words=words,
                safe="safe",
                by="person",
                named="not-named",
                reach=reach,
                when="2018-04-08",
            )
            stage.remember(f"complaint {code}", complaint)

        return run

    def take(stage: Stage) -> None:
        complaint = stage.get(f"complaint {code}")
        stage.do(care, "supervisor", "take_complaint", source="decision", complaint=complaint)
        stage.now += 6 * MINUTE
        stage.do(
            care,
            "supervisor",
            "answer_complaint",
            source="decision",
            complaint=complaint,
            words="I asked her to forgive us. From tomorrow one of us stays at the desk over noon.",
        )

    if code == "VC":
        add(last - 90 * MINUTE, recorded("She waited two hours and nobody told her for what.", "supervisor"))
        add(last - 64 * MINUTE, take)
    if code == "GY":
        add(last - 45 * MINUTE, recorded("A worker spoke loudly to him before others.", "administrator"))
