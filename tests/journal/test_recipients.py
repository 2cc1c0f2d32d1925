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
def node_rings(tmp_path: Path) -> Rings:
    rings = Rings(tmp_path)
    rings.create(CARE)
    rings.create(POLICE)
    return rings


def put_key(node_rings: Rings, authority: str, key_id: bytes = b"") -> tuple[bytes, bytes]:
    """(key id, secret) of a key that was just put."""
    key_id, secret = key_id or os.urandom(16), os.urandom(96)
    node_rings.put_recipient(authority, key_id, secret)
    return key_id, secret


def sealed(node_rings: Rings, authority: str, key_id: bytes) -> bytes:
    row = node_rings.db.execute(
        "select hidden from recipient where authority=? and key_id=?", (authority, key_id)
    )
    hidden: bytes = row.fetchone()[0]
    return hidden[-124:]


def pieces(*secrets: bytes) -> list[bytes]:
    return [secret[at : at + PIECE] for secret in secrets for at in range(0, len(secret) - PIECE + 1, PIECE)]


def files_holding(home: Path, secrets: list[bytes]) -> list[str]:
    files = {path: path.read_bytes().replace(bytes(64), b"") for path in home.rglob("*") if path.is_file()}
    return [path.name for path, data in files.items() if any(piece in data for piece in pieces(*secrets))]


def test_a_secret_is_its_authoritys_alone_and_newest_first(node_rings: Rings) -> None:
    (older_id, first), (two, second) = put_key(node_rings, CARE), put_key(node_rings, CARE)
    assert [key.key_id for key in node_rings.recipients(CARE)] == [two, older_id]
    assert (
        node_rings.recipient_secret(CARE, older_id) == first
        and node_rings.recipient_secret(CARE, two) == second
    )
    assert node_rings.recipient_secret(POLICE, older_id) is None and node_rings.recipients(POLICE) == []


def test_a_key_is_later_than_all_before_though_the_clock_goes_back(
    node_rings: Rings, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_id, _ = put_key(node_rings, CARE)
    made_at = node_rings.recipients(CARE)[0].made
    node_rings.destroy_recipients(CARE, [key_id])
    monkeypatch.setattr("time.time_ns", lambda: 5_000_000)
    put_key(node_rings, CARE)
    assert node_rings.recipients(CARE)[0].made == made_at + 1


def test_another_process_sees_a_new_key_and_a_destroyed_one_at_once(
    node_rings: Rings, tmp_path: Path
) -> None:
    other_rings = Rings(tmp_path)
    other_rings.unlock_all()
    key_id, secret = put_key(node_rings, CARE)
    assert other_rings.recipient_secret(CARE, key_id) == secret
    other_rings.destroy_recipients(CARE, [key_id])
    assert node_rings.recipient_secret(CARE, key_id) is None
    kept_id, secret = put_key(node_rings, CARE)
    other_rings.destroy([b"x" * 16])  # re-rooted there
    assert node_rings.recipient_secret(CARE, kept_id) == secret


def test_secrets_survive_rerooting_and_the_old_roots_open_none(node_rings: Rings, tmp_path: Path) -> None:
    node_rings.add([CARE], b"p" * 16, b"k" * 32)
    key_id, secret = put_key(node_rings, CARE)
    roots = [ring.root for ring in node_rings.open.values()]
    before = sealed(node_rings, CARE, key_id)
    node_rings.destroy([b"p" * 16])
    assert node_rings.recipient_secret(CARE, key_id) == secret
    assert files_holding(tmp_path, [before, secret, *roots]) == []
    again = Rings(tmp_path)
    assert again.unlock_all() == {} and again.recipient_secret(CARE, key_id) == secret


def test_no_backup_holds_a_secret_and_a_restored_ring_holds_none(node_rings: Rings, tmp_path: Path) -> None:
    node_rings.add([CARE], b"p" * 16, b"k" * 32)
    node_rings.commit()
    key_id, secret = put_key(node_rings, CARE)
    destroyed_id, _ = put_key(node_rings, CARE)
    hidden = sealed(node_rings, CARE, key_id)
    node_rings.destroy_recipients(CARE, [destroyed_id])
    backup = node_rings.backup()
    assert not any(piece in backup.read_bytes() for piece in pieces(hidden, secret))
    assert oct(backup.stat().st_mode & 0o777) == "0o600"
    restored_home = tmp_path / "restored"
    shutil.copytree(tmp_path / "keys", restored_home / "keys")
    shutil.copy(backup, restored_home / "rings.db")
    restored = Rings(restored_home)
    assert restored.unlock_all() == {}
    assert restored.recipients(CARE) == [] and restored.recipient_secret(CARE, key_id) is None
    assert list(restored.known.values()) == [b"k" * 32]
    made_at = node_rings.recipients(CARE)[0].made
    put_key(restored, CARE)
    assert restored.recipients(CARE)[0].made > made_at


def test_a_backup_by_pages_is_noticed(
    node_rings: Rings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: SQLite's own backup, and rows taken out of it afterwards without care."""

    def by_pages(self: Rings, copy: sqlite3.Connection) -> None:
        self.db.backup(copy)
        copy.execute("pragma secure_delete=off")
        copy.execute("delete from recipient")

    monkeypatch.setattr(Rings, "_copy_rows", by_pages)
    with pytest.raises(AssertionError):
        test_no_backup_holds_a_secret_and_a_restored_ring_holds_none(node_rings, tmp_path)


def test_of_a_destroyed_secret_no_byte_is_left(node_rings: Rings, tmp_path: Path) -> None:
    """Over much coming and going of keys of both kinds, after each of which the files are searched."""
    chance = random.Random(7)
    live: dict[tuple[str, bytes], list[bytes]] = {}
    dead: list[bytes] = []
    names = [CARE, POLICE, *(f"{n:032x}" for n in range(6))]
    for name in names[2:]:
        node_rings.create(name)
    for step in range(STEPS):
        if chance.random() < 0.55 or not live:
            name = chance.choice(names)
            key_id, secret = put_key(node_rings, name, chance.randbytes(16))
            live[name, key_id] = [secret, sealed(node_rings, name, key_id)]
            node_rings.add([name], chance.randbytes(16), chance.randbytes(32))
            node_rings.commit()
        else:
            name, key_id = chance.choice(list(live))
            dead += live.pop((name, key_id))
            assert node_rings.destroy_recipients(name, [key_id]) == 1
        if step % 100 == 99:
            node_rings.backup()
        if step % 10 == 9:
            assert files_holding(tmp_path, dead) == []
    assert all(
        node_rings.recipient_secret(name, key_id) == known[0] for (name, key_id), known in live.items()
    )
    assert files_holding(tmp_path, [known[1] for known in live.values()]) == ["rings.db"], (
        "the search finds what is there"
    )
    assert files_holding(tmp_path, [known[0] for known in live.values()]) == []


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
    node_rings = Rings(tmp_path)
    node_rings.create(CARE)
    node_rings.create(POLICE)
    with pytest.raises(AssertionError):
        test_of_a_destroyed_secret_no_byte_is_left(node_rings, tmp_path)


def journal_after(node_rings: Rings, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """What SQLite's journal held when it was deleted: seen through a second name of the same file."""
    second_name = node_rings.home / "seen"
    real = Rings._overwrite_journal

    def linked(self: Rings) -> None:
        journal = self.path.with_name("rings.db-journal")
        if journal.exists() and not second_name.exists():
            os.link(journal, second_name)
        real(self)

    monkeypatch.setattr(Rings, "_overwrite_journal", linked)
    key_id, _ = put_key(node_rings, CARE)
    second_name.unlink(missing_ok=True)
    hidden = sealed(node_rings, CARE, key_id)
    node_rings.destroy_recipients(CARE, [key_id])
    data = second_name.read_bytes()
    assert len(data) > 4096 and not any(piece in data for piece in pieces(hidden))
    assert not (node_rings.home / "rings.db-journal").exists()
    return data


def test_the_rollback_journal_is_overwritten_before_it_goes(
    node_rings: Rings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not any(journal_after(node_rings, monkeypatch))


def test_a_journal_that_is_only_deleted_is_noticed(
    node_rings: Rings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipients, "overwrite", lambda path: None)
    with pytest.raises(AssertionError):
        journal_after(node_rings, monkeypatch)


def test_a_step_that_fails_is_taken_back(node_rings: Rings) -> None:
    key_id, secret = put_key(node_rings, CARE)
    with pytest.raises(sqlite3.IntegrityError):
        node_rings.put_recipient(CARE, key_id, os.urandom(96))
    assert node_rings.recipient_secret(CARE, key_id) == secret and not node_rings.db.in_transaction
    assert node_rings.db.execute("pragma journal_mode").fetchone() == ("delete",)
    assert node_rings.db.execute("pragma integrity_check").fetchone() == ("ok",)


def test_a_locked_ring_gives_and_takes_no_secret(node_rings: Rings, tmp_path: Path) -> None:
    key_id, _ = put_key(node_rings, CARE)
    locked = Rings(tmp_path)
    with pytest.raises(Locked):
        locked.recipient_secret(CARE, key_id)
    with pytest.raises(Locked):
        locked.put_recipient(CARE, os.urandom(16), b"s" * 96)


def test_a_changed_secret_says_what_to_do(node_rings: Rings) -> None:
    key_id, _ = put_key(node_rings, CARE)
    hidden = bytearray(node_rings.db.execute("select hidden from recipient").fetchone()[0])
    hidden[-1] ^= 1
    node_rings.db.execute("update recipient set hidden=?", (bytes(hidden),))
    with pytest.raises(RingError, match="restore"):
        node_rings.recipient_secret(CARE, key_id)


def test_threads_share_the_rings(node_rings: Rings) -> None:
    failed: list[BaseException] = []

    def work(name: str) -> None:
        try:
            for _ in range(15):
                key_id, secret = put_key(node_rings, name)
                node_rings.add([name], os.urandom(16), os.urandom(32))
                assert node_rings.recipient_secret(name, key_id) == secret
                node_rings.destroy_recipients(name, [key_id])
                node_rings.commit()
        except BaseException as why:
            failed.append(why)

    threads = [threading.Thread(target=work, args=(name,)) for name in (CARE, POLICE, CARE, POLICE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failed == [] and node_rings.recipients(CARE) == []


def test_a_renewed_device_begins_with_no_recipient_key_and_later_than_before(node_rings: Rings) -> None:
    key_id, _ = put_key(node_rings, CARE)
    kept_id, _ = put_key(node_rings, POLICE)
    made_at = node_rings.recipients(CARE)[0].made
    node_rings.renew_device(CARE)
    assert node_rings.recipients(CARE) == [] and node_rings.recipient_secret(CARE, key_id) is None
    assert [recipient.key_id for recipient in node_rings.recipients(POLICE)] == [kept_id]
    put_key(node_rings, CARE)
    assert node_rings.recipients(CARE)[0].made > made_at


def test_what_was_erased_is_remembered_by_compartment(node_rings: Rings, tmp_path: Path) -> None:
    kid = node_rings.add([CARE], b"p" * 16, b"k" * 32)
    node_rings.destroy([b"p" * 16])
    node_rings.destroy([b"q" * 16])
    again = Rings(tmp_path)
    assert again.erased_places() == node_rings.erased_places() == {
        b"p" * 16,
        b"q" * 16,
    } and again.erased() == {kid}


def test_of_two_keys_with_one_number_every_ring_seals_with_the_same(
    node_rings: Rings, tmp_path: Path
) -> None:
    """Two nodes may begin the same epoch at once; all readers then agree, in whichever order they heard."""
    place, first_key, two = b"p" * 16, b"1" * 32, b"2" * 32
    for name, order in ((CARE, (first_key, two)), (POLICE, (two, first_key))):
        for key in order:
            node_rings.add([name], place, key, 1)
    node_rings.commit()
    again = Rings(tmp_path)
    again.unlock_all()
    chosen = max(sealing.key_id(first_key), sealing.key_id(two))
    for rings in (node_rings, again):
        assert {rings.current(name, place)[0] for name in (CARE, POLICE)} == {chosen}
        assert rings.newest[place][1] == chosen


def test_rings_close_once_nobody_reads_them(node_rings: Rings) -> None:
    """An exchange's thread may be reading while the node closes: SQLite would take the process with it."""
    closing = threading.Thread(target=node_rings.close)
    with node_rings.lock:
        closing.start()
        closing.join(0.5)
        assert node_rings.recipients(CARE) == []  # still open under the reader's hands
    closing.join()
    with pytest.raises(sqlite3.ProgrammingError):
        node_rings.recipients(CARE)


def test_other_secrets_that_pass_are_kept_and_destroyed_alike(node_rings: Rings, tmp_path: Path) -> None:
    key_id, other_id, secret = b"h" * 16, b"i" * 16, os.urandom(96)
    recipient, _ = put_key(node_rings, CARE, key_id)
    node_rings.put_passing(CARE, key_id, secret)
    node_rings.put_passing(CARE, other_id, os.urandom(96))
    assert node_rings.passing_secret(CARE, key_id) == secret != node_rings.recipient_secret(CARE, recipient)
    assert node_rings.passing_secret(POLICE, key_id) is None
    node_rings.add([CARE], b"p" * 16, b"k" * 32)
    node_rings.destroy([b"p" * 16])  # re-rooted
    assert node_rings.passing_secret(CARE, key_id) == secret
    assert {key.key_id for key in node_rings.passing(CARE)} == {key_id, other_id}
    backup = sqlite3.connect(node_rings.backup())
    assert backup.execute("select count(*) from passing").fetchone() == (0,)
    backup.close()
    assert node_rings.destroy_passing(CARE, [key_id, b"x" * 16]) == 1
    assert node_rings.passing_secret(CARE, key_id) is None
    assert node_rings.recipient_secret(CARE, recipient) is not None
    assert files_holding(tmp_path, [secret]) == []
