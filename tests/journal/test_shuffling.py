"""The shuffle itself: it passes on honest folds and finds a fold that depends on the order of arrival."""

from __future__ import annotations

import dataclasses

import pytest

from libertad.journal import folding
from libertad.operations.actions.report_lead import report_lead
from tests.support.shuffling import assert_order_free

LEAD = {"country": "GY", "source_grade": "1", "information_grade": "B", "handling": "P"}


def test_rows_are_the_same_in_any_causally_valid_order(world):
    for n in range(4):
        world.perform("officer", report_lead, summary=f"lead {n}", happened=world.at(3, 10 + n), **LEAD)
    assert_order_free(world)


def test_a_fold_that_counts_its_calls_is_found(world, monkeypatch):
    world.perform("officer", report_lead, summary="lead", happened=world.at(3, 10), **LEAD)
    place = next(n for n, p in enumerate(folding.PROJECTIONS) if p.label.endswith("Lead"))
    honest = folding.PROJECTIONS[place]
    calls = []

    def dishonest(key, entries):
        calls.append(key)
        row = honest.row(key, entries)
        return folding.Row(row.compartment, {**row.plain, "reference": str(len(calls))}, row.sealed)

    false = dataclasses.replace(honest, row=dishonest)
    monkeypatch.setattr(folding, "PROJECTIONS", [false if p is honest else p for p in folding.PROJECTIONS])
    for verb in honest.verbs:
        monkeypatch.setitem(
            folding.BY_VERB, verb, [false if p is honest else p for p in folding.BY_VERB[verb]]
        )
    with pytest.raises(AssertionError, match=r"Lead:.*reference"):
        assert_order_free(world)
