"""What folds tell of corrections: what stands behind each value, and where two are on file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from libertad.journal.folding import Said, conflict, live

# What a correction may change. What decides where an entry is kept (country, person, exhibit) it may not.
SITE = (
    "name", "workplace", "place", "access", "network", "living_space_m2", "living_space_people", "lead",
)  # fmt: skip
VISIT = ("team", "outcome", "people", "note", "living_space_m2", "living_space_people")
CHECK = ("database", "about", "answer", "document_ends", "document_country", "note")


class Corrected(NamedTuple):
    """`plain` and `sealed` columns: entries behind values; values of which two are on file, and reasons."""

    plain: dict[str, Any]
    sealed: dict[str, Any]


def behind(said: Sequence[Said], names: Sequence[str]) -> dict[str, list[str]]:
    """Per field the entries whose value stands: what a form that changes it supersedes."""
    return {name: sorted({value.said.id for value in live(said, name)}) for name in names}


def corrected(said: Sequence[Said], names: Sequence[str]) -> Corrected:
    """Two corrections that cross leave two values: both are told, until a third takes their place."""
    many = type(said[0].content).many()
    versions = {name: conflict(said, name) for name in names if name not in many}
    versions = {name: values for name, values in versions.items() if values}
    return Corrected(
        {"shown": behind(said, names)},
        {
            "versions": {name: [value.value for value in values] for name, values in versions.items()},
            "corrections": [value.value for value in live(said, "reasons")],
        },
    )
