"""Each side's tree of its own: what police and centres get of a care node does not grow with care's work.

Two nodes of care's side exchange both, by pulling, by letters and by repair; an older one gets one tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from libertad.care.actions.ask_decision import ask_decision
from libertad.care.actions.record_consent import record_consent
from libertad.care.actions.record_wish import record_wish
from libertad.exchange.control import checkpoint_gossip
from libertad.exchange.peering import peers
from libertad.exchange.protocol.messages import PullRequest, pack
from libertad.exchange.protocol.secure_channel import small
from libertad.exchange.sync.repair import repair
from libertad.exchange.transport import mail
from libertad.journal import checkpoint, header, trees
from libertad.journal.sides import CARE, OPEN
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary import formats
from libertad.vocabulary.values import Birth
from tests.exchange.conftest import Three
from tests.support import nodes
from tests.support.nodes import Party, invited, settle


class Five(NamedTuple):
    """A centre, two police forces, a care and a deciding authority of Guyana, each at its node."""

    centre: Party
    guyana: Party
    trinidad: Party
    care: Party
    deciding: Party


@contextmanager
def founded(three: Three, home: Path) -> Iterator[Five]:
    statements = nodes.schema()
    parties = Five(*three, *(Party(home / name, statements, name) for name in ("care", "deciding")))
    for party in parties[3:]:
        invited(three.centre, party, kind=party.name)
        settle(list(parties))
    parties.care.appoint("caseworker")
    settle(list(parties))
    yield parties
    for party in parties[3:]:
        party.close()


@pytest.fixture
def five(three: Three, tmp_path: Path) -> Iterator[Five]:
    with founded(three, tmp_path) as parties:
        yield parties


def met(five: Five) -> str:
    """A person whom care met, with a protection file that it lets the deciding authority read."""
    care = five.care
    person: str = care.do("caseworker", meet_person, country="GY", birth=Birth(date="1990"))
    care.do("caseworker", record_consent, person=person, purpose="doctor", recipient="Clinic", agreed="yes")
    asked = {"person": person, "authority": five.deciding.authority, "what": "return"}
    care.do("caseworker", ask_decision, **asked)
    return person


def works(care: Party, person: str, days: int = 3) -> None:
    """What care does in its own files alone."""
    for day in range(days):
        care.do("caseworker", record_wish, person=person, wish="stay", words=f"Here, {day}")


def sizes(party: Party) -> dict[str, int]:
    sql = party.node.sql()
    return {name: trees.size_of(sql, name) for name in (OPEN, CARE)}


def care_entries(party: Party) -> set[bytes]:
    rows = party.node.sql().all("select hash, header from journal_entry")
    return {bytes(name) for name, exact in rows if header.decode(bytes(exact)).type_class == "care"}


def known_of(party: Party, peer: Party) -> list[Any]:
    """All that a node has on file of how far another node's trees are."""
    sql, origin = party.node.sql(), peer.node.key.origin
    return [
        sql.all("select taken, peaks, note, size from exchange_peer where origin = ?", (origin,)),
        sql.all("select origin, tree from exchange_peer_tree"),
        sql.all("select size, root from exchange_heard where origin = ?", (origin,)),
        [row for row in sql.all("select origin, size from exchange_cosigned") if row[0] == origin],
    ]


def answers(party: Party, peer: Party) -> list[int]:
    """The sizes of the parts of an answer to this node's next ask."""
    lengths: list[int] = []
    go = party.trip_to(peer)

    def measure_parts(message: bytes) -> Iterator[bytes]:
        for part in go(message):
            lengths.append(len(part))
            yield part

    party.exchange.pull(peer.node.key.origin, measure_parts)
    return lengths


def test_what_others_get_of_a_care_node_does_not_grow_with_cares_work(
    five: Five, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody cosigns anew by the clock meanwhile, however slow the machine is.
    monkeypatch.setattr(checkpoint_gossip, "NOTES_EVERY", 3_600_000)
    person = met(five)
    settle(list(five))
    outsiders = (five.centre, five.guyana, five.trinidad)
    before = [known_of(party, five.care) for party in outsiders]
    quiet = [answers(party, five.care) for party in outsiders]
    works(five.care, person, days=30)
    settle(list(five))
    assert [known_of(party, five.care) for party in outsiders] == before
    assert [answers(party, five.care) for party in outsiders] == quiet
    assert sizes(five.care)[CARE] > 30, "it did grow"


def test_who_is_not_of_cares_side_gets_no_answer_about_its_tree(five: Five) -> None:
    works(five.care, met(five))
    settle(list(five))
    for party in (five.centre, five.guyana):
        peer = party.exchange.active(five.care.node.key.origin)
        channel = party.exchange.channel(peer)
        ask = PullRequest(counter=party.exchange._counter(peer), after=0, tree=CARE)
        message = small(party.node.key.origin) + channel.seal(b"?", pack(ask))
        (part,) = five.care.exchange.answer(message)
        assert channel.answered(message[8:], 0, part) == (b"", True)


def test_two_nodes_of_cares_side_hold_the_same_and_cosign_both_trees(five: Five) -> None:
    person = met(five)
    works(five.care, person)
    settle(list(five))
    assert care_entries(five.care) == care_entries(five.deciding) and len(care_entries(five.care)) > 4
    assert five.guyana.node.sql().first(
        "select count(*) from journal_entry where place >= ?", (trees.BASE[CARE],)
    ) == (0,)
    peer = peers.get(five.deciding.node.sql(), five.care.node.key.origin, CARE)
    assert peer is not None and peer.taken == sizes(five.care)[CARE]
    key = five.care.node.key
    stated = checkpoint.verify(peer.note, {checkpoint.log_of(key.origin, CARE): key.public}).checkpoint
    assert (stated.origin, stated.size) == (f"{key.origin}/care", peer.taken)
    with pytest.raises(checkpoint.BadCheckpoint):
        checkpoint.verify(peer.note, {key.origin: key.public})
    for memory in five.deciding.exchange.memories.values():
        memory.noted = 0
    five.deciding.pull(five.care)
    names = {row[0] for row in five.care.node.sql().all("select origin from exchange_cosigned")}
    assert f"{five.deciding.node.key.origin}/care" in names


def test_what_is_missing_of_cares_tree_is_repaired(five: Five) -> None:
    """An entry is lost at one node, as a damaged disk loses it; its cursor has passed it by."""
    person = met(five)
    works(five.care, person)
    settle(list(five))
    sql = five.care.node.sql()
    newest = bytes(
        sql.all("select hash from journal_entry where place >= ? order by place desc", (trees.BASE[CARE],))[
            0
        ][0]
    )
    assert newest in care_entries(five.deciding)

    def lose(tx: Any) -> None:
        tx.sql.run("delete from journal_entry where hash = ?", (newest,))
        tx.caches.clear()

    five.deciding.node.writer.submit(lose)
    done = repair(five.deciding.exchange, five.care.node.key.origin, five.deciding.trip_to(five.care))
    assert (done.missing, done.left) == (1, 0) and newest in care_entries(five.deciding)


def test_letters_carry_cares_tree_to_cares_side_alone(five: Five) -> None:
    person = met(five)
    settle(list(five))
    works(five.care, person)
    origin = five.care.node.key.origin
    letter = mail.write(five.care.exchange, five.deciding.node.key.origin)
    done = mail.read(five.deciding.exchange, origin, letter.parcels)
    assert not done.missing and care_entries(five.care) == care_entries(five.deciding)
    mail.read(
        five.care.exchange,
        five.deciding.node.key.origin,
        mail.write(five.deciding.exchange, origin).parcels,
    )
    peer = peers.get(five.care.node.sql(), five.deciding.node.key.origin, CARE)
    assert peer is not None and peer.given == sizes(five.care)[CARE], "its letter confirmed it"
    works(five.care, person)
    guyana_letter = mail.write(five.care.exchange, five.guyana.node.key.origin)
    assert guyana_letter.entries == 0 and set(guyana_letter.ends) == {origin_of(five.guyana)}


def origin_of(party: Party) -> str:
    return party.node.key.origin


def test_nodes_of_0_1_exchange_by_one_tree_and_by_two_once_they_are_of_today(
    three: Three, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was said before keeps its place in the open tree, whose checkpoints stay those of one history."""
    with monkeypatch.context() as older:
        # As if nobody told a format: so a node of 0.1 is seen, and so it sees others.
        older.setattr(peers, "take_format", lambda node, peer, number: peer)
        with_older(three)
        with founded(three, tmp_path) as five:
            person = met(five)
            works(five.care, person)
            settle(list(five))
            before = care_entries(five.care)
            assert sizes(five.care)[CARE] == 0 and len(before) > 4
            assert care_entries(five.deciding) == before, "in the one tree it came"
            older_peer = peers.get(five.centre.node.sql(), origin_of(five.care))
            assert older_peer is not None
            older.undo()
            settle(list(five))
            works(five.care, person)
            settle(list(five))
            after = care_entries(five.care)
            assert care_entries(five.deciding) == after > before
            where = {
                bytes(name): place
                for name, place in five.care.node.sql().all("select hash, place from journal_entry")
            }
            assert all(where[name] < trees.BASE[CARE] for name in before)
            assert all(where[name] >= trees.BASE[CARE] for name in after - before)
            now = peers.get(five.centre.node.sql(), origin_of(five.care))
            assert now is not None and now.taken >= older_peer.taken
            alarms = [party.rows("exchange_alarm") for party in five]
            assert alarms == [[]] * 5


def with_older(three: Three) -> None:
    for party in three:
        party.node.writer.submit(
            lambda tx: tx.sql.run("update exchange_peer set format = ?", (formats.FIRST,))
        )
