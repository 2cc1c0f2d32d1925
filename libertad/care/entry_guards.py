"""Who reads one entry of what care disclosed: at either side no more than its page shows."""

from __future__ import annotations

from libertad.access.actor import Actor
from libertad.access.entries import GUARDS
from libertad.access.queries import readable
from libertad.care.assignment import reading_of
from libertad.care.disclosure_models import Disclosure
from libertad.journal.folding import Said
from libertad.people import queries as people


def may_read_copies(actor: Actor, entry: Said) -> bool:
    """Care by assignment, as the protection file; the recipient as long as the copies are open to it."""
    if entry.officer == actor.officer:
        return True
    if entry.authority != actor.authority:
        return any(view.shows_copies for view in people.disclosed(actor, [entry.compartment]))
    about = {row.person for row in readable(actor, Disclosure) if row.file == entry.compartment}
    return any(reading_of(actor, person).is_allowed for person in about)


GUARDS["disclosure.give"] = may_read_copies
GUARDS["disclosure.stop"] = may_read_copies
