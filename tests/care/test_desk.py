"""Whose task a person is by the words at the desk: one officer at each moment, and the right one.

Over random histories, dated back as well. A rule that is broken on purpose must be noticed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from libertad.care import desk, fold_desk
from libertad.care.desk import Task
from libertad.journal.folding import Said
from libertad.vocabulary.body import Body, Verb
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs import desk as say

OFFICERS = ("w1", "w1", "w2", "w3")
START = dt.datetime(2018, 4, 9, 12, tzinfo=dt.UTC)
PLACE = "d" * 32


class Step(NamedTuple):
    """One word: what, by whom, to whom or at which earlier offer (counted back), and how far dated back."""

    kind: str
    officer: str
    to: str
    back: int
    hours: int


KINDS = ["take", "take", "read", "give", "give", "offer", "offer", "accept", "accept", "decline", "withdraw"]
STEPS = st.builds(
    Step,
    st.sampled_from(KINDS),
    st.sampled_from(OFFICERS),
    st.sampled_from(OFFICERS),
    st.integers(0, 2),
    st.integers(0, 30),
)
HISTORIES = st.lists(STEPS, min_size=1, max_size=14)


def said(number: int, officer: str, content: Verb, hours: int) -> Said:
    clock = START + dt.timedelta(hours=number)
    happened = Happened(at=clock - dt.timedelta(hours=hours), zone="UTC")
    body = Body(
        verb=content.VERB,
        subject="p" * 32,
        operation="o" * 32,
        authority="a" * 32,
        officer=officer,
        happened=happened,
        clock=clock,
        source="saw",
        statements=(),
    )
    return Said(happened.at, clock, f"{number:064x}", body, content, PLACE, b"")


def written(history: list[Step]) -> list[Said]:
    """The entries of a history; an answer names an offer that was made, or one that never was."""
    entries: list[Said] = []
    offers: list[str] = []
    takings: list[str] = []
    for number, step in enumerate(history):
        taking = takings[-1 - step.back] if step.back < len(takings) else "f" * 64
        named = offers[-1 - step.back] if step.back < len(offers) else "f" * 64
        content: Verb = {
            "take": say.DeskTake(),
            "give": say.DeskGiveBack(reasons="x"),
            "offer": say.DeskOffer(to=step.to),
            "accept": say.DeskAccept(offer=named),
            "decline": say.DeskDecline(offer=named, reasons="x"),
            "withdraw": say.DeskWithdraw(offer=named),
            "read": say.DeskAcknowledge(taking=taking),
        }[step.kind]
        entries.append(said(number, step.officer, content, step.hours))
        if step.kind == "offer":
            offers.append(entries[-1].id)
        if step.kind == "take":
            takings.append(entries[-1].id)
    return entries


def expected(entries: list[Said]) -> tuple[str, str]:
    """Whose task the person is and which offer waits, told apart from the state machine: by the last word
    that moved the person, and of the offers since that one the last that nobody ended."""
    worker, alive = "", {}
    for entry in sorted(entries, key=lambda e: e.clock):
        by, content = entry.officer, entry.content
        named = alive.get(getattr(content, "offer", ""))
        if isinstance(content, say.DeskTake):
            worker, alive = by, {}
        elif isinstance(content, say.DeskGiveBack):
            worker, alive = ("", {}) if by == worker else (worker, alive)
        elif isinstance(content, say.DeskOffer):
            alive = {entry.id: content.to} if worker and by == worker else alive
        elif named is not None and by == (worker if isinstance(content, say.DeskWithdraw) else named):
            worker, alive = (by if isinstance(content, say.DeskAccept) else worker), {}
    return worker, next(iter(alive), "")


def unread(entries: list[Said]) -> set[tuple[str, str, str]]:
    """(entry, of whom, by whom) of what is to be read still: of each officer the last time that somebody else
    took the person, unless the officer has read it or had the person again after it."""
    ordered = sorted(entries, key=lambda e: e.clock)
    workers = [expected(ordered[:place])[0] for place in range(len(ordered) + 1)]
    left = set()
    for officer in set(OFFICERS):
        lost = [
            place
            for place, entry in enumerate(ordered)
            if isinstance(entry.content, say.DeskTake) and workers[place] == officer != entry.officer
        ]
        if not lost or officer in workers[lost[-1] + 1 :]:
            continue
        taking = ordered[lost[-1]]
        read = [
            e.content.taking
            for e in ordered[lost[-1] :]
            if isinstance(e.content, say.DeskAcknowledge) and e.officer == officer
        ]
        if taking.id not in read:
            left.add((taking.id, officer, taking.officer))
    return left


def holds(history: list[Step]) -> None:
    entries = written(history)
    row = fold_desk.desk_row(PLACE, sorted(entries))
    assert len(row.plain["takings"]) == len(unread(entries)), "each once"
    assert {tuple(taking[:3]) for taking in row.plain["takings"]} == unread(entries)
    assert (row.plain["worker"], row.plain.get("offer", "")) == expected(entries)
    assert (row.plain["worker"] == "") == (row.plain["since"] is None), "nobody's, or somebody's since then"
    assert not (row.plain["worker"] and row.plain["back_at"]), "nobody has whom the duty desk has"


def step(kind: str, officer: str, to: str = "w2", back: int = 0, hours: int = 0) -> Step:
    return Step(kind, officer, to, back, hours)


# What random histories seldom meet.
SELDOM = [
    [step("take", "w1"), step("offer", "w1"), step("offer", "w1"), step("withdraw", "w1", back=1)],
    [step("take", "w1"), step("offer", "w1"), step("give", "w1"), step("accept", "w2")],
    [step("take", "w1"), step("offer", "w1"), step("decline", "w2", hours=9), step("accept", "w2")],
    [step("take", "w1"), step("take", "w2"), step("offer", "w2", to="w1"), step("accept", "w1")],
    [step("take", "w1"), step("take", "w2"), step("read", "w3")],
    [step("take", "w1"), step("take", "w2"), step("give", "w2")],
    [step("take", "w1"), step("offer", "w1"), step("accept", "w3")],
    [step("take", "w1"), step("offer", "w2", to="w3")],
    [step("take", "w1"), step("take", "w2"), step("read", "w1"), step("give", "w2")],
]


@pytest.mark.parametrize("history", SELDOM)
def test_what_random_histories_seldom_meet(history: list[Step]) -> None:
    holds(history)


@settings(max_examples=400)
@given(HISTORIES)
def test_one_officer_is_responsible_and_the_right_one(history: list[Step]) -> None:
    holds(history)


def is_ever_asked(task: Task, offer: str, officer: str) -> bool:
    return task.offer is None or task.offer.to == officer


def keeps_the_offer(task: Task, entry: Said) -> Task:
    changed = real_after(task, entry)
    is_back = isinstance(entry.content, say.DeskGiveBack)
    return replace(changed, offer=task.offer) if is_back else changed


def anybody_offers(task: Task, entry: Said) -> Task:
    if isinstance(entry.content, say.DeskOffer):
        return replace(task, offer=desk.Offer(entry.id, entry.content.to, entry.officer, entry.at))
    return real_after(task, entry)


def offering_hands_over(task: Task, entry: Said) -> Task:
    changed = real_after(task, entry)
    if isinstance(entry.content, say.DeskOffer) and changed.offer is not None:
        return replace(changed, worker=entry.content.to)
    return changed


def anybody_reads(task: Task, entry: Said) -> Task:
    if isinstance(entry.content, say.DeskAcknowledge):
        return replace(task, takings=())
    return real_after(task, entry)


def forgets_when_given_back(task: Task, entry: Said) -> Task:
    changed = real_after(task, entry)
    return replace(changed, takings=()) if isinstance(entry.content, say.DeskGiveBack) else changed


def tells_who_has_the_person_again(task: Task, worker: str, entry: Said) -> tuple[desk.Taking, ...]:
    return real_takings(replace(task, takings=()), worker, entry) + task.takings


real_after, real_takings = desk.after, desk._takings
MUTANTS: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "a dead offer is accepted": (desk, "is_asked", is_ever_asked),
    "anybody accepts": (desk, "is_asked", lambda task, offer, officer: desk.is_open(task, offer)),
    "an offer that is over is taken back": (desk, "is_open", lambda task, offer: True),
    "who gave back has still offered": (desk, "after", keeps_the_offer),
    "anybody offers": (desk, "after", anybody_offers),
    "who offers is responsible no more": (desk, "after", offering_hands_over),
    "a colleague reads it for the officer": (desk, "after", anybody_reads),
    "what is unread is forgotten": (desk, "after", forgets_when_given_back),
    "who has the person again is told": (desk, "_takings", tells_who_has_the_person_again),
    "a date puts a word before another": (fold_desk, "as_said", lambda entries, key: sorted(entries)),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_broken_rule_is_noticed(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, name, broken = MUTANTS[mutant]
    monkeypatch.setattr(owner, name, broken)

    @settings(max_examples=3000, phases=[Phase.generate], report_multiple_bugs=False, database=None)
    @given(HISTORIES)
    def run(history: list[Step]) -> None:
        holds(history)

    with pytest.raises(AssertionError):
        for history in SELDOM:
            holds(history)
        run()
