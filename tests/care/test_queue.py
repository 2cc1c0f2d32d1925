"""Everybody a node knows stands in exactly one queue, with somebody and a date; and in the right one.

Over random histories of lines: people come, change, are linked, taken apart, erased; workers leave. A rule
that is broken on purpose must be noticed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from libertad.access.catalogs import Stamp
from libertad.care import overview, queue
from libertad.care import queues as queues_module
from libertad.care.file_lines import CLOSED, NONE, UNOPENED, Due, Line, Task
from libertad.care.leading import Lead
from libertad.care.queue_limits import limits
from libertad.care.queues import Queues

OWN, AWAY = "a" * 32, "b" * 32
PEOPLE = [f"{n:032x}" for n in range(5)]
WORKERS = ["w1", "w2"]
WORKER_ORDERS = [("w1",), ("w2",), ("w1", "w2"), ("w2", "w1")]
START = dt.datetime(2018, 4, 9, 12, tzinfo=dt.UTC)
MOMENTS = st.integers(-400, 400).map(lambda hours: START + dt.timedelta(hours=hours))
NAMED: dict[str, Any] = {  # all fields are given: `builds` draws for each that is left out
    "step": st.sampled_from(["", "talk"]),
    "step_at": MOMENTS,
    "missing_at": st.none() | MOMENTS,
    "risk": st.sampled_from(["", "high", "low"]),
    "contact_at": st.none() | MOMENTS,
}
TASKS = st.one_of(
    st.none(),
    st.builds(Task, st.just(""), st.none(), st.just(""), st.none(), back_at=st.none() | MOMENTS, **NAMED),
    st.builds(
        Task,
        st.sampled_from(WORKERS),
        MOMENTS,
        st.sampled_from(["", *WORKERS]),
        MOMENTS,
        back_at=st.none(),
        **NAMED,
    ),
)
KINDS = st.sampled_from([*queue.ANSWERS, *queue.DATES, "identify", "wish", "return"])


@st.composite
def lines(draw: st.DrawFn, person: str) -> Line:
    """What an authority may read of somebody."""
    bucket = draw(st.sampled_from([UNOPENED, UNOPENED, NONE, "presumed", CLOSED]))
    began = draw(MOMENTS)
    dues = []
    for kind in draw(st.lists(st.sampled_from(queue.AFTERWARDS) if bucket == CLOSED else KINDS, max_size=2)):
        undated = kind in ("stop", "referral", "identify", "wish", "return")
        dues.append(Due(kind, None if undated else draw(MOMENTS), since=draw(MOMENTS) if undated else None))
    task = draw(TASKS)
    held = task is not None and task.worker != ""
    is_own = bucket != UNOPENED or held or draw(st.booleans())
    leads = draw(st.integers(0, 5)) == 0 and (task is None or task.missing_at is None)
    lead = Lead(AWAY, draw(st.sampled_from(["", *PEOPLE])), draw(MOMENTS)) if leads else None
    return Line(
        person=person,
        reference=f"P-GY-{PEOPLE.index(person):03d}",
        bucket=bucket,
        changed=began,
        danger=draw(st.none() | MOMENTS),
        dues=() if bucket == UNOPENED else tuple(dues),
        links=tuple(draw(st.sets(st.sampled_from([p for p in PEOPLE if p != person]), max_size=2))),
        places=frozenset({person}),
        owner=OWN if is_own and lead is None else AWAY,
        is_own=is_own and lead is None,
        began=began,
        child=draw(st.booleans()),
        doctor=draw(st.booleans()),
        closed_at=draw(MOMENTS) if bucket == CLOSED else None,
        workers=() if bucket == UNOPENED else draw(st.sampled_from([(), *WORKER_ORDERS])),
        task=task,
        lead=lead,
    )


@st.composite
def steps(draw: st.DrawFn) -> tuple[str, Line | None, frozenset[str]]:
    person = draw(st.sampled_from(PEOPLE))
    line = draw(st.integers(0, 4)) and draw(lines(person))
    return person, line or None, frozenset(draw(st.sets(st.sampled_from(WORKERS))))


def holds(index: overview.Index, left: frozenset[str]) -> None:
    """Both properties, of everybody whom the index knows."""
    queues, known = index.placed(left), index.lines
    stand = [(item[-1], name) for name, listed in queues.listed.items() for item in listed]
    assert sorted(person for person, _name in stand) == sorted(known), "each stands exactly once"
    assert dict(stand) == {person: place.queue for person, place in queues.places.items()}
    for listed in queues.listed.values():
        assert listed == sorted(listed)
    for person, line in known.items():
        place, records = queues.places[person], together(known, person)
        assert place.queue in queue.QUEUES and place.owner in (OWN, AWAY) and place.due.tzinfo is not None
        assert place.officer not in left and place.officer in ("", *WORKERS)
        is_missing = line.missing_at is not None and line.bucket != CLOSED
        assert place.danger == (line.danger is not None or is_missing)
        assert (place.queue == queue.MISSING) == is_missing
        if place.queue != queue.LINKED:
            offered_to = line.task.offered_to if line.task is not None else ""
            assert place.offered_to == ("" if offered_to in left else offered_to), "whatever else is true"
        if line.danger is not None:
            assert place.danger and place.due <= line.danger + limits().danger
        if line.lead is not None:
            assert (place.queue, place.owner) == (
                queue.LINKED if line.lead.record else queue.ELSEWHERE,
                AWAY,
            ), "who leads answers, whatever stands in the file here"
            assert place.due <= line.lead.since + limits().led
        if any(known[record].lead is not None for record in records):
            continue
        opened = [record for record in records if stands_alone(known[record])]
        worked = [record for record in records if known[record].bucket != CLOSED]
        if line.bucket == CLOSED:
            assert place.queue == queue.ENDED and place.owner == OWN
        elif is_missing and line.missing_at is not None:
            assert place.due <= line.missing_at + limits().missing
        elif person in opened:
            assert place.queue in (
                queue.INTAKE,
                queue.HANDING,
                queue.ASSIGNED,
                queue.WAITING,
                queue.FOLLOW_UP,
            )
            assert place.owner == OWN
            answers_for(line, place, left)
        elif place.queue == queue.LINKED:
            led_by = place.record
            assert led_by in worked and led_by != person and queues.places[led_by].queue != queue.LINKED
            assert led_by in opened or not opened, "a record that is worked on leads"
            assert place.owner == queues.places[led_by].owner
            assert place.due <= queues.places[led_by].due
        else:
            assert place.queue == (queue.INTAKE if line.is_own else queue.ELSEWHERE)
            assert not opened, "somebody works on another record of the person already"
            since = line.task.back_at if line.task is not None and line.is_own else None
            assert place.due <= (since or line.began) + limits().intake
            assert not place.assigned and not place.officer
        mine = [record for record in worked if queues.places[record].queue != queue.LINKED]
        assert len(mine) == max(1, len(opened)) or not worked, "one record leads, or each that is worked on"
    anew = Queues(limits(), left)
    with patch.object(queues_module, "MANY", 0):  # all are put in order together
        anew.update(known, index.linked_by, known)
    assert anew.places == queues.places, "as if all had been computed at once"
    assert holders(anew) == holders(queues)
    for officer, held in holders(queues).items():
        assert held == sorted(held) and officer in ("", *WORKERS) and officer not in left
        assert all(bool(officer) == queues.places[item[-1]].assigned for item in held)


def holders(queues: Queues) -> dict[str, list[Any]]:
    """Whom each officer has taken, without who has nobody."""
    return {officer: held for officer, held in queues.held.items() if held}


def stands_alone(line: Line) -> bool:
    """Whether somebody works on this very record, or looks for the person under it."""
    if line.bucket != UNOPENED:
        return line.bucket != CLOSED
    return line.is_held or line.missing_at is not None


def answers_for(line: Line, place: queue.Place, left: frozenset[str]) -> None:
    """Whose task the person is: who has taken the person, else who was last at work, else the duty desk."""
    task = line.task
    if task is None or (not task.worker and task.back_at is None):
        at_work = [worker for worker in line.workers if worker not in left]
        assert (place.officer, place.assigned) == (at_work[0] if at_work else "", False)
        assert place.queue == queue.INTAKE or at_work or not line.workers, "who worked on it has left"
        return
    if not task.worker or task.worker in left:
        assert (place.queue, place.officer, place.assigned) == (queue.INTAKE, "", False)
        return
    assert (place.officer, place.assigned) == (task.worker, True), "who gives stays responsible"
    is_offered = task.offered_to not in ("", *left)
    assert (place.queue == queue.HANDING) == is_offered
    assert place.offered_to == (task.offered_to if is_offered else "")
    if is_offered and task.offered_at is not None:
        assert place.due <= task.offered_at + limits().handover
    contact = task.contact_at or task.since
    if task.risk and contact is not None:
        assert place.due <= contact + limits().contact(task.risk), "a risk lets no contact wait longer"


def together(known: dict[str, Line], person: str) -> set[str]:
    """The records that are said to be of one person with this one, by asking every pair."""
    links = {(a, b) for a, line in known.items() for b in line.links}
    links |= {(b, a) for a, b in links}
    reached = {person}
    while more := {b for a, b in links if a in reached} - reached:
        reached |= more
    return reached & known.keys()


def played(history: list[tuple[str, Line | None, frozenset[str]]]) -> None:
    index = overview.Index(Stamp(0, (), ()), {})
    for person, line, left in history:
        index.update(person, line)
        holds(index, left)


HISTORIES = st.lists(steps(), min_size=1, max_size=8)


@settings(max_examples=300)
@given(HISTORIES)
def test_everybody_stands_in_exactly_one_queue_with_somebody_and_a_date(history: Any) -> None:
    played(history)


def test_two_records_that_hang_together_by_one_that_is_not_known_do_not_lead_into_nowhere() -> None:
    """Both are said to be a third's person, which nobody here reads; the one that led is erased."""
    unknown, first, second = PEOPLE[:3]

    def linked(person: str, reference: str) -> Line:
        return Line(
            person=person,
            reference=reference,
            bucket=UNOPENED,
            changed=START,
            danger=None,
            dues=(),
            links=(unknown,),
            places=frozenset({person}),
            owner=OWN,
            is_own=True,
            began=START,
        )

    nobody: frozenset[str] = frozenset()
    history: list[tuple[str, Line | None, frozenset[str]]] = [
        (first, linked(first, "P-GY-001"), nobody),
        (second, linked(second, "P-GY-002"), nobody),
        (first, None, nobody),
    ]
    played(history)


def nobody_leads(records: Any, bounds: Any, left: Any) -> dict[str, queue.Place]:
    listed = {line.person: queue.place_of(line, bounds, left) for line in records}
    if len(listed) > 1:
        first = next(iter(listed.values()))
        return {person: first._replace(queue=queue.LINKED, record=person) for person in listed}
    return listed


def a_closed_file_leads(records: Any, bounds: Any, left: Any) -> dict[str, queue.Place]:
    listed = list(records)
    leading = min(listed, key=queue._leads)
    place = queue.place_of(leading, bounds, left)
    return {
        line.person: queue.place_of(line, bounds, left)
        if line.has_file or line is leading
        else place._replace(queue=queue.LINKED, record=leading.person)
        for line in listed
    }


def only_named_links(known: Any, linked_by: Any, person: str) -> set[str]:
    return ({person, *known[person].links} if person in known else {person}) & known.keys()


def without_old_links(self: overview.Index, person: str, line: Line | None) -> None:
    before = set(self.unplaced)
    real_update(self, person, line)
    self.unplaced = before | {person}


def one_is_left_out(records: Any, bounds: Any, left: Any) -> dict[str, queue.Place]:
    places = real_places_of(records, bounds, left)
    return {person: place for person, place in places.items() if place.queue != queue.ENDED}


def no_date(line: Line, bounds: Any, left: Any) -> queue.Place:
    return queue.Place(queue.ENDED, line.closed_at or line.began, OWN, "", "closed")._replace(owner="")


real_update, real_places_of = overview.Index.update, queue.places_of
real_dated, real_open, real_worker = queue._dated, queue._open, queue._worker
MUTANTS: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "nobody leads": (queue, "places_of", nobody_leads),
    "a closed file takes somebody over": (queue, "places_of", a_closed_file_leads),
    "who has a closed file is in no queue": (queue, "places_of", one_is_left_out),
    "a closed file is nobody's": (queue, "_closed", no_date),
    "whom somebody took is whose who was last at work": (
        queue,
        "_worker",
        lambda line, left: next((officer for officer in line.workers if officer not in left), ""),
    ),
    "who is offered a person is responsible at once": (
        queue,
        "_dated",
        lambda line, bounds, left: real_dated(line, bounds, left)._replace(
            officer=line.task.offered_to if line.task and line.task.offered_to else real_worker(line, left)
        ),
    ),
    "an offer has no hour": (
        queue,
        "_open",
        lambda line, bounds, left: real_open(line, bounds, left)._replace(
            due=real_dated(line, bounds, left).due
        ),
    ),
    "who was given back keeps the worker": (
        queue,
        "_given_back",
        lambda line, since, bounds: queue.Place(queue.ASSIGNED, since, line.owner, "w1", "step"),
    ),
    "a risk sets no date": (queue, "_contact", lambda line, bounds, left: None),
    "danger changes nothing": (queue, "_endangered", lambda own, since, bounds: own),
    "danger lengthens a limit": (
        queue,
        "_endangered",
        lambda own, since, bounds: (
            own if since is None else own._replace(due=max(own.due, since + bounds.danger), danger=True)
        ),
    ),
    "who has left stays responsible": (queue, "_worker", lambda line, left: next(iter(line.workers), "")),
    "a record without a file leads": (queue, "_leads", lambda line: (line.has_file, line.began, line.person)),
    "another's file is ours": (
        queue,
        "_intake",
        lambda line, bounds: queue.Place(queue.INTAKE, line.began + bounds.urgent, OWN, "", "nobody"),
    ),
    "a link counts for one side": (queue, "records_of", only_named_links),
    "who was linked stays where they were": (overview.Index, "update", without_old_links),
    "who was erased stays": (Queues, "drop", lambda self, person: None),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_broken_rule_is_noticed(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, name, broken = MUTANTS[mutant]
    monkeypatch.setattr(owner, name, broken)

    # One in four runs of 400 histories missed a rule. The first that shows it ends it, and is not made small.
    @settings(max_examples=3000, phases=[Phase.generate], report_multiple_bugs=False, database=None)
    @given(HISTORIES)
    def run(history: Any) -> None:
        played(history)

    with pytest.raises((AssertionError, KeyError, TypeError)):
        run()


def line_of(bucket: str, *dues: Due, **changed: Any) -> Line:
    own: dict[str, Any] = {
        "person": PEOPLE[0],
        "reference": "P-GY-000",
        "bucket": bucket,
        "changed": START,
        "danger": None,
        "dues": dues,
        "links": (),
        "places": frozenset(),
        "owner": OWN,
        "is_own": True,
        "began": START,
    }
    return Line(**own | changed)


LATER_BACK = START + dt.timedelta(minutes=60)
AN_OFFER = Task("w1", START, "w2", START)
LATER = START + dt.timedelta(days=20)
ROWS: dict[str, tuple[Line, str, dt.timedelta]] = {
    "a child": (line_of(UNOPENED, child=True), "intake", dt.timedelta(minutes=60)),
    "a doctor was asked for": (line_of(UNOPENED, doctor=True), "intake", dt.timedelta(minutes=60)),
    "anybody else": (line_of(UNOPENED), "intake", dt.timedelta(hours=24)),
    "danger": (line_of(UNOPENED, danger=START), "intake", dt.timedelta(minutes=15)),
    "elsewhere": (line_of(UNOPENED, is_own=False, owner=AWAY), "elsewhere", dt.timedelta(hours=24)),
    "taken, without a file": (line_of(UNOPENED, task=Task("w1", START)), "assigned", dt.timedelta(hours=72)),
    "offered": (line_of(NONE, task=AN_OFFER), "handing-over", dt.timedelta(minutes=60)),
    "given back": (line_of(NONE, task=Task("", back_at=START)), "intake", dt.timedelta(hours=24)),
    "given back, a child": (
        line_of(UNOPENED, child=True, task=Task("", back_at=LATER_BACK)),
        "intake",
        dt.timedelta(minutes=120),
    ),
    "a next step": (
        line_of(NONE, task=Task("w1", START, step="talk", step_at=LATER)),
        "follow-up",
        dt.timedelta(days=20),
    ),
    "a next step, and a referral before it": (
        line_of(NONE, Due("referral", START), task=Task("w1", START, step="talk", step_at=LATER)),
        "waiting",
        dt.timedelta(0),
    ),
    "a next step before a referral": (
        line_of(NONE, Due("referral", LATER), task=Task("w1", START, step="talk", step_at=LATER_BACK)),
        "follow-up",
        dt.timedelta(minutes=60),
    ),
    "a high risk": (
        line_of(NONE, task=Task("w1", START, risk="high", contact_at=START)),
        "follow-up",
        dt.timedelta(days=3),
    ),
    "a low risk, and nobody was in contact yet": (
        line_of(NONE, task=Task("w1", START, risk="low")),
        "follow-up",
        dt.timedelta(days=30),
    ),
    "a high risk, and a step before it": (
        line_of(NONE, task=Task("w1", START, step="talk", step_at=LATER_BACK, risk="high", contact_at=START)),
        "follow-up",
        dt.timedelta(minutes=60),
    ),
    "no step": (line_of(NONE, Due("identify", None)), "assigned", dt.timedelta(hours=72)),
    "a referral": (
        line_of(NONE, Due("referral", LATER), Due("review", START)),
        "waiting",
        dt.timedelta(days=20),
    ),
    "a referral without an hour": (
        line_of(NONE, Due("referral", None, since=START)),
        "waiting",
        dt.timedelta(hours=72),
    ),
    "a service to stop": (line_of(NONE, Due("stop", None, since=START)), "waiting", dt.timedelta(hours=24)),
    "a review": (line_of("presumed", Due("review", LATER)), "follow-up", dt.timedelta(days=20)),
    "closed with a day": (line_of(CLOSED, Due("contact", LATER)), "closed", dt.timedelta(days=20)),
    "closed without": (line_of(CLOSED, closed_at=START), "closed", dt.timedelta(days=90)),
    "closed, in danger": (
        line_of(CLOSED, Due("contact", LATER), danger=START),
        "closed",
        dt.timedelta(minutes=15),
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_each_row_of_the_table(row: str) -> None:
    line, name, within = ROWS[row]
    place = queue.place_of(line, limits(), frozenset())
    assert (place.queue, place.due - START, place.owner) == (name, within, line.owner)


def test_who_worked_last_is_named_and_who_left_is_not() -> None:
    line = line_of(NONE, workers=("w1", "w2"))
    assert queue.place_of(line, limits(), frozenset()).officer == "w1"
    assert queue.place_of(line, limits(), frozenset({"w1"})).officer == "w2"
    place = queue.place_of(line, limits(), frozenset({"w1", "w2"}))
    assert (place.queue, place.officer, place.why) == ("intake", "", "worker-left")
