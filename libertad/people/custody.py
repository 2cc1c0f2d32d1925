"""What a detention's sealed words tell beside its dates: the clock, the stages, what it is linked to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from libertad.journal.fields import from_ms
from libertad.people.hours import AFTER, BEFORE, Period, Running
from libertad.vocabulary.values import Happened


@dataclass(frozen=True)
class Stage:
    """A stage of one charge. `stands` is False where a correction took its place."""

    when: Happened
    stage: str
    charge: str
    court: str
    order: str
    skips: str
    flaw: str  # why it ends no clock (`fold_silence`); '' where it does, or never would
    note: str
    reasons: str
    officer: str
    entry: str
    stands: bool


@dataclass(frozen=True)
class Unheard:
    """A release or a stage that should end the clock and does not: `flaw` says why (`fold_silence`)."""

    entry: str
    what: str
    released: bool
    charge: str
    court: str
    order: str
    when: Happened
    flaw: str
    officer: str

    @property
    def waits(self) -> bool:
        """Whether a second officer reads it; else it is recorded anew."""
        return self.flaw in ("unread", "declined")


@dataclass(frozen=True)
class Linked:
    """An exhibit or a site (`kind`) by its id, linked to a suspect for a reason."""

    kind: str
    other: str
    reasons: str
    when: Happened
    officer: str


def moment(mark: Sequence[Any]) -> Happened:
    ms, zone, precision = mark[:3]
    return Happened(at=from_ms(ms), zone=zone, precision=precision)


def running_of(clock: Mapping[str, Sequence[Any]]) -> Running | None:
    """The clock that runs; None for who is not held, and once a court has the person."""
    if "held" not in clock or "court" in clock:
        return None
    held = moment(clock["held"])
    start = clock.get("charged", clock["held"])
    return Running(AFTER if "charged" in clock else BEFORE, moment(start), held, str(start[3]))


def held_by_court(clock: Mapping[str, Sequence[Any]]) -> Happened | None:
    """Since when somebody is held whom a court has; None for who is not held, or not by a court's order."""
    return moment(clock["held"]) if "held" in clock and "court" in clock else None


def periods_of(rows: Sequence[Sequence[Any]]) -> list[Period]:
    """The stretches of holding that have ended, in order."""
    return [Period(kind, moment(since), moment(until), ended) for kind, since, until, ended, *_ in rows]


def stages_of(rows: Sequence[Mapping[str, Any]]) -> list[Stage]:
    """In the order in which they happened, those that no longer stand among them."""
    names = tuple(name for name in Stage.__dataclass_fields__ if name != "when")
    return [Stage(when=moment(row["mark"]), **{name: row[name] for name in names}) for row in rows]


def unheard_of(rows: Sequence[Mapping[str, Any]]) -> list[Unheard]:
    """In order."""
    names = ("entry", "what", "released", "charge", "court", "order", "flaw", "officer")
    return [Unheard(when=moment(row["mark"]), **{name: row[name] for name in names}) for row in rows]


def linked_of(rows: Sequence[Sequence[Any]]) -> list[Linked]:
    return [
        Linked(kind, linked_id, why, moment(mark), officer)
        for kind, linked_id, why, mark, officer, *_ in rows
    ]
