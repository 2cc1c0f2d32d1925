"""Recipient secrets: they survive re-rooting, are in no backup, and of a destroyed one no byte is left."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from libertad.journal import recipients, ringfile, sealing
from libertad.journal.guard import RingError
from libertad.journal.ringfile import Locked
from libertad.journal.rings import Rings

CARE, POLICE = "c" * 32, "d" * 32
STEPS = 400  # within which SQLite is seen to leave copies behind, see `beside_the_tree`
PIECE = 12  # bytes of a secret that are too many to be there by chance


@pytest.fixture
def held(tmp_path: Path) -> Rings:
    made = Rings(tmp_path)
    made.create(CARE)
    made.create(POLICE)
    return made


def put(held: Rings, authority: str, key_id: bytes = b"") -> tuple[bytes, bytes]:
    """(key id, secret) of a key that was just put."""
    key_id, secret = key_id or os.urandom(16), os.urandom(96)
    held.put_recipient(authority, key_id, secret)
    return key_id, secret


def sealed(held: Rings, authority: str, key_id: bytes) -> bytes:
    row = held.db.execute("select hidden from recipient where authority=? and key_id=?", (authority, key_id))
    hidden: bytes = row.fetchone()[0]
    return hidden[-124:]


def pieces(*secrets: bytes) -> list[bytes]:
    return [one[at : at + PIECE] for one in secrets for at in range(0, len(one) - PIECE + 1, PIECE)]


def left(home: Path, secrets: list[bytes]) -> list[str]:
    files = {path: path.read_bytes().replace(bytes(64), b"") for path in home.rglob("*") if path.is_file()}
    return [path.name for path, data in files.items() if any(piece in data for piece in pieces(*secrets))]


def test_a_secret_is_its_authoritys_alone_and_newest_first(held: Rings) -> None:
    (one, first), (two, second) = put(held, CARE), put(held, CARE)
    assert [key.key_id for key in held.recipients(CARE)] == [two, one]
    assert held.recipient_secret(CARE, one) == first and held.recipient_secret(CARE, two) == second
    assert held.recipient_secret(POLICE, one) is None and held.recipients(POLICE) == []


def test_a_key_is_later_than_all_before_though_the_clock_goes_back(
    held: Rings, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_id, _ = put(held, CARE)
    made = held.recipients(CARE)[0].made
    held.destroy_recipients(CARE, [key_id])
    monkeypatch.setattr("time.time_ns", lambda: 5_000_000)
    put(held, CARE)
    assert held.recipients(CARE)[0].made == made + 1


def test_another_process_sees_a_new_key_and_a_destroyed_one_at_once(held: Rings, tmp_path: Path) -> None:
    other = Rings(tmp_path)
    other.unlock_all()
    key_id, secret = put(held, CARE)
    assert other.recipient_secret(CARE, key_id) == secret
    other.destroy_recipients(CARE, [key_id])
    assert held.recipient_secret(CARE, key_id) is None
    kept, secret = put(held, CARE)
    other.destroy([b"x" * 16])  # re-rooted there
    assert held.recipient_secret(CARE, kept) == secret


def test_secrets_survive_rerooting_and_the_old_roots_open_none(held: Rings, tmp_path: Path) -> None:
    held.add([CARE], b"p" * 16, b"k" * 32)
    key_id, secret = put(held, CARE)
    roots = [ring.root for ring in held.open.values()]
    before = sealed(held, CARE, key_id)
    held.destroy([b"p" * 16])
    assert held.recipient_secret(CARE, key_id) == secret
    assert left(tmp_path, [before, secret, *roots]) == []
    again = Rings(tmp_path)
    assert again.unlock_all() == {} and again.recipient_secret(CARE, key_id) == secret


def test_no_backup_holds_a_secret_and_a_restored_ring_holds_none(held: Rings, tmp_path: Path) -> None:
    held.add([CARE], b"p" * 16, b"k" * 32)
    held.commit()
    key_id, secret = put(held, CARE)
    gone, _ = put(held, CARE)
    hidden = sealed(held, CARE, key_id)
    held.destroy_recipients(CARE, [gone])
    backup = held.backup()
    assert not any(piece in backup.read_bytes() for piece in pieces(hidden, secret))
    assert oct(backup.stat().st_mode & 0o777) == "0o600"
    other = tmp_path / "restored"
    shutil.copytree(tmp_path / "keys", other / "keys")
    shutil.copy(backup, other / "rings.db")
    restored = Rings(other)
    assert restored.unlock_all() == {}
    assert restored.recipients(CARE) == [] and restored.recipient_secret(CARE, key_id) is None
    assert list(restored.known.values()) == [b"k" * 32]
    made = held.recipients(CARE)[0].made
    put(restored, CARE)
    assert restored.recipients(CARE)[0].made > made


def test_a_backup_by_pages_is_noticed(held: Rings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: SQLite's own backup, and rows taken out of it afterwards without care."""

    def by_pages(self: Rings, copy: sqlite3.Connection) -> None:
        self.db.backup(copy)
        copy.execute("pragma secure_delete=off")
        copy.execute("delete from recipient")

    monkeypatch.setattr(Rings, "_copy_rows", by_pages)
    with pytest.raises(AssertionError):
        test_no_backup_holds_a_secret_and_a_restored_ring_holds_none(held, tmp_path)


def test_of_a_destroyed_secret_no_byte_is_left(held: Rings, tmp_path: Path) -> None:
    """Over much coming and going of keys of both kinds, after each of which the files are searched."""
    chance = random.Random(7)
    live: dict[tuple[str, bytes], list[bytes]] = {}
    dead: list[bytes] = []
    names = [CARE, POLICE, *(f"{n:032x}" for n in range(6))]
    for name in names[2:]:
        held.create(name)
    for step in range(STEPS):
        if chance.random() < 0.55 or not live:
            name = chance.choice(names)
            key_id, secret = put(held, name, chance.randbytes(16))
            live[name, key_id] = [secret, sealed(held, name, key_id)]
            held.add([name], chance.randbytes(16), chance.randbytes(32))
            held.commit()
        else:
            name, key_id = chance.choice(list(live))
            dead += live.pop((name, key_id))
            assert held.destroy_recipients(name, [key_id]) == 1
        if step % 100 == 99:
            held.backup()
        if step % 10 == 9:
            assert left(tmp_path, dead) == []
    assert all(held.recipient_secret(name, key_id) == known[0] for (name, key_id), known in live.items())
    assert left(tmp_path, [known[1] for known in live.values()]) == ["rings.db"], (
        "the search finds what is there"
    )
    assert left(tmp_path, [known[0] for known in live.values()]) == []


def beside_the_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets in the pages of the tree, where SQLite leaves copies of rows that it moves."""
    monkeypatch.setattr(
        Rings,
        "_hidden",
        lambda self, table, root, authority, key_id, secret: (
            bytes(4) + ringfile.seal(root, secret, recipients._bound(table, authority, key_id))
        ),
    )


def without_zeroing(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Rings._connect

    def careless(self: Rings) -> None:
        real(self)
        self.db.execute("pragma secure_delete=off")

    monkeypatch.setattr(Rings, "_connect", careless)


@pytest.mark.parametrize("fault", [beside_the_tree, without_zeroing])
def test_a_secret_that_lingers_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Callable[[pytest.MonkeyPatch], None]
) -> None:
    fault(monkeypatch)
    held = Rings(tmp_path)
    held.create(CARE)
    held.create(POLICE)
    with pytest.raises(AssertionError):
        test_of_a_destroyed_secret_no_byte_is_left(held, tmp_path)


def journal_after(held: Rings, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """What SQLite's journal held when it was deleted: seen through a second name of the same file."""
    other = held.home / "seen"
    real = Rings._overwrite_journal

    def linked(self: Rings) -> None:
        journal = self.path.with_name("rings.db-journal")
        if journal.exists() and not other.exists():
            os.link(journal, other)
        real(self)

    monkeypatch.setattr(Rings, "_overwrite_journal", linked)
    key_id, _ = put(held, CARE)
    other.unlink(missing_ok=True)
    hidden = sealed(held, CARE, key_id)
    held.destroy_recipients(CARE, [key_id])
    data = other.read_bytes()
    assert len(data) > 4096 and not any(piece in data for piece in pieces(hidden))
    assert not (held.home / "rings.db-journal").exists()
    return data


def test_the_rollback_journal_is_overwritten_before_it_goes(
    held: Rings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not any(journal_after(held, monkeypatch))


def test_a_journal_that_is_only_deleted_is_noticed(held: Rings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipients, "overwrite", lambda path: None)
    with pytest.raises(AssertionError):
        journal_after(held, monkeypatch)


def test_a_step_that_fails_is_taken_back(held: Rings) -> None:
    key_id, secret = put(held, CARE)
    with pytest.raises(sqlite3.IntegrityError):
        held.put_recipient(CARE, key_id, os.urandom(96))
    assert held.recipient_secret(CARE, key_id) == secret and not held.db.in_transaction
    assert held.db.execute("pragma journal_mode").fetchone() == ("delete",)
    assert held.db.execute("pragma integrity_check").fetchone() == ("ok",)


def test_a_locked_ring_gives_and_takes_no_secret(held: Rings, tmp_path: Path) -> None:
    key_id, _ = put(held, CARE)
    locked = Rings(tmp_path)
    with pytest.raises(Locked):
        locked.recipient_secret(CARE, key_id)
    with pytest.raises(Locked):
        locked.put_recipient(CARE, os.urandom(16), b"s" * 96)


def test_a_changed_secret_says_what_to_do(held: Rings) -> None:
    key_id, _ = put(held, CARE)
    hidden = bytearray(held.db.execute("select hidden from recipient").fetchone()[0])
    hidden[-1] ^= 1
    held.db.execute("update recipient set hidden=?", (bytes(hidden),))
    with pytest.raises(RingError, match="restore"):
        held.recipient_secret(CARE, key_id)


def test_threads_share_the_rings(held: Rings) -> None:
    failed: list[BaseException] = []

    def work(name: str) -> None:
        try:
            for _ in range(15):
                key_id, secret = put(held, name)
                held.add([name], os.urandom(16), os.urandom(32))
                assert held.recipient_secret(name, key_id) == secret
                held.destroy_recipients(name, [key_id])
                held.commit()
        except BaseException as why:
            failed.append(why)

    threads = [threading.Thread(target=work, args=(name,)) for name in (CARE, POLICE, CARE, POLICE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failed == [] and held.recipients(CARE) == []


def test_a_renewed_device_begins_with_no_recipient_key_and_later_than_before(held: Rings) -> None:
    key_id, _ = put(held, CARE)
    kept, _ = put(held, POLICE)
    made = held.recipients(CARE)[0].made
    held.renew_device(CARE)
    assert held.recipients(CARE) == [] and held.recipient_secret(CARE, key_id) is None
    assert [one.key_id for one in held.recipients(POLICE)] == [kept]
    put(held, CARE)
    assert held.recipients(CARE)[0].made > made


def test_what_was_erased_is_remembered_by_compartment(held: Rings, tmp_path: Path) -> None:
    kid = held.add([CARE], b"p" * 16, b"k" * 32)
    held.destroy([b"p" * 16])
    held.destroy([b"q" * 16])
    again = Rings(tmp_path)
    assert again.gone() == held.gone() == {b"p" * 16, b"q" * 16} and again.erased() == {kid}


def test_of_two_keys_with_one_number_every_ring_seals_with_the_same(held: Rings, tmp_path: Path) -> None:
    """Two nodes may begin the same epoch at once; all readers then agree, in whichever order they heard."""
    place, one, two = b"p" * 16, b"1" * 32, b"2" * 32
    for name, order in ((CARE, (one, two)), (POLICE, (two, one))):
        for key in order:
            held.add([name], place, key, 1)
    held.commit()
    again = Rings(tmp_path)
    again.unlock_all()
    chosen = max(sealing.key_id(one), sealing.key_id(two))
    for some in (held, again):
        assert {some.current(name, place)[0] for name in (CARE, POLICE)} == {chosen}
        assert some.newest[place][1] == chosen


def test_rings_close_once_nobody_reads_them(held: Rings) -> None:
    """An exchange's thread may be reading while the node closes: SQLite would take the process with it."""
    closing = threading.Thread(target=held.close)
    with held.lock:
        closing.start()
        closing.join(0.5)
        assert held.recipients(CARE) == []  # still open under the reader's hands
    closing.join()
    with pytest.raises(sqlite3.ProgrammingError):
        held.recipients(CARE)


def test_other_secrets_that_pass_are_kept_and_destroyed_alike(held: Rings, tmp_path: Path) -> None:
    key_id, other, secret = b"h" * 16, b"i" * 16, os.urandom(96)
    recipient, _ = put(held, CARE, key_id)
    held.put_passing(CARE, key_id, secret)
    held.put_passing(CARE, other, os.urandom(96))
    assert held.passing_secret(CARE, key_id) == secret != held.recipient_secret(CARE, recipient)
    assert held.passing_secret(POLICE, key_id) is None
    held.add([CARE], b"p" * 16, b"k" * 32)
    held.destroy([b"p" * 16])  # re-rooted
    assert held.passing_secret(CARE, key_id) == secret
    assert {key.key_id for key in held.passing(CARE)} == {key_id, other}
    backup = sqlite3.connect(held.backup())
    assert backup.execute("select count(*) from passing").fetchone() == (0,)
    backup.close()
    assert held.destroy_passing(CARE, [key_id, b"x" * 16]) == 1
    assert held.passing_secret(CARE, key_id) is None
    assert held.recipient_secret(CARE, recipient) is not None
    assert left(tmp_path, [secret]) == []
