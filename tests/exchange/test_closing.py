"""An operation closes for every node that hears of it; whoever was cut off recorded what counts."""

from __future__ import annotations

import pytest

from libertad.operations.actions.close_operation import close_operation, reopen_operation
from libertad.operations.actions.register_site import register_site
from libertad.vocabulary.values import Refused
from tests.exchange.conftest import Three
from tests.exchange.conftest import three as three
from tests.exchange.test_exchange import held_entries
from tests.operations.making import site_values
from tests.support.nodes import settle

pytestmark = [pytest.mark.django_db]


def test_what_a_node_that_was_cut_off_recorded_after_the_close_counts(three: Three) -> None:
    three.centre.do("coordinator", close_operation, reasons="It is over")
    site = three.guyana.do("officer", register_site, **site_values())  # it has not heard of the close
    settle(list(three))
    assert three.centre.rows("operations_site", "id") == [(site,)]
    for party in three:
        assert [bool(row[0]) for row in party.rows("access_closing", "closed")] == [True], party.name
        assert held_entries(party) == [] and party.rows("exchange_alarm") == [], party.name
    with pytest.raises(Refused, match="reopen"):
        three.guyana.do("officer", register_site, **site_values(name="Another"))


def test_reopened_by_the_centre_it_is_open_at_every_node(three: Three) -> None:
    three.centre.do("coordinator", close_operation, reasons="It is over")
    settle(list(three))
    three.centre.do("coordinator", reopen_operation, reasons="A second site was found")
    settle(list(three))
    for party in three:
        assert [bool(row[0]) for row in party.rows("access_closing", "closed")] == [False], party.name
    assert three.guyana.do("officer", register_site, **site_values())
