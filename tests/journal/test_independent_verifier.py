"""Who follows docs/journal-format.md accepts what the product signs and seals, and nothing changed."""

from __future__ import annotations

import hashlib

import pytest

from libertad.journal import checkpoint, header, sealing, tree
from tests.journal.independent_verifier import Entry, verify_journal

SEED = bytes(range(32))
PUBLIC, SECRET = header.keypair(SEED)
EPOCH = bytes(range(32, 64))
NAME = "node.example/journal"


def journal(size: int = 9) -> tuple[list[Entry], str]:
    """Entries of two compartments by one device, through the product's own functions."""
    entries: list[Entry] = []
    frontier = tree.Frontier()
    heads: dict[bytes, tuple[int, bytes]] = {}
    for n in range(size):
        compartment = bytes([n % 2]) * 16
        seq, previous = heads.get(compartment, (0, header.NO_PREVIOUS))
        draft = header.Header(
            header.VERSION,
            header.device_id(PUBLIC),
            compartment,
            seq,
            previous,
            (previous,) if previous else (),
            "case",
            sealing.key_id(EPOCH),
            bytes(32),
            1,
        )
        body = sealing.seal_body(b"{}" * (n * 70), EPOCH, header.bound(draft))
        raw = draft._replace(body_hash=hashlib.sha256(body).digest(), length=len(body)).encode()
        entries.append((raw, header.sign(raw, SECRET), body))
        heads[compartment] = (seq + 1, header.entry_hash(raw))
        frontier.append(tree.leaf_hash(raw))
    point = checkpoint.Checkpoint(NAME, frontier.size, frontier.root())
    return entries, checkpoint.sign(point, NAME, SEED)


def wrong(entries: list[Entry], note: str) -> list[str]:
    return verify_journal(entries, [PUBLIC], note, NAME, PUBLIC, {sealing.key_id(EPOCH): EPOCH})


def test_a_journal_of_the_product_is_right_with_and_without_bodies() -> None:
    entries, note = journal()
    assert wrong(entries, note) == []
    assert wrong([(raw, signature, None) for raw, signature, _ in entries], note) == []


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_changed_byte_is_found(part: int) -> None:
    entries, note = journal()
    for at in range(len(entries)):
        data = entries[at][part]
        assert data is not None
        changed = list(entries[at])
        changed[part] = data[:-1] + bytes([data[-1] ^ 1])
        assert wrong([*entries[:at], tuple(changed), *entries[at + 1 :]], note)  # type: ignore[list-item]


def test_a_key_that_the_headers_do_not_commit_to_is_found() -> None:
    entries, note = journal()
    verified = verify_journal(entries, [PUBLIC], note, NAME, PUBLIC, {sealing.key_id(EPOCH): bytes(32)})
    assert len(verified) == len(entries)


def test_an_entry_left_out_or_moved_is_found() -> None:
    entries, note = journal()
    for at in range(len(entries) - 1):
        assert wrong(entries[:at] + entries[at + 1 :], note)
        assert wrong([*entries[:at], entries[at + 1], entries[at], *entries[at + 2 :]], note)
    assert wrong(entries[:-1], note)
