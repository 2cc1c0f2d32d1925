"""What care decided stands in old entries of the operation's file: one by one they are for care alone."""

from __future__ import annotations

from typing import cast

from libertad.access.actor import Actor
from libertad.access.entries import GUARDS
from libertad.access.models import Authority
from libertad.journal.folding import Said
from libertad.people.tally_states import CUSTODY, FIRST_VIEWS
from libertad.vocabulary.verbs.people import TallyStatus

CARE = ("caseworker", "supervisor", "deciding-authority")


def may_read_status(actor: Actor, entry: Said) -> bool:
    """Custody and first views of police are for every member; all else is for who protects."""
    status = cast(TallyStatus, entry.content).status
    if actor.role in CARE or status in CUSTODY:
        return True
    police = Authority.objects.filter(pk=entry.authority, kind__in=("police", "centre")).exists()
    return police and status in FIRST_VIEWS


GUARDS["tally.status"] = may_read_status
