"""What of a detention's entries is counted in hours, follows a charge, or links the suspect to something."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from libertad.journal.fields import to_ms
from libertad.journal.folding import Said, live
from libertad.people.hours import AFTER, BEFORE, FREE, counted_from, of_court
from libertad.vocabulary.verbs.custody import DetentionLink, DetentionStage
from libertad.vocabulary.verbs.people import CustodyStatus

Mark = list[Any]  # [ms, zone, precision, day part]


def mark(said: Said, day_part: str = "") -> Mark:
    """From when an entry counts, and how precisely that is known."""
    start = counted_from(said.happened, day_part)
    return [to_ms(start.at), start.zone, start.precision, day_part]


class Stretch(NamedTuple):
    """One time that somebody was held: since when, and when what first followed; None for what did not come.

    `charged`: by a status or a stage. `court`: the first stage that brought it before a court. `free`:
    released by police, or by a stage that frees.
    """

    held: Mark
    charged: Mark | None = None
    court: Mark | None = None
    free: Mark | None = None


def stretches(states: Sequence[tuple[Said, CustodyStatus]], stages: Sequence[Said]) -> list[Stretch]:
    """Each time that somebody was held, in order; in the last one without `free` the person is held now.

    `states`, `stages`: the entries that stand, in order. Held begins with the first of 'detained' and
    'arrested' after the last release.
    """
    found: list[Stretch] = []
    held: Mark | None = None
    charged: Mark | None = None
    for said, what in states:
        if what.state == "released":
            if held is not None:
                free = mark(said, what.day_part)
                found.append(_followed(Stretch(held, charged, free=free), _stages_of(held, said, stages)))
            held = charged = None
        elif what.state in ("detained", "arrested"):
            held = held or mark(said, what.day_part)
        elif what.state == "charged" and held is not None:
            charged = charged or mark(said, what.day_part)
    if held is not None:
        found.append(_followed(Stretch(held, charged), _stages_of(held, None, stages)))
    return found


def _stages_of(held: Mark, release: Said | None, stages: Sequence[Said]) -> list[Said]:
    """The stages that fall into a time of holding, by the moments that were said."""
    return [
        said for said in stages if to_ms(said.at) >= held[0] and (release is None or said.at < release.at)
    ]


def _followed(stretch: Stretch, stages: Sequence[Said]) -> Stretch:
    """A stretch with what its stages did: of a charge and a court the first, of what frees the earliest."""
    for said in stages:
        at, stage = mark(said), said.content.stage if isinstance(said.content, DetentionStage) else ""
        if stage in FREE:
            stretch = stretch._replace(free=min(stretch.free or at, at, key=_ms))
        elif of_court(stage):
            stretch = stretch._replace(court=stretch.court or at)
        else:
            stretch = stretch._replace(charged=stretch.charged or at)
    return stretch


def _ms(at: Mark) -> int:
    return int(at[0])


def clock(found: Sequence[Stretch]) -> dict[str, Mark]:
    """Of who is held now, since when, and charged: {'held': mark, 'charged': mark, 'court': mark}, those that
    came. Empty for who is not held."""
    if not found or found[-1].free is not None:
        return {}
    now = {"held": found[-1].held, "charged": found[-1].charged, "court": found[-1].court}
    return {name: at for name, at in now.items() if at is not None}


def periods(found: Sequence[Stretch]) -> list[list[Any]]:
    """Parts of holding that have ended: [kind, mark of the start, mark of the end, what ended it].

    `kind`: before the charge or after it. What ended it: 'charged', 'court', or 'released'. After a charge
    police hold nobody whom a court had before, or who was free: as the clock, which then stands.
    """
    told: list[list[Any]] = []
    for one in found:
        every = ((one.charged, "charged"), (one.court, "court"), (one.free, "released"))
        # Sorted by when; of equal moments the charge comes first.
        ends = sorted(((at, word) for at, word in every if at is not None), key=lambda end: _ms(end[0]))
        if ends:
            told.append([BEFORE, one.held, *ends[0]])
        if len(ends) > 1 and ends[0][1] == "charged":
            told.append([AFTER, ends[0][0], *ends[1]])
    return told


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
