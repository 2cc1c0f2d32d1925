"""A node whose home was stolen goes on under new keys: the coordinator's word leads the others to it."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest
from nacl.bindings import crypto_sign_keypair

from libertad.access.acting import Forbidden
from libertad.access.actions.announce_node import announce_node
from libertad.exchange.control import key_succession
from libertad.exchange.onboarding import key_replacement
from libertad.exchange.peering import peers
from libertad.exchange.protocol import ascii_armor
from libertad.exchange.sync.endpoint import Exchange
from libertad.journal import restore, succession
from libertad.journal.checkpoint import Signer
from libertad.operations.actions.report_lead import report_lead
from libertad.operations.actions.set_clock import set_clock
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary.values import PersonName, Refused
from tests.exchange.conftest import Three
from tests.support.nodes import settle
from tests.support.sharing import share_person

pytestmark = [pytest.mark.django_db]
LEAD = {
    "country": "GY",
    "summary": "A house behind the mill",
    "source_grade": "1",
    "information_grade": "B",
    "handling": "P",
    "origin": "",
    "workplace": "",
}


def renewed(three: Three) -> str:
    """Guyana's node makes new keys, and the coordinator says which; returns the node's old name."""
    before = three.guyana.node.key.origin
    text = key_replacement.renew(three.guyana.node, "")
    three.guyana.exchange = Exchange(three.guyana.node)
    three.centre.do("coordinator", key_replacement._vouch, found=key_replacement.read(text))
    three.centre.node.writer.submit(lambda tx: peers.learn(tx.sql, tx.node.key.origin))
    assert three.guyana.do("administrator", key_replacement._revoke_old, reason="The server was stolen") == 1
    assert three.guyana.do("administrator", key_replacement._revoke_old, reason="Once more") == 0
    return before


def test_who_announces_another_node_is_found_there_and_the_old_one_gets_nothing(three: Three) -> None:
    three.guyana.do("officer", report_lead, **LEAD)
    settle(list(three))
    before = renewed(three)
    three.trinidad.pull(three.centre)
    three.guyana.do("officer", report_lead, **LEAD)
    settle(list(three))
    assert len(three.centre.rows("operations_lead", "id")) == 2
    for party in (three.centre, three.trinidad):
        sql, now = party.node.sql(), three.guyana.node.key.origin
        assert peers.authorities(sql, now) == [three.guyana.authority]
        assert peers.authorities(sql, before) == []
        old, new = peers.get(sql, before), peers.get(sql, now)
        assert old is not None and (old.state, old.address) == (peers.ENDED, "")
        assert new is not None and new.state == peers.ACTIVE and new.taken > 0


def test_who_announces_a_node_that_is_known_already_is_found_there(three: Three) -> None:
    """Of several authorities at one node each says for itself that it lives elsewhere now."""
    key = three.guyana.node.key
    three.trinidad.do("administrator", announce_node, public=key.public.hex())
    three.centre.pull(three.trinidad)
    both = sorted([three.guyana.authority, three.trinidad.authority])
    assert peers.authorities(three.centre.node.sql(), key.origin) == both
    old = peers.get(three.centre.node.sql(), three.trinidad.node.key.origin)
    assert old is not None and old.state == peers.ENDED


def test_who_was_suspended_stays_suspended_at_another_node(three: Three) -> None:
    peers.set_state(three.trinidad.node, three.guyana.node.key.origin, peers.SUSPENDED)
    before = renewed(three)
    three.trinidad.pull(three.centre)
    new = peers.get(three.trinidad.node.sql(), three.guyana.node.key.origin)
    assert new is not None and new.state == peers.SUSPENDED
    assert peers.authorities(three.trinidad.node.sql(), before) == []


def test_asks_of_who_moved_go_on_counting(three: Three) -> None:
    """The node that we ask remembers our count by our own name, whatever its own is now."""
    settle(list(three))
    old = peers.get(three.trinidad.node.sql(), three.guyana.node.key.origin)
    renewed(three)
    three.trinidad.pull(three.centre)
    new = peers.get(three.trinidad.node.sql(), three.guyana.node.key.origin)
    assert old is not None and new is not None and new.counter_out == old.counter_out > 0


def test_an_old_word_of_the_journal_does_not_lead_back_to_a_node_that_was_succeeded(three: Three) -> None:
    """The succession says where an authority lives; the journal still says where it did before."""
    before = three.guyana.node.key.origin
    restore.accept(three.guyana.node)
    three.guyana.exchange = Exchange(three.guyana.node)
    slips = [bytes(row[0]) for row in three.guyana.node.sql().all("select slip from journal_succession")]
    for party in (three.centre, three.trinidad):
        assert party.node.writer.submit(lambda tx: key_succession.introduce(tx, slips)) == 1
        party.node.writer.submit(lambda tx: peers.learn(tx.sql, tx.node.key.origin))
        assert peers.authorities(party.node.sql(), before) == []


def test_only_a_coordinator_vouches_for_another_authority(three: Three) -> None:
    new_keys = key_replacement.read(key_replacement.write(three.guyana.node, ""))
    with pytest.raises(Forbidden):
        three.trinidad.do("administrator", key_replacement._vouch, found=new_keys)


@pytest.mark.parametrize("place", [1, 20, 60, -70, -1])
def test_keys_that_were_changed_on_the_way_are_refused(three: Three, place: int) -> None:
    """Also where whoever changed them made the text's checksum anew."""
    data = bytearray(
        ascii_armor.unwrap(
            key_replacement.KEYS, key_replacement.write(three.guyana.node, "https://gy.example")
        )
    )
    data[place] ^= 1
    with pytest.raises(Refused):
        key_replacement.read(ascii_armor.wrap(key_replacement.KEYS, bytes(data)))


def test_a_node_that_runs_elsewhere_is_not_given_new_keys(three: Three) -> None:
    from libertad.journal.presence import NotAlone, Presence

    before, presence = three.guyana.node.key.origin, Presence(three.guyana.node.home)
    try:
        with pytest.raises(NotAlone):
            key_replacement.renew(three.guyana.node, "")
    finally:
        presence.close()
    assert three.guyana.node.key.origin == before


@pytest.mark.parametrize("thief_first", [True, False])
def test_a_thief_that_names_a_successor_leads_nobody_astray(three: Three, thief_first: bool) -> None:
    """With the old keys it can vouch for its own; the coordinator's word stands above that."""
    node, authority = three.guyana.node, three.guyana.authority
    settle(list(three))
    stolen, before = node.rings.device(authority), node.key
    thief = Signer(os.urandom(32))
    slip = succession.make(authority, stolen, crypto_sign_keypair(), before, thief, 1)

    def show() -> None:
        three.trinidad.node.writer.submit(lambda tx: key_succession.introduce(tx, [slip]))

    if thief_first:
        show()
        assert peers.authorities(three.trinidad.node.sql(), thief.origin) == [authority]
    renewed(three)
    three.trinidad.pull(three.centre)
    show()
    sql = three.trinidad.node.sql()
    assert peers.authorities(sql, node.key.origin) == [authority]
    for origin in (before.origin, thief.origin):
        peer = peers.get(sql, origin)
        assert peer is None or peer.state == peers.ENDED


def test_after_a_restore_the_others_are_asked_before_old_devices_are_revoked(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was lost and comes back after the revocation does not count: who may still hold it is named."""
    settle(list(three))
    assert key_replacement.unasked(three.guyana.node) == []
    restore.accept(three.guyana.node)
    assert key_replacement.unasked(three.guyana.node) == []  # nothing has been revoked, nor can be by mistake
    key_replacement.renew(three.guyana.node, "")
    origins = {three.centre.node.key.origin, three.trinidad.node.key.origin}
    assert set(key_replacement.unasked(three.guyana.node)) == origins
    with monkeypatch.context() as patch, pytest.raises(Refused, match="--now"):
        patch.setattr(key_replacement, "node", lambda: three.guyana.node)
        key_replacement.revoke_old(three.guyana.actor("administrator"), "The server was stolen")
    three.guyana.node.writer.submit(
        lambda tx: peers.change(tx.sql, three.centre.node.key.origin, contact=peers.now_ms())
    )
    assert key_replacement.unasked(three.guyana.node) == [three.trinidad.node.key.origin]


def test_the_coordinators_word_leads_to_new_keys_though_the_operations_clock_was_set_back(
    three: Three,
) -> None:
    """An exercise plays other days. Who was off meanwhile has no slip either: the old devices are revoked."""
    settle(list(three))
    long_ago = datetime(2018, 4, 7, tzinfo=UTC)
    three.centre.do("coordinator", set_clock, reads=long_ago, set_at=datetime.now(UTC), rate=1.0)
    renewed(three)
    three.trinidad.pull(three.centre)
    now = three.guyana.node.key.origin
    for party in (three.centre, three.trinidad):
        assert (three.guyana.authority, now) in party.rows("access_node", "id, origin")
        assert peers.authorities(party.node.sql(), now) == [three.guyana.authority]


def test_what_was_written_between_a_restore_and_a_theft_reaches_who_was_off_all_the_time(
    three: Three,
) -> None:
    """It knows neither the key of those days, nor takes a slip for it from one that is revoked by now."""
    settle(list(three))
    restore.accept(three.guyana.node)
    three.guyana.exchange = Exchange(three.guyana.node)
    slips = [bytes(row[0]) for row in three.guyana.node.sql().all("select slip from journal_succession")]
    assert three.centre.node.writer.submit(lambda tx: key_succession.introduce(tx, slips)) == 1
    settle([three.centre, three.guyana])
    person = three.guyana.do("officer", meet_person, country="GY", name=(PersonName(text="Ana Pérez"),))
    share = {"person": person, "authority": three.trinidad.authority, "reason": "She went there"}
    three.guyana.do("officer", share_person, **share)
    settle([three.centre, three.guyana])
    text = key_replacement.renew(three.guyana.node, "")
    three.guyana.exchange = Exchange(three.guyana.node)
    three.centre.do("coordinator", key_replacement._vouch, found=key_replacement.read(text))
    three.centre.node.writer.submit(lambda tx: peers.learn(tx.sql, tx.node.key.origin))
    settle([three.centre, three.guyana])
    assert three.guyana.do("administrator", key_replacement._revoke_old, reason="The server was stolen") == 2
    settle([three.centre, three.guyana])
    three.trinidad.pull(three.centre)
    settle(list(three))
    (file,) = three.guyana.node.sql().first("select id from access_compartment where about = ?", (person,))
    for party in (three.guyana, three.trinidad):
        rows = party.node.sql().all(
            "select count(*) from journal_entry where compartment = ? and idx not in "
            "(select idx from journal_held)",
            (file,),
        )
        assert rows[0][0] > 3 and party.rows("people_person", "id") == [(person,)]
