"""The key of second factors lies in the rings alone: brought there, cut off at every step, restored."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from cryptography.exceptions import InvalidTag
from django.conf import settings as chosen
from django.core.cache import cache
from django.db import connection
from django.test import Client

from libertad.access import factor_keys
from libertad.access.models import Account, Attempt
from libertad.commands.doctor_keys import in_the_clear
from libertad.journal import key_copies
from libertad.journal.backup.make import make
from libertad.journal.backup.restore import lay
from libertad.journal.guard import RingError
from libertad.journal.node import node
from libertad.journal.ringfile import overwrite
from libertad.journal.rings import Rings
from libertad.people.actions.meet_person import meet_person
from libertad.web.signing_in import FactorAdapter
from tests.access.signing import code_for, sign_in
from tests.support.postgres import programs
from tests.support.world import World

WORDS, OTHER = "eleven pale herons over water", "nine grey otters under ice"
A, B, C = "a" * 32, "b" * 32, "c" * 32
KEY = bytes(range(32))
PLACE = factor_keys.PLACE


def plain_file(home: Path, text: str = KEY.hex()) -> Path:
    (home / "secrets").mkdir(exist_ok=True)
    path = home / "secrets" / "factors"
    path.write_text(text)
    return path


def open_rings(home: Path, **passphrases: str) -> Rings:
    rings = Rings(home)
    for authority, passphrase in passphrases.items():
        rings.unlock(authority, passphrase)
    return rings


def key_of(rings: Rings) -> bytes | None:
    newest = rings.newest.get(PLACE)
    return newest[2] if newest else None


@pytest.fixture
def old_home(tmp_path: Path) -> Path:
    """Of a node of before: a ring with a passphrase, and the key beside it in the clear."""
    home = tmp_path / "node"
    home.mkdir()
    rings = Rings(home)
    rings.create(A, WORDS)
    rings.close()
    plain_file(home)
    return home


def test_doctor_tells_until_the_key_is_gone_from_beside_the_database(old_home: Path) -> None:
    ((wrong, mend),) = in_the_clear(old_home)
    assert str(old_home / "secrets" / "factors") in wrong and "libertad run" in mend
    rings = open_rings(old_home, **{A: WORDS})
    factor_keys.settle(rings)
    rings.close()
    assert list(in_the_clear(old_home)) == []


def test_who_copies_the_disk_has_no_factor_without_the_passphrase(old_home: Path) -> None:
    assert KEY.hex().encode() in (old_home / "secrets" / "factors").read_bytes(), "as it was before"
    rings = open_rings(old_home, **{A: WORDS})
    factor_keys.settle(rings)
    assert key_of(rings) == KEY
    rings.close()
    files = [path for path in old_home.rglob("*") if path.is_file()]
    assert len(files) >= 3
    for path in files:
        data = path.read_bytes()
        assert KEY not in data and KEY.hex().encode() not in data, path.name
    thief = open_rings(old_home)
    thief.unlock_all()
    assert key_of(thief) is None
    with pytest.raises(RingError, match="passphrase is wrong"):
        thief.unlock(A, OTHER)
    thief.close()


def test_done_twice_it_changes_nothing_and_a_new_node_makes_one_key(old_home: Path) -> None:
    (old_home / "secrets" / "factors").unlink()
    rings = open_rings(old_home, **{A: WORDS})
    factor_keys.settle(rings)
    first_key, rows = key_of(rings), rings.rows(factor_keys.HELD, (PLACE,))
    factor_keys.settle(rings)
    assert first_key is not None and key_of(rings) == first_key
    assert rings.rows(factor_keys.HELD, (PLACE,)) == rows and len(rows) == 1
    rings.close()
    again = open_rings(old_home, **{A: WORDS})
    factor_keys.settle(again)
    assert key_of(again) == first_key
    again.close()


STEPS = ["commit", "backup", "overwrite", "unlink", "sync_folder"]


@pytest.mark.parametrize("step", STEPS)
def test_cut_off_at_any_step_it_is_finished_at_the_next_start(
    old_home: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rings = open_rings(old_home, **{A: WORDS})

    removing = Path.unlink

    def cut_off(*given: Any, **options: Any) -> None:
        if step == "unlink" and given[0].name != "factors":
            return removing(*given, **options)
        raise OSError("cut off")

    with monkeypatch.context() as patch:
        if step in ("commit", "backup"):
            patch.setattr(rings, step, cut_off)
        elif step == "unlink":
            patch.setattr(Path, "unlink", cut_off)
        else:
            patch.setattr(factor_keys, step, cut_off)
        with pytest.raises(OSError, match="cut off"):
            factor_keys.settle(rings)
    rings.db.close()  # without what `close` would still write
    path = old_home / "secrets" / "factors"
    copy = old_home.parent / "copy"
    shutil.copytree(old_home, copy)
    again = open_rings(copy, **{A: WORDS})
    if step == "commit":
        assert key_of(again) is None and path.read_text() == KEY.hex(), "durable first, then removed"
    else:
        assert key_of(again) == KEY
    factor_keys.settle(again)
    assert key_of(again) == KEY and not (copy / "secrets" / "factors").exists()
    assert len(again.rows(factor_keys.HELD, (PLACE,))) == 1
    again.close()


def test_the_plain_file_goes_after_the_ring_and_its_copy_have_the_key(
    old_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rings, looked = open_rings(old_home, **{A: WORDS}), []
    removing: Callable[[Path], None] = overwrite

    def look(path: Path) -> None:
        for name in ("rings.db", "rings.backup"):
            with sqlite3.connect(old_home / name) as db:
                looked.append(db.execute("select count(*) from epoch").fetchone())
        removing(path)

    monkeypatch.setattr(factor_keys, "overwrite", look)
    factor_keys.settle(rings)
    assert looked == [(1,), (1,)]
    rings.close()


def test_a_key_that_no_disk_took_seals_nothing(old_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (old_home / "secrets" / "factors").unlink()

    class Here:
        rings = open_rings(old_home, **{A: WORDS})
        explain = staticmethod(lambda why: why)
        sql = staticmethod(lambda: None)

    def full() -> None:
        Here.rings.db.execute("rollback")  # as SQLite does by itself
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(key_copies, "take_up", lambda sql, rings: 0)
    with monkeypatch.context() as patch:
        patch.setattr(Here.rings, "commit", full)
        with pytest.raises(sqlite3.OperationalError):
            factor_keys.newest(Here)  # type: ignore[arg-type]
    assert key_of(Here.rings) is None, "memory has no key that the disk has not"
    key = factor_keys.newest(Here)  # type: ignore[arg-type]
    Here.rings.close()
    again = open_rings(old_home, **{A: WORDS})
    assert key_of(again) == key
    again.close()


def test_it_stays_plain_until_every_ring_of_the_node_has_it(old_home: Path) -> None:
    """Or the officers of an authority whose ring was closed that day could not sign in by theirs alone."""
    rings = open_rings(old_home)
    rings.create(B, OTHER)
    factor_keys.settle(rings)
    path = old_home / "secrets" / "factors"
    assert key_of(rings) == KEY and path.read_text() == KEY.hex()
    rings.close()
    rings = open_rings(old_home, **{A: WORDS})
    factor_keys.settle(rings)
    assert not path.exists()
    rings.close()
    alone = open_rings(old_home, **{B: OTHER})
    assert key_of(alone) == KEY
    alone.close()


def test_a_ring_that_is_made_while_the_others_are_locked_makes_no_second_key(old_home: Path) -> None:
    rings = open_rings(old_home, **{A: WORDS})
    factor_keys.settle(rings)
    rings.close()
    rings = open_rings(old_home)
    rings.create(C, OTHER)
    factor_keys.settle(rings)
    assert key_of(rings) is None
    rings.unlock(A, WORDS)
    factor_keys.settle(rings)
    assert key_of(rings) == KEY
    rings.close()
    alone = open_rings(old_home, **{C: OTHER})
    assert key_of(alone) == KEY
    alone.close()


def test_it_goes_with_the_ring_through_passphrases_erasures_and_copies(
    old_home: Path, tmp_path: Path
) -> None:
    rings = open_rings(old_home, **{A: WORDS})
    factor_keys.settle(rings)
    rings.change_passphrase(A, OTHER)
    assert key_of(rings) == KEY
    rings.add([A], b"d" * 16, b"k" * 32)
    rings.commit()
    assert rings.destroy([b"d" * 16]) == 1
    assert key_of(rings) == KEY, "an erasure makes new roots, and seals it anew"
    rings.close()
    restored = tmp_path / "restored"
    (restored / "keys").mkdir(parents=True)
    shutil.copy(old_home / "rings.backup", restored / "rings.db")
    shutil.copy(old_home / "keys" / f"{A}.part", restored / "keys")
    again = open_rings(restored, **{A: OTHER})
    assert key_of(again) == KEY
    again.close()


def test_a_key_that_an_older_version_made_since_is_taken_in_beside_it(old_home: Path) -> None:
    """It starts, makes another file, and refuses the database: the file opens nothing, or what it sealed."""
    rings = open_rings(old_home, **{A: WORDS})
    factor_keys.settle(rings)
    path = plain_file(old_home, "ab" * 32)
    factor_keys.settle(rings)
    assert not path.exists()

    class Here:
        explain = staticmethod(lambda why: why)

    Here.rings = rings  # type: ignore[attr-defined]
    assert sorted(factor_keys.all_keys(Here)) == sorted([KEY, b"\xab" * 32])  # type: ignore[arg-type]
    rings.close()


def test_a_damaged_file_is_told_and_half_an_overwritten_one_goes(old_home: Path) -> None:
    path = plain_file(old_home, "0123")
    rings = open_rings(old_home, **{A: WORDS})
    with pytest.raises(RingError, match="put it back from a backup"):
        factor_keys.settle(rings)
    assert path.exists() and key_of(rings) is None
    plain_file(old_home)
    factor_keys.settle(rings)
    plain_file(old_home, "\0" * 64)
    factor_keys.settle(rings)
    assert not path.exists() and key_of(rings) == KEY
    rings.close()


# -- in a node -----------------------------------------------------------------------------------

SECRET = generate_totp_secret()


def second_step(world: World) -> Client:
    """A browser at the second step of the officer, who has one-time codes."""
    cache.clear()
    client = Client(raise_request_exception=False)
    assert sign_in(client, "N-officer", "correct horse battery").url.startswith("/sign-in/code/")
    return client


def test_codes_of_before_are_taken_and_the_file_is_gone_at_the_start(world: World) -> None:
    path = plain_file(node().home)
    TOTP.activate(Account.objects.get(officer=world.actor("officer").officer), SECRET)
    factor_keys.at_start(node())
    assert not path.exists() and factor_keys.newest(node()) == KEY
    client = second_step(world)
    client.post("/sign-in/code/", {"code": code_for(SECRET)})
    assert client.get("/leads/").status_code == 200


def test_while_no_open_ring_has_the_key_the_page_says_locked(world: World) -> None:
    TOTP.activate(Account.objects.get(officer=world.actor("officer").officer), SECRET)
    sealed = Authenticator.objects.get().data["secret"]
    client = second_step(world)
    rings = node().rings
    whole = dict(rings.open)
    own = world.authorities["police"]
    rings._take({own: rings.open[own]})
    rings.db.execute("delete from epoch where compartment = ? and authority = ?", (PLACE, own))
    rings._reload()
    answer = client.post("/sign-in/code/", {"code": code_for(SECRET)})
    assert answer.status_code == 503 and "locked" in answer.content.decode().lower()
    assert not Attempt.objects.exists(), "and it counts as no guess"
    rings._take(whole)
    rings._reload()
    cache.clear()
    client.post("/sign-in/code/", {"code": code_for(SECRET)})
    assert client.get("/leads/").status_code == 200
    assert Authenticator.objects.get(type="totp").data["secret"] == sealed


def test_a_factor_under_another_key_does_not_open(world: World) -> None:
    adapter = FactorAdapter()
    sealed = adapter.encrypt("x")
    assert adapter.decrypt(sealed) == "x"
    rings = node().rings
    rings.db.execute("delete from epoch where compartment = ?", (PLACE,))
    rings._reload()
    with connection.cursor() as cursor:
        cursor.execute("delete from journal_key_copy")
    with pytest.raises(InvalidTag):
        adapter.decrypt(sealed)


@pytest.mark.parametrize("before", [False, True], ids=["today", "of before"])
def test_a_restored_node_opens_the_factors_of_the_lost_one(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    """By docs/backup.md; `before`: of a backup that still has the key in a file among its sealed secrets."""
    monkeypatch.setenv("PATH", f"{programs(Path(), copied=False)}:/usr/bin:/bin")
    if before:
        plain_file(node().home)
    else:
        factor_keys.newest(node())
    copy, safely = tmp_path / "copy", tmp_path / "safe"
    make(node(), chosen.DATABASES["default"], copy, safely, one_disk=True)
    laid = lay(tmp_path / "restored", copy, safely, real=False, ask=lambda rings, authority: None)
    rings, path = Rings(laid.folder), laid.folder / "secrets" / "factors"
    rings.unlock_all()
    assert path.exists() is before
    factor_keys.settle(rings)
    assert not path.exists()
    assert key_of(rings) == (KEY if before else factor_keys.newest(node()))
    rings.close()


def test_an_older_ring_copy_takes_it_from_the_database(world: World) -> None:
    key = factor_keys.newest(node())
    world.perform("officer", meet_person, country="GY")  # an act: the writer copies what the rings were given
    rings = node().rings
    rings.db.execute("delete from epoch where compartment = ?", (PLACE,))
    rings._reload()
    assert key_of(rings) is None
    assert factor_keys.newest(node()) == key and len(factor_keys.all_keys(node())) == 1
