"""Attached files travel in chunks, after reports, to whom may read them; a cut or a lie loses nothing."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from libertad.access.actions.add_attachment import add_attachment
from libertad.access.actions.remove_reader import remove_reader
from libertad.exchange.sending import attachment_sync
from libertad.journal import chunks, erase
from libertad.vocabulary.verbs.attachments import MOST_BYTES
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import lead
from tests.support import lone
from tests.support.nodes import Party, settle

CANARY = b"the girl in the second row is called Marisol"


def content(size: int) -> bytes:
    """Bytes that do not compress, with a canary in each chunk."""
    return b"".join(CANARY + os.urandom(4096 - len(CANARY)) for _ in range(-(-size // 4096)))[:size]


def place_of(party: Party) -> str:
    """The one police file that the party owns."""
    ((place,),) = party.node.sql().all(
        "select id from access_compartment where owner = ? and kind = 'police'", (party.authority,)
    )
    return str(place)


def is_on_disk(home: Path, needle: bytes) -> bool:
    return any(needle in path.read_bytes() for path in home.rglob("*") if path.is_file())


def attach(party: Party, data: bytes, priority: int = 3, role: str = "officer") -> str:
    """An attachment in the party's police file; returns its digest."""
    sealed = chunks.seal(party.node.home, data)
    party.do(
        role,
        add_attachment,
        compartment=place_of(party),
        about="ab" * 16,
        name="IMG_0412 Marisol.jpg",
        media="image/jpeg",
        sealed=sealed,
        priority=priority,
    )
    return sealed.digest


def have(party: Party, digest: str) -> int:
    """How many chunks of a file are here."""
    row = party.node.sql().first(
        "select count(*) from journal_chunk where digest = ? and place >= 0 and here", (digest,)
    )
    return int(row[0]) if row else 0


def fetched(party: Party, other_party: Party, times: int = 60) -> None:
    """Pull until the other has nothing more that is wanted."""
    origin = other_party.node.key.origin
    memory = party.exchange.memory(origin)
    for _ in range(times):
        done = party.pull(other_party)
        if (
            memory.quiet
            and not done.pieces
            and not attachment_sync.chunks_to_request(party.node, party.node.sql(), origin, memory)
        ):
            return


def key_of(party: Party, digest: str) -> tuple[bytes, int]:
    """(key, size) as the party's own ring opens the entry."""
    from libertad.access.sealed import open_sealed

    ((key, sealed),) = party.node.sql().all(
        "select id, sealed from access_attachment where digest = ?", (digest,)
    )
    words = open_sealed(party.node, party.authority, "access.Attachment", key, sealed)
    return bytes.fromhex(words["key"]), words["size"]


def read_attachment(party: Party, digest: str) -> bytes:
    return chunks.open_content(party.node.home, digest, *key_of(party, digest))


def test_a_file_arrives_whole_at_its_readers_and_nowhere_else(three: Three) -> None:
    lead(three.guyana)
    data = content(300_001)
    digest = attach(three.guyana, data)
    settle(list(three))
    fetched(three.centre, three.guyana)
    assert read_attachment(three.centre, digest) == data
    fetched(three.trinidad, three.guyana)
    assert not list((three.trinidad.node.home / "attachments").rglob("*"))


def test_nothing_of_it_can_be_read_on_the_disk(three: Three) -> None:
    lead(three.guyana)
    digest = attach(three.guyana, content(200_000))
    settle(list(three))
    fetched(three.centre, three.guyana)
    key = key_of(three.guyana, digest)[0]
    for party in three:
        lone.laid(party.node.sql(), party.node.home)
        for secret in (CANARY, b"Marisol", key, key.hex().encode()):
            assert not is_on_disk(party.node.home, secret)
    for path in (three.guyana.node.home / "attachments").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0
        if path.is_file():
            assert path.stat().st_size <= chunks.CHUNK
            assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name


def test_a_report_arrives_before_a_file_of_20_megabytes(three: Three) -> None:
    lead(three.guyana)
    settle(list(three))
    digest = attach(three.guyana, content(20 * 1024 * 1024))
    lead_id = lead(three.guyana, summary="after the file")
    three.centre.pull(three.guyana)
    assert (lead_id,) in three.centre.rows("operations_lead", "id")
    assert have(three.centre, digest) == 0
    # and one that is said while chunks are on their way goes before the next chunk
    for _ in range(4):
        three.centre.pull(three.guyana)
    assert 0 < have(three.centre, digest) < 321
    # after news there may be more: no chunk is asked for until an answer brought none
    lead(three.guyana, summary="in the midst of it")
    assert three.centre.pull(three.guyana).taken.stored > 0
    assert three.centre.pull(three.guyana).pieces == 0
    assert three.centre.pull(three.guyana).pieces > 0
    late: list[str] = []
    stored_at: list[int] = []

    def speak(parts: Iterator[bytes]) -> Iterator[bytes]:
        for number, part in enumerate(parts):
            yield part
            if number == 1:
                late.append(lead(three.guyana, summary="while it was on its way"))
            if late and not stored_at and (late[0],) in three.centre.rows("operations_lead", "id"):
                stored_at.append(number)

    done = three.centre.pull(three.guyana, spoil=speak)
    assert done.taken.stored > 0
    assert done.pieces > 4
    assert stored_at and stored_at[0] < done.pieces  # stored while the answer still went on
    assert have(three.centre, digest) < 321


def test_a_cut_in_mid_file_goes_on_with_the_next_chunk(three: Three) -> None:
    lead(three.guyana)
    settle(list(three))
    data = content(1_000_000)
    digest = attach(three.guyana, data)
    settle([three.centre, three.guyana], 2)
    requested: list[bytes] = []

    def cut(parts: Iterator[bytes]) -> Iterator[bytes]:
        for _ in range(3):
            yield next(parts)
        raise ConnectionError("the line is cut")

    real = attachment_sync.give

    def give(node: Any, outgoing: Any, names: Any) -> Any:
        requested.extend(names)
        return real(node, outgoing, names)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(attachment_sync, "give", give)
        three.centre.pull(three.guyana)  # the list
        with pytest.raises(ConnectionError):
            three.centre.pull(three.guyana, spoil=cut)
        arrived = have(three.centre, digest)
        assert 0 < arrived < 16
        present = {
            bytes.fromhex(row[0])
            for row in three.centre.node.sql().all("select hash from journal_chunk where here")
        }
        requested.clear()
        fetched(three.centre, three.guyana)
    assert read_attachment(three.centre, digest) == data
    assert not present & set(requested)  # what was here was not asked for again


@pytest.mark.parametrize("how", ["changed", "another", "unasked"])
def test_a_lying_chunk_is_refused_and_not_stored(three: Three, how: str) -> None:
    lead(three.guyana)
    settle(list(three))
    data = content(300_000)
    digest = attach(three.guyana, data)
    three.centre.pull(three.guyana)
    lie = os.urandom(1000)
    real = attachment_sync.give

    def give(node: Any, outgoing: Any, names: Any) -> Iterator[bytes]:
        for piece in real(node, outgoing, names):
            yield piece[:-1] + bytes([piece[-1] ^ 1]) if how == "changed" else lie
        if how == "unasked":
            yield lie

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(attachment_sync, "give", give)
        with pytest.raises(attachment_sync.NotAsked):
            for _ in range(3):
                three.centre.pull(three.guyana)
    assert not chunks.present(three.centre.node.home, hashlib.sha256(lie).hexdigest())
    fetched(three.centre, three.guyana)
    assert read_attachment(three.centre, digest) == data


def test_a_chunk_is_given_only_to_who_may_hold_the_file(three: Three) -> None:
    """One who learnt the hashes while it was a reader, and is none any more."""
    lead(three.guyana)
    place = place_of(three.guyana)
    three.guyana.do("national-lead", lambda act: act.widen(place, [three.trinidad.authority], "joint work"))
    digest = attach(three.guyana, content(100_000))
    settle(list(three))
    three.guyana.do(
        "national-lead", remove_reader, compartment=place, readers=[three.trinidad.authority], reason="over"
    )
    origin = three.guyana.node.key.origin
    done = three.trinidad.exchange.query_peer(
        origin, three.trinidad.trip_to(three.guyana), chunks=[bytes.fromhex(digest)]
    )
    assert done.pieces == 0
    done = three.centre.exchange.query_peer(
        origin, three.centre.trip_to(three.guyana), chunks=[bytes.fromhex(digest)]
    )
    assert done.pieces == 1


def test_what_one_peer_has_not_another_gives(three: Three) -> None:
    lead(three.guyana)
    place = place_of(three.guyana)
    three.guyana.do("national-lead", lambda act: act.widen(place, [three.trinidad.authority], "joint work"))
    data = content(150_000)
    digest = attach(three.guyana, data)
    settle(list(three))
    fetched(three.centre, three.guyana)
    three.guyana.reachable = False
    memory = three.trinidad.exchange.memory(three.centre.node.key.origin)
    memory.missed.clear()  # what the centre had not yet when it was asked before: a minute passes
    fetched(three.trinidad, three.centre)
    assert read_attachment(three.trinidad, digest) == data


def test_the_most_important_file_comes_first(three: Three) -> None:
    lead(three.guyana)
    settle(list(three))
    slow, soon = attach(three.guyana, content(1_500_000), 1), attach(three.guyana, content(1_500_000), 9)
    three.centre.pull(three.guyana)
    while not have(three.centre, soon):
        three.centre.pull(three.guyana)
    assert have(three.centre, slow) == 0


def test_erasing_deletes_the_chunks_and_what_opens_them(three: Three) -> None:
    lead(three.guyana)
    digest = attach(three.guyana, content(200_000))
    place = place_of(three.guyana)
    key = key_of(three.guyana, digest)
    assert list((three.guyana.node.home / "attachments").glob("*/*"))
    three.guyana.node.writer.submit(lambda tx: erase.erase(tx, [place]))
    assert not list((three.guyana.node.home / "attachments").glob("*/*"))
    assert three.guyana.rows("journal_chunk") == []
    assert three.guyana.rows("access_attachment") == []
    with pytest.raises(chunks.Missing):
        chunks.open_content(three.guyana.node.home, digest, *key)


def test_an_erasure_that_a_crash_cut_off_deletes_the_chunks_at_the_next_start(three: Three) -> None:
    lead(three.guyana)
    attach(three.guyana, content(200_000))
    place, node = place_of(three.guyana), three.guyana.node
    node.rings.intend([bytes.fromhex(place)])
    node.writer.submit(lambda tx: erase.purge(tx, frozenset([place])))
    assert list((node.home / "attachments").glob("*/*"))  # the crash is here
    erase.recover(node)
    assert not list((node.home / "attachments").glob("*/*"))


def test_a_full_disk_stops_chunks_and_not_reports(three: Three) -> None:
    lead(three.guyana)
    settle(list(three))
    data = content(300_000)
    digest = attach(three.guyana, data)
    three.centre.pull(three.guyana)

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("libertad.journal.chunks.os.replace", full)
        three.centre.pull(three.guyana)
        lead_id = lead(three.guyana, summary="the disk is full")
        three.centre.pull(three.guyana)
        assert (lead_id,) in three.centre.rows("operations_lead", "id")
        assert not [p for p in (three.centre.node.home / "attachments").rglob("*") if p.is_file()]
        with pytest.raises(OSError, match="No space"):
            chunks.seal(three.centre.node.home, data)
        assert not [p for p in (three.centre.node.home / "attachments").rglob("*") if p.is_file()]
    three.centre.exchange.memory(three.guyana.node.key.origin).chunks_again = 0
    fetched(three.centre, three.guyana)
    assert read_attachment(three.centre, digest) == data


def test_a_damaged_chunk_is_fetched_again(three: Three) -> None:
    lead(three.guyana)
    data = content(100_000)
    digest = attach(three.guyana, data)
    settle(list(three))
    fetched(three.centre, three.guyana)
    ((name,),) = three.guyana.node.sql().all(
        "select hash from journal_chunk where digest = ? and place = 1", (digest,)
    )
    path: Path = three.guyana.node.home / "attachments" / name[:2] / name
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(chunks.Damaged):
        read_attachment(three.guyana, digest)
    attachment_sync.lost(three.guyana.node, name)
    fetched(three.guyana, three.centre)
    assert read_attachment(three.guyana, digest) == data


@pytest.mark.parametrize("size", [1, 4096, chunks.PLAIN, chunks.PLAIN + 1, 3 * chunks.PLAIN])
def test_a_file_of_any_size_is_sealed_and_opened(tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    sealed = chunks.seal(tmp_path, data)
    assert chunks.open_content(tmp_path, sealed.digest, sealed.key, size) == data
    assert sealed.digest == hashlib.sha256(b"".join(bytes.fromhex(h) for h in sealed.hashes)).hexdigest()
    with pytest.raises(chunks.Damaged):
        chunks.open_content(tmp_path, sealed.digest, bytes(32), size)


def test_the_largest_file_arrives_whole(three: Three) -> None:
    """1,601 chunks, at most `MOST_ASKED` of them in a round trip."""
    lead(three.guyana)
    digest = attach(three.guyana, data := content(MOST_BYTES))
    settle(list(three))
    fetched(three.centre, three.guyana, times=200)
    assert have(three.centre, digest) == -(-MOST_BYTES // chunks.PLAIN)
    assert read_attachment(three.centre, digest) == data
