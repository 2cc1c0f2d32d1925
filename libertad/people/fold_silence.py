"""Which words end the clock of who is held: a release or a stage that follows from what came before, names
court, order and day, and was read by another officer. Until then the clock runs, whoever said it and wherever
it came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from libertad.journal.fields import to_ms
from libertad.journal.folding import Said
from libertad.people.hours import counted_until
from libertad.people.stage_order import Step, leaves_another, misplaced, rules
from libertad.vocabulary.verbs.custody import DetentionRead, DetentionStage
from libertad.vocabulary.verbs.people import CustodyStatus

KNOWN = ("minute", "hour", "day")  # how precisely the day must be known
UNREAD, DECLINED = "unread", "declined"


def flaws(
    releases: Sequence[Said], stages: Sequence[Said], entries: Sequence[Said], country: str
) -> dict[str, str]:
    """By entry why it ends no clock, '' where it does: of the releases and stages that stand."""
    read = readings(entries)
    steps = [step_of(entry) for entry in stages]
    out = misplaced([step for step in steps if not _skips(step, stages)], country)
    flaw_by_entry = {}
    for entry, step in zip(stages, steps, strict=True):
        if rules().does.get(step.stage, "none") == "none":
            continue
        flaw = "order" if step.id in out else "another" if leaves_another(step, steps) else ""
        flaw_by_entry[entry.id] = _flaw(entry, flaw, read)
    for entry in releases:
        flaw_by_entry[entry.id] = _flaw(entry, "", read)
    return flaw_by_entry


def step_of(entry: Said) -> Step:
    content = cast(DetentionStage, entry.content)
    until = to_ms(counted_until(entry.happened))
    return Step(entry.id, content.stage, content.charge, to_ms(entry.at), until)


def _skips(step: Step, stages: Sequence[Said]) -> bool:
    return any(entry.id == step.id and getattr(entry.content, "skips", "") for entry in stages)


def _flaw(entry: Said, flaw: str, read: Mapping[str, Said]) -> str:
    content = entry.content
    if getattr(content, "skips", ""):
        return "skips"
    if flaw:
        return flaw
    if not names_order(content):
        return "names"
    if entry.happened.precision not in KNOWN:
        return "day"
    reading = read.get(entry.id)
    if reading is None:
        return UNREAD
    return "" if getattr(reading.content, "agrees", "") == "yes" else DECLINED


def names_order(content: Any) -> bool:
    """Whether a release or a stage names what it rests on: court and order, of a charge the offences."""
    both = bool(content.court.strip() and content.order.strip())
    if isinstance(content, CustodyStatus):
        return bool(content.release) and (both or content.release not in rules().by_order)
    return both and (content.stage != "charged" or bool(content.charge.strip()))


def readings(entries: Sequence[Said]) -> dict[str, Said]:
    """By what was read its last reading: by another officer than who said it, whatever an entry claims."""
    by = {entry.id: entry.officer for entry in entries}
    return {
        entry.content.entry: entry
        for entry in entries
        if isinstance(entry.content, DetentionRead)
        and by.get(entry.content.entry, entry.officer) != entry.officer
    }


def words(entries: Sequence[Said], flaw_by_entry: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each release or stage that should end the clock and does not, in order."""
    return [
        {
            "entry": entry.id,
            "what": entry.content.release
            if isinstance(entry.content, CustodyStatus)
            else entry.content.stage,  # type: ignore[attr-defined]
            "released": isinstance(entry.content, CustodyStatus),
            "court": entry.content.court,  # type: ignore[attr-defined]
            "order": entry.content.order,  # type: ignore[attr-defined]
            "charge": getattr(entry.content, "charge", ""),
            "mark": [to_ms(entry.at), entry.happened.zone, entry.happened.precision, ""],
            "flaw": flaw_by_entry[entry.id],
            "officer": entry.officer,
        }
        for entry in sorted(entries)
        if flaw_by_entry.get(entry.id)
    ]
