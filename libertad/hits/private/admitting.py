"""What an owner's officers decide about being asked: who may ask and how much, and that an alarm is settled.

Outside the journal, as decisions about peers are: what the other node learns is that it is answered or not.
They are for whoever decides about peers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from libertad.access.acting import Forbidden
from libertad.access.actor import Actor
from libertad.access.matrix import matrix
from libertad.exchange.peering.peers import now_ms
from libertad.hits.private.holding import Holding
from libertad.hits.private.quotas import with_defaults
from libertad.hits.private.tokens import KINDS
from libertad.journal.node import Node
from libertad.journal.transaction import Transaction
from libertad.vocabulary.values import Refused

MOST_REASON = 300
PUT = (
    "insert into hits_private_admitted (authority, peer, quotas, officer, reason, at) "
    "values (?, ?, ?, ?, ?, ?) "
    "on conflict (authority, peer) do update set quotas = excluded.quotas, officer = excluded.officer, "
    "reason = excluded.reason, at = excluded.at"
)


def answer(holding: Holding, actor: Actor, contact: str = "") -> int:
    """Answer for the actor's authority from now on, or begin its next epoch; how many marks there are."""
    require_decider(actor)
    return holding.begin(actor, contact)


def silence(holding: Holding, actor: Actor) -> None:
    """Answer for the actor's authority no more."""
    require_decider(actor)
    holding.end(actor.authority)


def admit(
    node: Node, actor: Actor, peer: str, reason: str, limits: Mapping[str, tuple[int, int]] | None = None
) -> None:
    """Let an authority ask the actor's own. `limits`: evaluations a day and in 30 days, if not the usual."""
    require_decider(actor)
    reason = _reason(reason)
    if unknown := sorted(set(limits or ()) - set(KINDS)):
        raise Refused(
            "quotas", "there is no kind %(kind)s: %(kinds)s", kind=unknown[0], kinds=", ".join(KINDS)
        )
    quotas = with_defaults(limits)
    if any(not 0 <= part <= 1 << 31 for parts in quotas.values() for part in parts):
        raise Refused("quotas", "a quota is a number of evaluations, none below zero")
    row = (actor.authority, peer, json.dumps(quotas), actor.officer, reason, now_ms())

    def job(tx: Transaction) -> None:
        if not tx.sql.first("select 1 from exchange_peer_authority where authority = ?", (peer,)):
            raise Refused("peer", "no such authority exchanges with this node")
        tx.sql.run(PUT, row)

    node.writer.submit(job)


def require_decider(actor: Actor) -> None:
    """Forbidden unless the officer's role decides about the exchange."""
    if not matrix().may_ask(actor.role, "exchange-peer-state", "post"):
        raise Forbidden("your role does not decide who may ask in private")


def dismiss(node: Node, actor: Actor, peer: str) -> None:
    """Answer an authority no more; what it holds of our filter opens nothing."""
    require_decider(actor)
    statement = "delete from hits_private_admitted where authority = ? and peer = ?"
    node.writer.submit(lambda tx: tx.sql.run(statement, (actor.authority, peer)))


def settle(node: Node, actor: Actor, peer: str, alarm_kind: str, day: int) -> None:
    """Close an alarm of the actor's authority; it opens again if the same comes again that day."""
    require_decider(actor)

    def job(tx: Transaction) -> None:
        done = tx.sql.run(
            "update hits_private_alarm set settled = ?, settled_by = ? "
            "where authority in (?, '') and peer = ? and what = ? and day = ? and settled is null",
            (now_ms(), actor.officer, actor.authority, peer, alarm_kind, day),
        )
        if not done.rowcount:
            raise Refused("alarm", "there is no such alarm, or somebody has settled it already")

    node.writer.submit(job)


def _reason(text: str) -> str:
    text = " ".join(text.split())
    if not 1 <= len(text) <= MOST_REASON:
        raise Refused("reason", "say why, in 1 to %(most)s characters", most=MOST_REASON)
    return text
