"""Seize several things in one go: each is an exhibit of its own, and all are there after it, or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from libertad.access.acting import Act, action
from libertad.evidence.actions.seal import seal
from libertad.evidence.actions.seize import seize
from libertad.vocabulary.values import Refused


@action("exhibit.seize", "exhibit.count", "exhibit.seal")
def seize_several(act: Act, *, things: Sequence[Mapping[str, Any]], **shared: Any) -> list[str]:
    """Returns the exhibits' ids. `things`: what `seize` takes of each, and the number of its `seal` or '';
    `shared`: what is the same for all, such as the site and the witness."""
    if not things:
        raise Refused("things", "write down at least one thing")
    found = []
    for thing in things:
        given = {name: value for name, value in thing.items() if name != "seal"}
        exhibit = seize(act, **shared, **given)
        if thing.get("seal"):
            seal(act, exhibit=exhibit, number=str(thing["seal"]), witness=str(shared.get("witness", "")))
        found.append(exhibit)
    return found
