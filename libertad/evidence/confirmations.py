"""Whether acts of custody were confirmed with their officers' passkeys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from libertad.access.actor import Actor
from libertad.access.passkey_words import confirmed_words
from libertad.access.queries import clock_now, readable
from libertad.access.queries_amounts import roster_of
from libertad.access.queries_passkeys import Confirmations, State, limits
from libertad.evidence.custody import Chain
from libertad.evidence.signed_models import SignedCustody

NEWEST = 300  # acts that are looked at for Today


@dataclass(frozen=True)
class ActSigned:
    """An act of custody of an exhibit, and what is told of its officer's passkeys."""

    exhibit: str
    officer: str
    at: datetime
    state: State


def words_by_entry(actor: Actor, exhibit: str, chain: Chain) -> dict[str, str]:
    """By entry, in words; {} for an exhibit of which no officer ever had a passkey on file."""
    confirmations = Confirmations(actor)
    rows = readable(actor, SignedCustody).filter(subject=exhibit)
    states: dict[str, State] = {row.entry: confirmations.of(row) for row in rows}
    if not set(states.values()) - {"without"}:
        return {}
    return {
        event.id: confirmed_words(states[event.id], event.by) for event in chain.events if event.id in states
    }


def unconfirmed(actor: Actor) -> list[ActSigned]:
    """Of the last days, as `care.queries.unconfirmed` of decisions: by the actor, or whose second person the
    actor is."""
    since = clock_now("") - timedelta(days=limits().looked_back_days)
    rows = readable(actor, SignedCustody).filter(authority=actor.authority, at__gte=since).order_by("-at")
    listed = list(rows[:NEWEST])
    if not listed:
        return []
    roster, confirmations = roster_of(actor), Confirmations(actor)
    acts = []
    for row in listed:
        if row.officer == actor.officer or roster.is_second(actor.officer, row.officer):
            state = confirmations.of(row)
            if state in ("missing", "wrong"):
                acts.append(ActSigned(row.subject, row.officer, row.at, state))
    return acts
