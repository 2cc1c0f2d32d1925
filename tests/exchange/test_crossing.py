"""Two nodes get new names at once and have letters alone: each hears of the other through a third."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from libertad.exchange import mailing, peers, renewing, succeeding
from libertad.exchange.session import Exchange
from libertad.exchange.wire import Parcel, unpack
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
            letter = mailing.write(sender.exchange, peer.origin, everything=False, again=0)
            sealed = [mailing.seal(sender.exchange, peer.origin, parcel) for parcel in letter.parcels]
            mailing.record_sent(sender.exchange, peer.origin, letter)
            if (reader := boxes.get(peer.origin)) is not None:
                take(reader, sealed)


def take(reader: Party, sealed: list[bytes]) -> None:
    for data in sealed:
        try:
            origin, parcel = mailing.open_mail(reader.exchange, data)
        except ValueError:
            return  # a stranger's: refused
        mailing.read(reader.exchange, origin, [parcel])


def restored(party: Party) -> str:
    """It goes on under new keys; returns its old name."""
    before = party.node.key.origin
    restore.accept(party.node)
    party.exchange = Exchange(party.node)
    return before


def renewed(party: Party, centre: Party) -> str:
    """Its home was stolen: the coordinator announces its new keys, and it revokes the old."""
    before = party.node.key.origin
    text = renewing.renew(party.node, "")
    party.exchange = Exchange(party.node)
    centre.do("coordinator", renewing._vouch, found=renewing.read(text))
    centre.node.writer.submit(lambda tx: peers.learn(tx.sql, tx.node.key.origin))
    assert party.do("administrator", renewing._revoke_old, reason="The server was stolen") == 1
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
    letter = mailing.write(centre.exchange, origin, everything=False, again=0)
    assert count_successions(letter) == 1
    again = mailing.write(centre.exchange, origin, everything=False, again=0)
    assert count_successions(again) == 1, "the first was lost"
    mailing.read(trinidad.exchange, centre.node.key.origin, again.parcels)
    assert knows(trinidad, guyana)
    back = mailing.write(trinidad.exchange, centre.node.key.origin)
    mailing.read(centre.exchange, origin, back.parcels)
    assert count_successions(mailing.write(centre.exchange, origin, everything=False, again=0)) == 0


def count_successions(letter: mailing.Letter) -> int:
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
    assert list(succeeding.third_party_slips(sql, others, set())) == [name]
    assert succeeding.slips_of(sql, before) == [bytes(slip)]
    sql.run("update exchange_succession set slip = ?", (bytes(slip)[:192] + b"no slip",))
    assert succeeding.third_party_slips(sql, others, set()) == {} and succeeding.slips_of(sql, before) == []
    sql.run("update exchange_succession set slip = ?", (bytes(slip),))
    assert list(succeeding.third_party_slips(sql, others, set())) == [name]
    assert guyana.do("administrator", renewing._revoke_old, reason="The server was stolen") == 1
    for _ in range(3):
        carry([guyana, centre])
    assert succeeding.third_party_slips(sql, others, set()) == {}
