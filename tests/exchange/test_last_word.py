"""The last word about one thing is the one that knew the others, whatever a device's clock says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libertad.journal import clock
from libertad.operations.actions.report_lead import report_lead
from libertad.operations.actions.set_standing import set_standing
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import LEAD, held_entries
from tests.support.nodes import Party, settle

MONTH = timedelta(days=29)  # a date further ahead is held


@contextmanager
def ahead(party: Party, monkeypatch: pytest.MonkeyPatch, by: timedelta) -> Iterator[None]:
    """A device whose clock is ahead, or behind; the others' are right."""
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: datetime.now(UTC).replace(microsecond=0) + by)
        yield


def stand(party: Party, role: str, lead: str, standing: str) -> None:
    party.do(role, set_standing, lead=lead, standing=standing, ground="other", because=f"by {role}")


def standings(three: Three) -> list[tuple[Any, ...]]:
    """What centre and Guyana show: standing, and what is in conflict."""
    rows = [party.rows("operations_lead", "standing, disputed") for party in (three.centre, three.guyana)]
    assert rows[0] == rows[1]
    return rows[0]


@pytest.fixture
def lead(three: Three) -> str:
    """A lead of the centre in Guyana's file: both may say how it stands."""
    lead_id: str = three.centre.do("coordinator", report_lead, **LEAD)
    settle(list(three))
    return lead_id


def test_a_clock_a_month_ahead_does_not_make_an_earlier_word_the_last(
    three: Three, lead: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ahead(three.guyana, monkeypatch, MONTH):
        stand(three.guyana, "officer", lead, "stale")
    settle(list(three))
    assert standings(three) == [("stale", "[]")]
    stand(three.centre, "coordinator", lead, "fresh")
    settle(list(three))
    assert standings(three) == [("fresh", "[]")]
    assert held_entries(three.centre) == held_entries(three.guyana) == []


def test_a_clock_that_is_behind_does_not_lose_the_last_word(
    three: Three, lead: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand(three.guyana, "officer", lead, "stale")
    settle(list(three))
    with ahead(three.centre, monkeypatch, -MONTH):
        stand(three.centre, "coordinator", lead, "fresh")
    settle(list(three))
    assert standings(three) == [("fresh", "[]")]


def test_words_that_cross_are_a_conflict_until_one_knows_both(three: Three, lead: str) -> None:
    stand(three.guyana, "officer", lead, "stale")
    stand(three.centre, "coordinator", lead, "fresh")
    settle(list(three))
    ((_, disputed),) = standings(three)
    assert disputed == '["standing"]'
    stand(three.guyana, "officer", lead, "stale")
    settle(list(three))
    assert standings(three) == [("stale", "[]")]
