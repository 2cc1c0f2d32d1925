"""How long a closed protection file is kept, and what its entries say of erasing it.

Nothing is erased by a clock: what is due is shown to caseworkers, one asks for the erasure and another one
erases. A legal hold forbids it whoever asks (`erase_person`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from libertad.journal.fields import to_ms
from libertad.journal.folding import Said
from libertad.vocabulary.codelists import PartialDate
from libertad.vocabulary.values import Refused, span
from libertad.vocabulary.verbs.care import CareClose, CareKeep, CareReopen, ErasureRefuse, ErasureRequest

ABOUT_KEEPING = (CareClose, CareKeep, CareReopen, ErasureRequest, ErasureRefuse)


def standing_closing(entries: Sequence[Said]) -> tuple[dict[str, Any], str]:
    """How a file is closed: its columns, and who is there afterwards; ({}, '') while it is open.

    It is closed since it was first said; of contact and the day until which it is kept the last word counts.
    """
    columns: dict[str, Any] = {}
    afterwards = ""
    for entry in entries:
        match entry.content:
            case CareReopen():
                columns, afterwards = {}, ""
            case CareClose() as end:
                afterwards = end.afterwards
                columns = {
                    "closed_at": columns.get("closed_at", entry.at),
                    "closed_for": end.reason,
                    "contact_on": end.contact_on,
                    "keep_until": end.keep_until,
                }
            case CareKeep(keep_until=day) if columns:
                columns = {**columns, "keep_until": day}
    return columns, afterwards


def standing_request(entries: Sequence[Said]) -> dict[str, Any] | None:
    """The request to erase that nothing answered since; None without one. `at` in ms."""
    about = [entry for entry in entries if isinstance(entry.content, ABOUT_KEEPING)]
    if not about or not isinstance(about[-1].content, ErasureRequest):
        return None
    last, content = about[-1], about[-1].content
    return {
        "entry": last.id,
        "officer": last.officer,
        "at": to_ms(last.at),
        "zone": last.happened.zone,
        "reasons": content.reasons,
    }


def refusal(closed: bool, keep_until: str, today: date) -> Refused | None:
    """Why nobody asks for the erasure of a file yet; None where its last day has gone by."""
    if not closed:
        return Refused("person", "this protection file is open: close it first")
    if not keep_until:
        return Refused(
            "person", "no date says until when this file is kept: write it where the file is closed"
        )
    if span(keep_until)[1] >= today:
        return Refused("person", "this file is kept until %(day)s", day=PartialDate(keep_until))
    return None
