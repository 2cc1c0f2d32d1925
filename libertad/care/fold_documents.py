"""Entries -> documents of a person, and those about which something is to be done by a day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from libertad.care.document_models import DueDocument, PersonDocument
from libertad.journal.causal import acted, as_said
from libertad.journal.fields import to_ms
from libertad.journal.folding import Row, Said, project
from libertad.vocabulary.verbs.documents import DocumentRecord

VERBS = (DocumentRecord.VERB,)
WORDS = ("kind", "state", "country", "number", "until", "due", "note")


def _key(entry: Said) -> tuple[str, ...]:
    return (cast(DocumentRecord, entry.content).corrects or entry.id,)


def _begins(entry: Said) -> bool:
    return not cast(DocumentRecord, entry.content).corrects


@project(PersonDocument, verbs=VERBS, key=_key, joined=True, begins=_begins, own=VERBS)
def document_row(key: str, entries: Sequence[Said]) -> Row | None:
    """A further word about a document counts at the same desk; none does by itself."""
    words = _words(key, entries)
    if not words:
        return None
    return Row(
        words[0].compartment, _columns(words), {"words": [_version(entry) for entry in reversed(words)]}
    )


@project(DueDocument, verbs=VERBS, key=_key, joined=True, begins=_begins, own=VERBS)
def due_row(key: str, entries: Sequence[Said]) -> Row | None:
    """None where its last word names no day."""
    words = _words(key, entries)
    content = cast(DocumentRecord, words[-1].content) if words else None
    if content is None or not content.due:
        return None
    return Row(words[0].compartment, _columns(words), {"words": content.note})


def _words(key: str, entries: Sequence[Said]) -> list[Said]:
    ordered = as_said(entries, acted)
    first = next((entry for entry in ordered if entry.id == key), None)
    if first is None:
        return []
    desk = first.compartment, first.subject
    return [entry for entry in ordered if (entry.compartment, entry.subject) == desk]


def _columns(words: Sequence[Said]) -> dict[str, Any]:
    content = cast(DocumentRecord, words[-1].content)
    names = ("kind", "state", "due")
    return {
        "person": words[0].subject,
        "last": words[-1].id,
        **{name: getattr(content, name) for name in names},
    }


def _version(entry: Said) -> dict[str, Any]:
    return {
        "entry": entry.id,
        "officer": entry.officer,
        "at": to_ms(entry.at),
        "zone": entry.happened.zone,
        **{name: getattr(entry.content, name) for name in WORDS},
    }
