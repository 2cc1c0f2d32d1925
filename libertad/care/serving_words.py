"""What a service that is a member answered, in words for care."""

from __future__ import annotations

from typing import Literal

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.care.queries_serving import BedSeen
from libertad.care.summary import service_state
from libertad.look.page_objects import Link, Pair, Thing
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


def bed_thing(bed: BedSeen) -> Thing:
    """A shelter and how far it has come."""
    if bed.stage in STAGES:
        state = STAGES[bed.stage]()
    elif bed.stage == "waiting":
        state = _("Waits for a second reader")
    else:
        state = service_state(bed.stage) or _("Told")
    if bed.way:
        state = f"{state} ({words('leaving-ways', bed.way)})"
    tone: Literal["done", "plain", "needs"] = "needs"
    if bed.is_there:
        tone = "done"
    elif bed.stage in ("expected", "accepted"):
        tone = "plain"
    way = Link(_("Open"), reverse(bed.route, args=[bed.person, bed.key]))
    return Thing(bed.name, state, tone, ". ".join(filter(None, [when(bed.when), bed.note])), way)


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
