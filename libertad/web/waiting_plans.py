"""On Today: case plans that wait for their second reader, and what a second reader said of an own one."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.care import queries as care
from libertad.look.times import when
from libertad.vocabulary.values import Happened
from libertad.web.todo_item import Waiting

FIRST = 8  # the rest as these are read


def plans_unread(actor: Actor) -> Iterator[Waiting]:
    """The longest waiting first."""
    if not may_open(actor, "care-plan-read"):
        return
    listed = care.plans_to_read(actor)
    first = listed[:FIRST]
    for place, plan in enumerate(first, 1):
        if plan.objector:
            yield Waiting(
                _("%(name)s does not agree with a case plan of yours") % {"name": plan.objector},
                plan.words,
                reverse("care-plan", args=[plan.person]),
                _("Open the plan"),
                rank=0.2,
                more=len(listed) - FIRST if place == FIRST else 0,
            )
        else:
            since = when(Happened(at=plan.since, zone=actor.zone))
            yield Waiting(
                _("A case plan waits for you as its second reader"),
                _("Written %(when)s. It holds meanwhile.") % {"when": since},
                reverse("care-plan-read", args=[plan.person]),
                _("Read the plan"),
                rank=0.3,
                more=len(listed) - FIRST if place == FIRST else 0,
            )
