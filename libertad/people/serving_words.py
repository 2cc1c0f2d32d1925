"""What a service has answered, in words: for the service itself and for care."""

from __future__ import annotations

from django.utils.translation import gettext as _

from libertad.look.page_objects import Pair
from libertad.look.times import when
from libertad.look.words import words
from libertad.people.queries_disclosed import ConcernSeen, ServedSeen
from libertad.vocabulary.values import Happened


def stage_words(view: ServedSeen) -> tuple[str, str]:
    """(how far it has come, tone)"""
    return {
        "asked": (_("Not answered yet"), "needs"),
        "declined": (_("Declined"), "plain"),
        "expected": (_("Accepted, expected"), "done"),
        "here": (_("There now"), "done"),
        "left": (_("Left"), "plain"),
    }[view.stage]


def facts(view: ServedSeen) -> list[Pair]:
    """What was answered and when, in the order in which it happens."""
    listed = [Pair(_("Answer due"), when(Happened(at=view.due, zone=view.zone)))]
    if view.answered is not None:
        answer = _("Declined") if view.stage == "declined" else _("Accepted")
        listed = [Pair(answer, when(view.answered), view.reasons)]
    if view.arrived is not None:
        listed.append(Pair(_("Arrived"), when(view.arrived), view.note if view.left is None else ""))
    if view.left is not None:
        note = " ".join(filter(None, (words("leaving-ways", view.way) + ".", view.note)))
        listed.append(Pair(_("Left"), when(view.left), note))
    return listed


def concern_facts(concern: ConcernSeen) -> list[Pair]:
    """A concern with what care answered."""
    listed = [Pair(words("concern-kinds", concern.concern), concern.words, when(concern.when), strong=True)]
    reply = concern.reply or _("Not answered yet")
    listed.append(Pair(_("Care"), reply, when(concern.replied) if concern.replied else ""))
    return listed


def sought_words() -> str:
    """That care looks for somebody who is said to be there, or expected."""
    return _("Care looks for this person: telephone it now")


def sought_why(giver: str) -> str:
    """What to do about it."""
    return _("See whether the person is with you, and tell %(name)s by telephone what you know.") % {
        "name": giver
    }
