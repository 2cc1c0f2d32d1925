"""The order in which entries stand: a function of their set, of what each knew, and of no clock alone."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libertad.journal.causal import Causes, Standing, crossing, date, in_order, last_words
from libertad.journal.crossed import crossed
from libertad.journal.folding import Said, make_entry
from libertad.vocabulary.body import Body, Statement
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.operations import LeadStanding

NOON = datetime(2018, 4, 3, 12, tzinfo=UTC)
MONTH = timedelta(days=29)
FILE = "f" * 32


def word(
    name: str,
    standing: str = "fresh",
    *,
    at: timedelta = timedelta(),
    clock: timedelta | None = None,
    after: Sequence[Said] | None = (),
    file: str = FILE,
    superseded: Sequence[Said] = (),
) -> Said:
    """A word about a lead. `after` None: it names nothing, as of 0.1."""
    content = LeadStanding(standing=standing, ground="other", because="so")
    body = Body(
        verb="lead.standing",
        subject="lead",
        authority="a",
        officer="o",
        happened=Happened(at=NOON + at, zone="UTC"),
        clock=NOON + (at if clock is None else clock),
        statements=(
            Statement("standing", "assert", standing, tuple(entry.id for entry in superseded)),
            Statement("ground", "assert", "other"),
        ),
        after=None if after is None else tuple(entry.id for entry in after),
    )
    return make_entry(name, body, content, file, b"")


def ids_of(entries: Sequence[Said]) -> str:
    return "".join(entry.id for entry in entries)


HOUR = timedelta(hours=1)


def test_a_word_stands_after_those_that_it_knew_whatever_their_clocks_say() -> None:
    ahead = word("a", at=MONTH)
    later = word("b", "stale", at=HOUR, after=[ahead])
    behind = word("c", at=-MONTH, after=[later], clock=2 * HOUR)
    assert ids_of(in_order([later, ahead])) == "ab"
    # Its own author, whose clock is right, dated the third word before the second: recorded belatedly.
    assert ids_of(in_order([behind, later, ahead])) == "acb"
    # A device whose clock is behind does not know that it dates itself before anything.
    slow = word("d", at=-MONTH, after=[later])
    assert ids_of(in_order([slow, later, ahead])) == "abd"
    assert crossed([slow, later, ahead], "standing") == []


def test_a_date_after_a_word_that_knew_it_is_wrong_and_pushes_nobody_aside() -> None:
    before = word("a", at=HOUR)
    liar = word("b", at=-MONTH * 100, after=[before])
    assert ids_of(in_order([before, liar])) == "ab"
    sibling = word("c", at=2 * HOUR, after=[before])
    assert ids_of(in_order([before, liar, sibling])) in ("abc", "acb")
    assert sorted(ids_of(crossing([before, liar, sibling], [before, liar, sibling]))) == ["b", "c"]


def test_words_of_before_go_by_date_and_cross_with_what_did_not_know_them() -> None:
    old = [word(name, at=n * HOUR, after=None) for n, name in enumerate("abc")]
    assert ids_of(in_order(old[::-1])) == "abc"
    assert crossed(old, "standing") == []
    new = word("d", "stale", at=HOUR, clock=3 * HOUR, after=[old[2]])
    assert ids_of(in_order([new, *old])) == "abdc"  # dated before c by an author that had c
    late = word("e", "stale", at=4 * HOUR, after=[old[1]])
    assert {value.said.id for value in crossed([late, *old], "standing")} == {"c", "e"}
    ahead = word("x", at=MONTH, after=None)
    settled = word("y", "stale", at=5 * HOUR, after=[late, ahead])
    assert crossed([*old, late, ahead, settled], "standing") == []
    assert ids_of(in_order([*old, late, ahead, settled]))[-1] == "y"


def test_words_that_cross_are_settled_by_one_that_knew_both() -> None:
    first = word("a")
    known_first, two = word("b", "stale", at=HOUR, after=[first]), word("c", at=MONTH, after=[first])
    both = [value.said.id for value in crossed([first, known_first, two], "standing")]
    assert both == ["b", "c"]
    # Equal words are no conflict.
    assert crossed([first, word("d", at=HOUR, after=[first]), two], "standing") == []
    settled = word("e", "stale", at=2 * HOUR, after=[known_first, two])
    assert crossed([first, known_first, two, settled], "standing") == []
    assert ids_of(in_order([first, known_first, two, settled]))[-1] == "e"
    # What was superseded by name is no word any more.
    superseding = word("f", "stale", at=2 * HOUR, after=[two], superseded=[known_first, two, first])
    assert crossed([first, known_first, two, superseding], "standing") == []


def test_what_recorded_something_belatedly_takes_no_word_back() -> None:
    first = word("a")
    now = word("b", "stale", at=2 * HOUR, after=[first])
    belated = word("c", at=HOUR, clock=3 * HOUR, after=[now])
    assert ids_of(in_order([first, belated, now])) == "acb"
    assert ids_of(crossing([first, now, belated], [first, now, belated])) == "b"
    # A word that crosses with the last one crosses with it, not with what was recorded belatedly.
    sibling = word("d", at=2 * HOUR, after=[first])
    assert sorted(ids_of(crossing([first, now, belated, sibling], [first, now, belated, sibling]))) == [
        "b",
        "d",
    ]


def test_an_entry_names_the_last_words_of_its_own_file() -> None:
    first = word("a")
    second, two = word("b", after=[first]), word("c", after=[first])
    elsewhere = word("d", file="e" * 32)
    assert last_words([first, second, two, elsewhere], FILE) == ["b", "c"]
    assert last_words([], FILE) == []
    # Of before: the last by date stands for all of them.
    assert last_words([word("a", after=None), word("b", at=HOUR, after=None)], FILE) == ["b"]
    entries = [word(f"{n:03}") for n in range(100)]
    assert len(last_words(entries, FILE)) == 64


def test_names_of_what_is_not_here_are_passed_over() -> None:
    absent = word("z")
    assert ids_of(in_order([word("b", at=-HOUR, after=[absent]), word("a", after=[absent])])) == "ba"


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
    assert sorted(entry.id for entry in expected) == sorted(entry.id for entry in entries)
    causes = Causes(entries)
    place = {entry.id: n for n, entry in enumerate(causes.entries)}
    for n, earlier in enumerate(expected):
        for later in expected[n + 1 :]:
            # Nothing stands before what it knew, unless it dates itself before it.
            assert not causes.knew(place[earlier.id], place[later.id]) or earlier.at < later.at
    last = crossing(entries, entries)
    assert last
    for earlier in last:
        for later in last:
            assert not causes.knew(place[earlier.id], place[later.id])
    # One more word that knows all of them, and is dated now, is the last and settles everything.
    final = word(
        "f" * 17, at=timedelta(days=60), after=[causes.entries[n] for n in causes.last(range(len(entries)))]
    )
    assert in_order([final, *entries])[-1] == final
    assert crossing([final, *entries], [final, *entries]) == [final]
    assert sorted(entries, key=date) == causes.entries
