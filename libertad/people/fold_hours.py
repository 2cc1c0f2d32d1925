"""What of a detention's entries is counted in hours, follows a charge, or links the suspect to something."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from libertad.journal.fields import to_ms
from libertad.journal.folding import Said, live
from libertad.people.hours import counted_from
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
