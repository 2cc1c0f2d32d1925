"""What of a detention's entries is counted in hours, follows a charge, or links the suspect to something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from libertad.journal.fields import to_ms
from libertad.journal.folding import Said, live
from libertad.people.hours import AFTER, BEFORE, counted_from, counted_until
from libertad.people.stage_order import rules
from libertad.vocabulary.verbs.custody import DetentionLink, DetentionStage
from libertad.vocabulary.verbs.people import CustodyStatus

Mark = list[Any]  # [ms, zone, precision, day part]


def mark(entry: Said, day_part: str = "") -> Mark:
    """From when an entry counts, and how precisely that is known."""
    start = counted_from(entry.happened, day_part)
    return [to_ms(start.at), start.zone, start.precision, day_part]


class Stretch(NamedTuple):
    """One time that somebody was held: since when, and when what first followed; None for what did not come.

    `charged`: by a stage. `court`: the first stage that brought it before a court. `free`:
    released by police, or by a stage that frees.
    """

    held: Mark
    charged: Mark | None = None
    court: Mark | None = None
    free: Mark | None = None


def stretches(states: Sequence[tuple[Said, CustodyStatus]], stages: Sequence[Said]) -> list[Stretch]:
    """Each time that somebody was held, in order; in the last one without `free` the person is held now.

    `states`, `stages`: the entries that stand and count (`fold_silence`), in order. Held begins with the
    first of 'detained' and 'arrested' after the last release. Each stage is of one time: of the first into
    which it may fall.
    """
    holdings: list[Stretch] = []
    held: Mark | None = None
    for entry, content in states:
        if content.state == "released":
            if held is not None:
                free = mark(entry, content.day_part)
                during = _stages_of(held, entry, stages)
                holdings.append(_followed(Stretch(held, free=free), during))
                stages = [stage for stage in stages if stage not in during]
            held = None
        elif content.state in ("detained", "arrested"):
            held = held or mark(entry, content.day_part)
    if held is not None:
        holdings.append(_followed(Stretch(held), _stages_of(held, None, stages)))
    return holdings


def _stages_of(held: Mark, release: Said | None, stages: Sequence[Said]) -> list[Said]:
    """The stages that fall into a time of holding, by the moments that were said.

    One that is known to the day may fall into what began later on that day: an arrest in the afternoon, and
    a court 'on 6 April'.
    """
    return [entry for entry in stages if _reaches(entry, held) and (release is None or entry.at < release.at)]


def _reaches(stage: Said, held: Mark) -> bool:
    """Whether the stage is, or may be, of that moment or later."""
    begins = _ms(held)
    return to_ms(stage.at) >= begins or to_ms(counted_until(stage.happened)) > begins


def _followed(stretch: Stretch, stages: Sequence[Said]) -> Stretch:
    """A stretch with what its stages did: of a charge and a court the first, of what frees the earliest."""
    for entry in stages:
        at = max(mark(entry), stretch.held, key=_ms)  # nothing follows a time of holding before it began
        does = rules().does.get(entry.content.stage) if isinstance(entry.content, DetentionStage) else ""
        if does == "free":
            stretch = stretch._replace(free=min(stretch.free or at, at, key=_ms))
        elif does == "court":
            stretch = stretch._replace(court=stretch.court or at)
        elif does == "charge":
            stretch = stretch._replace(charged=stretch.charged or at)
    return stretch


def _ms(at: Mark) -> int:
    return int(at[0])


def clock(holdings: Sequence[Stretch]) -> dict[str, Mark]:
    """Of who is held now, since when, and charged: {'held': mark, 'charged': mark, 'court': mark}, those that
    came. Empty for who is not held."""
    if not holdings or holdings[-1].free is not None:
        return {}
    now = {"held": holdings[-1].held, "charged": holdings[-1].charged, "court": holdings[-1].court}
    return {name: at for name, at in now.items() if at is not None}


def periods(holdings: Sequence[Stretch]) -> list[list[Any]]:
    """Parts of holding that have ended: [kind, mark of the start, mark of the end, what ended it].

    `kind`: before the charge or after it. What ended it: 'charged', 'court', or 'released'. After a charge
    police hold nobody whom a court had before, or who was free: as the clock, which then stands.
    """
    rows: list[list[Any]] = []
    for stretch in holdings:
        every = ((stretch.charged, "charged"), (stretch.court, "court"), (stretch.free, "released"))
        # Sorted by when; of equal moments the charge comes first.
        ends = sorted(((at, word) for at, word in every if at is not None), key=lambda end: _ms(end[0]))
        if ends:
            rows.append([BEFORE, stretch.held, *ends[0]])
        if len(ends) > 1 and ends[0][1] == "charged":
            rows.append([AFTER, ends[0][0], *ends[1]])
    return rows


def standing(entries: Sequence[Said]) -> list[Said]:
    """The stages that no correction took the place of, in order."""
    stages = [s for s in entries if isinstance(s.content, DetentionStage)]
    return [value.said for value in live(stages, "stage")]


def stages(entries: Sequence[Said], flaws: Mapping[str, str]) -> list[dict[str, Any]]:
    """Every stage that was said, in order; `stands` is False where another took its place. `flaw`: why it
    ends no clock."""
    standing_ids = {s.id for s in standing(entries)}
    return [
        {
            "mark": [to_ms(s.at), s.happened.zone, s.happened.precision, ""],
            "stage": s.content.stage,
            "charge": s.content.charge,
            "court": s.content.court,
            "order": s.content.order,
            "skips": s.content.skips,
            "note": s.content.note,
            "flaw": flaws.get(s.id, ""),
            "reasons": s.content.reasons,
            "officer": s.officer,
            "authority": s.authority,
            "entry": s.id,
            "stands": s.id in standing_ids,
        }
        for s in entries
        if isinstance(s.content, DetentionStage)
    ]


def linked(entries: Sequence[Said]) -> list[list[Any]]:
    """[kind, other, reasons, mark, officer, authority] of each exhibit and site; the later word counts."""
    last: dict[tuple[str, str], Said] = {}
    for entry in entries:
        if isinstance(entry.content, DetentionLink):
            last[entry.content.kind, entry.content.other] = entry
    return [
        [kind, linked_id, s.content.reasons, mark(s), s.officer, s.authority]
        for (kind, linked_id), s in last.items()
        if isinstance(s.content, DetentionLink) and s.content.linked
    ]
