"""The order in which entries stand: a function of their set, of what each knew, and of no clock alone."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libertad.journal.causal import Causes, Standing, crossing, date, in_order, last_words
from libertad.journal.crossed import crossed
from libertad.journal.folding import Said, said
from libertad.vocabulary.body import Body, Statement
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.operations import LeadStanding

NOON = datetime(2018, 4, 3, 12, tzinfo=UTC)
MONTH = timedelta(days=29)
FILE = "f" * 32


def word(
    name: str, standing: str = "fresh", *, at: timedelta = timedelta(), clock: timedelta | None = None,
    after: Sequence[Said] | None = (), file: str = FILE, gone: Sequence[Said] = (),
) -> Said:  # fmt: skip
    """A word about a lead. `after` None: it names nothing, as of 0.1."""
    what = LeadStanding(standing=standing, ground="other", because="so")
    body = Body(
        verb="lead.standing", subject="lead", authority="a", officer="o",
        happened=Happened(at=NOON + at, zone="UTC"), clock=NOON + (at if clock is None else clock),
        statements=(
            Statement("standing", "assert", standing, tuple(one.id for one in gone)),
            Statement("ground", "assert", "other"),
        ),
        after=None if after is None else tuple(one.id for one in after),
    )  # fmt: skip
    return said(name, body, what, file, b"")


def named(entries: Sequence[Said]) -> str:
    return "".join(one.id for one in entries)


HOUR = timedelta(hours=1)


def test_a_word_stands_after_those_that_it_knew_whatever_their_clocks_say() -> None:
    ahead = word("a", at=MONTH)
    later = word("b", "stale", at=HOUR, after=[ahead])
    behind = word("c", at=-MONTH, after=[later], clock=2 * HOUR)
    assert named(in_order([later, ahead])) == "ab"
    # Its own author, whose clock is right, dated the third word before the second: recorded belatedly.
    assert named(in_order([behind, later, ahead])) == "acb"
    # A device whose clock is behind does not know that it dates itself before anything.
    slow = word("d", at=-MONTH, after=[later])
    assert named(in_order([slow, later, ahead])) == "abd"
    assert crossed([slow, later, ahead], "standing") == []


def test_a_date_after_a_word_that_knew_it_is_wrong_and_pushes_nobody_aside() -> None:
    before = word("a", at=HOUR)
    liar = word("b", at=-MONTH * 100, after=[before])
    assert named(in_order([before, liar])) == "ab"
    other = word("c", at=2 * HOUR, after=[before])
    assert named(in_order([before, liar, other])) in ("abc", "acb")
    assert sorted(named(crossing([before, liar, other], [before, liar, other]))) == ["b", "c"]


def test_words_of_before_go_by_date_and_cross_with_what_did_not_know_them() -> None:
    old = [word(name, at=n * HOUR, after=None) for n, name in enumerate("abc")]
    assert named(in_order(old[::-1])) == "abc"
    assert crossed(old, "standing") == []
    new = word("d", "stale", at=HOUR, clock=3 * HOUR, after=[old[2]])
    assert named(in_order([new, *old])) == "abdc"  # dated before c by an author that had c
    late = word("e", "stale", at=4 * HOUR, after=[old[1]])
    assert {one.said.id for one in crossed([late, *old], "standing")} == {"c", "e"}
    ahead = word("x", at=MONTH, after=None)
    settled = word("y", "stale", at=5 * HOUR, after=[late, ahead])
    assert crossed([*old, late, ahead, settled], "standing") == []
    assert named(in_order([*old, late, ahead, settled]))[-1] == "y"


def test_words_that_cross_are_settled_by_one_that_knew_both() -> None:
    first = word("a")
    one, two = word("b", "stale", at=HOUR, after=[first]), word("c", at=MONTH, after=[first])
    both = [one.said.id for one in crossed([first, one, two], "standing")]
    assert both == ["b", "c"]
    # Equal words are no conflict.
    assert crossed([first, word("d", at=HOUR, after=[first]), two], "standing") == []
    settled = word("e", "stale", at=2 * HOUR, after=[one, two])
    assert crossed([first, one, two, settled], "standing") == []
    assert named(in_order([first, one, two, settled]))[-1] == "e"
    # What was superseded by name is no word any more.
    gone = word("f", "stale", at=2 * HOUR, after=[two], gone=[one, two, first])
    assert crossed([first, one, two, gone], "standing") == []


def test_what_recorded_something_belatedly_takes_no_word_back() -> None:
    first = word("a")
    now = word("b", "stale", at=2 * HOUR, after=[first])
    belated = word("c", at=HOUR, clock=3 * HOUR, after=[now])
    assert named(in_order([first, belated, now])) == "acb"
    assert named(crossing([first, now, belated], [first, now, belated])) == "b"
    # A word that crosses with the last one crosses with it, not with what was recorded belatedly.
    other = word("d", at=2 * HOUR, after=[first])
    assert sorted(named(crossing([first, now, belated, other], [first, now, belated, other]))) == ["b", "d"]


def test_an_entry_names_the_last_words_of_its_own_file() -> None:
    first = word("a")
    one, two = word("b", after=[first]), word("c", after=[first])
    elsewhere = word("d", file="e" * 32)
    assert last_words([first, one, two, elsewhere], FILE) == ["b", "c"]
    assert last_words([], FILE) == []
    # Of before: the last by date stands for all of them.
    assert last_words([word("a", after=None), word("b", at=HOUR, after=None)], FILE) == ["b"]
    many = [word(f"{n:03}") for n in range(100)]
    assert len(last_words(many, FILE)) == 64


def test_names_of_what_is_not_here_are_passed_over() -> None:
    gone = word("z")
    assert named(in_order([word("b", at=-HOUR, after=[gone]), word("a", after=[gone])])) == "ba"


@pytest.mark.parametrize("seed", range(60))
def test_the_order_is_a_function_of_the_set_and_keeps_what_was_known(seed: int) -> None:
    """Random entries with clocks up to a month off, some of before, arriving in any order."""
    rng = random.Random(seed)
    entries: list[Said] = []
    for number in range(rng.randint(2, 14)):
        skew = timedelta(hours=rng.choice([0, 0, 0, -700, 700, rng.randint(-50, 50)]))
        at = timedelta(hours=number) + skew
        known: Any = None if rng.random() < 0.25 else rng.sample(entries, rng.randint(0, min(3, number)))
        state = rng.choice(["fresh", "stale", "not-known"])
        happened = at - timedelta(hours=rng.choice([0, 0, 5]))
        entries.append(word(f"{rng.getrandbits(64):016x}", state, at=happened, clock=at, after=known))
    expected, conflict = in_order(entries), crossed(entries, "standing")
    for _ in range(8):
        rng.shuffle(entries)
        assert in_order(entries) == expected
        assert Standing(entries) == expected
        assert crossed(entries, "standing") == conflict
        assert crossed(Standing(entries), "standing") == conflict
    assert sorted(one.id for one in expected) == sorted(one.id for one in entries)
    causes = Causes(entries)
    place = {one.id: n for n, one in enumerate(causes.entries)}
    for n, one in enumerate(expected):
        for other in expected[n + 1 :]:
            # Nothing stands before what it knew, unless it dates itself before it.
            assert not causes.knew(place[one.id], place[other.id]) or one.at < other.at
    last = crossing(entries, entries)
    assert last
    for one in last:
        for other in last:
            assert not causes.knew(place[one.id], place[other.id])
    # One more word that knows all of them, and is dated now, is the last and settles everything.
    final = word(
        "f" * 17, at=timedelta(days=60), after=[causes.entries[n] for n in causes.last(range(len(entries)))]
    )
    assert in_order([final, *entries])[-1] == final
    assert crossing([final, *entries], [final, *entries]) == [final]
    assert sorted(entries, key=date) == causes.entries
