"""A one-time page in words: how it stands, and what the service said by it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.care.queries_outside import PageAsked
from libertad.look.page_objects import Link, Pair
from libertad.look.times import date_words, when
from libertad.look.words import words


def facts(page: PageAsked, recall: Link | None) -> list[Pair]:
    """The lines of a page on its referral. `recall`: the way to take it back."""
    lines = [Pair(_("One-time page"), state(page), asked_by(page), recall if page.can_be_answered else None)]
    if page.openings and page.opened is not None:
        lines.append(Pair(_("Opened"), openings(page), _("Each time with the right code.")))
    if page.state == "answered":
        lines.append(Pair(_("They answered"), answer(page), quoted(page), strong=True))
        called = page.words.get("called")
        note = _("Until then it counts for nothing.")
        telephone = str(page.words.get("telephone", ""))
        if called:
            lines.append(Pair(_("Called back"), str(called)))
        else:
            lines.append(Pair(_("Unconfirmed: call back"), telephone, note, strong=True))
    return lines


def state(page: PageAsked) -> str:
    """In one sentence."""
    if page.trouble:
        return _("The host of the pages does not answer. Telephone the service.")
    if page.recalled and page.can_be_answered:
        return _("Is being taken back: the host has not said yet that it is gone")
    if page.state == "":
        return _("On its way to the host")
    return words("page-states", page.state)


def asked_by(page: PageAsked) -> str:
    return _("Asked %(when)s by %(who)s") % {"when": when(page.when), "who": page.by or _("an officer")}


def openings(page: PageAsked) -> str:
    text = ngettext("%(count)d time, the last %(when)s", "%(count)d times, the last %(when)s", page.openings)
    return text % {"count": page.openings, "when": when(page.opened) if page.opened else ""}


def answer(page: PageAsked) -> str:
    """What was chosen, and from which day."""
    text, day = words("page-answers", str(page.words.get("answer", ""))), str(page.words.get("earliest", ""))
    return _("%(answer)s, from %(day)s") % {"answer": text, "day": date_words(day)} if day else text


def quoted(page: PageAsked) -> str:
    text = str(page.words.get("words", ""))
    return _("In their words: %(words)s") % {"words": text} if text else ""
