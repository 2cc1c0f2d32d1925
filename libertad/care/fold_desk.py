"""Entries -> whose task a person is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from libertad.care.desk import moment_of, task_of
from libertad.care.desk_models import CaseNote, Desk
from libertad.care.fold import due_at
from libertad.journal.causal import acted, as_said
from libertad.journal.fields import to_ms
from libertad.journal.folding import Row, Said, project
from libertad.journal.subjects import content_of
from libertad.vocabulary.verbs.desk import VERBS, DeskNote, DeskSettle, DeskTake


@project(
    Desk,
    verbs=VERBS,
    key=lambda entry: (entry.compartment,),
    begins=content_of(DeskTake),
    own=VERBS,
)
def desk_row(key: str, entries: Sequence[Said]) -> Row:
    """Words follow one another as they were said: no date that one claims puts it before another."""
    ordered = as_said(entries, acted)
    task = task_of(ordered)
    offer = task.offer
    columns: dict[str, Any] = {
        "person": ordered[0].subject,
        "worker": task.worker,
        "since": task.since,
        "back_at": task.back_at,
        "missing_at": task.missing_at,
        "last_at": max(entry.at for entry in ordered),
        "risk": task.risk,
        "contact_at": task.contact_at,
        "takings": [[t.entry, t.of, t.by, to_ms(t.at)] for t in task.takings],
        "settled": _settlements(ordered),
    }
    if offer is not None:
        columns |= {"offer": offer.entry, "offered_to": offer.to, "offered_at": offer.at}
    if task.step is not None:
        columns |= {
            "step": task.step.kind,
            "step_at": due_at(task.step.until, task.step.zone),
            "step_until": task.step.until,
        }
    return Row(key, columns, {"words": [_word(entry) for entry in ordered if entry.verb != DeskNote.VERB]})


def _settlements(ordered: Sequence[Said]) -> list[dict[str, Any]]:
    """What care did about each answer and each need, by the last word."""
    settled: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in ordered:
        if isinstance(entry.content, DeskSettle):
            content = entry.content
            settled[content.answer, content.need] = {
                "answer": content.answer,
                "need": content.need,
                "outcome": content.outcome,
                "words": content.words,
                "officer": entry.officer,
                "at": to_ms(entry.at),
                "zone": entry.happened.zone,
            }
    return list(settled.values())


@project(
    CaseNote,
    verbs=(DeskNote.VERB,),
    key=lambda entry: (cast(DeskNote, entry.content).corrects or entry.id,),
    joined=True,
    begins=lambda entry: not cast(DeskNote, entry.content).corrects,
    own=(DeskNote.VERB,),
)
def note_row(key: str, entries: Sequence[Said]) -> Row | None:
    """A correction counts if who wrote the note said it, at the same desk; none does by itself."""
    ordered = as_said(entries, acted)
    first = next((entry for entry in ordered if entry.id == key), None)
    if first is None:
        return None
    same = [
        entry
        for entry in ordered
        if entry is first or (entry.officer, entry.compartment) == (first.officer, first.compartment)
    ]
    last = same[-1]
    columns = {
        "person": first.subject,
        "officer": first.officer,
        "at": moment_of(cast(DeskNote, last.content).seen, last.happened.zone),
    }
    return Row(first.compartment, columns, {"words": [_version(entry) for entry in reversed(same)]})


def _version(entry: Said) -> dict[str, Any]:
    note = cast(DeskNote, entry.content)
    return {
        "at": to_ms(entry.at),
        "zone": entry.happened.zone,
        "kind": note.kind,
        "seen": note.seen,
        "words": note.words,
        "risk": note.risk,
    }


def _word(entry: Said) -> dict[str, Any]:
    content: Any = entry.content
    return {
        "verb": entry.verb,
        "officer": entry.officer,
        "at": to_ms(entry.at),
        "zone": entry.happened.zone,
        "to": getattr(content, "to", ""),
        "words": _text(content),
        "kind": getattr(content, "kind", "") or getattr(content, "need", ""),
        "until": getattr(content, "until", getattr(content, "seen", "")),
        "last": getattr(content, "last", "") or getattr(content, "outcome", ""),
    }


def _text(content: Any) -> str:
    """What an officer wrote: reasons, words or a note."""
    return next(
        (getattr(content, name) for name in ("reasons", "words", "note") if hasattr(content, name)), ""
    )
