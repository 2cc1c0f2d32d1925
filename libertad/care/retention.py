"""How long a closed protection file is kept, and what its entries say of erasing it.

Nothing is erased by a clock: what is due is shown to caseworkers, one asks for the erasure and another one
erases. A legal hold forbids it whoever asks (`erase_person`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from libertad.journal.fields import to_ms
from libertad.journal.folding import Said
from libertad.vocabulary.codelists import PartialDate
from libertad.vocabulary.values import Refused, span
from libertad.vocabulary.verbs.care import CareClose, CareKeep, CareReopen, ErasureRefuse, ErasureRequest
from libertad.vocabulary.verbs.care_closing import CareCloseRead

ABOUT_KEEPING = (CareClose, CareKeep, CareReopen, ErasureRequest, ErasureRefuse)


PROPOSED, CONTACT = "proposed", "contact"


class Closings(NamedTuple):
    """How a file is closed: its columns ({} while it is open), and who is there `afterwards`. `waiting`: the
    proposal to close it that nobody has read; `declined`: the last one and the reading that said no to it."""

    columns: dict[str, Any]
    afterwards: str
    waiting: Said | None = None
    declined: tuple[Said, Said] | None = None


def standing_closing(entries: Sequence[Said]) -> Closings:
    """Where a file stands after all these words. One that is proposed is closed once another officer of the
    authority has agreed, whatever that reading's own date; of two readings the first counts. Words of before
    the second reading close it at once. Of contact and the day until which it is kept the last word counts.
    """
    readings = _readings(entries)
    columns: dict[str, Any] = {}
    afterwards = ""
    waiting: Said | None = None
    declined: tuple[Said, Said] | None = None
    passed: set[str] = set()  # readings that date themselves before what they read
    for entry in entries:
        content = entry.content
        proposal: Said | None = None
        match content:
            case CareReopen():
                columns, afterwards, waiting, declined = {}, "", None, None
            case CareClose(stage="proposed"):
                if not columns:
                    waiting, declined = entry, None
                    proposal = entry if entry.id in passed else None
            case CareClose(stage=stage) as end if stage != CONTACT or columns:
                afterwards, waiting, declined = end.afterwards, None, None
                columns = {**_closed(end, columns.get("closed_at", entry.at)), "contact_at": entry.at}
            case CareKeep(keep_until=day) if columns:
                columns = {**columns, "keep_until": day}
            case CareCloseRead(closing=name) if readings.get(name) is entry:
                passed.add(name)
                proposal = waiting if waiting is not None and waiting.id == name else None
        if proposal is None:
            continue
        reading, proposed = readings[proposal.id], proposal.content
        waiting = None
        if isinstance(reading.content, CareCloseRead) and reading.content.agrees != "yes":
            declined = proposal, reading
        elif isinstance(proposed, CareClose):
            afterwards = proposed.afterwards
            columns = _closed(proposed, max(proposal.at, reading.at))
    return Closings(columns, afterwards, waiting, declined)


def _readings(entries: Sequence[Said]) -> dict[str, Said]:
    """By proposal the first reading of it by another officer; who proposed it reads nothing of it."""
    proposals = {
        entry.id: entry
        for entry in entries
        if isinstance(entry.content, CareClose) and entry.content.stage == PROPOSED
    }
    readings: dict[str, Said] = {}
    for entry in entries:
        if not isinstance(entry.content, CareCloseRead):
            continue
        proposal = proposals.get(entry.content.closing)
        if proposal is not None and entry.officer and proposal.officer not in ("", entry.officer):
            readings.setdefault(proposal.id, entry)
    return readings


def _closed(end: CareClose, at: datetime) -> dict[str, Any]:
    return {
        "closed_at": at,
        "closed_for": end.reason,
        "contact_on": end.contact_on,
        "keep_until": end.keep_until,
    }


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
