"""Entries -> each word about closing a protection file, and the closing that waits for its second reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from libertad.care import models
from libertad.care.fold import part
from libertad.care.retention import standing_closing
from libertad.journal.folding import Row, Said, project
from libertad.vocabulary.verbs import care as say
from libertad.vocabulary.verbs.care_closing import CareCloseRead

Erasure = say.ErasureRequest | say.ErasureRefuse
WORDS = ("care.close", "care.close_read", "care.keep", "care.reopen", "erasure.request", "erasure.refuse")
WAITS = ("care.close", "care.close_read", "care.reopen")


@project(models.Closing, verbs=WORDS, key=lambda entry: (entry.id,))
def closing_row(key: str, entries: Sequence[Said]) -> Row:
    content = cast(
        "say.CareClose | CareCloseRead | say.CareKeep | say.CareReopen | Erasure", entries[0].content
    )
    columns = part(entries[0], content.person)
    words: dict[str, Any]
    match content:
        case say.CareClose():
            columns["reason"] = content.reason
            words = {"afterwards": content.afterwards, "reasons": content.despite}
            words |= {name: text for name in ("appeal", "stage") if (text := getattr(content, name))}
        case CareCloseRead():
            words = {"reasons": content.reasons, "agrees": content.agrees}
        case say.CareKeep():
            words = {"reasons": content.reasons, "keep_until": content.keep_until}
        case say.CareReopen():
            words = {"reasons": content.reasons}
        case _:
            words = {"reasons": content.reasons, "erasure": content.VERB}
    return Row(entries[0].compartment, columns, words)


@project(
    models.ProposedClosing,
    verbs=WAITS,
    key=lambda entry: (entry.compartment,),
    begins=lambda entry: entry.verb == "care.close",
    own=WAITS,
)
def proposed_row(key: str, entries: Sequence[Said]) -> Row | None:
    """None once it was read, taken back, or the file is closed otherwise."""
    proposal = standing_closing(entries).waiting
    if proposal is None:
        return None
    content = cast(say.CareClose, proposal.content)
    names = ("reason", "afterwards", "contact_on", "keep_until", "despite", "appeal")
    words = {name: getattr(content, name) for name in names}
    return Row(key, {**part(proposal, content.person), "entry": proposal.id}, words)
