"""On Today: what was done alone because of danger to life, until a second person has reviewed it. Nothing
else takes it away."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.access.glass import glass_rules
from libertad.access.queries import clock_now
from libertad.access.queries_glass import BrokenSeen, not_right, unreviewed
from libertad.look.times import when
from libertad.vocabulary.values import Happened
from libertad.web.glass import glass_title, is_told, known_person, reviewer_words
from libertad.web.todo_item import Waiting


def broken_glass(actor: Actor) -> Iterator[Waiting]:
    """For all who are told of it (`glass.is_told`); and what was not right, for the administrator."""
    if not may_open(actor, "glass"):
        return
    for view in unreviewed(actor):
        if is_told(actor, view):
            yield _waiting(actor, view)
    for view in not_right(actor):
        yield Waiting(
            _("It was not right: %(what)s") % {"what": glass_title(view)},
            _("%(name)s says so of %(officer)s. Ask both; if in doubt, withdraw the access first.")
            % {"name": view.reviewed_by or _("A second person"), "officer": view.name or _("an officer")},
            reverse("glass", args=[view.entry]),
            _("Read it"),
            clock_now(actor.operation),
            rank=-0.95,
        )


def _waiting(actor: Actor, view: BrokenSeen) -> Waiting:
    known = known_person(actor, view.person)
    title = glass_title(view)
    if view.late:
        title = _("Not reviewed within %(hours)s hours: %(what)s") % {
            "hours": glass_rules().review,
            "what": title,
        }
    values = {
        "name": view.name or view.authority or _("an officer"),
        "when": when(Happened(at=view.at, zone=actor.zone)),
        "who": reviewer_words(view),
    }
    if view.officer == actor.officer:
        why = _("By you, %(when)s. Who reviews it: %(who)s.") % values
    elif view.may_review:
        why = _("By %(name)s, %(when)s. Ask what it was for, and say whether it was right.") % values
    else:
        why = _("By %(name)s, %(when)s. Who reviews it: %(who)s.") % values
    return Waiting(
        title,
        why,
        reverse("glass", args=[view.entry]),
        _("Review it") if view.may_review else _("Read it"),
        None if view.officer == actor.officer else clock_now(actor.operation),
        known.reference,
        known.name,
        rank=-0.95,
    )
