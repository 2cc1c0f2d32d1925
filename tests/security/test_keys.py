"""A database superuser with every backup opens nobody's file without key file and passphrase."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from libertad.access import decryptable
from libertad.access.models import Compartment, Reader
from libertad.access.sealed import open_sealed
from libertad.journal.models import Entry
from libertad.journal.node import Node, close_node, node
from libertad.journal.rings import Locked, RingError, Rings
from libertad.people.models import Person
from tests.support.populated import Populated, populate
from tests.support.world import World

WORDS = "eleven pale herons over water"


@pytest.fixture
def own_populated(world: World) -> Populated:
    return populate(world)


def test_a_ring_with_a_passphrase_opens_by_part_and_passphrase_together(tmp_path: Path) -> None:
    rings = Rings(tmp_path)
    rings.create("care", WORDS)
    rings.add(["care"], b"c" * 16, b"k" * 32)
    rings.commit()
    fresh = Rings(tmp_path)
    with pytest.raises(Locked, match="opens by passphrase"):
        fresh.unlock("care")
    with pytest.raises(RingError, match="passphrase is wrong"):
        fresh.unlock("care", WORDS + "?")
    part = fresh.part_path("care")
    part_bytes = part.read_bytes()
    part.unlink()
    with pytest.raises(RingError, match="missing"):
        fresh.unlock("care", WORDS)
    part.write_bytes(b"\0" * 32)
    part.chmod(0o600)
    with pytest.raises(RingError, match="key file is not the one"):
        fresh.unlock("care", WORDS)
    part.write_bytes(part_bytes)
    part.chmod(0o644)
    with pytest.raises(RingError, match="chmod 600"):
        fresh.unlock("care", WORDS)
    part.chmod(0o600)
    fresh.unlock("care", WORDS)
    assert list(fresh.open["care"].keys.values()) == [b"k" * 32]


def test_the_passphrase_goes_through_argon2id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """OWASP's floor for Argon2id; a cheaper setting or another hash is noticed."""
    from argon2.low_level import Type

    from libertad.journal import rings as module

    used: list[dict[str, Any]] = []
    real = module.hash_secret_raw

    def record_call(*args: Any, **kwargs: Any) -> bytes:
        used.append(kwargs)
        return real(*args, **kwargs)

    monkeypatch.setattr(module, "hash_secret_raw", record_call)
    Rings(tmp_path).create("care", WORDS)
    assert used and all(arguments["type"] == Type.ID for arguments in used)
    assert all(arguments["memory_cost"] >= 19_456 and arguments["time_cost"] >= 2 for arguments in used)


def backup(home: Path, target: Path) -> None:
    """Everything that a backup takes: the home without the key files, which never go into one."""
    node().rings.backup()
    shutil.copytree(home, target, ignore=shutil.ignore_patterns("keys", "*.part"))


def test_every_backup_and_the_whole_database_open_no_file(own_populated: Populated, tmp_path: Path) -> None:
    backup(own_populated.world.home, tmp_path / "stolen")
    thief = Node(tmp_path / "stolen")
    assert thief.rings.open == {}, "no ring opens without its part"
    assert set(thief.locked) == set(own_populated.world.authorities.values())
    assert all("missing" in why for why in thief.locked.values())
    person = Person.objects.get(pk=own_populated.ids["victim"])
    for authority in own_populated.world.authorities.values():
        with pytest.raises(Locked):
            open_sealed(thief, authority, person._meta.label, person.pk, person.sealed)
    for entry in Entry.objects.all():
        assert thief.understand(bytes(entry.header), entry.body) is None
    thief.close()


def test_with_the_key_files_a_demo_node_would_open(own_populated: Populated, tmp_path: Path) -> None:
    """The planted fault: a backup that took the parts opens everything, and this test would see it."""
    node().rings.backup()
    shutil.copytree(own_populated.world.home, tmp_path / "stolen")
    thief = Node(tmp_path / "stolen")
    assert set(thief.rings.open) == set(own_populated.world.authorities.values())
    thief.close()


def test_one_authoritys_ring_opens_no_other_authoritys_file(own_populated: Populated) -> None:
    victim = Person.objects.get(pk=own_populated.ids["victim"])
    lock = node()
    holders = set()
    for name, authority in own_populated.world.authorities.items():
        plaintext = open_sealed(lock, authority, victim._meta.label, victim.pk, victim.sealed)
        if plaintext:
            holders.add(name)
    assert holders == {"care"}
    care = Compartment.objects.get(kind="care", about=own_populated.ids["victim"])
    keys = {
        name: bytes.fromhex(care.pk) in lock.rings.open[a].current
        for name, a in own_populated.world.authorities.items()
    }
    assert {name for name, has in keys.items() if has} == {"care", "deciding"}


def test_the_node_tells_what_its_keys_open(own_populated: Populated) -> None:
    by_authority = {ring.authority: ring for ring in decryptable.what_opens(node())}
    names = own_populated.world.authorities
    assert set(by_authority) == set(names.values())
    files = list(Compartment.objects.filter(kind="care").values_list("pk", flat=True))
    let_in = Reader.objects.filter(compartment__in=files, authority=names["deciding"]).count()
    care = by_authority[names["care"]]
    assert (care.compartments["care"], care.kind) == (len(files), "care")
    assert let_in and by_authority[names["deciding"]].compartments["care"] == let_in
    for name in ("police", "centre", "other-police", "prosecution"):
        assert "care" not in by_authority[names[name]].compartments, name
    assert "person" not in by_authority[names["other-police"]].compartments
    before = by_authority[names["police"]].compartments
    rings = node().rings
    rings.add([names["police"]], bytes.fromhex(files[0]), b"x" * 32, 0)
    rings.commit()
    planted = {ring.authority: ring for ring in decryptable.what_opens(node())}[names["police"]].compartments
    assert planted == {**before, "care": 1}, "a key that should not be there shows"
    node().rings.open.pop(names["care"])
    locked = {ring.authority: ring for ring in decryptable.what_opens(node())}[names["care"]]
    assert locked.compartments == {} and locked.locked
    close_node()
