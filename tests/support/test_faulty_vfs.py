"""The modelled disk itself: it keeps what was synced, and loses of the rest what a real one may lose."""

from __future__ import annotations

import random

import pytest

from tests.support.faulty_vfs import SECTOR, Contents

pytestmark = pytest.mark.sqlite_only


def test_the_disk_keeps_what_was_synced_and_may_lose_any_sector_of_the_rest() -> None:
    outcomes = set()
    for seed in range(200):
        contents = Contents()
        contents.write(b"a" * SECTOR * 3, 0)
        contents.sync()
        contents.write(b"b" * SECTOR * 2, 0)
        contents.write(b"c" * SECTOR, 0)
        contents.write(b"d", SECTOR * 3)
        image = contents.cut(random.Random(seed), 0.5)
        assert image[SECTOR * 2 : SECTOR * 3] == b"a" * SECTOR and len(image) in (SECTOR * 3, SECTOR * 3 + 1)
        outcomes.add((image[0:1], image[SECTOR : SECTOR + 1]))
    assert {first for first, _ in outcomes} == {b"a", b"b", b"c"} and len(outcomes) == 6  # torn and reordered
    contents = Contents()
    contents.write(b"a", 0)
    contents.forget()
    contents.write(b"b", SECTOR)
    contents.sync()
    assert contents.platter[:1] == b"\0" and contents.platter[SECTOR:] == b"b"
