"""Letters: the exchange where nobody answers. By hand in bundle files, or by mail."""

from __future__ import annotations

from pathlib import Path

import pytest

from libertad.exchange.peering import peers
from libertad.exchange.peering.bundle_key import bundle_identity
from libertad.exchange.transport import bundle, mail
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import held_entries, lead, same
from tests.support.nodes import Party, settle


def write_bundle(sender: Party, reader: Party, folder: Path, everything: bool = True) -> list[Path]:
    """`sender` writes a bundle for `reader`, as it goes onto a stick."""
    origin = reader.node.key.origin
    letter = mail.write(sender.exchange, origin, everything=everything)
    row = sender.node.sql().first("select key from exchange_bundle_key where origin = ?", (origin,))
    assert row is not None
    paths = bundle.write(
        letter.parcels,
        sender_origin=sender.node.key.origin,
        sender_seed=sender.node.key.seed,
        reader_key=row[0],
        folder=folder,
        name=bundle.fresh_name(),
        most_bytes=20_000,
    )
    mail.record_sent(sender.exchange, origin, letter)
    return paths


def read(reader: Party, paths: list[Path]) -> mail.Read:
    known = {peer.origin: peer.public for peer in peers.every(reader.node.sql())}
    reading = bundle.read(paths, identity=bundle_identity(reader.node.home), known_senders=known)
    return mail.read(reader.exchange, reading.sender, reading)


def introduced(first: Party, second: Party) -> None:
    """Each knows to which key the other wants its bundles encrypted: a letter by mail says it."""
    for sender, reader in ((first, second), (second, first)):
        letter = mail.write(sender.exchange, reader.node.key.origin)
        mail.read(reader.exchange, sender.node.key.origin, letter.parcels)


def test_two_nodes_that_only_exchange_sticks_hold_the_same(three: Three, tmp_path: Path) -> None:
    centre, guyana = three.centre, three.guyana
    introduced(centre, guyana)
    for number in range(40):
        lead(guyana, summary=f"Lead {number}")
    paths = write_bundle(guyana, centre, tmp_path)
    assert len(paths) > 1
    done = read(centre, paths)
    assert (done.pulled.taken.stored, done.missing) == (41, False)
    # The key of the file came in the same letter, before the entries.
    same(centre, guyana, "operations_lead", "id, reference, reported_at")
    assert read(centre, paths).pulled.taken.stored == 0
    read(guyana, write_bundle(centre, guyana, tmp_path))
    peer = peers.get(guyana.node.sql(), centre.node.key.origin)
    assert peer is not None
    assert peer.given == guyana.node.sql().all("select size from journal_head")[0][0]
    assert held_entries(centre) == []


def test_letters_that_nobody_confirms_go_on_where_the_last_one_ended(three: Three, tmp_path: Path) -> None:
    """A stick from a mine: three in a row, none answered, one read twice and one out of turn."""
    centre, guyana = three.centre, three.guyana
    introduced(centre, guyana)
    sticks = []
    for day in range(3):
        for number in range(25):
            lead(guyana, summary=f"Day {day}, lead {number}")
        sticks.append(write_bundle(guyana, centre, tmp_path, everything=False))
    first, second, third = sticks
    assert read(centre, second).missing
    assert len(centre.rows("operations_lead", "id")) == 0
    assert not read(centre, first).missing
    assert read(centre, third).missing
    assert not read(centre, second).missing
    read(centre, first)
    assert not read(centre, third).missing
    same(centre, guyana, "operations_lead", "id, reference")
    assert len(centre.rows("operations_lead", "id")) == 75
    whole = write_bundle(guyana, centre, tmp_path)  # and once more with everything
    assert read(centre, whole).pulled.taken.stored == 0


def sent(sender: Party, reader: Party, arrives: bool = True) -> None:
    """A letter that the broker took; then three quarters of the patience go by."""
    origin = reader.node.key.origin
    letter = mail.write(sender.exchange, origin, everything=False)
    mail.record_sent(sender.exchange, origin, letter)
    if arrives:
        mail.read(reader.exchange, sender.node.key.origin, letter.parcels)
    age = 3 * mail.PATIENCE // 4
    sender.node.writer.submit(
        lambda tx: tx.sql.run("update exchange_mailed set at = at - ? where at > 0", (age,))
    )


def test_a_lost_letter_is_sent_again_though_later_ones_go_on_leaving(three: Three) -> None:
    centre, guyana = three.centre, three.guyana
    introduced(centre, guyana)
    lead(guyana, summary="Lost")
    sent(guyana, centre, arrives=False)
    lead(guyana, summary="Does not follow")
    sent(guyana, centre)
    assert not shares_leads(centre, guyana)
    lead(guyana, summary="Brings all of them")
    sent(guyana, centre)
    same(centre, guyana, "operations_lead", "id, reference, reported_at")


def shares_leads(one: Party, other: Party) -> bool:
    question = "select id from operations_lead order by id"
    return one.node.sql().all(question) == other.node.sql().all(question)


def test_who_is_let_in_later_gets_what_came_before_by_letter(three: Three) -> None:
    guyana, trinidad = three.guyana, three.trinidad
    lead(guyana)
    settle(list(three))
    ((place,),) = guyana.rows("operations_lead", "compartment")
    guyana.do("national-lead", lambda act: act.widen(place, [trinidad.authority], "the same lorry"))
    for _ in range(3):
        for sender, reader in ((guyana, trinidad), (trinidad, guyana)):
            letter = mail.write(sender.exchange, reader.node.key.origin)
            mail.read(reader.exchange, sender.node.key.origin, letter.parcels)
    same(guyana, trinidad, "operations_lead", "id")
    assert held_entries(trinidad) == []


def test_a_letter_for_another_or_from_a_stranger_is_not_opened(three: Three) -> None:
    centre, guyana, trinidad = three
    letter = mail.write(guyana.exchange, centre.node.key.origin)
    sealed = mail.seal(guyana.exchange, centre.node.key.origin, letter.parcels[0])
    assert mail.open_mail(centre.exchange, sealed) == (guyana.node.key.origin, letter.parcels[0])
    with pytest.raises(ValueError, match="not sealed"):
        mail.open_mail(trinidad.exchange, sealed)
    peers.set_state(centre.node, guyana.node.key.origin, peers.SUSPENDED)
    with pytest.raises(ValueError, match="no active peer"):
        mail.open_mail(centre.exchange, sealed)
    with pytest.raises(ValueError, match="no active peer"):
        mail.seal(centre.exchange, guyana.node.key.origin, b"x")


def test_what_is_told_counts_as_told_though_another_letter_was_begun_before_the_answer(three: Three) -> None:
    """A round writes a letter every few seconds and an answer takes longer: each began with a new number, so
    that no answer ever confirmed the files that a peer was let into, and they travelled for ever."""
    _centre, guyana, trinidad = three
    lead(guyana)
    settle(list(three))
    ((place,),) = guyana.rows("operations_lead", "compartment")
    guyana.do("national-lead", lambda act: act.widen(place, [trinidad.authority], "the lorry"))
    reader, sender = trinidad.node.key.origin, guyana.node.key.origin
    letter = mail.write(guyana.exchange, reader, everything=False)
    mail.record_sent(guyana.exchange, reader, letter)
    assert unconfirmed_files(guyana, reader) != []
    mail.read(trinidad.exchange, sender, letter.parcels)
    mail.write(guyana.exchange, reader, everything=False)
    answer = mail.write(trinidad.exchange, sender, everything=False)
    mail.read(guyana.exchange, reader, answer.parcels)
    assert unconfirmed_files(guyana, reader) == []


def unconfirmed_files(party: Party, origin: str) -> list[tuple[str]]:
    """Files of which a peer was told and has not confirmed that."""
    return party.node.sql().all(
        "select compartment from exchange_offered where origin = ? and word > 0", (origin,)
    )
