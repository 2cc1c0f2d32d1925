"""On Today: that something which ODK brought waits to be accepted."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.field.queries_brought import brought_waiting
from libertad.look.times import day
from libertad.vocabulary.values import Happened
from libertad.web.todo_item import Waiting


def brought_by_odk(actor: Actor) -> Iterator[Waiting]:
    """One line for all of it; one of its own, before all else, where somebody is said to be in danger."""
    rows = brought_waiting(actor) if may_open(actor, "brought") else []
    for row in rows:
        if row.urgent:
            yield Waiting(
                _("Somebody is said to be in danger, in what ODK brought"),
                _("Nobody accepted it yet, so nobody else was told. Where no help is on its way, telephone."),
                reverse("brought-one", args=[row.id]),
                _("Open it"),
                danger=True,
                since=row.at,
            )
    if count := len([row for row in rows if not row.urgent]):
        yield Waiting(
            ngettext(
                "%(count)d submission of ODK waits to be accepted",
                "%(count)d submissions of ODK wait to be accepted",
                count,
            )
            % {"count": count},
            _("Nothing of it is recorded yet. It ends on %(day)s.")
            % {"day": day(Happened(at=min(row.ends for row in rows if not row.urgent), zone=actor.zone))},
            reverse("brought"),
            _("Open the list"),
        )
