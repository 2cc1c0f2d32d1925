"""A restored node is known again by peers that it reaches by bundles or by mail alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from libertad.exchange.peering import peers
from libertad.exchange.sync.endpoint import Exchange
from libertad.exchange.transport import bundle_exchange, mail
from libertad.journal import restore
from libertad.vocabulary.values import Refused
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import lead
from tests.exchange.transport.test_mail import introduced
from tests.support.nodes import Party, settle


def restored(party: Party) -> str:
    """The node went on from a backup; its origin before."""
    before = party.node.key.origin
    restore.accept(party.node)
    party.exchange = Exchange(party.node)
    return before


def knows(party: Party, origin: str) -> bool:
    peer = peers.get(party.node.sql(), origin)
    return peer is not None and peer.state == peers.ACTIVE


def test_bundles_of_a_restored_node_are_taken(three: Three, tmp_path: Path) -> None:
    centre, guyana = three.centre, three.guyana
    settle(list(three))
    introduced(centre, guyana)
    assert len(bundle_exchange.write(guyana.exchange, centre.node.key.origin, tmp_path).paths) == 1
    before = restored(guyana)
    lead(guyana, summary="After the restore")
    paths = bundle_exchange.write(guyana.exchange, centre.node.key.origin, tmp_path).paths
    names = [path.name for path in paths]
    assert len(names) == 2 and names[1].endswith("-keys.bundle")
    with pytest.raises(Refused, match="stranger"):
        bundle_exchange.read(centre.exchange, paths[:1])
    with pytest.raises(Refused, match="stranger"):  # for another reader
        bundle_exchange.read(three.trinidad.exchange, paths)
    reading = bundle_exchange.read(centre.exchange, paths)
    assert reading.sender == guyana.node.key.origin
    assert knows(centre, guyana.node.key.origin) and not knows(centre, before)
    assert peers.authorities(centre.node.sql(), guyana.node.key.origin) == [guyana.authority]
    back = bundle_exchange.write(centre.exchange, guyana.node.key.origin, tmp_path).paths
    bundle_exchange.read(guyana.exchange, back)
    bundle_exchange.read(
        centre.exchange, bundle_exchange.write(guyana.exchange, centre.node.key.origin, tmp_path).paths
    )
    assert "After the restore" in str(leads(centre))


def leads(party: Party) -> list[str]:
    from libertad.journal import reading

    entries = reading.open_entries(party.node, reading.stored(party.node.sql()))
    return [entry.content.summary for _idx, entry in entries if entry.verb == "lead.report"]


def test_mail_of_a_restored_node_is_taken_and_a_strangers_is_not(three: Three) -> None:
    centre, guyana = three.centre, three.guyana
    settle(list(three))
    before = restored(guyana)
    sealed = mail.seal(guyana.exchange, centre.node.key.origin, b"a parcel")
    plain = sealed[-(8 + 24 + 16 + 9 + len(b"a parcel")) :]
    with pytest.raises(ValueError, match="no active peer"):
        mail.open_mail(centre.exchange, plain)
    with pytest.raises(ValueError, match="no active peer"):  # sealed to another reader
        mail.open_mail(three.trinidad.exchange, sealed)
    assert mail.open_mail(centre.exchange, sealed) == (guyana.node.key.origin, b"a parcel")
    assert knows(centre, guyana.node.key.origin) and not knows(centre, before)
    guyana.node.writer.submit(
        lambda tx: peers.change(tx.sql, centre.node.key.origin, contact=peers.now_ms() + 1)
    )
    assert len(mail.seal(guyana.exchange, centre.node.key.origin, b"a parcel")) == len(plain)
