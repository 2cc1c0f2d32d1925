"""What a service that is a member answered, in words for care."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.care.answered import answer_until
from libertad.care.queries_serving import AskedSeen
from libertad.look.page_objects import Link, Pair, Thing
from libertad.look.times import when
from libertad.look.words import words
from libertad.people.queries import ServedSeen
from libertad.vocabulary.values import Happened

STAGES = {
    "waiting": lambda: _("Waits for a second reader"),
    "not-agreed": lambda: _("The second reader did not agree"),
    "dropped": lambda: _("Withdrawn before it was sent"),
    "sent": lambda: _("Told"),
    "withdrawn": lambda: _("Withdrawn"),
    "asked": lambda: _("Not answered yet"),
    "accepted": lambda: _("Accepted"),
    "given": lambda: _("Given"),
    "declined": lambda: _("Declined"),
    "expected": lambda: _("Accepted, expected"),
    "here": lambda: _("There now"),
    "left": lambda: _("Left"),
}


def stage_words(stage: str, way: str = "") -> str:
    """How far a service has come; of who left, how."""
    return STAGES[stage]() + (f" ({words('leaving-ways', way)})" if way else "")


def asked_tone(view: AskedSeen) -> Literal["done", "plain", "needs"]:
    """As what its state is shown."""
    if view.is_there:
        return "done"
    return "needs" if view.stage in ("waiting", "sent", "asked", "declined", "left") else "plain"


def asked_thing(view: AskedSeen, title: str, *notes: str) -> Thing:
    """A service and how far it has come."""
    way = Link(_("Open"), reverse(view.route, args=[view.person, view.key]))
    note = ". ".join(filter(None, notes))
    return Thing(title, stage_words(view.stage, view.way), asked_tone(view), note, way)


def service_facts(answers: ServedSeen | None, needed_by: datetime | None = None) -> list[Pair]:
    """How far the service has come, until when it answers, and what it told, with what care answered."""
    if answers is None:
        return []
    note = answers.reasons or answers.note
    if answers.stage == "asked":
        until = Happened(at=answer_until(answers, needed_by), zone=answers.zone)
        note = _("Answer due %(when)s") % {"when": when(until)}
    way = answers.way if answers.stage == "left" else ""
    listed = [Pair(_("The service"), stage_words(answers.stage, way), note, strong=True)]
    for concern in answers.concerns:
        label = words("concern-kinds", concern.concern)
        listed.append(Pair(label, concern.words, when(concern.when), strong=True))
        if concern.reply:
            listed.append(Pair(_("Care"), concern.reply, when(concern.replied) if concern.replied else ""))
    return listed
