"""Entries -> guardians and family of a person, and which guardian is safe to contact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from libertad.care.family_models import Family, GuardianClearing
from libertad.journal.fields import to_ms
from libertad.journal.folding import Row, Said, project
from libertad.vocabulary.body import Verb
from libertad.vocabulary.verbs.family import (
    CLEARING,
    FamilyLink,
    GuardianAssign,
    GuardianClear,
    GuardianClearRead,
    GuardianRevoke,
)

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


@project(
    GuardianClearing,
    verbs=CLEARING,
    key=lambda entry: (getattr(entry.content, "clearing", "") or entry.id,),
    joined=True,
    begins=lambda entry: isinstance(entry.content, GuardianClear),
    own=CLEARING,
)
def clearing_row(key: str, entries: Sequence[Said]) -> Row | None:
    """The first reading by another officer counts; any revocation does, whenever it comes."""
    first = next((entry for entry in entries if entry.id == key), None)
    if first is None:
        return None
    content = cast(GuardianClear, first.content)
    same = [
        entry for entry in entries if (entry.compartment, entry.subject) == (first.compartment, first.subject)
    ]
    reading = next(
        (e for e in same if isinstance(e.content, GuardianClearRead) and e.officer != first.officer), None
    )
    revoked = next((entry for entry in same if isinstance(entry.content, GuardianRevoke)), None)
    columns: dict[str, Any] = {
        "person": first.subject,
        "guardian": content.guardian,
        "among": sorted(content.among),
        "officer": first.officer,
        "at": first.at,
        "zone": first.happened.zone,
    }
    sealed = {"why": content.why}
    if reading is not None:
        said = cast(GuardianClearRead, reading.content)
        columns |= {"read": said.agrees, "reader": reading.officer, "read_at": reading.at}
        sealed["read_words"] = said.words
    if revoked is not None:
        columns |= {"revoker": revoked.officer, "revoked_at": revoked.at}
        sealed["revoked_words"] = cast(GuardianRevoke, revoked.content).words
    return Row(first.compartment, columns, sealed)
