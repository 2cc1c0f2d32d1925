"""Whether decisions of protection files were confirmed with their officers' passkeys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.fold_passkeys import NAMED
from libertad.access.passkey_words import confirmed_words
from libertad.access.queries import clock_now, may_read, readable
from libertad.access.queries_amounts import roster_of
from libertad.access.queries_passkeys import Confirmations, State, has_passkeys, limits
from libertad.care.presenters import PartSeen
from libertad.care.signed_models import SignedDecision
from libertad.journal.models import Touch
from libertad.look.page_objects import Pair

NEWEST = 300  # entries that are looked at for Today
LABEL = "care.SignedDecision"


@dataclass(frozen=True)
class DecisionSigned:
    """A decision or a second reading, and what is told of its officer's passkeys. `person`: '' for who may
    not read the file, as an administrator."""

    person: str
    subject: str
    verb: str
    officer: str
    at: datetime
    state: State


def decision_state(actor: Actor, entries: Sequence[str]) -> State | None:
    """Of the one entry that a decision stands by; None for several, and for what may not be read."""
    if len(entries) != 1:
        return None
    row = readable(actor, SignedDecision, [entries[0][:NAMED]]).first()
    return Confirmations(actor).of(row) if row is not None and row.entry == entries[0] else None


def reading_state(actor: Actor, person: str, subject: str, officer: str) -> State | None:
    """Of the last second reading of a decision by this officer; None where there is none."""
    rows = [
        row
        for row in readable(actor, SignedDecision).filter(person=person)
        if (row.subject, row.officer) == (subject, officer) and row.verb.endswith(".read")
    ]
    last = max(rows, key=lambda row: (row.at, row.entry), default=None)
    return Confirmations(actor).of(last) if last is not None else None


def passkey_words(actor: Actor, decision: PartSeen) -> str:
    """Whether a passkey confirmed a decision, in words; '' where that is not to be told."""
    state = decision_state(actor, decision.words.get("entries", ()))
    return confirmed_words(state, decision.by) if state is not None else ""


def passkeys_told(actor: Actor, decision: PartSeen) -> list[Pair]:
    """The same of a decision and of its second reading, as facts of a page."""
    pairs = [Pair(_("Passkey"), words)] if (words := passkey_words(actor, decision)) else []
    reader = decision.plain.get("reader", "")
    state = reading_state(actor, decision.person, decision.id, reader) if reader else None
    if state is not None:
        pairs.append(Pair(_("Passkey, second reading"), confirmed_words(state, decision.read_by)))
    return pairs


def unconfirmed(actor: Actor) -> list[DecisionSigned]:
    """Of the last days what an officer with a passkey on file decided without it, or with a word of it that
    does not fit: in the actor's own name, and in those of whom the actor is the second person."""
    roster = roster_of(actor)
    reads = may_read(actor.role, SignedDecision)
    roles = [actor.role] if reads else sorted(set(roster.roles.values()))
    reader = next((replace(actor, role=role) for role in roles if may_read(role, SignedDecision)), None)
    if reader is None or not has_passkeys(actor):
        return []
    since = clock_now("") - timedelta(days=limits().looked_back_days)
    confirmations, decisions = Confirmations(reader), []
    for row in readable(reader, SignedDecision, _newest()):
        is_own = row.officer == actor.officer or roster.is_second(actor.officer, row.officer)
        if row.authority != actor.authority or row.at < since or not is_own:
            continue
        state = confirmations.of(row)
        if state in ("missing", "wrong"):
            person = row.person if reads else ""
            decisions.append(DecisionSigned(person, row.subject, row.verb, row.officer, row.at, state))
    return sorted(decisions, key=lambda decision: (decision.at, decision.subject), reverse=True)


def _newest() -> list[str]:
    rows = Touch.objects.filter(key__gte=f"{LABEL}:", key__lt=f"{LABEL};").order_by("-entry")
    return [key.rpartition(":")[2] for key in rows.values_list("key", flat=True)[:NEWEST]]
