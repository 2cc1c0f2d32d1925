"""What an officer decides about peers at this node: written down with the reason, in one commit.

Peers are outside the journal, and so are these decisions: the other node does not learn the reason, it only
stops being answered. No verb of the vocabulary is about a peer's state.
"""

from __future__ import annotations

from libertad.access.acting import Forbidden, new_id
from libertad.access.actor import Actor
from libertad.access.matrix import matrix
from libertad.access.submissions import submit_once
from libertad.exchange.peering import failures, peers
from libertad.journal.node import Node
from libertad.journal.transaction import Transaction
from libertad.vocabulary.values import Refused

MOST = 300
PUT = (
    "insert into exchange_decision (id, about, what, reason, officer, authority, at) "
    "values (?, ?, ?, ?, ?, ?, ?)"
)


def set_state(here: Node, actor: Actor, origin: str, state: str, reason: str) -> None:
    """Suspend ('suspended'), end ('ended') or take up again ('active') the exchange with a peer."""
    require_right(actor, "exchange-peer-state")
    reason = check_reason(reason)
    if state not in (peers.ACTIVE, peers.SUSPENDED, peers.ENDED):
        raise Refused("state", "a peer is active, suspended or ended")

    def job(tx: Transaction) -> None:
        if peers.get(tx.sql, origin) is None:
            raise Refused("peer", "there is no such peer: see libertad exchange peers")
        peers.change(tx.sql, origin, state=state, error="")
        failures.forget(tx, origin)
        _record_decision(tx, actor, origin, state, reason)

    submit_once(job, set_state, {"peer": origin, "state": state, "reason": reason}, here)


def note(here: Node, actor: Actor, about: str, decision: str, reason: str) -> None:
    """Write down that something was done about a peer."""
    about_it = {"about": about, "what": decision, "reason": reason}
    submit_once(lambda tx: _record_decision(tx, actor, about, decision, reason[:MOST]), note, about_it, here)


def _record_decision(tx: Transaction, actor: Actor, about: str, decision: str, reason: str) -> None:
    tx.sql.run(PUT, (new_id(), about, decision, reason, actor.officer, actor.authority, peers.now_ms()))


def require_right(actor: Actor, route: str) -> None:
    if not matrix().may_ask(actor.role, route, "post"):
        raise Forbidden("your role does not decide about the exchange")


def check_reason(text: str) -> str:
    text = " ".join(text.split())
    if not text or len(text) > MOST:
        raise Refused("reason", "say why, in 1 to %(most)s characters", most=MOST)
    return text
