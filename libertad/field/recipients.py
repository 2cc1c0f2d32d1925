"""The recipient keys that phones seal to: the authorities' newest, and for how long their secrets are kept.

A node destroys the secrets of its recipient keys after a day. A phone comes back after days: the secret of a
key that one was given stays for `recipient_days` after it was given last.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from libertad.exchange.control import key_wrap
from libertad.exchange.control.key_wrap import Recipient
from libertad.field.limits import limits
from libertad.journal import clock
from libertad.journal.fields import to_ms
from libertad.journal.node import Node
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction

PUT = (
    "insert into field_given_key (authority, key_id, given) values (?, ?, ?) on conflict (authority, key_id) "
    "do update set given = excluded.given where excluded.given > field_given_key.given"
)


def newest(here: Node, authorities: Iterable[str]) -> dict[str, Recipient]:
    """The newest key of each authority whose ring is open here."""
    return {
        authority: key_wrap.recipient_key(here.rings, authority)
        for authority in sorted(set(authorities))
        if authority in here.rings.open
    }


def note(tx: Transaction, keys: dict[str, Recipient]) -> None:
    """Remember, before a phone is told, that these were given."""
    now = to_ms(clock.now())
    tx.sql.run_many(PUT, [(authority, key.key_id, now) for authority, key in keys.items()])


def ids_in_use(sql: Sql, authority: str) -> frozenset[bytes]:
    """Ids of the authority's keys whose secrets a phone may still need."""
    since = to_ms(clock.now() - timedelta(days=limits().recipient_days))
    rows = sql.all("select key_id from field_given_key where authority = ? and given > ?", (authority, since))
    return frozenset(bytes(row[0]) for row in rows)


def as_listed(keys: dict[str, Recipient]) -> list[dict[str, object]]:
    """As a phone is told them."""
    return [
        {
            "authority": authority,
            "key_id": key.key_id.hex(),
            "public": key.public.hex(),
            "made": key.made,
        }
        for authority, key in keys.items()
    ]
