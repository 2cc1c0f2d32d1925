"""On Today: documents of the officer's people about which something is to be done by a day that is near."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.access.queries import clock_now
from libertad.care import queries as care
from libertad.look.words import words
from libertad.web.todo_item import Waiting

FIRST = 8  # the rest as these are dealt with
LAST = timedelta(minutes=1)  # so that the day that was set is shown, and not the one that follows it


def documents_due(actor: Actor) -> Iterator[Waiting]:
    """Until somebody says what came of it, by another day or none."""
    if not may_open(actor, "care-documents"):
        return
    listed, total = care.documents_due(actor, clock_now(actor.operation), FIRST)
    for place, due in enumerate(listed, 1):
        yield Waiting(
            _("A document is due: %(what)s") % {"what": words("document-kinds", due.kind).lower()},
            due.note,
            reverse("care-documents", args=[due.person]),
            _("Open the documents"),
            due.until - LAST,
            due.reference,
            due.name,
            more=total - len(listed) if place == len(listed) else 0,
        )
