"""1,000 random tamperings of a node's database, 1,000 found by who has the format page and peers' notes.

Some are by who has every key of the node, its device and its checkpoints: these only the peers' notes show.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

import pytest

from libertad.access.acting import new_id
from libertad.exchange.peering import peers
from libertad.journal import checkpoint, header, tree
from libertad.journal.tree import leaf_hash
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import lead
from tests.journal.independent_verifier import check_rows, check_witnessed, verify_journal
from tests.support.nodes import Party, settle

TAMPERINGS = 1000
ROWS = "select idx, hash, device, compartment, seq, header, signature, body from journal_entry order by idx"


class Outside(NamedTuple):
    """What a verifier was given before: keys of the node, its devices and witnesses; and their notes."""

    name: str
    public: bytes
    devices: list[bytes]
    witnesses: dict[str, bytes]
    notes: list[str]

    def wrong(self, sql: Any, note: str, notes: list[str] | None = None) -> list[str]:
        """What is wrong with the database as it stands, whose newest own checkpoint is `note`."""
        try:
            rows = [
                (r[0], bytes(r[1]), bytes(r[2]), r[3], r[4], bytes(r[5]), bytes(r[6]), r[7] and bytes(r[7]))
                for r in sql.all(ROWS)
            ]
            entries = [(row[5], row[6], row[7]) for row in rows]
            return (
                check_rows([row[:6] for row in rows])
                + verify_journal(entries, self.devices, note, self.name, self.public, erased=())
                + check_witnessed(
                    [row[5] for row in rows],
                    self.notes if notes is None else notes,
                    self.name,
                    self.public,
                    self.witnesses,
                )
            )
        except (TypeError, ValueError) as why:
            return [f"not a journal: {why}"]


def outside(node: Party, *witnesses: Party) -> Outside:
    """The others' notes of a node, cosigned: from their databases, and from the node's own."""
    key = node.node.key
    notes = []
    for witness in witnesses:
        peer = peers.get(witness.node.sql(), key.origin)
        assert peer is not None and peer.note
        notes.append(checkpoint.cosign(peer.note, witness.node.key.origin, witness.node.key.seed))
    notes += [row[0] for row in node.rows("exchange_cosigned", "note")]
    return Outside(
        key.origin,
        key.public,
        [bytes(row[0]) for row in node.rows("journal_device", "public")],
        {party.node.key.origin: party.node.key.public for party in witnesses},
        notes,
    )


def own_note(node: Party, sql: Any) -> str:
    """What the node's key signs of the database as it stands."""
    frontier = tree.Frontier()
    for (raw,) in sql.all("select header from journal_entry order by idx"):
        frontier.append(leaf_hash(bytes(raw)))
    return node.node.signed(frontier.size, frontier.root())


# -- tamperings: each changes the database within a transaction that is rolled back -----------

Tamper = Callable[[Any, random.Random, int, Party], bool]  # gives whether the node's key signs it anew


def flip(sql: Any, rng: random.Random, size: int, _: Party) -> bool:
    """One bit of a header, a signature or a body."""
    column, idx = rng.choice(["header", "signature", "body"]), rng.randrange(size)
    data = bytearray(sql.first(f"select {column} from journal_entry where idx = ?", (idx,))[0])
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    sql.run(f"update journal_entry set {column} = ? where idx = ?", (bytes(data), idx))
    return rng.random() < 0.5


def shorten(sql: Any, rng: random.Random, size: int, _: Party) -> bool:
    column, idx = rng.choice(["header", "signature", "body"]), rng.randrange(size)
    sql.run(f"update journal_entry set {column} = substr({column}, 2) where idx = ?", (idx,))
    return False


def blank(sql: Any, rng: random.Random, size: int, _: Party) -> bool:
    """A body is taken out, as if its file had been erased."""
    sql.run("update journal_entry set body = null where idx = ?", (rng.randrange(size),))
    return True


def delete(sql: Any, rng: random.Random, size: int, _: Party) -> bool:
    """An entry is gone, and those after it move up."""
    idx = rng.randrange(size)
    sql.run("delete from journal_entry where idx = ?", (idx,))
    for place in range(idx + 1, size):
        sql.run("update journal_entry set idx = ? where idx = ?", (place - 1, place))
    return True


def hole(sql: Any, rng: random.Random, size: int, _: Party) -> bool:
    sql.run("delete from journal_entry where idx = ?", (rng.randrange(size),))
    return False


def swap(sql: Any, rng: random.Random, size: int, _: Party) -> bool:
    """Two entries change places."""
    first, second = rng.sample(range(size), 2)
    for before, after in ((first, -1), (second, first), (-1, second)):
        sql.run("update journal_entry set idx = ? where idx = ?", (after, before))
    return True


def cut(sql: Any, rng: random.Random, size: int, _: Party) -> bool:
    """The tail is gone; the node's key signs what is left."""
    sql.run("delete from journal_entry where idx >= ?", (size - rng.randint(1, min(20, size - 1)),))
    return True


def column(sql: Any, rng: random.Random, size: int, _: Party) -> bool:
    """What stands beside the header is changed, so that look-ups find something else."""
    name = rng.choice(["seq", "compartment", "device", "hash"])
    value = {
        "seq": 10_000 + rng.randrange(1000),
        "compartment": rng.randbytes(16).hex(),
        "device": rng.randbytes(16),
        "hash": rng.randbytes(32),
    }[name]
    sql.run(f"update journal_entry set {name} = ? where idx = ?", (value, rng.randrange(size)))
    return True


def rewrite(sql: Any, rng: random.Random, size: int, node: Party) -> bool:
    """Who has all keys replaces the tail by other entries of the same device, rightly signed and chained."""
    public, secret = node.node.rings.device(node.authority)
    device = header.device_id(public)
    own = [
        row[0] for row in sql.all("select idx from journal_entry where device = ? order by idx", (device,))
    ]
    start = rng.choice(own[-8:])
    count = size - start
    sql.run("delete from journal_entry where idx >= ?", (start,))
    place = bytes.fromhex(new_id())
    previous = b""
    for seq in range(count if rng.random() < 0.7 else count + 3):
        body = rng.randbytes(304)
        raw = header.Header(
            1,
            device,
            place,
            seq,
            previous,
            (previous,) if previous else (),
            "case",
            rng.randbytes(32),
            hashlib.sha256(body).digest(),
            len(body),
        ).encode()
        previous = header.entry_hash(raw)
        sql.run(
            "insert into journal_entry (idx, hash, device, compartment, seq, header, signature, body) "
            "values (?, ?, ?, ?, ?, ?, ?, ?)",
            (start + seq, previous, device, place.hex(), seq, raw, header.sign(raw, secret), body),
        )
    return True


ALL: list[Tamper] = [flip, shorten, blank, delete, hole, swap, cut, column, rewrite]
INSIDE = (cut, rewrite)  # nothing in the database itself is wrong afterwards


@pytest.fixture
def journal(three: Three) -> Party:
    for n in range(12):
        lead(three.guyana, summary=f"Lead {n}")
    settle(list(three))
    settle(list(three))
    return three.guyana


def test_a_thousand_tamperings_are_found(three: Three, journal: Party) -> None:
    sql, verifier = journal.node.sql(), outside(journal, three.centre, three.trinidad)
    size = len(sql.all("select idx from journal_entry"))
    first = own_note(journal, sql)
    assert verifier.wrong(sql, first) == []
    assert max(int(note.split("\n")[1]) for note in verifier.notes) == size
    rng, caught, missed = random.Random(20181118), 0, []
    alone: dict[str, int] = {}
    for number in range(TAMPERINGS):
        tamper = ALL[number % len(ALL)]
        sql.run("begin")
        try:
            signs = tamper(sql, rng, size, journal)
            note = first
            if signs:
                with suppress(Exception):  # where what stands there can still be signed
                    note = own_note(journal, sql)
            if verifier.wrong(sql, note):
                caught += 1
            else:
                missed.append((number, tamper.__name__))
            if tamper in INSIDE and not verifier.wrong(sql, note, notes=[]):
                alone[tamper.__name__] = alone.get(tamper.__name__, 0) + 1
        finally:
            sql.run("rollback")
    assert (caught, missed) == (TAMPERINGS, [])
    # Planted: without what the peers kept, who has the keys is not found at all.
    assert set(alone) == {tampering.__name__ for tampering in INSIDE}
    assert verifier.wrong(sql, first) == []


def test_notes_of_two_histories_are_found_without_a_journal(three: Three, journal: Party) -> None:
    verifier = outside(journal, three.centre)
    size = int(verifier.notes[0].split("\n")[1])
    second_note = checkpoint.cosign(
        journal.node.signed(size, bytes(32)), three.centre.node.key.origin, three.centre.node.key.seed
    )
    headers = [bytes(row[5]) for row in journal.node.sql().all(ROWS)]
    findings = check_witnessed(
        headers, [verifier.notes[0], second_note], verifier.name, verifier.public, verifier.witnesses
    )
    assert any("two histories" in finding for finding in findings)


def test_a_note_that_no_witness_signed_is_no_evidence(three: Three, journal: Party) -> None:
    verifier = outside(journal, three.centre)
    sql = journal.node.sql()
    findings = verifier.wrong(sql, own_note(journal, sql), notes=[own_note(journal, sql)])
    assert findings == ["note 0: cosigned by no witness"]


def test_peers_cosign_each_others_heads(three: Three, journal: Party) -> None:
    """Without being asked: what a node shows to a court is there before anybody wants it."""
    for party in three:
        for memory in party.exchange.memories.values():
            memory.forget()  # as when the half minute between two of them has passed
    settle(list(three))
    keys = {party.node.key.origin: party.node.key.public for party in (three.centre, three.trinidad)}
    notes = journal.rows("exchange_cosigned", "origin, note")
    assert {origin for origin, _ in notes} == set(keys)
    for origin, note in notes:
        signed = checkpoint.verify(note, {journal.node.key.origin: journal.node.key.public})
        assert checkpoint.signers(signed, [(origin, keys[origin])]) == {origin}
