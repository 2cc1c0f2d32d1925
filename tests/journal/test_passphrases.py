"""A ring's passphrase is set and changed: what knew the old one opens nothing that is on the disk now."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from libertad.journal import sealing
from libertad.journal.presence import NotAlone, Presence
from libertad.journal.ringfile import unseal
from libertad.journal.rings import RingError, Rings

OLD, NEW = "eleven pale herons over water", "nine grey otters under ice"
A, B = "a" * 32, "b" * 32
KEY = b"k" * 32


def unlock_ring(home: Path, authority: str, passphrase: str | None) -> Rings:
    rings = Rings(home)
    rings.unlock(authority, passphrase)
    return rings


def create_rings(home: Path, passphrase: str | None) -> Rings:
    rings = Rings(home)
    rings.create(A, passphrase)
    rings.create(B, None)
    rings.add([A, B], b"c" * 16, KEY)
    rings.commit()
    rings.put_recipient(A, b"r" * 16, b"recipient secret")
    return rings


@pytest.mark.parametrize("before", [OLD, None])
def test_only_the_new_passphrase_opens_and_nothing_is_lost(tmp_path: Path, before: str | None) -> None:
    rings = create_rings(tmp_path, before)
    device = rings.device(A)
    rings.change_passphrase(A, NEW)
    assert rings.key(A, sealing.key_id(KEY)) == KEY  # the process that changed it goes on
    rings.close()
    with pytest.raises(RingError, match=r"passphrase"):
        unlock_ring(tmp_path, A, before)
    again = unlock_ring(tmp_path, A, NEW)
    assert again.device(A) == device and again.key(A, sealing.key_id(KEY)) == KEY
    assert again.recipient_secret(A, b"r" * 16) == b"recipient secret"
    again.unlock(B)  # the other authority's ring is as it was
    assert again.key(B, sealing.key_id(KEY)) == KEY and again.by_passphrase() == [A]


def test_who_left_with_a_copy_and_the_old_root_opens_nothing_of_the_new_ring(tmp_path: Path) -> None:
    """The attack: he has the old rings.db, the part and the old passphrase, and steals today's rings.db."""
    home, copy = tmp_path / "node", tmp_path / "copy"
    home.mkdir()
    rings = create_rings(home, OLD)
    rings.close()
    shutil.copytree(home, copy)
    stolen = unlock_ring(copy, A, OLD).ring(A).root
    rings = unlock_ring(home, A, OLD)
    rings.change_passphrase(A, NEW)
    later = b"l" * 32
    rings.add([A], b"d" * 16, later)
    rings.commit()
    rings.backup()
    rings.close()
    for name in ("rings.db", "rings.backup"):
        with sqlite3.connect(home / name) as db:
            rows = db.execute("select key_id, sealed from epoch where authority = ?", (A,)).fetchall()
            rows += db.execute("select public, sealed from device where authority = ?", (A,)).fetchall()
        assert len(rows) == 3
        for bound, sealed in rows:
            with pytest.raises(InvalidTag):
                unseal(stolen, sealed, bound)
    shutil.copy(home / "rings.db", copy / "rings.db")
    with pytest.raises(RingError, match="passphrase is wrong"):
        unlock_ring(copy, A, OLD)


def test_a_change_that_is_cut_off_leaves_the_old_passphrase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rings = create_rings(tmp_path, OLD)

    def cut(*_given: object) -> None:
        raise OSError("the power went")

    monkeypatch.setattr(rings, "_seal_anew", cut)
    with pytest.raises(OSError, match="power"):
        rings.change_passphrase(A, NEW)
    assert rings.key(A, sealing.key_id(KEY)) == KEY
    rings.close()
    assert unlock_ring(tmp_path, A, OLD).key(A, sealing.key_id(KEY)) == KEY


def test_a_locked_ring_is_not_changed_and_a_running_node_neither(tmp_path: Path) -> None:
    create_rings(tmp_path, OLD).close()
    with pytest.raises(RingError, match="locked"):
        Rings(tmp_path).change_passphrase(A, NEW)
    first, second = Presence(tmp_path), Presence(tmp_path)
    with pytest.raises(NotAlone, match="stop it"), second.alone():
        pass
    first.close()
    second.close()
