"""What begins a subject and what is said of it arrive in one batch: neither waits for the other."""

from __future__ import annotations

import datetime as dt

from libertad.figures.actions.propose_release import propose_release
from libertad.figures.actions.sign_release import sign_release
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import held_entries, same
from tests.support.nodes import settle


def test_a_release_that_arrives_with_its_signature_is_out_everywhere(three: Three) -> None:
    three.centre.appoint("press")
    settle(list(three))
    as_of = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    key = three.centre.do("coordinator", propose_release, as_of=as_of)
    three.centre.do("press", sign_release, release=key)
    settle(list(three))
    assert held_entries(three.guyana) == [] == held_entries(three.trinidad)
    assert three.guyana.rows("figures_release", "id") == [(key,)]
    same(three.centre, three.guyana, "figures_release", "id, number, entry")
    assert three.guyana.rows("figures_proposal", "id") == []
