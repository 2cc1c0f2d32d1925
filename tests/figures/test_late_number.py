"""Care's one number for who coordinates: which it is, when it changes, and what it never tells."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libertad.figures.late_number import Counted, Number, differences, next_number
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.counting import WITHHELD, LateBatch, LateSum

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
START = dt.datetime(2018, 4, 5, 8, tzinfo=dt.UTC)
PLACES = {"gy": "GY", "vc": "VC", "bb": "BB"}


def said(**late: int) -> dict[str, Counted]:
    return {care: Counted(number, f"{care}-{number}") for care, number in late.items()}


def after(
    last: Number | None,
    rested: dict[str, int],
    now: dict[str, Counted],
    *,
    hours: int = 24,
    countries: dict[str, str] | None = None,
    may: bool = True,
) -> Number:
    cut = START + hours * HOUR
    return next_number(last, cut, PLACES if countries is None else countries, rested, now, may)


FIRST = Number(START, 15, ("bb-5", "gy-5", "vc-5"))
RESTED = {"gy": 5, "vc": 5, "bb": 5}


def test_the_first_number_is_the_sum_once_ten_are_late_at_three_authorities() -> None:
    number = after(None, {}, said(gy=4, vc=3, bb=3))
    assert number == Number(START + DAY, 10, ("bb-3", "gy-4", "vc-3"))
    for few in (said(gy=4, vc=3, bb=2), said(gy=6, vc=4, bb=0), said(gy=8, vc=1, bb=1)):
        assert after(None, {}, few) == Number(START + DAY, WITHHELD, ())


def test_it_is_renewed_a_day_later_at_the_hour_that_was_drawn_and_when_enough_changed() -> None:
    more = said(gy=10, vc=8, bb=7)
    assert after(FIRST, RESTED, more) == Number(START + DAY, 25, ("bb-7", "gy-10", "vc-8"))
    assert after(FIRST, RESTED, more, may=False) == FIRST
    assert after(FIRST, RESTED, more, hours=23) == FIRST
    assert after(FIRST, RESTED, said(gy=9, vc=8, bb=7)) == FIRST  # nine
    assert after(FIRST, RESTED, said(gy=10, vc=10, bb=5)) == FIRST  # two authorities
    assert after(FIRST, RESTED, said(gy=14, vc=8, bb=7)) == FIRST  # one over half
    # Who came and who went are not added up: what changed is never less than the rule says.
    assert differences({"gy": 5, "vc": 9}, {"gy": 8, "bb": 2}) == {"gy": 3, "vc": 9, "bb": 2}


@pytest.mark.parametrize(
    "countries",
    [
        {},
        {"gy": "GY"},
        {"gy": "GY", "vc": "VC"},
        {"gy": "GY", "vc": "GY", "bb": "GY"},
    ],
)
def test_of_two_authorities_or_one_country_it_is_withheld(countries: dict[str, str]) -> None:
    now = said(gy=50, vc=50, bb=50)
    assert after(None, {}, now, countries=countries).late == WITHHELD
    assert after(FIRST, RESTED, now, countries=countries).late == WITHHELD


def test_it_is_withheld_when_one_leaves_until_the_rule_holds_anew() -> None:
    left = PLACES | {"jm": "JM"}
    old = Number(START, 20, ("bb-5", "gy-5", "jm-5", "vc-5"))
    rested = RESTED | {"jm": 5}
    silent = after(old, rested, said(gy=5, vc=5, bb=5), may=False)
    assert silent == old._replace(late=WITHHELD)
    # It stays so, though the one that left comes back, and what has gone counts among what changed.
    assert after(silent, rested, said(gy=5, vc=5, bb=5, jm=5), countries=left).late == WITHHELD
    assert after(silent, rested, said(gy=5, vc=5, bb=5)).late == WITHHELD
    assert after(silent, rested, said(gy=8, vc=8, bb=5)).late == 21


def test_who_comes_later_is_in_the_next_number_and_the_old_one_stands_until_then() -> None:
    countries = PLACES | {"jm": "JM"}
    assert after(FIRST, RESTED, said(gy=5, vc=5, bb=5, jm=9), countries=countries) == FIRST
    assert after(FIRST, RESTED, said(gy=9, vc=8, bb=5, jm=5), countries=countries).late == 27


def test_while_a_batch_is_missing_the_old_number_stands() -> None:
    assert after(FIRST, RESTED, said(gy=25, vc=25)) == FIRST
    assert after(None, {}, said(gy=25, vc=25)).late == WITHHELD


NUMBERS = st.dictionaries(st.sampled_from(sorted(PLACES)), st.integers(0, 30))
HISTORY = st.lists(st.tuples(NUMBERS, st.sampled_from(["", "gy", "bb"]), st.booleans()), max_size=80)


@given(HISTORY)
@settings(max_examples=200, deadline=None)
def test_in_any_history_two_numbers_are_a_day_apart_and_ten_people_at_three_authorities(
    history: list,
) -> None:  # type: ignore[type-arg]
    """Omniscient: the rule is asked again of what each number rested on."""
    last: Number | None = None
    rested: dict[str, int] = {}
    renewed: list[tuple[dt.datetime, dict[str, int]]] = []
    for hour, (numbers, gone, may) in enumerate(history):
        cut = START + 7 * hour * HOUR
        now = {care: Counted(number, f"{care}-{hour}") for care, number in numbers.items()}
        countries = {care: country for care, country in PLACES.items() if care != gone}
        number = next_number(last, cut, countries, rested, now, may)
        if number.as_of == cut and number.late != WITHHELD:
            assert may and not gone and number.late == sum(numbers.values())
            rested = {care: numbers[care] for care in countries}
            renewed.append((cut, rested))
        else:
            assert number.late == WITHHELD or (last is not None and number == last)
        assert not (gone and number.late != WITHHELD)
        last = number
    for (at, before), (later, now_rested) in pairwise([(START - DAY, {}), *renewed]):
        changes = sorted(differences(before, now_rested).values())
        assert (
            later - at >= DAY and sum(changes) >= 10 and min(changes) > 0 and 2 * changes[-1] <= sum(changes)
        )


def test_impossible_numbers_are_refused() -> None:
    for late, known in ((-1, 3), (4, 3), (1 << 31, 1 << 31)):
        with pytest.raises(Refused):
            LateBatch(batch_number=1, cut=START, late=late, known=known).check()
    with pytest.raises(Refused):
        LateSum(sum_number=1, cut=START, as_of=START, late=-2).check()
    with pytest.raises(Refused):
        LateSum(sum_number=1, cut=START, as_of=START + HOUR, late=3).check()
