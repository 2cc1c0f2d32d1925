"""The modelled disk itself: it keeps what was synced, and loses of the rest what a real one may lose."""

from __future__ import annotations

import random

import pytest

from tests.support.faulty_vfs import SECTOR, Contents

pytestmark = pytest.mark.sqlite_only


def test_the_disk_keeps_what_was_synced_and_may_lose_any_sector_of_the_rest() -> None:
    seen = set()
    for seed in range(200):
        one = Contents()
        one.write(b"a" * SECTOR * 3, 0)
        one.sync()
        one.write(b"b" * SECTOR * 2, 0)
        one.write(b"c" * SECTOR, 0)
        one.write(b"d", SECTOR * 3)
        found = one.cut(random.Random(seed), 0.5)
        assert found[SECTOR * 2 : SECTOR * 3] == b"a" * SECTOR and len(found) in (SECTOR * 3, SECTOR * 3 + 1)
        seen.add((found[0:1], found[SECTOR : SECTOR + 1]))
    assert {first for first, _ in seen} == {b"a", b"b", b"c"} and len(seen) == 6  # torn and reordered
    one = Contents()
    one.write(b"a", 0)
    one.forget()
    one.write(b"b", SECTOR)
    one.sync()
    assert one.platter[:1] == b"\0" and one.platter[SECTOR:] == b"b"
