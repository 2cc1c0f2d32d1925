"""A file that two nodes share already, and what a node has on disk, for the tests of this room."""

from __future__ import annotations

from typing import Any

from tests.exchange.conftest import Three
from tests.exchange.test_exchange import lead
from tests.support.nodes import Party, settle

SUMMARY = "People locked in at the mine"


def begun(three: Three) -> None:
    """Guyana's file of leads is open, and its key is at the centre."""
    lead(three.guyana)
    settle(list(three))


def state(party: Party) -> list[Any]:
    return [
        party.rows("journal_entry", "hash"),
        party.rows("journal_held"),
        party.rows("exchange_want"),
        party.rows("exchange_alarm"),
        party.rows("exchange_peer", "origin, taken, peaks, note"),
    ]
