"""Entries -> how long identity files are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from libertad.journal.fields import to_ms
from libertad.journal.folding import Row, Said, project
from libertad.people.keeping import retention_id
from libertad.people.keeping_models import Keeping, Retention
from libertad.vocabulary.verbs import keeping as say


@project(
    Retention,
    verbs=("retention.set",),
    key=lambda entry: (retention_id(getattr(entry.content, "operation", ""), entry.authority),),
)
def retention_row(key: str, entries: Sequence[Said]) -> Row:
    """The last word counts; the earlier ones stay visible."""
    words = [
        {
            "keep_until": entry.content.keep_until, "reasons": entry.content.reasons,
            "officer": entry.officer, "at": to_ms(entry.at), "zone": entry.happened.zone,
        }
        for entry in entries
        if isinstance(entry.content, say.RetentionSet)
    ]  # fmt: skip
    last = entries[-1]
    columns = {
        "authority": last.authority, "keep_until": words[-1]["keep_until"], "at": last.at,
        "zone": last.happened.zone, "officer": last.officer,
    }  # fmt: skip
    return Row(last.compartment, columns, {"words": words})


@project(
    Keeping,
    verbs=("person.keep", "person.erasure", "person.erasure_refuse"),
    key=lambda entry: (entry.subject,),
)
def keeping_row(key: str, entries: Sequence[Said]) -> Row:
    """A later day and a refusal end the request that stands; of several days the last counts."""
    keep_until, request = "", None
    for entry in entries:
        match entry.content:
            case say.PersonKeep(keep_until=day):
                keep_until, request = day, None
            case say.PersonErasureRefuse():
                request = None
            case say.PersonErasureRequest(reasons=reasons):
                request = {
                    "entry": entry.id, "officer": entry.officer, "reasons": reasons, "at": to_ms(entry.at),
                    "zone": entry.happened.zone,
                }  # fmt: skip
    last = entries[-1]
    columns = {"authority": last.authority, "keep_until": keep_until, "asked": request is not None}
    sealed: dict[str, Any] = {"request": request}
    return Row(last.compartment, columns, sealed)
