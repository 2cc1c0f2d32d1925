"""Pictures, documents and recordings of an exhibit: where they belong."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.attaching import ABOUT, About
from libertad.evidence import queries
from libertad.look.page_objects import Link


def exhibit(actor: Actor, key: str) -> About | None:
    """An exhibit that the actor reads; what is attached is sealed in its case."""
    seized = queries.exhibit(actor, key)
    if seized is None:
        return None
    reference = _("Exhibit %(reference)s") % {"reference": seized.reference}
    return About(seized.compartment, seized.id, reference, Link(reference, reverse("exhibit", args=[key])))


ABOUT["exhibit"] = exhibit
