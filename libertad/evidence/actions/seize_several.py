"""Seize several things in one go: each is an exhibit of its own, and all are there after it, or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from libertad.access.acting import Act, action
from libertad.evidence.actions.seize import seize
from libertad.vocabulary.values import Refused


@action("exhibit.seize", "exhibit.count", "exhibit.seal")
def seize_several(act: Act, *, things: Sequence[Mapping[str, Any]], **shared: Any) -> list[str]:
    """Returns the exhibits' ids. `things`: what `seize` takes of each, and the `row` of the form in which it
    stands (else its place among them); `shared`: what is the same for all, such as the site and the witness.
    A refusal names the row."""
    if not things:
        raise Refused("things", "write down at least one thing")
    exhibits = []
    for place, thing in enumerate(things, 1):
        values = {name: value for name, value in thing.items() if name != "row"}
        try:
            exhibits.append(seize(act, **shared, **values))
        except Refused as why:
            raise Refused("things", "thing %(row)s: %(why)s", row=thing.get("row", place), why=why) from why
    return exhibits
