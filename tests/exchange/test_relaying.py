"""A node carries what it cannot open, for those who read it, and only while the owner says so."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import pytest

from libertad.access.acting import Forbidden
from libertad.access.actions.relay_file import relay_file, unrelay_file
from libertad.access.actions.remove_reader import remove_reader
from libertad.exchange import letters, relaying
from libertad.exchange.peers import now_ms
from libertad.exchange.signed import Wrong
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import LEAD, lead
from tests.support import lone
from tests.support.lawless import lawless
from tests.support.nodes import Party, settle

WORDS = "eighteen people behind the wash plant"


def place_of(party: Party) -> str:
    """The one police file that the party owns."""
    ((place,),) = party.node.sql().all(
        "select id from access_compartment where owner = ? and kind = 'police'", (party.authority,)
    )
    return str(place)


def meet(party: Party, peer: Party, times: int = 6) -> None:
    """Both pull from each other; nobody else is there."""
    for _ in range(times):
        party.pull(peer)
        peer.pull(party)


def through(owner: Party, carrier: Party, reader: Party) -> None:
    """The owner and the reader never meet: each talks to the carrier alone."""
    for _ in range(4):
        meet(owner, carrier, 2)
        meet(carrier, reader, 2)


def entries(party: Party, place: str) -> list[Any]:
    return party.node.sql().all(
        "select hash from journal_entry where compartment = ? order by hash", (place,)
    )


def carried(three: Three) -> str:
    """Guyana's police file, released to the centre anyway, is carried by Trinidad. Returns the file."""
    lead(three.guyana, summary=WORDS)
    place = place_of(three.guyana)
    three.guyana.do(
        "national-lead", relay_file, compartment=place, carriers=[three.trinidad.authority],
        reason="our own line is down most days",
    )  # fmt: skip
    return place


def test_everything_reaches_a_reader_through_a_node_that_opens_nothing(three: Three) -> None:
    place = carried(three)
    for number in range(20):
        lead(three.guyana, summary=f"{WORDS} {number}")
    through(three.guyana, three.trinidad, three.centre)
    assert entries(three.centre, place) == entries(three.guyana, place)
    assert three.centre.rows("operations_lead", "id") == three.guyana.rows("operations_lead", "id")
    assert len(three.centre.rows("operations_lead", "id")) == 21
    # and what the reader says in the file goes back the same way
    lead_id = three.centre.do("coordinator", report, place=place)
    through(three.guyana, three.trinidad, three.centre)
    assert (lead_id,) in three.guyana.rows("operations_lead", "id")
    # keys and plain words are nowhere at the carrier's
    assert entries(three.trinidad, place) == entries(three.guyana, place)
    assert three.trinidad.rows("operations_lead") == []
    key = three.guyana.node.rings.newest[bytes.fromhex(place)][2]
    assert key in three.centre.node.rings.known.values()
    for party in three:
        lone.laid(party.node.sql(), party.node.home)
    assert found_in(three.guyana.node.home, place.encode())  # the search can find
    for secret in (key, key.hex().encode(), WORDS.encode(), b"lead.report"):
        assert not found_in(three.trinidad.node.home, secret)


def report(act: Any, place: str) -> str:
    from libertad.access.acting import new_id
    from libertad.vocabulary.verbs.operations import LeadReport

    lead_id = new_id()
    act.say(place, LeadReport(reference="L-1", **LEAD), subject=lead_id)
    return lead_id


def found_in(home: Path, needle: bytes) -> bool:
    return any(needle in path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_a_new_key_reaches_the_reader_through_the_carrier(three: Three) -> None:
    place = carried(three)
    through(three.guyana, three.trinidad, three.centre)
    three.guyana.do("national-lead", lambda act: act.widen(place, [three.trinidad.authority], "joint work"))
    three.guyana.do(
        "national-lead", remove_reader, compartment=place, readers=[three.trinidad.authority],
        reason="the joint work is over",
    )  # fmt: skip
    lead_id = lead(three.guyana, summary="Sealed under a new key")
    through(three.guyana, three.trinidad, three.centre)
    assert (lead_id,) in three.centre.rows("operations_lead", "id")
    confirmed = three.guyana.node.sql().all(
        "select kid from exchange_released where authority = ? and compartment = ? and taken is not null",
        (three.centre.authority, place),
    )
    assert len(confirmed) == 2  # both epochs, confirmed by letter
    waiting = three.trinidad.rows("exchange_letter", "sender, reader, kind")
    assert waiting == []  # what was confirmed is not kept


def test_who_is_not_named_carries_nothing(three: Three) -> None:
    lead(three.guyana, summary=WORDS)
    through(three.guyana, three.trinidad, three.centre)
    assert entries(three.trinidad, place_of(three.guyana)) == []
    assert place_of(three.guyana) not in {row[0] for row in three.centre.rows("exchange_want", "compartment")}


def test_unrelay_ends_it_for_the_future(three: Three) -> None:
    place = carried(three)
    through(three.guyana, three.trinidad, three.centre)
    before = entries(three.trinidad, place)
    three.guyana.do(
        "national-lead", unrelay_file, compartment=place, carriers=[three.trinidad.authority],
        reason="the new line is up",
    )  # fmt: skip
    lead_id = lead(three.guyana, summary="After")
    through(three.guyana, three.trinidad, three.centre)
    assert entries(three.trinidad, place) == before
    assert three.trinidad.rows("exchange_relay") == []
    assert (lead_id,) not in three.centre.rows("operations_lead", "id")
    settle(list(three))
    assert (lead_id,) in three.centre.rows("operations_lead", "id")


def test_a_removed_reader_is_no_longer_served(three: Three) -> None:
    """The centre reads and is removed; the carrier then gives it nothing more."""
    place = carried(three)
    through(three.guyana, three.trinidad, three.centre)
    before = entries(three.centre, place)
    three.guyana.do(
        "national-lead", remove_reader, compartment=place, readers=[three.centre.authority], reason="over"
    )
    meet(three.guyana, three.trinidad)
    lead(three.guyana, summary="Not for the centre")
    meet(three.guyana, three.trinidad)
    meet(three.trinidad, three.centre)
    assert len(entries(three.trinidad, place)) > len(before)
    assert entries(three.centre, place) == before


def test_only_the_owner_names_a_carrier(three: Three) -> None:
    lead(three.guyana)
    settle(list(three))
    place = place_of(three.guyana)
    with pytest.raises(Forbidden, match="owner"):
        three.centre.do(
            "coordinator", relay_file, compartment=place, carriers=[three.trinidad.authority], reason="x"
        )


def test_what_another_reader_says_of_carriers_is_held_and_serves_nobody(three: Three) -> None:
    from libertad.vocabulary.verbs.access import CompartmentRelay

    lead(three.guyana)
    settle(list(three))
    place = place_of(three.guyana)
    content = CompartmentRelay(carrier=(three.trinidad.authority,), reason="mine to say")
    with pytest.raises(Forbidden, match="owner"):
        three.centre.do("coordinator", lambda act: act.say(place, content, subject=place))
    with lawless():
        three.centre.do("coordinator", lambda act: act.say(place, content, subject=place))
    settle(list(three))
    assert "about" in {row[0] for row in three.guyana.rows("journal_held", "reason")}
    assert three.guyana.rows("access_relay") == []
    assert entries(three.trinidad, place) == []


# -- what is refused: each fails when its rule is taken out of relaying.py --------------------


def slip(signer: Party, carrier: Party, place: str, readers: list[str], at: int | None = None) -> bytes:
    return relaying.write(
        signer.node.rings, signer.authority, carrier.authority, place, readers, now_ms() if at is None else at
    )


def give(three: Three, message: bytes) -> list[bytes]:
    return three.trinidad.node.writer.submit(lambda tx: relaying.take_slips(tx, "test", [message]))


def readers(three: Three, place: str) -> set[str]:
    rows = three.trinidad.node.sql().all(
        "select authority from exchange_relay where compartment = ?", (place,)
    )
    return {row[0] for row in rows}


@pytest.mark.parametrize("how", ["other owner", "changed", "older", "unknown file's writer", "another's"])
def test_a_forged_slip_is_refused(three: Three, how: str, caplog: pytest.LogCaptureFixture) -> None:
    place = carried(three)
    through(three.guyana, three.trinidad, three.centre)
    right = readers(three, place)
    assert right == {three.guyana.authority, three.centre.authority}
    everybody = sorted({*right, three.trinidad.authority})
    if how == "other owner":  # an enrolled device, and a right signature, of who does not own the file
        message = slip(three.centre, three.trinidad, place, everybody)
    elif how == "changed":
        genuine = slip(three.guyana, three.trinidad, place, everybody)
        message = genuine[:-1] + bytes([genuine[-1] ^ 1])
    elif how == "older":
        message = slip(three.guyana, three.trinidad, place, everybody, at=1)
    elif how == "unknown file's writer":  # the first slip of a file in which only others have written
        three.trinidad.node.writer.submit(lambda tx: tx.sql.run("delete from exchange_relay_slip"))
        mallory = three.trinidad
        message = slip(mallory, three.trinidad, place, everybody)
    else:
        message = slip(three.guyana, three.centre, place, everybody)
    with caplog.at_level(logging.WARNING):
        took = give(three, message)
    assert readers(three, place) == right
    if how != "older":
        assert took == []
        assert "a slip is refused" in caplog.text


def test_a_slip_of_a_revoked_device_is_refused(three: Three) -> None:
    """A second device of the owner's authority, which was stolen and revoked."""
    from libertad.access.actions.enrol_device import enrol_device
    from libertad.access.actions.revoke_device import revoke_device
    from libertad.journal.header import device_id, keypair

    place = carried(three)
    through(three.guyana, three.trinidad, three.centre)
    right = readers(three, place)
    second = keypair(os.urandom(32))
    three.centre.do(
        "coordinator", enrol_device, public=second[0].hex(), authority=three.guyana.authority, note="tablet"
    )
    settle(list(three))
    ring = three.guyana.node.rings.open[three.guyana.authority]
    first, ring.device = ring.device, second
    message = [
        slip(
            three.guyana, three.trinidad, place, sorted({*right, three.trinidad.authority}), now_ms() + ahead
        )
        for ahead in (1000, 2000)
    ]
    ring.device = first
    assert give(three, message[0]) != []  # while it is believed
    three.guyana.do(
        "national-lead", revoke_device, device=device_id(second[0]).hex(), reason="stolen", last={}
    )
    settle(list(three))
    before = readers(three, place)
    assert give(three, message[1]) == []
    assert readers(three, place) == before


def test_a_letter_is_kept_only_between_readers_of_a_carried_file(three: Three) -> None:
    carried(three)
    through(three.guyana, three.trinidad, three.centre)
    row = letters.write(
        three.guyana.node, three.guyana.authority, os.urandom(16).hex(), letters.GOT, bytes(16).hex(), "", []
    )
    assert letters.take_letters(three.trinidad.node, three.guyana.node.key.origin, [row[7]]) == []
    # and only as its sender's own node brings it
    letter = letters.write(
        three.guyana.node,
        three.guyana.authority,
        three.centre.authority,
        letters.GOT,
        bytes(16).hex(),
        "",
        [],
    )
    assert letters.take_letters(three.trinidad.node, three.centre.node.key.origin, [letter[7]]) == []
    assert letters.take_letters(three.trinidad.node, three.guyana.node.key.origin, [letter[7]]) != []


def test_a_letter_brings_no_key_of_another_giver(three: Three) -> None:
    place = carried(three)
    through(three.guyana, three.trinidad, three.centre)
    ((key_id, public),) = three.trinidad.node.sql().all(
        "select key_id, public from exchange_recipient where authority = ?", (three.centre.authority,)
    )
    from libertad.exchange import keys
    from libertad.journal.sealing import key_id as name_of

    key = os.urandom(32)
    wrap = keys.wrap(
        bytes(public), bytes(key_id), compartment=bytes.fromhex(place), kid=name_of(key), number=7,
        giver=three.guyana.authority, reader=three.centre.authority, key=key,
    )  # fmt: skip
    row = letters.write(
        three.trinidad.node, three.trinidad.authority, three.centre.authority, letters.KEYS, place, "",
        [keys.packed(wrap)],
    )  # fmt: skip
    assert letters.take_letters(three.centre.node, three.trinidad.node.key.origin, [row[7]]) == []
    assert key not in three.centre.node.rings.known.values()


def test_a_slip_with_a_time_out_of_range_is_refused(three: Three) -> None:
    place = carried(three)
    settle(list(three))
    late_slip = relaying.Slip(
        b"", three.guyana.authority, three.trinidad.authority, bytes.fromhex(place), (), 1 << 60
    )
    with pytest.raises(Wrong):
        three.trinidad.node.writer.submit(
            lambda tx: relaying.take(tx, late_slip, b"", {three.trinidad.authority})
        )
