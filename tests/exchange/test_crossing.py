"""Two nodes get new names at once and have letters alone: each hears of the other through a third."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from libertad.exchange.control import key_succession
from libertad.exchange.onboarding import key_replacement
from libertad.exchange.peering import peers
from libertad.exchange.protocol.messages import Parcel, unpack
from libertad.exchange.sync.endpoint import Exchange
from libertad.exchange.transport import mail
from libertad.journal import restore
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import held_entries, lead
from tests.support.nodes import Party, settle

pytestmark = pytest.mark.sqlite_only
ROUNDS = 12


def carry(parties: Iterable[Party]) -> None:
    """Each writes to each name it knows; nobody reads what goes to a name that is no more."""
    boxes = {party.node.key.origin: party for party in parties}
    for sender in boxes.values():
        for peer in peers.every(sender.node.sql()):
            if peer.state != peers.ACTIVE:
                continue
            letter = mail.write(sender.exchange, peer.origin, everything=False, again=0)
            sealed = [mail.seal(sender.exchange, peer.origin, parcel) for parcel in letter.parcels]
            mail.record_sent(sender.exchange, peer.origin, letter)
            if (reader := boxes.get(peer.origin)) is not None:
                take(reader, sealed)


def take(reader: Party, sealed: list[bytes]) -> None:
    for data in sealed:
        try:
            origin, parcel = mail.open_mail(reader.exchange, data)
        except ValueError:
            return  # a stranger's: refused
        mail.read(reader.exchange, origin, [parcel])


def restored(party: Party) -> str:
    """It goes on under new keys; returns its old name."""
    before = party.node.key.origin
    restore.accept(party.node)
    party.exchange = Exchange(party.node)
    return before


def renewed(party: Party, centre: Party) -> str:
    """Its home was stolen: the coordinator announces its new keys, and it revokes the old."""
    before = party.node.key.origin
    text = key_replacement.renew(party.node, "")
    party.exchange = Exchange(party.node)
    centre.do("coordinator", key_replacement._vouch, found=key_replacement.read(text))
    centre.node.writer.submit(lambda tx: peers.learn(tx.sql, tx.node.key.origin))
    assert party.do("administrator", key_replacement._revoke_old, reason="The server was stolen") == 1
    return before


def knows(party: Party, other_party: Party) -> bool:
    sql, origin = party.node.sql(), other_party.node.key.origin
    peer = peers.get(sql, origin)
    return (
        peer is not None
        and peer.state == peers.ACTIVE
        and peers.authorities(sql, origin) == [other_party.authority]
    )


def leads(party: Party) -> list[str]:
    return [row[0] for row in party.rows("operations_lead", "id")]


@pytest.mark.parametrize("robbed", [False, True], ids=["both restored", "one restored, one robbed"])
def test_two_new_names_that_cross_find_each_other_by_letters_alone(three: Three, robbed: bool) -> None:
    centre, guyana, trinidad = three
    settle(list(three))
    names = [restored(trinidad), renewed(guyana, centre) if robbed else restored(guyana)]
    for _ in range(ROUNDS):
        carry(three)
    assert knows(centre, guyana) and knows(centre, trinidad)
    assert knows(guyana, trinidad) and knows(trinidad, guyana)
    for party in (centre, guyana, trinidad):
        for name in names:
            peer = peers.get(party.node.sql(), name)
            assert peer is None or peer.state == peers.ENDED
    told = lead(guyana)
    ((place,),) = guyana.rows("operations_lead", "compartment")
    guyana.do("national-lead", lambda act: act.widen(place, [trinidad.authority], "the lorry"))
    for _ in range(4):
        carry(three)
    assert leads(trinidad) == [told] and held_entries(trinidad) == []


def test_each_slip_is_told_until_it_is_confirmed_and_then_no_more(three: Three) -> None:
    centre, guyana, trinidad = three
    settle(list(three))
    restored(guyana)
    carry([guyana, centre])
    origin = trinidad.node.key.origin
    letter = mail.write(centre.exchange, origin, everything=False, again=0)
    assert count_successions(letter) == 1
    again = mail.write(centre.exchange, origin, everything=False, again=0)
    assert count_successions(again) == 1, "the first was lost"
    mail.read(trinidad.exchange, centre.node.key.origin, again.parcels)
    assert knows(trinidad, guyana)
    back = mail.write(trinidad.exchange, centre.node.key.origin)
    mail.read(centre.exchange, origin, back.parcels)
    assert count_successions(mail.write(centre.exchange, origin, everything=False, again=0)) == 0


def count_successions(letter: mail.Letter) -> int:
    words = [parcel.word for parcel in (unpack(data, Parcel) for data in letter.parcels)]
    return sum(len(word.successions) for word in words if word is not None)


def test_a_node_that_was_restored_twice_is_found_by_who_knows_only_its_first_name(three: Three) -> None:
    """The slips are passed on in the order in which they were made."""
    centre, guyana, trinidad = three
    settle(list(three))
    for _ in range(4):  # their names are hardly in order by chance
        restored(guyana)
        carry([guyana, centre])
    restored(trinidad)
    for _ in range(ROUNDS):
        carry(three)
    assert knows(guyana, trinidad) and knows(trinidad, guyana)


def test_a_slip_by_a_revoked_device_or_changed_in_the_database_is_passed_on_by_nobody(three: Three) -> None:
    centre, guyana, trinidad = three
    settle(list(three))
    before = restored(guyana)
    carry([guyana, centre])
    sql, others = centre.node.sql(), [trinidad.authority]
    sql.sealed = centre.node.seals
    ((name, slip),) = sql.all("select id, slip from exchange_succession")
    assert list(key_succession.third_party_slips(sql, others, set())) == [name]
    assert key_succession.slips_of(sql, before) == [bytes(slip)]
    sql.run("update exchange_succession set slip = ?", (bytes(slip)[:192] + b"no slip",))
    assert (
        key_succession.third_party_slips(sql, others, set()) == {}
        and key_succession.slips_of(sql, before) == []
    )
    sql.run("update exchange_succession set slip = ?", (bytes(slip),))
    assert list(key_succession.third_party_slips(sql, others, set())) == [name]
    assert guyana.do("administrator", key_replacement._revoke_old, reason="The server was stolen") == 1
    for _ in range(3):
        carry([guyana, centre])
    assert key_succession.third_party_slips(sql, others, set()) == {}
