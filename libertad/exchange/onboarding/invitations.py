"""The invitations that this node has given out: remembered, used once, withdrawn, listed.

Raw SQL on the connection that is passed in; within a job of the writer it is part of that transaction.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from libertad.exchange.onboarding.invitation import Invitation
from libertad.exchange.peering import guarded
from libertad.journal.fields import to_ms
from libertad.journal.sql import Sql


class Given(NamedTuple):
    """A row of exchange_invitation. Times in milliseconds, UTC; `token` is the token's public half."""

    id: str
    operation: str
    inviter: str
    officer: str
    authority: str
    name: str
    kind: str
    country: str
    zone: str
    part: str
    token: bytes
    made: int
    expires: int
    used: int | None
    used_by: str | None
    revoked: int | None


COLUMNS = ", ".join(Given._fields)
OPEN = "used is null and revoked is null and expires > ?"


def remember(sql: Sql, invitation: Invitation, now: datetime, officer: str) -> None:
    """Put a new invitation on file, without its secret, and the officer in whose name it lets in."""
    row = Given(
        invitation.id,
        invitation.operation,
        invitation.inviter,
        officer,
        invitation.authority,
        invitation.name,
        invitation.kind,
        invitation.country,
        invitation.zone,
        invitation.part,
        invitation.proof,
        to_ms(now),
        to_ms(invitation.expires),
        None,
        None,
        None,
    )
    marks = ", ".join("?" * len(row))
    sql.run(f"insert into exchange_invitation ({COLUMNS}) values ({marks})", row)


def find(sql: Sql, invitation: str) -> Given | None:
    """The invitation of an id, whatever its state; one that was changed in the database is none."""
    if not guarded.holds(sql, guarded.INVITATION, invitation):
        return None
    row = sql.first(f"select {COLUMNS} from exchange_invitation where id = ?", (invitation,))
    return None if row is None else _from_row(row)


def use(sql: Sql, invitation: str, origin: str, now: datetime) -> bool:
    """Mark it used by a node; False when it is used, withdrawn or expired: of two at once, one gets True."""
    if not guarded.holds(sql, guarded.INVITATION, invitation):
        return False
    done = sql.run(
        f"update exchange_invitation set used = ?, used_by = ? where id = ? and {OPEN}",
        (to_ms(now), origin, invitation, to_ms(now)),
    )
    return bool(done.rowcount == 1)


def revoke(sql: Sql, invitation: str, now: datetime) -> bool:
    """Withdraw one that nobody has used; False when there is none to withdraw."""
    done = sql.run(
        "update exchange_invitation set revoked = ? where id = ? and used is null and revoked is null",
        (to_ms(now), invitation),
    )
    return bool(done.rowcount == 1)


def pending(sql: Sql, now: datetime) -> list[Given]:
    """Those that may still be used, the one that expires first in front."""
    rows = sql.all(
        f"select {COLUMNS} from exchange_invitation where {OPEN} order by expires, id",
        (to_ms(now),),
    )
    return [_from_row(row) for row in rows]


def _from_row(row: tuple[object, ...]) -> Given:
    invitation = Given(*row)  # type: ignore[arg-type]
    return invitation._replace(token=bytes(invitation.token))
