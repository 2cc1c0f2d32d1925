"""What services answered, in words: on Today, in every list of care, and in the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.care import overview
from libertad.care.answered import Answered, act_of, due, is_danger
from libertad.care.queue_limits import limits


@dataclass(frozen=True)
class AnsweredSeen:
    """What a service answered of a person and nobody has settled. `href`: where an officer does
    something about it."""

    answer: Answered
    title: str
    why: str
    is_danger: bool
    due: datetime
    href: str


def answers_of(actor: Actor, person: str) -> list[AnsweredSeen]:
    """Of one person, in danger first, then by the hour; [] for who settles nothing."""
    line = overview.line_of(actor, person)
    return answers_seen(person, line.answers, line.knows_danger) if line is not None else []


def answers_seen(person: str, answers: Sequence[Answered], known: bool) -> list[AnsweredSeen]:
    """The same of a line's."""
    listed = [
        AnsweredSeen(
            answer,
            answered_title(answer.kind, answer.service),
            answered_why(answer.kind),
            is_danger(answer, known),
            due(answer, known, limits()),
            reverse(route, args=args),
        )
        for answer in answers
        for route, args in [act_of(person, answer)]
    ]
    return sorted(listed, key=lambda seen: (not seen.is_danger, seen.due, seen.answer.entry))


def answered_title(kind: str, service: str) -> str:
    """'Shelter, Guyana: left without a word'."""
    titles = {
        "danger": _("%(name)s tells of a danger"),
        "left-without-word": _("%(name)s: the person left without a word"),
        "left-moved": _("%(name)s: the person moved to another place"),
        "left-agreed": _("%(name)s: the person left as agreed"),
        "left": _("%(name)s: the person has left"),
        "not-arrived": _("%(name)s: the person has not arrived"),
        "no-answer": _("%(name)s has not answered"),
        "declined": _("%(name)s declined"),
        "need": _("%(name)s tells of a need"),
        "unconfirmed": _("%(name)s answered by its page: call back"),
    }
    return titles[kind] % {"name": service}


def answered_why(kind: str) -> str:
    """One sentence more: what is done now."""
    if kind.startswith("left") and kind != "left-agreed":
        return _("Where is the person now? Telephone; if nobody knows, say that the person is missing.")
    return {
        "left-agreed": _("Ask how the person is, and where."),
        "not-arrived": _("Ask who saw the person last; if nobody knows, say that the person is missing."),
        "no-answer": _("Telephone it, or ask another service."),
        "declined": _("Ask another service."),
        "unconfirmed": _("At the number on file. Until then the answer counts for nothing."),
    }.get(kind, _("Read it, and say what care does."))
