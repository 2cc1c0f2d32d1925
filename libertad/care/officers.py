"""Who of a care authority takes people on: appointed, and in a role that may."""

from __future__ import annotations

from django.db.models import QuerySet

from libertad.access.matrix import matrix
from libertad.access.models import Officer
from libertad.care.queue import SUPERVISOR


def at_work(authority: str) -> QuerySet[Officer, Officer]:
    """The officers of an authority who are still appointed, in a role that takes people on."""
    return Officer.objects.filter(
        authority=authority, withdrawn=False, role__in=matrix().entries["desk.take"].say
    )


def absent(authority: str) -> frozenset[str]:
    """The other officers of the authority."""
    rows = Officer.objects.filter(authority=authority)
    return frozenset(rows.exclude(pk__in=at_work(authority)).values_list("pk", flat=True))


def has_supervisor(authority: str) -> bool:
    """Whether somebody of an authority supervises it."""
    return at_work(authority).filter(role=SUPERVISOR).exists()
