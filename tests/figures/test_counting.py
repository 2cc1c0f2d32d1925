"""Counting: for any tallies and links, subtractions reconcile, order tells nothing, nobody counts twice."""

from __future__ import annotations

import random
from dataclasses import fields, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from libertad.figures import counting
from libertad.figures.counting import Line, Tally
from libertad.people.tally_states import CUSTODY, FIRST_VIEWS

COUNTRIES = ("GY", "VC", "BB")
STATUSES = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(FIRST_VIEWS + CUSTODY)), max_size=5).map(
    tuple
)


@st.composite
def tallies(draw: st.DrawFn) -> list[Tally]:
    size = draw(st.integers(0, 12))
    names = [f"t{n}" for n in range(size)]
    drawn = []
    for name in names:
        links = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(names), st.booleans()), max_size=2).map(
            tuple
        )
        drawn.append(
            Tally(
                name,
                draw(st.sampled_from(COUNTRIES)),
                draw(st.integers(0, 9)),
                draw(STATUSES),
                draw(links),
                draw(st.booleans()),
            )
        )
    return drawn


MOMENTS = st.one_of(st.none(), st.integers(0, 10))


def lines(tallies: list[Tally], moment: int | None = None) -> dict[str, Line]:
    return counting.count(counting.people(tallies, moment))


@given(tallies(), MOMENTS)
@settings(max_examples=300, deadline=None)
def test_subtractions_reconcile_in_each_line_and_the_lines_add_up(
    found: list[Tally], moment: int | None
) -> None:
    by_country = lines(found, moment)
    for line in [*by_country.values(), counting.total(by_country)]:
        less = line.met_twice + line.not_a_victim + line.not_assessed
        assert line.records - less == line.potential
        assert line.detained - line.released - line.held == line.arrests
        assert 0 <= line.charged <= line.arrests >= line.arrested_victims
        assert all(getattr(line, f.name) >= 0 for f in fields(line))
    # From the definition: each record met is one person's first or a later one.
    standing = [t for t in (counting.as_of(t, moment) for t in found) if t]
    assert counting.total(by_country).records == sum(t.met for t in standing)


@given(tallies(), MOMENTS, st.randoms())
@settings(max_examples=200, deadline=None)
def test_the_order_of_arrival_changes_nothing(
    found: list[Tally], moment: int | None, dice: random.Random
) -> None:
    mixed = []
    for tally in dice.sample(found, len(found)):
        mixed.append(
            replace(
                tally,
                statuses=tuple(dice.sample(tally.statuses, len(tally.statuses))),
                links=tuple(dice.sample(tally.links, len(tally.links))),
            )
        )
    assert lines(mixed, moment) == lines(found, moment)


@given(tallies(), st.integers(0, 11), st.integers(0, 11))
@settings(max_examples=200, deadline=None)
def test_a_link_lowers_the_people_by_exactly_one_or_changes_nothing(
    found: list[Tally], one: int, other: int
) -> None:
    if max(one, other) >= len(found) or one == other:
        return
    before = counting.people(found)
    group = {member.id: n for n, person in enumerate(before) for member in person.members}
    apart = group[found[one].id] != group[found[other].id]
    linked = [
        replace(t, links=(*t.links, (99, found[other].id, True))) if n == one else t
        for n, t in enumerate(found)
    ]
    assert len(before) - len(counting.people(linked)) == apart
    records = [counting.total(lines(each)).records for each in (found, linked)]
    assert records[0] == records[1]


def test_a_person_met_in_two_countries_is_counted_once_where_first_met() -> None:
    first = Tally("a", "GY", 1, ((1, "potential-victim"),))
    later = Tally("b", "VC", 5, ((5, "potential-victim"),), ((6, "a", True),))
    assert counting.total(lines([first, later], 5)).potential == 2
    by_country = lines([later, first])
    assert counting.total(by_country).potential == 1
    assert (by_country["GY"].potential, by_country["VC"].potential) == (1, 0)
    assert (by_country["VC"].records, by_country["VC"].met_twice) == (1, 1)


def test_not_the_same_ends_a_link() -> None:
    first = Tally("a", "GY", 1, (), ((2, "b", True),))
    second = Tally("b", "GY", 1, (), ((3, "a", False),))
    assert len(counting.people([first, second], 2)) == 1
    assert len(counting.people([first, second])) == 2


def test_detained_arrested_charged_and_released_are_not_counted_for_one_another() -> None:
    def of(*statuses: str) -> Line:
        return counting.total(
            lines([Tally("a", "GY", 0, tuple(enumerate(statuses)), met="potential-victim" in statuses)])
        )

    assert of("detained") == Line(held=1)
    assert of("detained", "released") == Line(released=1)
    assert of("detained", "released", "detained") == Line(held=1)
    assert of("arrested", "released") == Line(arrests=1)
    assert of("detained", "arrested", "charged") == Line(arrests=1, charged=1)
    assert of("charged") == Line()
    both = of("potential-victim", "arrested")
    assert (both.records, both.potential, both.arrests, both.arrested_victims) == (1, 1, 1, 1)


def test_an_arrest_counts_where_it_was_made() -> None:
    met = Tally("a", "GY", 1, ((1, "potential-victim"),))
    arrest = Tally("b", "VC", 5, ((5, "arrested"),), ((5, "a", True),), met=False)
    by_country = lines([met, arrest])
    assert (by_country["GY"].potential, by_country["GY"].arrests) == (1, 0)
    assert by_country["VC"] == Line(arrests=1, arrested_victims=1)
