"""What a service that is a member answered, in words for care."""

from __future__ import annotations

from django.utils.translation import gettext as _

from libertad.look.page_objects import Pair
from libertad.look.times import when
from libertad.look.words import words
from libertad.people.queries import ServedSeen
from libertad.vocabulary.values import Happened

STAGES = {
    "asked": lambda: _("Not answered yet"),
    "declined": lambda: _("Declined"),
    "expected": lambda: _("Accepted, expected"),
    "here": lambda: _("There now"),
    "left": lambda: _("Left"),
}


def service_facts(answers: ServedSeen | None) -> list[Pair]:
    """How far the service has come, and each danger or need that it told, with what care answered."""
    if answers is None:
        return []
    note = answers.reasons or answers.note
    if answers.stage == "asked":
        note = _("Answer due %(when)s") % {"when": when(Happened(at=answers.due, zone=answers.zone))}
    way = f" ({words('leaving-ways', answers.way)})" if answers.stage == "left" else ""
    listed = [Pair(_("The service"), STAGES[answers.stage]() + way, note, strong=True)]
    for concern in answers.concerns:
        label = words("concern-kinds", concern.concern)
        listed.append(Pair(label, concern.words, when(concern.when), strong=True))
        if concern.reply:
            listed.append(Pair(_("Care"), concern.reply, when(concern.replied) if concern.replied else ""))
    return listed
