"""By whom an alarm is settled, for how long a proposal to do so waits, and what exactly it is about.

A proposal is bound to the alarm as it stood: its proof, what is held because of it, and what settling it
would release. Once any of that grows the proposal is stale. `quarantine.yaml` has roles and numbers.

**No clock shortens the wait**: it is counted by the time that has run since the proposal (`elapsed`), in
whichever process. Only after the machine was started anew the device's clock tells it, and of both ages the
greater one makes a proposal lapse.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from libertad.access import suspension_clock
from libertad.access.appointments import Staff
from libertad.exchange.peering import peers
from libertad.journal.sql import Sql
from libertad.vocabulary import yamlfile
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.kinds import with_others

FILE = Path(__file__).with_name("quarantine.yaml")
LARGEST = {"minutes": 24 * 60, "days": 30, "danger": 100}
WEEK = 7 * 24 * 3600 * 1000
ALARM, SETTLEMENT = "exchange_alarm", "exchange_settlement"
# How a proposal stands: it waits; or two settled it; or one did, as nobody second was there or for danger.
PROPOSED, CONFIRMED, REFUSED, ALONE, DANGER = "proposed", "confirmed", "refused", "alone", "danger"
BY_ONE = frozenset({ALONE, DANGER})
RIGHT, NOT_RIGHT = "right", "not-right"
WHY = ("about", "impersonated", "parked", "fork")  # reasons to hold an entry that an alarm is about
HELD = (
    "select h.reason, e.hash from journal_held h join journal_entry e on e.idx = h.idx "
    "join journal_device d on d.id = e.device where d.authority = ? and h.reason in (?, ?, ?, ?) "
    "order by e.idx"
)
HELD_OF_DEVICE = (
    "select h.reason, e.hash from journal_held h join journal_entry e on e.idx = h.idx "
    "where e.device = ? and h.reason in (?, ?, ?, ?) order by e.idx"
)


@dataclass(frozen=True)
class SettlingRules:
    """`wait`, `lapse`: of a proposal. `danger`: how often in a week. `since`: from when on alarms are settled
    by two. `confirm`: by kind of authority the roles of a second person."""

    assumed: bool
    wait: timedelta
    lapse: timedelta
    danger: int
    since: datetime
    confirm: Mapping[str, frozenset[str]]


def read(path: Path) -> SettlingRules:
    """The rules of a file. Raises ValueError, which names what is wrong in it."""
    content = yamlfile.fields(path, ("assumed", *LARGEST, "since", "confirm"))
    for name, largest in LARGEST.items():
        yamlfile.check_number(path, name, content[name], largest)
    since, roles = content["since"], with_others(path, "confirm", content["confirm"])
    if not isinstance(since, datetime) or since.tzinfo is None:
        raise ValueError(f"{path.name}: 'since' is a moment with its zone")
    for kind, names in roles.items():
        if not isinstance(names, list) or not names or not set(names) <= set(codelist("roles")):
            raise ValueError(f"{path.name}: '{kind}' names roles that confirm")
    return SettlingRules(
        content["assumed"],
        timedelta(minutes=content["minutes"]),
        timedelta(days=content["days"]),
        content["danger"],
        since,
        {kind: frozenset(names) for kind, names in roles.items()},
    )


@cache
def settling_rules() -> SettlingRules:
    """The rules that hold here."""
    return read(FILE)


def is_second(staff: Staff, kind: str, reader: str, role: str, names: frozenset[str], officer: str) -> bool:
    """Whether somebody of an authority of this kind is a second person of what `officer` (of `staff`) did.

    Nobody is of whom, or of whose proposer, this node cannot read how they are called.
    """
    proposer = staff.officers.get(officer)
    if proposer is None or not proposer.names or not names:
        return False
    return role in settling_rules().confirm.get(kind, ()) and staff.may_confirm(reader, role, names, officer)


# -- how old it is -----------------------------------------------------------------------------------


def elapsed() -> int:
    """Milliseconds that no clock's setting changes, of the machine: the same in all its processes."""
    return int(suspension_clock.elapsed() * 1000)


@cache
def boot() -> str:
    """Since which start of the machine `elapsed` counts; of this process alone where it does not tell."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return str(uuid.uuid4())


@dataclass(frozen=True)
class Age:
    """As far as the wait is over (`waited`), and as far as it lapses (`at_most`)."""

    waited: timedelta
    at_most: timedelta

    @property
    def unanswered(self) -> bool:
        return self.waited >= settling_rules().wait

    @property
    def lapsed(self) -> bool:
        return self.at_most >= settling_rules().lapse


def age_of(row: Mapping[str, Any]) -> Age:
    wall = timedelta(milliseconds=peers.now_ms() - row["at"])
    if row["boot"] != boot():
        return Age(wall, wall)
    run = timedelta(milliseconds=elapsed() - row["ran"])
    return Age(run, max(run, wall))


# -- what it is about --------------------------------------------------------------------------------


def standing_of(sql: Sql, alarm: str) -> str:
    """A digest of an alarm's proof and of what is held of whom it accuses: all that settling it is about."""
    row = sql.first("select kind, who, proof from exchange_alarm where id = ?", (alarm,))
    if row is None:
        return ""
    kind, who, proof = row
    if kind == "device":
        held = sql.all(HELD_OF_DEVICE, (bytes.fromhex(who), *WHY))
    elif kind == "node":
        lives = sorted(peers.authorities(sql, who))
        held = [entry for authority in lives for entry in sql.all(HELD, (authority, *WHY))]
    else:
        held = sql.all(HELD, (who, *WHY))
    content = [alarm, kind, who, proof, [[reason, bytes(entry).hex()] for reason, entry in held]]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
