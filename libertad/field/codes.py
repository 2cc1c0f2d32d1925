"""Codes of new phones: given out, found by the key that is made from them, used once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from libertad.access.acting import Act, new_id
from libertad.access.actor import Actor
from libertad.access.models import Officer
from libertad.access.phones import longest, sayable
from libertad.access.submissions import submit_once
from libertad.exchange.peering.guarded import holds
from libertad.field import tokens
from libertad.field.guarded import CODE
from libertad.field.limits import limits
from libertad.journal import clock, header
from libertad.journal.fields import to_ms
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import CompartmentOpen

COLUMNS = "id, authority, operation, officer, issuer, role, expires, until, device, team"
INSERT = (
    "insert into field_code (id, token, authority, operation, officer, issuer, role, made, expires, until, "
    "device, team) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?)"
)


@dataclass(frozen=True)  # no tuple: a form that arrives again is not answered with a row, its signs are gone
class Given:
    """A code that was given out. Times in ms; `device`: that used it, '' for none."""

    id: str
    authority: str
    operation: str
    officer: str
    issuer: str
    role: str
    expires: int
    until: int
    device: str
    team: str


def give(actor: Actor, officer: str, days: int, team: str = "") -> tuple[str, Given]:
    """A new code for a phone of an officer of the actor's authority: its signs, kept nowhere. `team`: the
    officer's, '' where the last check-in tells."""
    code = tokens.new_code()
    token, _secret = header.keypair(tokens.seed(code))
    if not 1 <= days <= longest().days:
        raise Refused("days", "from 1 to %(most)s days", most=longest().days)

    def job(tx: Transaction) -> Given:
        act = Act(tx, actor)
        row = act.get(Officer, officer)
        if row is None or row["authority"] != actor.authority or row["withdrawn"]:
            raise Refused("officer", "there is no such officer of your authority who has access")
        if not sayable(row["role"]) - {CompartmentOpen.VERB}:
            raise Refused("officer", "an officer of this role has nothing to record on a phone")
        now = clock.now()
        code_row = Given(
            new_id(),
            actor.authority,
            actor.operation,
            officer,
            actor.officer,
            actor.role,
            to_ms(now + timedelta(minutes=limits().code_minutes)),
            to_ms(now + timedelta(days=days)),
            "",
            team,
        )
        tx.sql.run(
            INSERT,
            (
                code_row.id,
                token,
                code_row.authority,
                code_row.operation,
                code_row.officer,
                code_row.issuer,
                code_row.role,
                to_ms(now),
                code_row.expires,
                code_row.until,
                code_row.team,
            ),
        )
        return code_row

    return code, submit_once(job, give, {"officer": officer, "days": days, "team": team})


def find(sql: Sql, token: bytes) -> Given | None:
    """The code of a key; None for none, and for one that was changed in the database."""
    row = sql.first(f"select {COLUMNS} from field_code where token = ?", (token,))
    return Given(*row) if row is not None and holds(sql, CODE, str(row[0])) else None


def is_open(code_row: Given) -> bool:
    """Whether it may still be used by somebody who has not used it."""
    return not code_row.device and to_ms(clock.now()) < code_row.expires


def issuer(code_row: Given, zone: str) -> Actor:
    """In whose name the phone is enrolled: who gave the code, in the role of then."""
    return Actor(
        officer=code_row.issuer,
        authority=code_row.authority,
        role=code_row.role,
        operation=code_row.operation,
        zone=zone,
    )
