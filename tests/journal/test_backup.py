"""Backups: two media, of which neither opens anything alone; sets that fit, or say what is missing."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as chosen

from libertad.access.actions.erase_person import erase_person
from libertad.access.models import Compartment
from libertad.commands.doctor import problems
from libertad.journal import safe
from libertad.journal.backup import manifest, parts, secrets
from libertad.journal.backup.make import Made, make
from libertad.journal.backup.pool import Wrong
from libertad.journal.backup.restore import Laid, lay, settle
from libertad.journal.node import node
from libertad.journal.rings import Rings
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary.values import PersonName
from tests.support import disk
from tests.support.postgres import programs
from tests.support.world import World

CANARY = "Xochiquetzal Wrzesniewska"
PASSPHRASE = "eleven pale herons over water"


@pytest.fixture
def media(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Folders for the copy and for the parts."""
    monkeypatch.setenv("PATH", f"{programs(Path(), copied=False)}:/usr/bin:/bin")
    return tmp_path / "copy", tmp_path / "safe"


def met(world: World, name: str) -> str:
    person: str = world.perform("officer", meet_person, country="GY", name=(PersonName(text=name),))
    return person


def erased(world: World, person: str) -> list[bytes]:
    """Erase a person; the compartments that are gone."""
    places = Compartment.objects.filter(about=person).values_list("id", flat=True)
    erased_places = [bytes.fromhex(place) for place in places]
    world.perform("national-lead", erase_person, person=person, reason="order 7", source="decision")
    return erased_places


def backed_up(copy: Path, parts_to: Path | None, **options: Any) -> Made:
    return make(node(), chosen.DATABASES["default"], copy, parts_to, one_disk=True, **options)


def laid(copy: Path, parts_from: Path, folder: Path, name: str | None = None) -> Laid:
    return lay(folder, copy, parts_from, name=name, real=False, ask=lambda rings, authority: PASSPHRASE)


def compartments(at: Laid) -> set[bytes]:
    db = sqlite3.connect(at.folder / "rings.db")
    try:
        return {row[0] for row in db.execute("select compartment from epoch")}
    finally:
        db.close()


def test_the_copy_alone_opens_nothing(world: World, media: tuple[Path, Path], tmp_path: Path) -> None:
    copy, safely = media
    node().rings.change_passphrase(world.authorities["police"], PASSPHRASE)
    met(world, CANARY)
    backed_up(copy, safely)
    here = node()
    secrets = [path.read_bytes() for path in (*here.home.glob("secrets/*"), *here.home.glob("keys/*"))]
    needles = [*here.rings.known.values(), *(ring.root for ring in here.rings.open.values()), *secrets]
    needles += [CANARY.encode(), CANARY.encode("utf-16-le"), PASSPHRASE.encode()]
    assert len(needles) > 20
    stolen = [path for path in copy.rglob("*") if path.is_file()]
    assert [path for path in stolen for needle in needles if needle in disk.read(path)] == []
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    with pytest.raises(Wrong, match="part is missing"):
        laid(copy, nothing, tmp_path / "thief")
    # Even with the ring copy in place and the passphrase known.
    head = manifest.read_head(copy)
    assert head is not None
    (tmp_path / "thief").mkdir()
    shutil.copy(copy / head.ring.copy, tmp_path / "thief" / "rings.db")
    for authority in head.ring.marks:
        guessed = tmp_path / "thief" / "keys" / f"{authority}.part"
        guessed.parent.mkdir(mode=0o700, exist_ok=True)
        guessed.write_bytes(bytes.fromhex(head.ring.marks[authority]) * 2)
        guessed.chmod(0o600)
    rings = Rings(tmp_path / "thief")
    assert set(rings.unlock_all()) == set(head.ring.marks)
    rings.close()
    assert laid(copy, safely, tmp_path / "owner").passphrases  # what opens it is what was taken away


def test_copy_and_parts_on_one_disk_are_refused(
    world: World, media: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, safely = media
    with pytest.raises(Wrong, match=r"are on one disk.*--one-disk-opens-all"):
        make(node(), chosen.DATABASES["default"], copy, safely)
    assert not (safely / f"{world.authorities['police']}.part").exists()
    assert "on the node's own disk" in backed_up(copy, safely).notes[0]
    monkeypatch.setattr(parts, "check_disks", lambda *paths: [])  # as on another one
    assert make(node(), chosen.DATABASES["default"], copy, safely).notes == ()


def test_a_second_set_copies_what_is_new(world: World, media: tuple[Path, Path]) -> None:
    copy, safely = media
    first = backed_up(copy, safely)
    met(world, "Somebody")
    second = backed_up(copy, None)
    assert 0 < second.fresh < first.fresh and not second.waiting
    for _ in range(3):
        backed_up(copy, None, keep=2)
    assert len(list((copy / "sets").glob("*.json"))) == 2
    assert len(list(copy.glob("ring-*.copy"))) == 1


def test_after_an_erasure_no_set_opens_what_was_erased(
    world: World, media: tuple[Path, Path], tmp_path: Path
) -> None:
    copy, safely = media
    person, kept_person = met(world, "Gone"), met(world, "Kept")
    first = backed_up(copy, safely)
    assert node().rings.stale_parts() == []
    erased_places = erased(world, person)
    assert set(erased_places) <= compartments(
        laid(copy, safely, tmp_path / "old")
    )  # nobody has told the media yet
    stale = node().rings.stale_parts()
    assert {part.authority for part in stale} == set(node().rings.authorities())
    assert all(part.until - part.renewed == safe.RENEW_WITHIN and part.place == str(safely) for part in stale)
    assert [problem for problem in problems(world.home) if str(safely) in problem.what]
    waiting = backed_up(copy, None)
    assert waiting.waiting
    backed_up(copy, safely)
    assert node().rings.stale_parts() == []
    assert not [problem for problem in problems(world.home) if str(safely) in problem.what]
    for name in (first.set, None):
        held_places = compartments(laid(copy, safely, tmp_path / "home", name))
        assert not set(erased_places) & held_places
        places = Compartment.objects.filter(about=kept_person).values_list("id", flat=True)
        assert {bytes.fromhex(place) for place in places} <= held_places


def test_a_set_that_does_not_fit_says_what_is_missing(
    world: World, media: tuple[Path, Path], tmp_path: Path
) -> None:
    copy, safely = media
    person = met(world, "Somebody")
    backed_up(copy, safely)
    copied = tmp_path / "other"
    shutil.copytree(safely, copied)
    erased(world, person)
    backed_up(copy, safely)
    with pytest.raises(Wrong, match="an erasure lies between them"):
        laid(copy, copied, tmp_path / "home")
    head = manifest.read_head(copy)
    assert head is not None
    with pytest.raises(Wrong, match="there is no set never"):
        laid(copy, safely, tmp_path / "home", "never")
    piece = next((copy / "pool").glob("??/*"))
    whole = piece.read_bytes()
    piece.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(Wrong, match=f"piece {piece.name} .* was changed"):
        laid(copy, safely, tmp_path / "home", None if piece_of(copy, head, piece.name) else min(head.sets))
    piece.unlink()
    with pytest.raises(Wrong, match=f"piece {piece.name} .* is missing"):
        laid(copy, safely, tmp_path / "home", None if piece_of(copy, head, piece.name) else min(head.sets))
    piece.write_bytes(whole)
    (copy / head.ring.copy).write_bytes(b"x")
    with pytest.raises(Wrong, match=f"{head.ring.copy} .* was changed"):
        laid(copy, safely, tmp_path / "home")
    assert not (tmp_path / "home").exists()
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "file").touch()
    with pytest.raises(Wrong, match="is not empty"):
        laid(copy, safely, tmp_path / "home")
    with pytest.raises(Wrong, match="there is no backup"):
        laid(safely, copy, tmp_path / "elsewhere")


def piece_of(copy: Path, head: manifest.Head, name: str) -> bool:
    """Whether the newest set has this piece."""
    newest = manifest.read_set(copy, head, max(head.sets))
    return any(name in stored.pieces for stored in newest.files.values())


def test_a_ring_that_lost_keys_does_not_take_the_place_of_a_whole_copy(
    world: World, media: tuple[Path, Path]
) -> None:
    copy, safely = media
    met(world, "Somebody")
    backed_up(copy, safely)
    before = manifest.read_head(copy)
    node().rings.db.execute("delete from epoch where key_id = (select max(key_id) from epoch)")
    with pytest.raises(Wrong, match="the rings here lack"):
        backed_up(copy, safely)
    assert manifest.read_head(copy) == before


def test_cut_off_between_the_media_the_new_and_the_old_open(
    world: World, media: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, safely = media
    backed_up(copy, safely)
    erased(world, met(world, "Gone"))

    def cut(*arguments: Any) -> None:
        raise KeyboardInterrupt

    for place in (manifest, parts):
        monkeypatch.setattr(place, "write" if place is manifest else "settle", cut)
        with pytest.raises(KeyboardInterrupt):
            backed_up(copy, safely)
        monkeypatch.undo()
        monkeypatch.setenv("PATH", f"{programs(Path(), copied=False)}:/usr/bin:/bin")
        assert laid(copy, safely, tmp_path / "home")
    backed_up(copy, safely)
    assert laid(copy, safely, tmp_path / "home")
    ring_count = len(node().rings.authorities())
    assert sorted(path.suffix for path in safely.iterdir()) == [".mark"] * ring_count + [".part"] * ring_count


def test_a_folder_of_something_else_or_of_another_node_is_refused(
    world: World, media: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, safely = media
    with pytest.raises(Wrong, match="give --parts-to"):
        backed_up(copy, None)
    copy.mkdir(exist_ok=True)
    (copy / "photographs").mkdir()
    with pytest.raises(Wrong, match="photographs and no backup"):
        backed_up(copy, safely)
    (copy / "photographs").rmdir()
    backed_up(copy, safely)
    monkeypatch.setattr(Rings, "authorities", lambda self: ["f" * 32])
    with pytest.raises(Wrong, match="of another node"):
        backed_up(copy, safely)


def test_what_is_refused_leaves_no_ring_with_its_parts_behind(
    world: World, media: tuple[Path, Path], tmp_path: Path
) -> None:
    """Ring copy, parts and database lay together beside the home: whoever found them opened all."""
    copy, safely = media
    node().rings.change_passphrase(world.authorities["police"], PASSPHRASE)
    met(world, CANARY)
    backed_up(copy, safely)

    target = tmp_path / "other"
    target.mkdir()

    def list_target() -> list[Path]:
        return list(target.iterdir())

    with pytest.raises(Wrong):
        lay(target / "home", copy, safely, real=False, ask=lambda rings, authority: "of something else")
    assert list_target() == []
    done = laid(copy, safely, target / "home")
    assert done.folder.exists()
    existing = target / "taken.sqlite3"
    existing.write_bytes(b"another database")
    config = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(existing)}
    with pytest.raises(Wrong):
        settle(done, target / "home", f"sqlite:{existing}", config)
    assert list_target() == [existing]

    class Killed(BaseException):
        """Ctrl-C, at the worst moment."""

    def interrupted(rings: Rings, authority: str) -> str:
        raise Killed

    with pytest.raises(Killed):
        lay(target / "home", copy, safely, real=False, ask=interrupted)
    assert list_target() == [existing]


def test_a_set_without_the_node_s_own_key_is_refused_in_words(
    world: World, media: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, safely = media
    met(world, "Somebody")
    gather = secrets.gather
    monkeypatch.setattr(
        secrets, "gather", lambda home: {k: v for k, v in gather(home).items() if k != "keys/node.key"}
    )
    backed_up(copy, safely)
    with pytest.raises(Wrong, match="has no keys/node"):
        laid(copy, safely, tmp_path / "home")
    assert not (tmp_path / "home").exists() and not (tmp_path / "home.restoring").exists()
