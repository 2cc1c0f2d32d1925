"""Relays of 0.1: nobody carries a file sealed any more, and what older nodes say of it changes nothing."""

from __future__ import annotations

import pytest

from libertad.access.acting import Act
from libertad.exchange.authorization import full_reauthorization, reauthorization
from libertad.exchange.authorization.entry_authorization import RETIRED
from libertad.exchange.control import dispatch
from libertad.exchange.peering import peers
from libertad.exchange.protocol.messages import ControlMessage, pack, unpack
from libertad.journal import upgrade
from libertad.vocabulary import formats, retiring
from libertad.vocabulary.body import VERBS
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import CompartmentRelay
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import held_entries, lead
from tests.support.nodes import settle


def name_carrier(three: Three) -> str:
    """Guyana says that Trinidad is to carry its police file. Returns the file."""
    lead(three.guyana)
    ((place,),) = three.guyana.rows("operations_lead", "compartment")

    def say(act: Act) -> None:
        content = CompartmentRelay(carrier=(three.trinidad.authority,), reason="our line is down most days")
        act.say(place, content, subject=place, supersedes={})

    three.guyana.do("national-lead", say)
    return str(place)


def test_nobody_is_named_to_carry_a_file_any_more(three: Three) -> None:
    with pytest.raises(Refused, match=r"this kind of entry is retired since 0\.2"):
        name_carrier(three)


def test_a_carrier_whom_an_older_node_named_is_given_nothing(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr(VERBS["compartment.relay"], "RETIRED", {})
        older.setattr(retiring, "retirements", getattr(retiring.retirements, "__wrapped__"))  # noqa: B009
        place = name_carrier(three)
    after = lead(three.guyana, summary="Goes on behind it")
    settle(list(three))
    assert held_entries(three.centre) == [RETIRED]
    assert (after,) in three.centre.rows("operations_lead", "id")
    ((count,),) = three.trinidad.node.sql().all(
        "select count(*) from journal_entry where compartment = ?", (place,)
    )
    assert count == 0


def test_what_was_on_file_before_the_update_is_held_and_alarms_nobody(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    reauthorization.watch()
    full_reauthorization.watch()
    with monkeypatch.context() as older:
        older.setattr(VERBS["compartment.relay"], "RETIRED", {})
        older.setattr(retiring, "retirements", getattr(retiring.retirements, "__wrapped__"))  # noqa: B009
        name_carrier(three)
        settle(list(three))
        assert held_entries(three.centre) == []
    monkeypatch.setattr(formats, "RULES", formats.RULES + 1)
    for party in three:
        assert upgrade.bring_up(party.node)
    assert (
        held_entries(three.centre) == [RETIRED]
        and held_entries(three.guyana) == held_entries(three.trinidad) == []
    )
    assert three.centre.rows("exchange_alarm") == []


def test_slips_and_letters_of_an_older_node_are_read_and_passed_over(three: Three) -> None:
    settle(list(three))
    centre, origin = three.centre, three.guyana.node.key.origin
    peer, memory = peers.get(centre.node.sql(), origin), centre.exchange.memory(origin)
    assert peer is not None
    word = unpack(
        pack(ControlMessage(slips=[b"slip"], letters=[b"letter"], carried=[b"taken"])), ControlMessage
    )
    assert (word.slips, word.letters, word.carried) == ([b"slip"], [b"letter"], [b"taken"])
    before = dispatch.compose(centre.node, centre.node.sql(), peer, memory, after=None)
    dispatch.dispatch(centre.node, peer, word, memory)
    assert dispatch.compose(centre.node, centre.node.sql(), peer, memory, after=None) == before
