"""A part of a ring that is damaged is told as damage, never as an erasure, and takes no good one's place."""

from __future__ import annotations

from pathlib import Path

import pytest

from libertad.access.stale_parts import after_erasure
from libertad.commands import doctor_keys
from libertad.journal.backup.pool import Wrong
from libertad.journal.node import node
from libertad.journal.rings import RingError, Rings
from tests.access.test_thief import signed_in
from tests.journal.test_backup import backed_up, erased, laid, media, met
from tests.support.world import World

__all__ = ["media"]


def flip(path: Path) -> bytes:
    """One bit of a file is another; returns what it held."""
    original = path.read_bytes()
    path.write_bytes(bytes([original[0] ^ 1]) + original[1:])
    return original


def part_of(world: World, folder: Path, key: str = "police") -> Path:
    return folder / f"{world.authorities[key]}.part"


@pytest.mark.parametrize("damage", ["flipped", "cut"])
def test_a_damaged_part_in_the_safe_is_damage_and_an_older_one_an_erasure(
    world: World, media: tuple[Path, Path], tmp_path: Path, damage: str
) -> None:
    copy, parts_to = media
    backed_up(copy, parts_to)
    path = part_of(world, parts_to)
    original = flip(path)
    if damage == "cut":
        path.write_bytes(original[:20])
    with pytest.raises(Wrong) as why:
        laid(copy, parts_to, tmp_path / "home")
    assert f"{path.name} is damaged" in str(why.value) and "another copy" in str(why.value)
    assert "erasure" not in str(why.value)
    path.write_bytes(original)
    older = path.read_bytes(), path.with_name(f"{path.name}.mark").read_bytes()
    erased(world, met(world, "Gone"))
    backed_up(copy, parts_to)
    path.write_bytes(older[0])
    path.with_name(f"{path.name}.mark").write_bytes(older[1])
    with pytest.raises(Wrong, match="an erasure lies between them"):
        laid(copy, parts_to, tmp_path / "home")


def test_of_a_part_that_an_older_version_saved_both_are_told(
    world: World, media: tuple[Path, Path], tmp_path: Path
) -> None:
    copy, parts_to = media
    backed_up(copy, parts_to)
    for mark_file in parts_to.glob("*.mark"):
        mark_file.unlink()
    original = flip(part_of(world, parts_to))
    with pytest.raises(Wrong, match=r"is damaged, or an erasure lies between them"):
        laid(copy, parts_to, tmp_path / "home")
    part_of(world, parts_to).write_bytes(original)
    laid(copy, parts_to, tmp_path / "home")


def test_a_damaged_part_of_the_node_is_told_as_such_and_not_saved_over_the_good_one(
    world: World, media: tuple[Path, Path]
) -> None:
    copy, parts_to = media
    erased(world, met(world, "Gone"))
    backed_up(copy, parts_to)
    assert not node().rings.stale_parts() and not node().rings.damaged_parts()
    original = flip(part_of(world, node().rings.parts))
    [damaged] = node().rings.damaged_parts()
    assert (damaged.authority, damaged.place) == (world.authorities["police"], str(parts_to))
    assert not node().rings.stale_parts() and after_erasure(world.actor("national-lead")) == ""
    reports = list(doctor_keys.stale())
    assert len(reports) == 1 and "is damaged" in reports[0][0] and "erasure" not in reports[0][0]
    assert str(part_of(world, parts_to)) in reports[0][1] and "chmod 600" in reports[0][1]
    page = signed_in("POLICE-ADM").get("/").content.decode()
    assert "The key part of this node is damaged" in page and "to be renewed" not in page
    assert str(parts_to) in signed_in("POLICE-ADM").get("/key-part/").content.decode()
    for where in (parts_to, None):
        with pytest.raises(Wrong, match="is damaged"):
            backed_up(copy, where)
    assert part_of(world, parts_to).read_bytes() == original, "what would mend it was not overwritten"
    part_of(world, node().rings.parts).write_bytes(original)
    assert not node().rings.damaged_parts() and not list(doctor_keys.stale())
    backed_up(copy, parts_to)


@pytest.mark.parametrize("damage", ["flipped", "cut", "gone"])
def test_opening_with_a_damaged_part_says_so_and_not_that_the_passphrase_is_wrong(
    world: World, damage: str
) -> None:
    path = part_of(world, node().rings.parts)
    if damage == "gone":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:31])
    else:
        flip(path)
    rings = Rings(world.home)
    try:
        with pytest.raises(RingError) as why:
            rings.unlock(world.authorities["police"])
        words = str(why.value).replace(str(path), "KEYFILE")
        assert "KEYFILE" in words and "put" in words and "erasure" not in words
        assert "passphrase is wrong" not in words
        assert ("damaged" in words) == (damage != "gone")
    finally:
        rings.close()


def test_an_erasure_by_open_rings_makes_a_damaged_part_whole(world: World) -> None:
    flip(part_of(world, node().rings.parts))
    assert node().rings.damaged_parts()
    erased(world, met(world, "Gone"))
    assert not node().rings.damaged_parts()
    other_rings = Rings(world.home)
    other_rings.unlock(world.authorities["police"])
    other_rings.close()


def test_rings_of_an_older_version_learn_their_parts_when_they_open(world: World) -> None:
    rings = node().rings
    rings.begin()
    rings.db.execute("delete from part")
    rings.commit()
    assert not rings.damaged_parts(), "nothing is known of them"
    other_rings = Rings(world.home)
    other_rings.unlock_all()
    other_rings.close()
    flip(part_of(world, rings.parts))
    assert [damage.authority for damage in rings.damaged_parts()] == [world.authorities["police"]]
