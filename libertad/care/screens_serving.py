"""What a service that is a member told care: answered, and taken over into the referral."""

from __future__ import annotations

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.care import models
from libertad.care.actions.answer_referral import answer_referral
from libertad.care.actions.reply_concern import reply_concern
from libertad.care.forms_serving import ConcernReplyForm
from libertad.care.pages import find, now_of
from libertad.care.queries_serving import answer_behind, served_disclosure
from libertad.care.screens import part_of
from libertad.care.screens_forms import form_page, save
from libertad.look.page_objects import ConfirmPage, FormPage, Link, Pair
from libertad.look.times import when
from libertad.look.words import words


def concern(request: HttpRequest, person: str, key: str, entry: str) -> HttpResponse:
    """A danger or a need that a service told: read, and answered."""
    file = find(request, person)
    view, told = served_disclosure(actor_of(request), person, key)
    chosen = next((c for c in told.concerns if c.entry == entry), None) if told is not None else None
    if view is None or chosen is None or not view.is_live:
        raise Http404
    form = ConcernReplyForm(request.POST or None, now=now_of(request))
    if save(request, form, reply_concern, disclosure=key, entry=entry):
        return redirect("care-disclosure", person, key)
    kind = words("concern-kinds", chosen.concern)
    facts = [Pair(kind, chosen.words, when(chosen.when), strong=True)]
    if chosen.reply:
        facts.append(Pair(_("Care"), chosen.reply, when(chosen.replied) if chosen.replied else ""))
    page = FormPage(
        title=_("%(name)s tells care") % {"name": view.recipient},
        button=_("Send the answer"),
        reference=view.reference,
        provenance=view.provenance,
        back=Link(_("Disclosure"), reverse("care-disclosure", args=[person, key])),
        facts=facts,
        wont=_("Saving telephones nobody. Where a life is in danger, call for help first."),
    )
    return form_page(request, file, form, page)


def service_answer(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """Take over into a referral what the service answered, without typing it again."""
    find(request, person)
    referral = part_of(request, models.Referral, person, key)
    behind = answer_behind(actor_of(request), person, referral)
    if behind is None:
        raise Http404
    form = Form(request.POST or None)
    if request.method == "POST":
        done, _none = try_perform(
            request, form, answer_referral, referral=key, answer=behind.outcome, reasons=behind.reasons
        )
        if done:
            return redirect("care-referrals", person)
    page = ConfirmPage(
        title=_("Take over the answer"),
        happens=[
            _("%(name)s said: %(answer)s")
            % {"name": behind.name, "answer": words("referral-answers", behind.outcome)},
            *([behind.reasons] if behind.reasons else []),
        ],
        wont=[_("Nobody is told anything by this.")],
        button=_("Take it over"),
        back=Link(_("Answer to a referral"), reverse("care-referral", args=[person, key])),
        warning=False,
    )
    return render(request, "web/confirm.html", {"page": page, "form": form})
