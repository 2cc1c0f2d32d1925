"""Instead of a form of an exhibit that can be of no use any more: what was done, by whom, and the way back.

Asked when a form is opened. What is sent all the same is refused by its action, in words, with all that was
typed still in the form.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.evidence.queries import ExhibitSeen
from libertad.evidence.sentence import happened
from libertad.look.page_objects import Link
from libertad.look.times import when

HOLDERS, ACCEPTS, OF_GAPS = "of its holder", "of who accepts", "of its gaps"


def over(request: HttpRequest, exhibit: ExhibitSeen, kind: str) -> HttpResponse | None:
    """The page instead of a form of this kind (HOLDERS, ACCEPTS, OF_GAPS); None where the form is of use."""
    if request.method not in ("GET", "HEAD"):
        return None
    reason = _why(actor_of(request), exhibit, kind)
    if reason is None:
        return None
    reference = _("Exhibit %(reference)s") % {"reference": exhibit.reference}
    context = {
        "title": reason[0],
        "told": reason[1],
        "reference": reference,
        "provenance": exhibit.provenance,
        "back": Link(reference, reverse("exhibit", args=[exhibit.id])),
    }
    return render(request, "web/over.html", context)


def _why(actor: Actor, exhibit: ExhibitSeen, kind: str) -> tuple[str, str] | None:
    if kind == OF_GAPS:
        if exhibit.chain.gaps:
            return None
        return _("It has no gap"), _(
            "Somebody is recorded as holding it at every time: nothing is to explain."
        )
    if exhibit.state == "returned":
        return _("It is returned already"), returned_words(exhibit)
    if kind == ACCEPTS:
        return _not_offered(actor, exhibit)
    if exhibit.held_by(actor):
        return None
    if exhibit.state == "released":
        return _("Nobody is recorded as holding it"), _(
            "It was released without a receiving officer. Accept it first: only who holds it can do this."
        )
    return _("You do not hold it"), _(
        "%(name)s is recorded as holding it. Only who holds it can do this: ask for it to be offered to you."
    ) % {"name": exhibit.holder_name or _("An officer")}


def _not_offered(actor: Actor, exhibit: ExhibitSeen) -> tuple[str, str] | None:
    if exhibit.state == "released" or exhibit.offered_to == actor.officer:
        return None
    values = {"name": exhibit.holder_name or _("An officer")}
    if exhibit.held_by(actor):
        return _("You hold it already"), _("Nothing is left to accept.")
    return _("It is not offered to you"), _(
        "%(name)s is recorded as holding it. Ask that officer to offer it to you."
    ) % values


def returned_words(exhibit: ExhibitSeen) -> str:
    """To whom it went, by whom and when, and whether it was signed for."""
    last = exhibit.chain.returned
    if last is None:
        return _("Its custody has ended.")
    values = {"by": last.by or _("an officer"), "when": when(happened(last)), "to": last.to_name}
    if last.to_name:
        text = _("%(by)s returned it on %(when)s. Received by %(to)s.") % values
    elif last.in_person == "yes":
        text = _("%(by)s returned it to its owner in person on %(when)s.") % values
    else:
        text = _("%(by)s returned it to its owner on %(when)s.") % values
    signed = _("It was signed for.") if last.signed == "yes" else _("It was not signed for.")
    return f"{text} {signed} " + _("Its custody has ended; the exhibit and its chain stay on file.")
