"""Pictures, documents and recordings of a person's property: where they belong."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.attaching import ABOUT, About
from libertad.look.page_objects import Link
from libertad.people import queries


def property_(actor: Actor, key: str) -> About | None:
    """A piece of property that the actor reads; what is attached is sealed in the person's file."""
    belonging = queries.property_of(actor, key)
    person = queries.person(actor, belonging.person) if belonging is not None else None
    if person is None:
        return None
    back = Link(_("Property"), reverse("person-property", args=[person.id]))
    return About(person.compartment, key, person.reference, back)


ABOUT["property"] = property_
