"""Entries -> how long identity files, and the files of a country, are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from libertad.journal.fields import to_ms
from libertad.journal.folding import Row, Said, project
from libertad.people.keeping import retention_id
from libertad.people.keeping_models import FileKeeping, Keeping, Retention
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
            "keep_until": entry.content.keep_until,
            "reasons": entry.content.reasons,
            "officer": entry.officer,
            "at": to_ms(entry.at),
            "zone": entry.happened.zone,
        }
        for entry in entries
        if isinstance(entry.content, say.RetentionSet)
    ]
    last = entries[-1]
    columns = {
        "authority": last.authority,
        "keep_until": words[-1]["keep_until"],
        "at": last.at,
        "zone": last.happened.zone,
        "officer": last.officer,
    }
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
                request = _request(entry, reasons)
    last = entries[-1]
    columns = {"authority": last.authority, "keep_until": keep_until, "asked": request is not None}
    sealed: dict[str, Any] = {"request": request}
    return Row(last.compartment, columns, sealed)


@project(
    FileKeeping,
    verbs=("file.keep", "file.erasure", "file.erasure_refuse"),
    key=lambda entry: (entry.compartment,),
)
def file_keeping_row(key: str, entries: Sequence[Said]) -> Row:
    """As `keeping_row`, of a country's file: its day may also be set earlier, and every word of it stays."""
    keep_until, request, words = "", None, []
    for entry in entries:
        match entry.content:
            case say.FileKeep(keep_until=day, reasons=reasons):
                keep_until, request = day, None
                words.append(
                    {
                        "keep_until": day,
                        "reasons": reasons,
                        "officer": entry.officer,
                        "at": to_ms(entry.at),
                        "zone": entry.happened.zone,
                    }
                )
            case say.FileErasureRefuse():
                request = None
            case say.FileErasureRequest(reasons=reasons):
                request = _request(entry, reasons)
    columns = {"keep_until": keep_until, "asked": request is not None}
    sealed: dict[str, Any] = {"request": request, "words": words}
    return Row(key, columns, sealed)


def _request(entry: Said, reasons: str) -> dict[str, Any]:
    """A request to erase, as its row keeps it."""
    return {
        "entry": entry.id,
        "officer": entry.officer,
        "reasons": reasons,
        "at": to_ms(entry.at),
        "zone": entry.happened.zone,
    }
