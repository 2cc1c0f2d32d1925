"""Identity files whose last day has gone by, and erasures that a second officer decides."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.access.closed import closed_at
from libertad.access.queries import can_say
from libertad.people import queries_keeping as keeping
from libertad.web.todo_item import Waiting


def files_over_their_day(actor: Actor) -> Iterator[Waiting]:
    """For who reads them: nothing is erased by a clock. Not counted here: a page of their own lists them."""
    if not may_open(actor, "retention"):
        return
    if can_say(actor, "person.erasure_refuse"):
        for person, request in keeping.erasure_requests(actor):
            if request["officer"] != actor.officer:
                yield Waiting(
                    _("The erasure of a file waits for your decision"), request["reasons"],
                    reverse("person-erasure", args=[person.id]), _("Read and decide"), None, person.reference,
                )  # fmt: skip
    if may_open(actor, "retention-set"):
        yield from _lead(actor)


def _lead(actor: Actor) -> Iterator[Waiting]:
    if keeping.has_late_files(actor):
        yield Waiting(
            _("Identity files are over their last day"),
            _("Ask for their erasure, or say why one is kept longer. Nothing is erased by itself."),
            reverse("retention"), _("Open the list"),
        )  # fmt: skip
    elif closed_at(actor.operation) is not None and keeping.retention_of(actor) is None:
        yield Waiting(
            _("Until when are the identity files of this operation kept?"),
            _("The operation is closed, and your authority has set no day."),
            reverse("retention-set"), _("Set the day"),
        )  # fmt: skip
