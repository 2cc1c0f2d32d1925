"""Which phones there are, whose each is, and whether it may still go on."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from libertad.access.actor import Actor
from libertad.access.lookup import Lookup
from libertad.access.models import Authority
from libertad.exchange.peering.guarded import holds
from libertad.field.guarded import PHONE
from libertad.journal import clock
from libertad.journal.fields import from_ms
from libertad.journal.sql import Sql

REVOKED, WITHDRAWN, ENDED = "revoked", "withdrawn", "ended"
ROW = (
    "select p.device, d.public, p.authority, p.operation, p.officer, p.code, p.readers, d.until, d.verbs, "
    "p.team from field_phone p join access_device d on d.id = p.device where d.kind = 'field' "
    "and d.authority = p.authority and d.officer = p.officer and d.operation = p.operation"
)


class Phone(NamedTuple):
    """A phone that was enrolled at this node, whatever became of it since. `device`, `public`: hex."""

    device: str
    public: str
    authority: str
    operation: str
    officer: str
    code: str
    readers: frozenset[str]
    until: datetime
    verbs: tuple[str, ...]
    team: str


def find(sql: Sql, device: str) -> Phone | None:
    """The phone of a device; None where the database's word of it is not what this node wrote."""
    row = sql.first(f"{ROW} and p.device = ?", (device,))
    return _from_row(row) if row is not None and holds(sql, PHONE, device) else None


def of_authority(sql: Sql, authority: str) -> list[Phone]:
    """The authority's phones, in the order in which they were enrolled."""
    rows = sql.all(f"{ROW} and p.authority = ? order by p.enrolled, p.device", (authority,))
    return [_from_row(row) for row in rows if holds(sql, PHONE, str(row[0]))]


def _from_row(row: tuple[object, ...]) -> Phone:
    device, public, authority, operation, officer, code, readers, until, verbs, team = row
    end = from_ms(int(str(until)))
    return Phone(
        str(device),
        str(public),
        str(authority),
        str(operation),
        str(officer),
        str(code),
        frozenset(str(readers).split()),
        end,
        tuple(str(verbs).split()),
        str(team),
    )


def actor_of(sql: Sql, phone: Phone) -> Actor:
    """The phone's officer, in the role of today ('' where the officer is not on file any more)."""
    row = sql.first(
        "select role from access_officer where id = ? and authority = ?", (phone.officer, phone.authority)
    )
    zone = sql.first(f"select zone from {Authority._meta.db_table} where id = ?", (phone.authority,))
    return Actor(
        officer=phone.officer,
        authority=phone.authority,
        role=str(row[0]) if row else "",
        operation=phone.operation,
        zone=str(zone[0]) if zone and zone[0] else "UTC",
    )


def why_ended(lookup: Lookup, phone: Phone, now: datetime | None = None) -> str:
    """'' while the phone goes on, else why not: revoked, withdrawn (the officer's access ended or is
    suspended), or ended by its date. By the node's clock: a phone's own is nobody's proof."""
    device = lookup.guarded("access_device", phone.device)
    if device is None or device["revoked"]:
        return REVOKED
    if not lookup.active():
        return WITHDRAWN
    return ENDED if (now or clock.now()) > phone.until else ""
