"""Reading phones for pages: those of the actor's authority, and how much of each waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from libertad.access.actor import Actor
from libertad.access.officer_suspensions import suspended
from libertad.access.queries import officer_names
from libertad.field import phones
from libertad.field.phones import Phone
from libertad.journal import clock
from libertad.journal.fields import from_ms
from libertad.journal.node import node
from libertad.journal.sql import Sql

TIMES = "select enrolled, leased, handed from field_phone where device = ?"
COUNT = "select count(*) from field_waiting where device = ? and authority = ? and state = 'waits'"


@dataclass(frozen=True)
class PhoneSeen:
    """A phone of the own authority. `ended`: '' while it goes on, else why not; `waits`: entries that
    somebody has to look at; moments by the node's clock, None for never."""

    device: str
    code: str
    officer: str
    officer_name: str
    until: datetime
    ended: str
    enrolled: datetime
    leased: datetime | None
    handed: datetime | None
    waits: int


def listed(actor: Actor) -> list[PhoneSeen]:
    """The phones of the actor's authority in its operation, the newest first."""
    sql = node().sql()
    rows = [
        phone for phone in phones.of_authority(sql, actor.authority) if phone.operation == actor.operation
    ]
    names = officer_names(actor, [phone.officer for phone in rows])
    return [_list_phone(sql, phone, names.get(phone.officer, "")) for phone in reversed(rows)]


def find(actor: Actor, device: str) -> PhoneSeen | None:
    """A phone of the actor's authority; None for any other."""
    return next((phone for phone in listed(actor) if phone.device == device), None)


def waiting_phones(actor: Actor) -> list[PhoneSeen]:
    """Those of which something waits, of what ended as well."""
    return [phone for phone in listed(actor) if phone.waits]


def _list_phone(sql: Sql, phone: Phone, name: str) -> PhoneSeen:
    enrolled, leased, handed = sql.first(TIMES, (phone.device,)) or (0, 0, 0)
    (waits,) = sql.first(COUNT, (phone.device, phone.authority)) or (0,)
    return PhoneSeen(
        phone.device,
        phone.code,
        phone.officer,
        name,
        phone.until,
        _why_ended(sql, phone),
        from_ms(int(enrolled)),
        from_ms(int(leased)) if leased else None,
        from_ms(int(handed)) if handed else None,
        int(waits),
    )


def _why_ended(sql: Sql, phone: Phone) -> str:
    row = sql.first("select revoked from access_device where id = ?", (phone.device,))
    if row is None or row[0]:
        return phones.REVOKED
    officer = sql.first("select withdrawn from access_officer where id = ?", (phone.officer,))
    if officer is None or officer[0] or phone.officer in suspended(sql):
        return phones.WITHDRAWN
    return phones.ENDED if clock.now() > phone.until else ""
