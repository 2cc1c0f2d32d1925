"""The case plan of a person: read by the caseworkers of the one authority at whose desk it lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from libertad.access.actor import Actor
from libertad.access.queries import can_say, officer_names, open_row, readable
from libertad.access.queries_amounts import roster_of
from libertad.care.plan import second_readers
from libertad.care.plan_models import PlanGoal, PlanUnread
from libertad.journal.fields import from_ms
from libertad.vocabulary.values import Happened

OVER = ("reached", "given-up")


@dataclass(frozen=True)
class GoalWords:
    """What a goal said, by whom and when. `entry`: that said it."""

    entry: str
    by: str
    recorded: Happened
    area: str
    goal: str
    doing: str
    until: str
    progress: str
    note: str


@dataclass(frozen=True)
class GoalSeen:
    """`now`: as it stands; `before`: what it said before, the last first. `waits`: nobody second has read
    it."""

    id: str
    now: GoalWords
    before: Sequence[GoalWords]
    waits: bool

    @property
    def is_over(self) -> bool:
        return self.now.progress in OVER


@dataclass(frozen=True)
class UnreadSeen:
    """What of a plan waits. `objector`, `words`: who said no to it as it stands, and why; '' for nobody.
    `may_read`: the actor is a second reader; `has_reader`: somebody is."""

    person: str
    entries: tuple[str, ...]
    since: datetime
    objector: str
    words: str
    is_own: bool
    may_read: bool
    has_reader: bool


def goals(actor: Actor, person: str, compartment: str) -> list[GoalSeen]:
    """All goals at a desk: those that are not over by their date, then the others."""
    rows = list(readable(actor, PlanGoal).filter(person=person, compartment=compartment))
    opened = {row.pk: open_row(actor, row)["words"] for row in rows}
    officers = {version["officer"] for versions in opened.values() for version in versions}
    names = officer_names(actor, sorted(officers))
    plan = unread(actor, compartment)
    waits = set(plan.entries) if plan is not None else set()
    listed = []
    for row in rows:
        versions = [_words(version, names) for version in opened[row.pk]]
        listed.append(GoalSeen(row.pk, versions[0], versions[1:], versions[0].entry in waits))
    return sorted(listed, key=lambda goal: (goal.is_over, goal.now.until, goal.id))


def _words(version: Mapping[str, Any], names: Mapping[str, str]) -> GoalWords:
    plain = {name: version[name] for name in ("entry", "area", "goal", "doing", "until", "progress", "note")}
    recorded = Happened(at=from_ms(version["at"]), zone=version["zone"])
    return GoalWords(by=names.get(version["officer"], ""), recorded=recorded, **plain)


def unread(actor: Actor, compartment: str) -> UnreadSeen | None:
    """What waits at one desk; None where nothing does."""
    return next(iter(_views(actor, list(readable(actor, PlanUnread, [compartment])))), None)


def plans_to_read(actor: Actor) -> list[UnreadSeen]:
    """Those that the actor reads second, and of the actor's own those to which somebody said no; the longest
    waiting first. Only of plans that wait there are rows, however many people there are."""
    if not can_say(actor, "plan.read"):
        return []
    views = _views(actor, list(readable(actor, PlanUnread)))
    listed = [
        view for view in views if (view.may_read and not view.objector) or (view.is_own and view.objector)
    ]
    return sorted(listed, key=lambda view: (view.since, view.person))


def _views(actor: Actor, rows: Sequence[PlanUnread]) -> list[UnreadSeen]:
    if not rows:
        return []
    roles = roster_of(actor).roles
    names = officer_names(actor, sorted({row.objector for row in rows if row.objector}))
    views = []
    for row in rows:
        able = second_readers(roles, row.authors)
        views.append(
            UnreadSeen(
                row.person,
                tuple(row.unread),
                row.since,
                names.get(row.objector, "") if row.objector else "",
                open_row(actor, row).get("words", ""),
                actor.officer in row.authors,
                actor.officer in able,
                bool(able),
            )
        )
    return views
