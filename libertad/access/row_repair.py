"""Going on after rows that decide were changed in the database by somebody else than the node.

Nothing that was changed is simply taken over where it could let somebody in: sign-ins concerned are closed
and their officers get a new code, read models are made anew from the signed entries. What is left (peers,
devices, what is held) a person has compared before, and it is taken as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from libertad.access import guarded, sessions
from libertad.access.models import Account, ApiKey, Enrolment, Session
from libertad.journal import guards, rebuild
from libertad.journal.guards import GUARDS
from libertad.journal.node import Node
from libertad.journal.seals import Notice


@dataclass(frozen=True)
class Mended:
    """Sign-ins that were closed, whether read models were made anew, and rows taken as they stand."""

    closed: int
    rebuilt: bool
    taken: int


def mend(node: Node) -> Mended:
    """Go on from the database as it is; every ring must be open if read models are concerned."""
    notices = node.seals.findings(node.sql())
    models = {guard.table for guard, _ in guards.MODELS.values()}
    closed = _close(node, [notice for notice in notices if notice.table in CREDENTIALS])
    again = any(notice.table in models for notice in notices)
    if again:
        rebuild.rebuild(node)
    rest = [
        notice for notice in notices if notice.table not in CREDENTIALS | models and notice.table in GUARDS
    ]
    node.seals.take(node.sql(), rest)
    node.seals.findings(node.sql())
    return Mended(closed, again, len(rest))


CREDENTIALS = frozenset({guarded.ACCOUNT, guarded.FACTOR, guarded.CODE, guarded.KEY, guarded.SESSION})


def _close(node: Node, notices: list[Notice]) -> int:
    """Close the sign-ins that changed rows belong to; returns how many there were."""
    accounts: set[int] = set()
    for notice in notices:
        if notice.table == guarded.ACCOUNT:
            accounts.add(int(notice.name))
        elif notice.table in (guarded.FACTOR, guarded.CODE):
            accounts |= node.seals.groups(notice.table, notice.name) | _owner(notice.table, notice.name)
    with transaction.atomic():
        sessions.end(accounts)
        closed = Account.objects.filter(pk__in=accounts).delete()[1].get("access.Account", 0)
        for model, table in ((Session, guarded.SESSION), (ApiKey, guarded.KEY), (Enrolment, guarded.CODE)):
            names = [finding.name for finding in notices if finding.table == table]
            model._default_manager.filter(pk__in=names).delete()
    node.seals.take(node.sql(), notices)  # those of rows that are gone
    return closed


def _owner(table: str, name: str) -> set[int]:
    guard = GUARDS[table]
    rows = guards.rows(guarded.sql(), guard, f' and "{guard.key[0]}" = ?', (int(name),))
    return {int(guard.group_of(row)) for row in rows}
