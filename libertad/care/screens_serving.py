"""Asking a service for help; and what one that is a member told care, answered."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.care import forms, queries
from libertad.care.actions.refer import refer
from libertad.care.actions.reply_concern import reply_concern
from libertad.care.disclosure_words import ground_words
from libertad.care.forms_serving import ConcernReplyForm
from libertad.care.pages import find, link, now_of, present
from libertad.care.queries_disclosing import Ground
from libertad.care.queries_serving import asking_grounds, served_disclosure
from libertad.care.screens_forms import back_to, form_page, save
from libertad.look.fields import offer
from libertad.look.page_objects import FormPage, Link, Pair
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


def refer_new(request: HttpRequest, person: str) -> HttpResponse:
    """Ask a service, under a consent that is live."""
    file = find(request, person)
    now = now_of(request)
    members = asking_grounds(actor_of(request), person)
    answering = {ground.consent.id for ground in members if ground.consent is not None}
    live = [
        agreement
        for agreement in queries.live_consents(actor_of(request), person, now.at)
        if agreement.id not in answering
    ]
    form = forms.ReferForm(request.POST or None, now=now)
    offer(form, "consent", [(agreement.id, _consent_words(agreement)) for agreement in live])
    if request.method == "POST" and form.is_valid():
        to = next(
            (
                agreement.words.get("recipient", "")
                for agreement in live
                if agreement.id == form.cleaned_data["consent"]
            ),
            "",
        )
        if save(request, form, refer, person=person, to=to):
            return redirect("care-referrals", person)
    page = FormPage(
        title=_("Refer to a service"),
        button=_("Record the referral"),
        reference=file.reference,
        back=back_to(file, "care-referrals", _("Referrals")),
        intro=""
        if live or members
        else _("No agreement is on file that carries a referral. Record one first."),
        links=_members(request, person, members),
        wont=_("Nothing that the person does not want told. Libertad sends nothing: you tell them."),
    )
    return form_page(request, file, form, page)


def _members(request: HttpRequest, person: str, listed: list[Ground]) -> list[Link]:
    """Who answers itself is asked by a disclosure."""
    return present(
        [
            link(
                request,
                _("Ask %(name)s, which answers here: %(agreed)s")
                % {"name": ground.name, "agreed": ground_words(ground.consent)},
                "care-disclose",
                person,
                ground.consent.id,
            )
            for ground in listed
            if ground.consent is not None
        ]
    )


def _consent_words(agreement: Any) -> str:
    withheld = ", ".join(words("file-parts", code) for code in agreement.words.get("withheld", ()))
    text = f"{words('consent-purposes', agreement.plain['purpose'])}: {agreement.words.get('recipient', '')}"
    return text + (" · " + _("not to be disclosed: %(what)s") % {"what": withheld} if withheld else "")
