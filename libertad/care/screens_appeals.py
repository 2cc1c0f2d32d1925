"""Recording an appeal against a decision on return or stay, and what came of it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from libertad.care import models
from libertad.care.actions.appeal import end_appeal, lodge_appeal
from libertad.care.appeal_words import lodge_link
from libertad.care.appeals import rules
from libertad.care.forms_asked import AppealForm, AppealOutcomeForm
from libertad.care.pages import after_writing, find, now_of
from libertad.care.presenters import PartSeen
from libertad.care.screens import part_of
from libertad.care.screens_forms import back_to, form_page, save
from libertad.look.page_objects import FormPage, Pair
from libertad.look.times import when
from libertad.look.words import words


def appeal_new(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """That an appeal was lodged, and whether the decision waits for it."""
    file = find(request, person)
    decision = part_of(request, models.ReturnDecision, person, key)
    if lodge_link(request, decision, file) is None:
        raise Http404
    form = AppealForm(request.POST or None, now=now_of(request))
    if save(request, form, lodge_appeal, decision=key):
        return after_writing(request, person, "care-return")
    page = FormPage(
        title=_("Record an appeal"),
        button=_("Record the appeal"),
        reference=file.reference,
        back=back_to(file, "care-return", _("Return or stay")),
        facts=_facts(decision),
        wont=_(
            "While it suspends the decision, also while nobody knows whether it does, the person is not "
            "recorded as returned and no support for a return is asked for. Saving lodges nothing: the "
            "person, or who acts for the person, does."
        )
        + _assumed(),
    )
    return form_page(request, file, form, page)


def appeal_outcome(request: HttpRequest, person: str, key: str, entry: str) -> HttpResponse:
    """What came of an appeal: by one that sets the decision aside, it is decided anew."""
    file = find(request, person)
    decision = part_of(request, models.ReturnDecision, person, key)
    appeal = next((row for row in decision.words.get("appeals", ()) if row["entry"] == entry), None)
    if appeal is None or file.closed is not None:
        raise Http404
    form = AppealOutcomeForm(request.POST or None, now=now_of(request))
    if save(request, form, end_appeal, decision=key, appeal=entry):
        return after_writing(request, person, "care-return")
    page = FormPage(
        title=_("What came of the appeal"),
        button=_("Record the outcome"),
        reference=file.reference,
        back=back_to(file, "care-return", _("Return or stay")),
        facts=[*_facts(decision), Pair(_("Lodged at"), appeal["court"])],
        wont=_(
            "A decision that is set aside counts no more: whether the person returns or stays is open again."
        )
        + _assumed(),
    )
    return form_page(request, file, form, page)


def _facts(decision: PartSeen) -> list[Pair]:
    label = words("return-decisions", decision.plain["decision"])
    return [Pair(_("Decision"), label, when(decision.when), strong=True)]


def _assumed() -> str:
    return " " + _("What an appeal does is assumed here: ask a lawyer.") if rules().assumed else ""
