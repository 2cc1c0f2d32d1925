"""After a country's file was erased, no backup of before opens it again."""

from __future__ import annotations

from pathlib import Path

from libertad.access.models import Compartment
from libertad.journal.node import node
from tests.journal.test_backup import backed_up, compartments, laid, media
from tests.people.test_keeping_files import case_over, clock, decide, request
from tests.support.world import World

__all__ = ["media"]


def test_no_set_of_before_opens_an_erased_case_file(
    world: World, media: tuple[Path, Path], tmp_path: Path
) -> None:
    clock(world, 0)
    copy, safely = media
    file = case_over(world)
    first = backed_up(copy, safely)
    entry = request(world, file)
    assert bytes.fromhex(file) in compartments(laid(copy, safely, tmp_path / "before")), "not erased yet"
    assert decide(world, file, entry, "prosecutor") == 1
    assert {part.authority for part in node().rings.stale_parts()} == set(node().rings.authorities())
    backed_up(copy, safely)
    others = {bytes.fromhex(place) for place in Compartment.objects.values_list("pk", flat=True)}
    for name in (first.set, None):
        held = compartments(laid(copy, safely, tmp_path / "home", name))
        assert bytes.fromhex(file) not in held
        assert others <= held
