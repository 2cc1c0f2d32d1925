"""What is to be returned to people, or paid, on Today: late, or in the days before it is due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.access.queries import can_say, clock_now
from libertad.look.amounts import amount_words
from libertad.look.words import words
from libertad.people import queries_owed
from libertad.people.owing import CLAIMS
from libertad.people.side import due_sentence
from libertad.web.todo_item import Waiting

FIRST = 8
LAST = timedelta(minutes=1)  # so that the day that was set is shown, and not the one that follows it


def property_due(actor: Actor) -> Iterator[Waiting]:
    """For who has to see to it (`queries_owed.due`), until it is returned, paid, or has another day."""
    if not (may_open(actor, "owed") and can_say(actor, "property.state")):
        return
    listed, total = queries_owed.due(actor, clock_now(actor.operation), FIRST)
    for place, line in enumerate(listed, 1):
        belonging, person = line.belonging, line.person
        what = words("property-kinds", belonging.kind)
        title = _("To be paid: %(what)s") if belonging.kind in CLAIMS else _("To be returned: %(what)s")
        pays = belonging.money and not belonging.exhibit and can_say(actor, "property.paid")
        if belonging.exhibit and may_open(actor, "exhibit"):
            href, button = reverse("exhibit", args=[belonging.exhibit]), _("Open the exhibit")
        elif pays:
            href, button = reverse("property-pay", args=[belonging.id]), _("Record a payment")
        else:
            href, button = reverse("property", args=[belonging.id]), _("Say where it is")
        left = amount_words(belonging.remaining, belonging.currency)
        yield Waiting(
            title % {"what": what.lower()},
            " ".join(filter(None, [left and _("Left: %(left)s.") % {"left": left}, due_sentence(belonging)])),
            href,
            button,
            belonging.due_at - LAST,
            person.reference,
            person.name,
            more=total - len(listed) if place == len(listed) else 0,
        )
