"""What of a detention's entries is counted in hours, follows a charge, or links the suspect to something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from libertad.journal.fields import to_ms
from libertad.journal.folding import Said, live
from libertad.people.hours import AFTER, BEFORE, counted_from
from libertad.vocabulary.verbs.custody import DetentionLink, DetentionStage
from libertad.vocabulary.verbs.people import CustodyStatus

# After one of these a judge or prosecutor has ended what police may hold somebody for.
FREE = ("bail", "dismissed", "acquitted")
Mark = list[Any]  # [ms, zone, precision, day part]


def mark(said: Said, day_part: str = "") -> Mark:
    """From when an entry counts, and how precisely that is known."""
    start = counted_from(said.happened, day_part)
    return [to_ms(start.at), start.zone, start.precision, day_part]


def clock(states: Sequence[tuple[Said, CustodyStatus]], stages: Sequence[Said]) -> dict[str, Mark]:
    """Since when somebody is held now, and charged: {'held': mark, 'charged': mark, 'court': mark}.

    `states`: the entries that stand, in order. Empty for who is not held. Held begins with the first of
    'detained' and 'arrested' after the last release. `court`: when a stage first brought it before a court.
    """
    found: dict[str, Mark] = {}
    for said, what in states:
        if what.state == "released":
            found = {}
        elif what.state in ("detained", "arrested"):
            found.setdefault("held", mark(said, what.day_part))
        elif what.state == "charged" and "held" in found:
            found.setdefault("charged", mark(said, what.day_part))
    if not found:
        return {}
    since = found["held"][0]
    for said in stages:
        stage = said.content.stage if isinstance(said.content, DetentionStage) else ""
        if to_ms(said.at) < since:
            continue
        if stage in FREE:
            return {}
        found.setdefault("charged" if stage == "charged" else "court", mark(said))
    return found


def periods(states: Sequence[tuple[Said, CustodyStatus]], stages: Sequence[Said]) -> list[list[Any]]:
    """Stretches of holding that have ended: [kind, mark of the start, mark of the end, what ended it].

    `kind`: before the charge or after it. What ended it: 'charged', 'court', or 'released' (by police, or by
    a stage that frees). As `clock` reads them; one that still runs is not here.
    """
    found: list[list[Any]] = []
    for held, charged, released in _episodes(states):
        until = released[0] if released else None
        court, free = None, released
        for said in stages:
            at, stage = mark(said), said.content.stage if isinstance(said.content, DetentionStage) else ""
            if at[0] < held[0] or (until is not None and at[0] >= until):
                continue
            if stage in FREE:
                free = min(free or at, at)
            elif stage == "charged":
                charged = charged or at
            else:
                court = court or at
        every = ((charged, "charged"), (court, "court"), (free, "released"))
        ends = [(end, word) for end, word in every if end]
        if ends:
            found.append([BEFORE, held, *min(ends, key=lambda end: end[0][0])])
        later = [(end, word) for end, word in ends if charged and word != "charged" and end[0] >= charged[0]]
        if later:
            found.append([AFTER, charged, *min(later, key=lambda end: end[0][0])])
    return found


def _episodes(
    states: Sequence[tuple[Said, CustodyStatus]],
) -> Iterator[tuple[Mark, Mark | None, Mark | None]]:
    """(held, charged, released) of each time that somebody was held; None for what did not come."""
    held: Mark | None = None
    charged: Mark | None = None
    for said, what in states:
        if what.state == "released":
            if held is not None:
                yield held, charged, mark(said, what.day_part)
            held = charged = None
        elif what.state in ("detained", "arrested"):
            held = held or mark(said, what.day_part)
        elif what.state == "charged" and held is not None:
            charged = charged or mark(said, what.day_part)
    if held is not None:
        yield held, charged, None


def standing(said: Sequence[Said]) -> list[Said]:
    """The stages that no correction took the place of, in order."""
    stages = [s for s in said if isinstance(s.content, DetentionStage)]
    return [value.said for value in live(stages, "stage")]


def stages(said: Sequence[Said]) -> list[dict[str, Any]]:
    """Every stage that was said, in order; `stands` is False where another took its place."""
    kept = {s.id for s in standing(said)}
    return [
        {
            "mark": [to_ms(s.at), s.happened.zone, s.happened.precision, ""], "stage": s.content.stage,
            "charge": s.content.charge, "court": s.content.court, "note": s.content.note,
            "reasons": s.content.reasons, "officer": s.officer, "authority": s.authority, "entry": s.id,
            "stands": s.id in kept,
        }
        for s in said
        if isinstance(s.content, DetentionStage)
    ]  # fmt: skip


def linked(said: Sequence[Said]) -> list[list[Any]]:
    """[kind, other, reasons, mark, officer, authority] of each exhibit and site; the later word counts."""
    last: dict[tuple[str, str], Said] = {}
    for entry in said:
        if isinstance(entry.content, DetentionLink):
            last[entry.content.kind, entry.content.other] = entry
    return [
        [kind, other, s.content.reasons, mark(s), s.officer, s.authority]
        for (kind, other), s in last.items()
        if isinstance(s.content, DetentionLink) and s.content.linked
    ]
