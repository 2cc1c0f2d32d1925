"""That the deciding authority reads the protection files of its country: care has let it in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from libertad.access.acting import Act, perform
from libertad.access.models import Compartment, Reader

if TYPE_CHECKING:
    from tests.support.world import World

DECIDING = "deciding-authority"


def let_in(world: World) -> None:
    """Of every protection file of the world's care authority, as before files opened with care alone: nothing
    is asked of it by this (`ask_decision`), and the tests of asking do without."""
    deciding = world.authorities.get("deciding", "")
    files = Compartment.objects.filter(kind="care", owner=world.authorities.get("care", ""))
    known = set(Reader.objects.filter(authority=deciding).values_list("compartment", flat=True))
    new = [place for place in files.values_list("pk", flat=True) if place not in known]

    def widen(act: Act) -> None:
        for place in new:
            act.widen(place, [deciding], "it decides")

    if new:
        perform(world.actors["caseworker"], widen)
