"""Who answers for a person, between care authorities: the page that tells it, and the acts of agreeing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.acting import perform
from libertad.access.actions.open_file import open_file
from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.care.actions.lead_person import accept_lead, decline_lead, end_lead, offer_lead, withdraw_lead
from libertad.care.desk_pages import back_from_desk
from libertad.care.disclosure_words import ground_words
from libertad.care.forms_leading import NONE, US, LeadDeclineForm, LeadEndForm, LeadOfferForm
from libertad.care.leading import Offer, may_accept
from libertad.care.leading_words import lead_words, offer_words, partner_words, status_words
from libertad.care.pages import link, present
from libertad.care.queries_disclosing import Ground, grounds
from libertad.care.queries_leading import AgreementSeen, LeadSeen, lead_of
from libertad.look.page_objects import Action, ConfirmPage, FormPage, Link, Pair, Provenance
from libertad.look.times import when
from libertad.vocabulary.values import Happened


@dataclass(frozen=True)
class LeadPage:
    """Who answers, what can be agreed, and what was said. `hints`: what stands in the way of agreeing."""

    title: str
    name: str
    reference: str
    provenance: Provenance
    back: Link
    facts: Sequence[Pair]
    main: Action | None
    links: Sequence[Link]
    hints: Sequence[str]
    words: Sequence[Pair]


def who_leads(request: HttpRequest, person: str) -> HttpResponse:
    """Who answers for the person, the offers that wait, and each word of both, the last first."""
    view, actor = _find(request, person), actor_of(request)
    for agreement in view.agreements:
        perform(actor, open_file, compartment=agreement.compartment, subject=person, page="leading")
    acts = _acts(request, view)
    page = LeadPage(
        title=_("Who leads"),
        name=view.name,
        reference=view.reference,
        provenance=view.provenance,
        back=back_from_desk(view.person, view.reference, view.opened),
        facts=_facts(request, view),
        main=acts[0] if acts else None,
        links=[*(Link(act.label, act.href) for act in acts[1:]), *_ways(request, view)],
        hints=_hints(view),
        words=[
            Pair(when(word.happened), lead_words(word, agreement))
            for agreement in view.agreements
            for word in agreement.words
        ],
    )
    return render(request, "care/leading.html", {"page": page})


def _find(request: HttpRequest, person: str) -> LeadSeen:
    view = lead_of(actor_of(request), person)
    if view is None:
        raise Http404
    return view


def _to_page(view: LeadSeen) -> Link:
    return Link(_("Who leads"), reverse("care-leading", args=[view.person]))


def _facts(request: HttpRequest, view: LeadSeen) -> list[Pair]:
    actor = actor_of(request)
    answers = _("Your authority") if view.is_own else view.answers
    facts = [Pair(_("Answers for the person"), answers, strong=True)]
    for agreement in view.agreements:
        facts.append(Pair(partner_words(agreement), status_words(agreement, actor)))
        if agreement.agreement.is_conflict:
            facts.append(
                Pair(
                    _("Not agreed"),
                    _("You and %(name)s both answer") % {"name": agreement.name},
                    _(
                        "Each said something else, or works with the person already. Telephone, then one "
                        "of you offers that the other leads."
                    ),
                    strong=True,
                )
            )
        for offer in agreement.agreement.offers:
            until = when(Happened(at=agreement.answer_by(offer), zone=actor.zone))
            facts.append(
                Pair(
                    _("Waits for you")
                    if offer.by == agreement.partner
                    else _("Waits for %(name)s") % _name(agreement),
                    offer_words(offer, agreement),
                    _("To be answered by %(when)s") % {"when": until},
                )
            )
    return facts


def _name(agreement: AgreementSeen) -> dict[str, str]:
    return {"name": agreement.name}


def _acts(request: HttpRequest, view: LeadSeen) -> list[Action]:
    """What this authority can say now, the likeliest first."""
    acts, refusals, person = [], [], view.person
    for agreement in view.agreements:
        for offer in agreement.requests:
            args = [person, offer.entry]
            if _accepts(view, agreement, offer):
                label = _("Agree with %(name)s") % _name(agreement)
                acts.append(Action(label, reverse("care-leading-accept", args=args)))
            label = _("Do not agree with %(name)s") % _name(agreement)
            refusals.append(Action(label, reverse("care-leading-decline", args=args)))
    if view.partners and (view.is_own or any(not partner.record for partner in view.partners)):
        acts.append(Action(_("Offer who leads"), reverse("care-leading-offer", args=[person])))
    acts += refusals
    for agreement in view.agreements:
        acts += [
            Action(
                _("Take the offer to %(name)s back") % _name(agreement),
                reverse("care-leading-withdraw", args=[person, offer.entry]),
            )
            for offer in agreement.own_offers
            if not offer.is_claim
        ]
        if agreement.record and agreement.agreement.leader:
            label = _("End the agreement with %(name)s") % _name(agreement)
            acts.append(Action(label, reverse("care-leading-end", args=[person, agreement.record])))
    return acts


def _accepts(view: LeadSeen, agreement: AgreementSeen, offer: Offer) -> bool:
    """Whether it can be accepted: not that the other leads while the own authority offers to lead itself, in
    this file or in the one that the other began at the same time."""
    own = agreement.agreement.counterpart(agreement.partner)
    same = [a for a in view.agreements if (a.partner, a.record) == (agreement.partner, agreement.record)]
    claims = any(a.agreement.claim(own) is not None for a in same)
    return may_accept(agreement.agreement, offer.entry, own) and not (offer.is_claim and claims)


def _ways(request: HttpRequest, view: LeadSeen) -> list[Link]:
    ways = [link(request, _("Whose task, inside your authority"), "care-task", view.person)]
    if not view.partners:
        ways.append(link(request, _("Who reads the identity file"), "person-access", view.person))
    if view.opened:
        ways.append(
            link(request, _("Disclosures, for content that goes along"), "care-disclosures", view.person)
        )
    return present(ways)


def _hints(view: LeadSeen) -> list[str]:
    hints = []
    if view.linked and not any(partner.record for partner in view.partners):
        hints.append(
            ngettext(
                "Another record is linked to this one. Its care authority and yours agree on the lead "
                "authority once both read the identity files of both: ask who met the person to let "
                "them. Until then both answer.",
                "%(n)d records are linked to this one. Their care authorities and yours agree on the lead "
                "authority once each reads the identity files of both: ask who met the person to let "
                "them. Until then all answer.",
                view.linked,
            )
            % {"n": view.linked}
        )
    if not view.partners and not view.linked:
        hints.append(
            _(
                "No other care authority reads this person's identity file, so that there is nobody to agree "
                "with. To hand the person over, ask who met the person to let the other one read it."
            )
        )
    return hints


def _whom(view: LeadSeen) -> str:
    return f"{view.name}, {view.reference}" if view.name else view.reference


def _waiting(view: LeadSeen, key: str) -> tuple[AgreementSeen, Offer] | None:
    return next(((a, o) for a in view.agreements for o in a.agreement.offers if o.entry == key), None)


def _over() -> list[str]:
    return [_("This offer waits no more: it was answered or taken back.")]


def _done(
    request: HttpRequest, view: LeadSeen, form: Form, act: Callable[..., Any], done: str, **values: Any
) -> HttpResponse | None:
    is_done, _entry = try_perform(request, form, act, person=view.person, **values)
    if not is_done:
        return None
    messages.success(request, done)
    return redirect("care-leading", view.person)


def _form_page(view: LeadSeen, title: str, button: str, wont: str, facts: Sequence[Pair] = ()) -> FormPage:
    return FormPage(
        title=title,
        button=button,
        back=_to_page(view),
        reference=view.reference,
        intro=view.name,
        wont=wont,
        facts=facts,
        provenance=view.provenance,
    )


def offer(request: HttpRequest, person: str) -> HttpResponse:
    """Offer another care authority that it leads, or that the own one does."""
    view, actor = _find(request, person), actor_of(request)
    agreed = [g for g in grounds(actor, person) if g.kind == "care" and g.consent is not None]
    form = LeadOfferForm(
        request.POST or None,
        partners=[(partner.key, partner_words(partner)) for partner in view.partners],
        agreed=[(_consent(ground), f"{ground.name}: {_ground(ground)}") for ground in agreed],
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        to, _colon, record = values["partner"].partition(":")
        consent = "" if values["consent"] == NONE else values["consent"]
        answer = _done(
            request,
            view,
            form,
            offer_lead,
            _("Offered. Your authority answers for the person until the other one has accepted."),
            to=to,
            leader=actor.authority if values["leader"] == US else to,
            reason=values["reason"],
            on=values["on"],
            linked=record,
            consent=consent,
        )
        if answer is not None:
            return answer
    page = _form_page(
        view,
        _("Offer who leads"),
        _("Offer it"),
        _(
            "Your authority stays responsible until the other one has accepted. It learns that you offer "
            "this, and nothing of the protection file. Police and who decides on return or stay do not learn "
            "of it. Nobody is called by it: telephone as well."
        ),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def _consent(ground: Ground) -> str:
    return ground.consent.id if ground.consent is not None else ""


def _ground(ground: Ground) -> str:
    return ground_words(ground.consent) if ground.consent is not None else ""


def accept(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """Agree with what the other authority offers."""
    view, happens = _find(request, person), _over()
    found = _waiting(view, key)
    if found is not None:
        agreement, waiting = found
        leads = waiting.leader != agreement.partner
        happens = [
            offer_words(waiting, agreement),
            (
                _("Your authority answers for the person from now on, with a date; %(name)s does no more.")
                if leads
                else _("%(name)s answers for the person from now on; your authority does no more.")
            )
            % _name(agreement),
            _("Your files stay with you, and so does what waits in them for a second officer."),
        ]
    page = ConfirmPage(
        title=_("Agree on the lead authority"),
        happens=happens,
        wont=[_("Nothing of a protection file goes along. Neither police nor who decides learn of it.")],
        button=_("Agree"),
        back=_to_page(view),
        warning=False,
        intro=_whom(view),
    )
    return _confirm(request, view, accept_lead, page, _("Agreed."), key)


def withdraw(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """Take an own offer back."""
    view = _find(request, person)
    page = ConfirmPage(
        title=_("Take the offer back"),
        happens=[_("Your authority goes on answering for the person; nobody can accept it any more.")],
        wont=[_("If it was accepted meanwhile, the page says so once that has arrived.")],
        button=_("Take the offer back"),
        back=_to_page(view),
        warning=False,
        intro=_whom(view),
    )
    return _confirm(request, view, withdraw_lead, page, _("Taken back."), key)


def _confirm(
    request: HttpRequest, view: LeadSeen, act: Callable[..., Any], page: ConfirmPage, done: str, key: str
) -> HttpResponse:
    form = Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        answer = _done(request, view, form, act, done, offer=key)
        if answer is not None:
            return answer
    return render(request, "web/confirm.html", {"page": page, "form": form})


def decline(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """Do not agree."""
    view = _find(request, person)
    found = _waiting(view, key)
    facts = [Pair(_("Offered"), offer_words(found[1], found[0]))] if found is not None else []
    page = _form_page(
        view,
        _("Do not agree"),
        _("Do not agree"),
        _("Who answered for the person before answers still. The other authority reads why: telephone it."),
        facts,
    )
    form = LeadDeclineForm(request.POST or None)
    return _fill(request, view, form, decline_lead, page, _("Recorded: not agreed."), offer=key)


def end(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """End an agreement about two linked records. `key`: the other one."""
    view = _find(request, person)
    page = _form_page(
        view,
        _("End the agreement"),
        _("End it"),
        _("From now on both authorities answer again, each for its own record. Telephone the other one."),
    )
    form = LeadEndForm(request.POST or None)
    return _fill(request, view, form, end_lead, page, _("Ended: both answer again."), linked=key)


def _fill(
    request: HttpRequest,
    view: LeadSeen,
    form: Form,
    act: Callable[..., Any],
    page: FormPage,
    done: str,
    **fixed: str,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        answer = _done(request, view, form, act, done, **form.cleaned_data, **fixed)
        if answer is not None:
            return answer
    return render(request, "web/form.html", {"page": page, "form": form})
