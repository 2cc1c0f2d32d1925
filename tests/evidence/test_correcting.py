"""What is written of an exhibit is corrected with a reason: both counts are told, and totals follow."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from libertad.access.acting import Forbidden
from libertad.evidence import queries
from libertad.evidence.actions.correct_exhibit import correct_exhibit
from libertad.evidence.actions.seize import seize
from libertad.evidence.models import ExhibitCount
from libertad.vocabulary.values import Refused
from tests.evidence.test_exhibits import CASH, PHONE, TWENTY, refuses, row
from tests.operations.test_screens import text
from tests.support.shuffling import assert_order_free
from tests.support.world import World

WHY = "Counted again before two officers: one note had stuck."
FIVE = [{"currency": "GYD", "denomination": "20", "pieces": 5}]


@pytest.fixture
def cash(world: World) -> str:
    return str(world.perform("officer", seize, happened=world.at(5, 14), cash=TWENTY, **CASH))


def displayed_entries(exhibit: str) -> dict[str, Any]:
    return {name: tuple(entries) for name, entries in row(exhibit).shown.items() if entries}


def test_a_count_of_cash_is_corrected_and_the_totals_follow(world: World, cash: str) -> None:
    lead = world.actor("national-lead")
    assert queries.cash_totals(lead) == {"GYD": Decimal(80)}
    world.perform(
        "exhibits-officer",
        correct_exhibit,
        exhibit=cash,
        reasons=WHY,
        cash=FIVE,
        supersedes=displayed_entries(cash),
    )
    assert queries.cash_totals(lead) == {"GYD": Decimal(100)}
    assert row(cash).holder == world.actor("officer").officer, "custody stays as it is"
    page = text(world.client("prosecutor"), f"/exhibits/{cash}/")
    assert "<del>4 × GYD 20</del>" in page and "<ins>5 × GYD 20</ins>" in page
    assert "one note had stuck" in page and "Name exhibits-officer" in page
    assert "Contradict" not in page and "<ins>nothing</ins>" not in page
    assert_order_free(world)


def test_a_corrected_kind_is_counted_once_as_what_it_is(world: World) -> None:
    key = str(world.perform("officer", seize, happened=world.at(5, 14), **PHONE))
    world.perform("exhibits-officer", correct_exhibit, exhibit=key, reasons="A tablet.", kind="computer")
    assert list(ExhibitCount.objects.values_list("kind", flat=True)) == ["computer"]
    assert row(key).kind == "computer"
    assert_order_free(world)


def test_a_correction_keeps_the_rules_of_the_first_words(world: World, cash: str) -> None:
    refuses(world, "exhibits-officer", correct_exhibit, "reasons", exhibit=cash, reasons=" ", cash=FIVE)
    refuses(world, "exhibits-officer", correct_exhibit, "reasons", exhibit=cash, reasons=WHY, cash=TWENTY)
    refuses(world, "exhibits-officer", correct_exhibit, "cash", exhibit=cash, reasons=WHY, cash=[])
    refuses(world, "exhibits-officer", correct_exhibit, "country", exhibit=cash, reasons=WHY, country="VC")


@pytest.mark.parametrize("role", ["officer", "prosecutor", "other-officer", "caseworker", "coordinator"])
def test_who_may_not_supersede_may_not_correct(world: World, cash: str, role: str) -> None:
    with pytest.raises((Forbidden, Refused)):
        world.perform(role, correct_exhibit, exhibit=cash, reasons=WHY, cash=FIVE)
    assert world.client(role).get(f"/exhibits/{cash}/correct/").status_code in (403, 404)


def test_the_page_corrects_the_count(world: World, cash: str) -> None:
    client = world.client("exhibits-officer")
    page = text(client, f"/exhibits/{cash}/correct/")
    shown_values = page.split('name="shown" value="')[1].split('"')[0].replace("&quot;", '"')
    data = {
        "shown": shown_values,
        "reasons": WHY,
        "kind": "cash",
        "description": CASH["description"],
        "cash-TOTAL_FORMS": "2",
        "cash-INITIAL_FORMS": "0",
        "cash-0-currency": "GYD",
        "cash-0-denomination": "20",
        "cash-0-pieces": "5",
    }
    assert client.post(f"/exhibits/{cash}/correct/", data).status_code == 302
    assert row(cash).cash == [["GYD", "20", 5]]
    assert len(row(cash).shown["cash"]) == 1, "the first count is superseded, not beside it"
