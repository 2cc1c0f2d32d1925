"""Pages that correct a decision of a protection file; and how it is told what was decided before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.queries import officer_names
from libertad.access.screens_correcting import correcting_page, correction_lines
from libertad.care import forms, models, queries
from libertad.care.actions.correct_decision import correct_identification, correct_return
from libertad.care.pages import find, now_of, to
from libertad.care.presenters import PartSeen
from libertad.care.screens import part_of
from libertad.care.screens_forms import form_page, offer_together, save, screening_choices
from libertad.journal.fields import from_ms
from libertad.look.corrections import CorrectionLine
from libertad.look.fields import offer
from libertad.look.page_objects import Link, Pair
from libertad.look.times import date_words, when
from libertad.look.words import words
from libertad.vocabulary.values import Happened

IDENTIFIED = (
    "status",
    "reasons",
    "non_punishment",
    "forced_to",
    "person_says",
    "screening",
    "review_on",
    "taken_back",
)
RETURNED = (
    "decision",
    "wish",
    "circumstances",
    "resources",
    "basis",
    "until",
    "reasons",
    "appeal_by",
    "review_on",
    "together_with",
    "taken_back",
)
CODES = {
    "status": "identification-statuses",
    "person_says": "person-says",
    "decision": "return-decisions",
    "wish": "wishes",
    "circumstances": "circumstances",
    "resources": "resources",
}
ANEW = "Its second reading goes with the words that were read: it does not count until it is read anew."


def may_correct(actor: Actor, decision: PartSeen, route: str) -> bool:
    """Whether to show the link: only the authority that decided corrects."""
    return decision.plain["authority"] == actor.authority and may_open(actor, route, "post")


def identify_correct(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """Correct an identification, or take it back."""
    file, decision = find(request, person), part_of(request, models.Identification, person, key)
    actor = actor_of(request)
    if not may_correct(actor, decision, "care-identify-correct"):
        raise Http404
    initial = {**decision.plain, **decision.words, "shown": ",".join(decision.words.get("entries", ()))}
    form = forms.CorrectIdentifyForm(request.POST or None, now=now_of(request), initial=initial)
    offer(form, "screening", screening_choices(actor, person))
    if save(request, form, correct_identification, identification=key):
        return to(request, "care-reading", person, key)
    back = Link(_("Second reading"), reverse("care-reading", args=[person, key]) + file.query)
    page = correcting_page(_("Correct this decision"), file.reference, back, _(ANEW))
    return form_page(request, file, form, page)


def decide_correct(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """Correct a decision on return, or take it back."""
    file, decision = find(request, person), part_of(request, models.ReturnDecision, person, key)
    actor = actor_of(request)
    if not may_correct(actor, decision, "care-decide-correct"):
        raise Http404
    initial = {**decision.plain, **decision.words, "shown": ",".join(decision.words.get("entries", ()))}
    initial["wish"] = file.wish or "not-asked"
    form = forms.CorrectDecideForm(request.POST or None, now=now_of(request), initial=initial)
    offer_together(actor, form, person)
    if save(request, form, correct_return, ruling=key):
        return to(request, "care-return-reading", person, key)
    back = Link(_("Second reading"), reverse("care-return-reading", args=[person, key]) + file.query)
    page = correcting_page(_("Correct this decision"), file.reference, back, _(ANEW))
    return form_page(request, file, form, page)


def corrected(actor: Actor, model: type[models.Decided], key: str) -> list[CorrectionLine]:
    """What was decided before, and what a correction made of it."""
    labels = {
        "status": _("Decision"),
        "decision": _("Decision"),
        "reasons": _("Reasons"),
        "non_punishment": _("Forced to offend"),
        "forced_to": _("Forced to do what?"),
        "person_says": _("What the person says"),
        "screening": _("Screening it rests on"),
        "review_on": _("Review on"),
        "taken_back": _("Something was decided"),
        "wish": _("Wish"),
        "circumstances": _("Circumstances"),
        "resources": _("Resources"),
        "basis": _("Legal basis"),
        "until": _("Until"),
        "appeal_by": _("Appeal by"),
        "together_with": _("Must stay together with"),
    }
    names = IDENTIFIED if model is models.Identification else RETURNED

    def tell(name: str, value: Any) -> str:
        if name in CODES:
            return words(CODES[name], value)
        if name == "taken_back":
            return _("no") if value else _("yes")
        if name == "non_punishment":
            return _("yes") if value else _("no")
        if name in ("review_on", "until", "appeal_by"):
            return date_words(value) if value else ""
        if name == "screening":
            return _("another screening")
        if name == "together_with":
            other_file = queries.file(actor, value)
            return other_file.reference if other_file else _("one that you do not read")
        return str(value)

    return correction_lines(actor, model._meta.label, key, names, labels, tell)


def read_before(actor: Actor, decision: PartSeen) -> Sequence[Pair]:
    """The second reading of the words that were corrected since: it stays, and counts for them alone."""
    listed = decision.words.get("read_before", ())
    names = officer_names(actor, [officer for officer, *_rest in listed])
    return [
        Pair(
            _("Read before it was corrected"),
            _("Agreed") if agrees == "yes" else _("Did not agree"),
            ", ".join(filter(None, [names.get(officer, ""), when(Happened(at=from_ms(ms), zone=zone))])),
        )
        for officer, agrees, ms, zone in listed
    ]
