"""When a letter leaves: what waits for one that leaves anyway, and what never makes one by itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from libertad.exchange.control import checkpoint_gossip
from libertad.exchange.peering import peers
from libertad.exchange.peering.peer_session import Memory
from libertad.exchange.peering.peers import now_ms
from libertad.exchange.protocol.messages import ControlMessage, Parcel, unpack
from libertad.exchange.transport import letter_timing, mail
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import lead
from tests.support.nodes import Party

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def quiet(three: Three) -> Iterator[Three]:
    """By letters alone, until nobody has anything to write."""
    for _each in range(6):
        for sender in three:
            for reader in three:
                if sender is not reader:
                    passed_on(sender, reader)
    for party in three:
        party.exchange.seen.clear()
    yield three


def passed_on(sender: Party, reader: Party, again: int | None = None) -> mail.Letter:
    """What `sender` writes to `reader` now: read there where it leaves."""
    origin = reader.node.key.origin
    letter = mail.write(sender.exchange, origin, everything=False, again=again)
    if letter.news:
        mail.record_sent(sender.exchange, origin, letter)
        mail.read(reader.exchange, sender.node.key.origin, letter.parcels)
    return letter


def later(party: Party, reader: Party, ms: int) -> None:
    """So much time goes by in what a node remembers of a peer."""
    memory = party.exchange.memory(reader.node.key.origin)
    memory.pressed_at -= ms
    memory.noted -= ms
    if memory.unanswered:
        memory.unanswered -= ms


def word_of(letter: mail.Letter) -> ControlMessage:
    word = unpack(letter.parcels[0], Parcel).word
    assert word is not None
    return word


def test_nobody_answers_a_letter_that_only_shows_growth(quiet: Three) -> None:
    """Each answer showed growth in turn: two nodes wrote to each other as long as anything grew anywhere."""
    centre, guyana, trinidad = quiet
    lead(guyana)  # for the centre alone
    letter = mail.write(guyana.exchange, trinidad.node.key.origin)
    assert letter.entries == 0 and len(letter.parcels) == 2
    before = peers.get(trinidad.node.sql(), guyana.node.key.origin)
    mail.read(trinidad.exchange, guyana.node.key.origin, letter.parcels)
    after = peers.get(trinidad.node.sql(), guyana.node.key.origin)
    assert before is not None and after is not None and after.taken > before.taken
    later(trinidad, guyana, letter_timing.RECEIPT + 1)
    assert not passed_on(trinidad, guyana).news
    assert centre.node.key.origin != guyana.node.key.origin


def test_that_entries_were_taken_is_told_with_the_next_letter_or_after_half_a_minute(quiet: Three) -> None:
    centre, guyana, _trinidad = quiet
    lead(guyana)
    assert passed_on(guyana, centre).entries
    first = passed_on(centre, guyana)
    later(centre, guyana, letter_timing.RECEIPT + 1)
    second = passed_on(centre, guyana)
    # The file's key was given with the entries, and that it was taken is told at once: the receipt with it.
    assert first.news and word_of(first).got and not second.news
    lead(guyana)
    assert passed_on(guyana, centre).entries
    assert not passed_on(centre, guyana).news
    later(centre, guyana, letter_timing.RECEIPT + 1)
    assert passed_on(centre, guyana).news
    confirmed = peers.get(guyana.node.sql(), centre.node.key.origin)
    assert confirmed is not None
    assert confirmed.given == guyana.node.sql().all("select size from journal_head where id = 1")[0][0]
    assert not passed_on(centre, guyana).news


def test_who_gets_the_same_entries_again_tells_again_that_it_has_them(quiet: Three) -> None:
    """The receipt was lost: they would have come again and again."""
    centre, guyana, _trinidad = quiet
    for _each in range(2):  # the second brings no key, which is answered at once
        lead(guyana)
        letter = passed_on(guyana, centre)
        answered = passed_on(centre, guyana).news
        later(centre, guyana, letter_timing.RECEIPT + 1)
        assert passed_on(centre, guyana).news != answered
    later(centre, guyana, letter_timing.RECEIPT + 1)
    assert not passed_on(centre, guyana).news
    mail.read(centre.exchange, guyana.node.key.origin, letter.parcels)
    assert not passed_on(centre, guyana).news
    later(centre, guyana, letter_timing.RECEIPT + 1)
    assert passed_on(centre, guyana).news


def test_what_third_nodes_showed_goes_with_a_letter_or_after_minutes(quiet: Three) -> None:
    centre, guyana, trinidad = quiet
    lead(guyana)
    assert passed_on(guyana, centre).entries  # the centre saw more of Guyana's tree than Trinidad was told
    later(centre, trinidad, checkpoint_gossip.NOTES_EVERY + 1)
    assert not passed_on(centre, trinidad).news
    later(centre, trinidad, mail.PATIENCE)
    letter = passed_on(centre, trinidad)
    assert letter.news and any(guyana.node.key.origin in note for note in word_of(letter).notes)


def test_a_word_names_few_third_nodes_and_in_the_end_all(quiet: Three) -> None:
    centre, guyana, _trinidad = quiet
    node, origin = centre.node, guyana.node.key.origin
    names = [f"libertad/{number:016x}" for number in range(3 * checkpoint_gossip.MOST_NOTES)]
    for name in names:
        node.writer.submit(lambda tx, name=name: peers.save_peer(tx.sql, name, bytes(32), ""))
        node.writer.submit(lambda tx, name=name: peers.change(tx.sql, name, taken=1, note=f"of {name}"))
    peer, memory, told = peers.get(node.sql(), origin), Memory(), list[str]()
    assert peer is not None
    for _each in range(4):
        word = ControlMessage()
        checkpoint_gossip.add_evidence(node, node.sql(), peer, memory, word)
        assert len(word.notes) <= checkpoint_gossip.MOST_NOTES
        told += word.notes
        memory.noted = 0
    assert len(told) == len(set(told)) and {f"of {name}" for name in names} <= set(told)
    memory.noted = now_ms() - checkpoint_gossip.NOTES_EVERY - 1
    node.writer.submit(lambda tx: peers.change(tx.sql, names[0], taken=2))
    again = ControlMessage()
    checkpoint_gossip.add_evidence(node, node.sql(), peer, memory, again)
    assert again.notes == [], "the more peers there are, the longer each waits"
    memory.noted = 0
    checkpoint_gossip.add_evidence(node, node.sql(), peer, memory, again)
    assert again.notes == [f"of {names[0]}"]
