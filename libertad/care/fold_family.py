"""Entries -> guardians and family of a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from libertad.care.family_models import Family
from libertad.journal.fields import to_ms
from libertad.journal.folding import Row, Said, project
from libertad.vocabulary.body import Verb
from libertad.vocabulary.verbs.family import FamilyLink, GuardianAssign

VERBS = ("guardian.assign", "family.link")
# Kinds that speak for a child, or are trusted, and decide nothing beside the child.
NO_GUARDIANS = frozenset({"legal-representative", "trusted-adult"})


def decides(kind: str, ended: bool) -> bool:
    """Whether somebody of this kind decides beside a child now."""
    return not ended and kind not in NO_GUARDIANS


def names_guardian(words: Mapping[str, Any]) -> bool:
    """Whether a row of Family, opened, names somebody who decides beside a child now."""
    return any(decides(row["kind"], bool(row["ended"])) for row in words.get("guardians", ()))


@project(
    Family,
    verbs=VERBS,
    key=lambda entry: (entry.compartment,),
    begins=lambda entry: isinstance(entry.content, (GuardianAssign, FamilyLink)),
    own=VERBS,
)
def family_row(key: str, entries: Sequence[Said]) -> Row:
    """Of each guardian and each relative the last word, in the order of their first; a name is one whatever
    its capitals."""
    guardians: dict[str, dict[str, Any]] = {}
    relatives: dict[str, dict[str, Any]] = {}
    for entry in entries:
        content: Verb = entry.content
        if isinstance(content, GuardianAssign):
            guardians[content.name.strip().casefold()] = _words(entry, content)
        elif isinstance(content, FamilyLink):
            relatives[content.other or content.name.strip().casefold()] = _words(entry, content)
    sealed = {"guardians": list(guardians.values()), "relatives": list(relatives.values())}
    return Row(entries[0].compartment, {"person": entries[0].subject}, sealed)


def _words(entry: Said, content: GuardianAssign | FamilyLink) -> dict[str, Any]:
    fields = {name: getattr(content, name) for name in content.__struct_fields__}
    return fields | {
        "entry": entry.id,
        "at": to_ms(entry.at),
        "zone": entry.happened.zone,
        "officer": entry.officer,
    }
