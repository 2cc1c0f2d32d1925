"""Entries -> complaints about staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from libertad.access.complaint_models import ComplaintRow
from libertad.access.complaints import Complaint, complaint_of
from libertad.journal.causal import acted, as_said
from libertad.journal.fields import to_ms
from libertad.journal.folding import Row, Said, project
from libertad.journal.subjects import content_of
from libertad.vocabulary.verbs import complaints as say


@project(
    ComplaintRow,
    verbs=say.VERBS,
    key=lambda entry: (entry.compartment,),
    begins=content_of(say.ComplaintRecord),
    own=say.VERBS,
)
def complaint_row(key: str, entries: Sequence[Said]) -> Row | None:
    ordered = as_said(entries, acted)
    complaint = complaint_of(ordered)
    if not complaint.recorder:
        return None
    columns = _columns(complaint)
    looked = {entry.officer: to_ms(entry.at) for entry in ordered if entry.verb == say.ComplaintOpen.VERB}
    spoken = [_word(entry) for entry in ordered if entry.verb != say.ComplaintOpen.VERB]
    return Row(key, columns | {"complaint": ordered[0].subject}, {"words": spoken, "looked": looked})


def _columns(complaint: Complaint) -> dict[str, Any]:
    names = (name for name in Complaint.__dataclass_fields__ if name != "officers")
    return {name: getattr(complaint, name) for name in names} | {"officers": sorted(complaint.officers)}


def complaint_from(columns: Mapping[str, Any]) -> Complaint:
    """As a row tells, opened."""
    values = {name: columns[name] for name in Complaint.__dataclass_fields__}
    return Complaint(**values | {"officers": frozenset(values["officers"])})


def _word(entry: Said) -> dict[str, Any]:
    content: Any = entry.content
    plain = {
        name: getattr(content, name)
        for name in ("words", "when", "by", "named", "safe", "reference", "outcome", "agrees")
        if hasattr(content, name)
    }
    return {
        "verb": entry.verb,
        "officer": entry.officer,
        "at": to_ms(entry.at),
        "zone": entry.happened.zone,
        "about": list(getattr(content, "officer", ())),
        **plain,
    }
