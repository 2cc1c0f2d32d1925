"""Reading who proposed to settle an alarm, who settled it, and who is a second person of that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from libertad.access.actor import Actor
from libertad.access.appointments import Staff, settled_rows
from libertad.access.lookup import kind_of
from libertad.access.queries import officer_names
from libertad.access.queries_appointments import own_identity, staff_of
from libertad.exchange.authorization.settle_alarm import second_persons
from libertad.exchange.authorization.settling_rules import (
    BY_ONE,
    CONFIRMED,
    PROPOSED,
    SETTLEMENT,
    age_of,
    is_second,
    settling_rules,
    standing_of,
)
from libertad.exchange.queries_held import AlarmSeen
from libertad.journal.guards import GUARDS
from libertad.journal.node import node

# What the actor does about it: confirm a proposal, review what one settled alone, or wait for others.
CONFIRM, REVIEW, WAIT = "confirm", "review", "wait"


@dataclass(frozen=True)
class SettlementSeen:
    """A proposal to settle an alarm, or how it was settled. `officer`, `second`: their names. `task`: what
    the actor does about it, '' nothing. `able`: names of who answers, '' of whom the actor reads none.
    `is_stale`: the alarm has grown since. `may_settle_alone`: the actor proposed it: at once in danger to
    life, else after the wait."""

    id: str
    alarm: str
    state: str
    reason: str
    officer: str
    is_own: bool
    at: int
    alone: str
    settled: int | None
    second: str
    verdict: str
    answer: str
    answered: int | None
    task: str
    able: tuple[str, ...]
    is_stale: bool
    may_settle_alone: bool

    @property
    def is_by_one(self) -> bool:
        """Whether one person settled it, and nobody second has said whether that was right."""
        return self.state in BY_ONE and not self.verdict


def settlement_of(actor: Actor, alarm: AlarmSeen) -> SettlementSeen | None:
    """The proposal that waits about an open alarm, or how a settled one was settled."""
    return next((seen for seen in settlements(actor) if seen.alarm == alarm.id), None)


def settlements(actor: Actor) -> list[SettlementSeen]:
    """For each alarm the last that waits, else that by which it was settled; the oldest first."""
    latest: dict[str, dict[str, Any]] = {}
    for row in _rows():
        waits = row["state"] == PROPOSED and not age_of(row).lapsed
        if waits or row["settled"] is not None:
            latest[row["alarm"]] = row
    if not latest:
        return []
    # As the node reads them: of another authority that lives here the actor reads no names, and is told none.
    staffs = {name: staff_of(replace(actor, authority=name), name) for name in node().rings.authorities()}
    kind, me = kind_of(node().sql(), actor.authority), own_identity(actor)
    return [_view(actor, row, staffs, kind, me) for row in latest.values()]


def by_one(alarms: Iterable[AlarmSeen]) -> set[str]:
    """Ids of settled alarms of which no second person is known, and that nobody has reviewed since.

    Also where somebody changed or took away the row that names them; not of what was settled before the rule,
    nor by the node's own newer rules.
    """
    since = settling_rules().since.timestamp() * 1000
    settled = {
        alarm.id
        for alarm in alarms
        if alarm.settled is not None and alarm.settled_by and alarm.settled >= since
    }
    if not settled:
        return settled
    return settled - {row["alarm"] for row in _rows() if row["state"] == CONFIRMED or row["verdict"]}


def _rows() -> list[dict[str, Any]]:
    """Believed rows, the oldest first."""
    rows, wrong = settled_rows(node().sql(), SETTLEMENT)
    names = GUARDS[SETTLEMENT].names
    listed = [dict(zip(names, row, strict=True)) for row in rows]
    return sorted((row for row in listed if row["id"] not in wrong), key=lambda row: (row["at"], row["id"]))


def _view(
    actor: Actor, row: dict[str, Any], staffs: Mapping[str, Staff], kind: str, me: frozenset[str]
) -> SettlementSeen:
    officer, is_own = row["officer"], row["officer"] == actor.officer
    staff = staffs.get(row["authority"]) or Staff("", {}, {})
    able = second_persons(staff, staffs.values(), officer)
    names = officer_names(actor, [officer, row["second"], *able])
    open_now, alone = row["state"] == PROPOSED, row["state"] in BY_ONE and not row["verdict"]
    task = ""
    if is_second(staff, kind, actor.officer, actor.role, me, officer):
        task = CONFIRM if open_now else REVIEW if alone else ""
    elif is_own and (open_now or alone):
        task = WAIT
    return SettlementSeen(
        row["id"],
        row["alarm"],
        row["state"],
        row["reason"],
        names.get(officer, ""),
        is_own,
        row["at"],
        row["alone"],
        row["settled"],
        names.get(row["second"], ""),
        row["verdict"],
        row["answer"],
        row["answered"],
        task,
        tuple(sorted(names.get(name, "") for name in able)),
        open_now and standing_of(node().sql(), row["alarm"]) != row["stands"],
        open_now and is_own,
    )
