"""Who is held, as far as known, and which rights were given: as the fold keeps it and a page reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from libertad.journal.corrections import behind
from libertad.journal.folding import Said, live
from libertad.people.custody import moment
from libertad.people.fold_hours import mark
from libertad.vocabulary.decoding import prepared
from libertad.vocabulary.values import Birth, Happened
from libertad.vocabulary.verbs.custody import DetentionIdentity, DetentionRight

DOCUMENT = ("document_kind", "document_number", "document_country", "document_expires", "document_holder")
IDENTITY = ("alias", "birth", "sex", "nationality", "phone", *DOCUMENT)


@dataclass(frozen=True)
class Identity:
    """Each value that stands; two of a single field where two authorities say otherwise. `documents`: of
    `DOCUMENT`, in that order. `shown`: the entries behind each field."""

    alias: Sequence[str] = ()
    births: Sequence[Birth] = ()
    sexes: Sequence[str] = ()
    nationalities: Sequence[str] = ()
    phones: Sequence[str] = ()
    documents: Sequence[Sequence[str]] = ()
    shown: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Right:
    """The last word about one right of who is held."""

    right: str
    outcome: str
    who: str
    note: str
    when: Happened
    officer: str


def identity(entries: Sequence[Said]) -> dict[str, Any]:
    """As it is kept; empty where nobody said anything."""
    spoken = [entry for entry in entries if isinstance(entry.content, DetentionIdentity)]
    if not spoken:
        return {}
    sealed: dict[str, Any] = {
        name: list(dict.fromkeys(value.value for value in live(spoken, name)))
        for name in IDENTITY
        if name not in DOCUMENT
    }
    sealed["birth"] = msgspec.to_builtins(sealed["birth"])
    papers = {value.said.id: value.said.content for name in DOCUMENT for value in live(spoken, name)}
    sealed["documents"] = [[getattr(paper, name) for name in DOCUMENT] for paper in papers.values()]
    return sealed | {"shown": behind(spoken, IDENTITY)}


def rights(entries: Sequence[Said]) -> list[list[Any]]:
    """[right, outcome, who, note, mark, officer] of each right, in the order of the last words about them."""
    last: dict[str, list[Any]] = {}
    for entry in entries:
        if isinstance(content := entry.content, DetentionRight):
            last.pop(content.right, None)
            words = [content.right, content.outcome, content.who, content.note]
            last[content.right] = [*words, mark(entry), entry.officer]
    return list(last.values())


def identity_of(sealed: Mapping[str, Any]) -> Identity:
    """As a page and the matcher read it."""
    return Identity(
        alias=sealed.get("alias", ()),
        births=[msgspec.convert(birth, prepared(Birth)) for birth in sealed.get("birth", ())],
        sexes=sealed.get("sex", ()),
        nationalities=sealed.get("nationality", ()),
        phones=sealed.get("phone", ()),
        documents=sealed.get("documents", ()),
        shown=sealed.get("shown", {}),
    )


def rights_of(rows: Sequence[Sequence[Any]]) -> list[Right]:
    return [
        Right(right, outcome, who, note, moment(at), officer)
        for right, outcome, who, note, at, officer in rows
    ]
