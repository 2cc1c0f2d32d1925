"""The simulated world adds up, and would notice a node whose cost grows with the whole."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from bench import _world
from bench._played import slot
from bench._world import COUNTRIES, KINDS, SLOTS, Compartment, Cost, Measured, Size, World, mean
from bench.scale import grown, read, scattered, shares

SIZE = Size(authorities=200, devices=20, entries=400_000)


def operation() -> list[Compartment]:
    """All read the tallies; of each country, police and centres its own, police and care its persons."""
    everybody = tuple(range(SLOTS))
    centres = everybody[-_world.CENTRES :]
    compartments = [Compartment("operation", everybody, dict.fromkeys(everybody, (10, 500_000)))]
    for police in range(0, COUNTRIES * len(KINDS), len(KINDS)):
        compartments.append(Compartment("police", (police, *centres), {police: (20, 10_000)}))
        compartments += [Compartment("person", (police, police + 1), {police: (2, 1000)})] * 10
    return compartments


MEASURED = Measured(operation(), enrolment_bytes=500, disk_bytes=1000, seconds=0.001)


@cache
def costs(copies: int = 1) -> list[Cost]:
    return World(replace(SIZE, copies=copies), MEASURED, 1).run()


def test_the_world_has_as_many_authorities_and_entries_as_asked_for() -> None:
    assert len(costs()) == 200
    entry_count = sum(
        cost.stored - (cost.seconds / MEASURED.seconds) for cost in costs()
    )  # each node's own entries
    assert entry_count == pytest.approx(SIZE.entries, rel=0.02)


def test_a_node_keeps_what_it_may_read_and_no_more() -> None:
    world = World(SIZE, MEASURED, 1)
    tallies, enrolled = SLOTS * 10, 200 * 20 / world.operations
    parts = world.operations * COUNTRIES / world.countries  # operations of a country, on average
    expected = parts * (tallies + 20 + 10 * 2 + enrolled)
    assert mean(costs(), "stored", "police") == pytest.approx(expected, rel=0.02)
    assert mean(costs(), "stored", "prosecution") == pytest.approx(parts * (tallies + enrolled), rel=0.02)


def test_the_same_seed_gives_the_same_world() -> None:
    again = World(SIZE, MEASURED, 1).run()
    assert again == costs()
    assert again != World(SIZE, MEASURED, 2).run()


def test_a_world_twice_as_large_costs_a_node_what_it_did() -> None:
    assert [line["what"] for line in grown(costs(), costs(2)) if line["ratio"] < 1] == []


def test_a_node_whose_cost_grows_with_the_world_would_be_noticed() -> None:
    def keeping_everything(copies: int) -> list[Cost]:
        return [replace(cost, stored=float(SIZE.entries * copies)) for cost in costs(copies)]

    lines = grown(keeping_everything(1), keeping_everything(2))
    assert all(line["ratio"] < 1 for line in lines)
    assert all("(stored, " in line["what"] for line in lines)


def test_who_may_read_more_bears_more() -> None:
    for line in read(costs(), World(SIZE, MEASURED, 1)):
        assert line["reference"] > 1.5
        assert line["ratio"] == pytest.approx(1, abs=0.1)


def test_where_anybody_works_with_anybody_only_the_peers_grow() -> None:
    factors = {line["what"].rsplit(" ", 1)[-1]: line["ours"] for line in scattered(MEASURED, SIZE)}
    assert factors["peers"] > 1.5
    assert factors["stored"] == pytest.approx(1, abs=0.05)


def test_lines_compare_with_a_node_that_keeps_everything() -> None:
    police_line = next(
        line for line in shares(costs(), SIZE, MEASURED) if "police node: entries kept" in line["what"]
    )
    assert police_line["reference"] == SIZE.entries
    assert police_line["ratio"] > 1


@pytest.mark.parametrize(
    "size", [Size(40, 20, 400_000), Size(200, 20, 4000)], ids=["no region", "nothing but devices"]
)
def test_a_world_too_small_is_refused(size: Size) -> None:
    with pytest.raises(ValueError, match=r"authorities|entries"):
        World(size, MEASURED, 1)


def test_members_of_the_played_operation_find_their_places() -> None:
    places = (["AG", "GY"], ["BB-centre", "FR-centre"])
    assert [slot(key, *places) for key in ("AG", "AG-care", "GY-deciding", "FR-centre")] == [0, 1, 7, 53]
