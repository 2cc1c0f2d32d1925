"""Double values on file, on Today: each for whoever may settle it."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.access.conflicting import conflicts
from libertad.people.conflicts import may_settle
from libertad.people.meetings import MEETING
from libertad.people.queries import people
from libertad.web.todo_item import Waiting


def doubled_in_people(actor: Actor) -> Iterator[Waiting]:
    """Of people's files."""
    if not may_open(actor, "person"):
        return
    for person in people(actor, conflict=True):
        fields = [field for field in person.conflicts if may_settle(actor, person.authority, field)]
        if not fields:
            continue
        young = all(birth.ages_on(person.met_at)[1] < 18 for birth, _entry in person.births)
        child = _("Until it is settled the rules for a child apply.") if person.child else ""
        if child and "birth" in fields and young:
            child = _("By every age on file the rules for a child apply, also once it is settled.")
        page = "person" if {*fields} - {*MEETING} else "person-meeting"
        yield Waiting(
            _("Two birth years") if "birth" in fields else _("Two values of one field"),
            child,
            reverse(page, args=[person.id]),
            _("Settle"),
            None,
            person.reference,
            person.name,
        )


def doubled_elsewhere(actor: Actor) -> Iterator[Waiting]:
    """Double values outside people's files, which have their own line."""
    if not may_open(actor, "conflicts"):
        return
    for conflict in conflicts(actor, but=("people",)):
        if conflict.settle:
            yield Waiting(
                _("Two values on file: %(field)s") % {"field": conflict.field},
                " / ".join(value.value for value in conflict.values),
                conflict.settle,
                conflict.button,
                None,
                conflict.reference,
            )
