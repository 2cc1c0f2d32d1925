"""Pictures, documents and recordings of a lead: where they belong."""

from __future__ import annotations

from django.urls import reverse

from libertad.access.actor import Actor
from libertad.access.attaching import ABOUT, About
from libertad.look.page_objects import Link
from libertad.operations import queries


def lead(actor: Actor, key: str) -> About | None:
    """A lead that the actor reads; what is attached is sealed in its country's file."""
    row = queries.lead(actor, key)
    if row is None:
        return None
    return About(row.compartment, key, row.reference, Link(row.reference, reverse("lead", args=[key])))


ABOUT["lead"] = lead
