"""Disclosures across the wall: what was told to whom on what ground, and what a withdrawal did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.access.queries import clock_now
from libertad.access.queries_members import members_of
from libertad.care.actions.disclose import end_disclosure, propose_disclosure, read_disclosure
from libertad.care.disclosable import Choice
from libertad.care.disclosing import limits, part
from libertad.care.disclosure_words import ends_words, ground_words, state_cell, what_a_withdrawal_does
from libertad.care.forms_disclosing import DiscloseForm, DisclosureEndForm, DisclosureReadingForm
from libertad.care.pages import after_reading, find, link, now_of, page, present
from libertad.care.queries_disclosing import (
    DisclosureSeen,
    Ground,
    disclosable,
    disclosure,
    disclosures,
    grounds,
    possible_recipients,
)
from libertad.care.queries_serving import with_answers
from libertad.care.screens_forms import back_to, form_page, save
from libertad.care.serving_words import service_facts
from libertad.look.copies import CopySeen, choice_words, copies_seen
from libertad.look.page_objects import Cell, Column, FormPage, Link, Pair, Row, Table
from libertad.look.times import date_words, when
from libertad.look.words import words
from libertad.people import queries as people
from libertad.vocabulary.kinds import disclosable_kinds
from libertad.vocabulary.verbs.disclosing import SAFEKEEPING


def disclosures_page(request: HttpRequest, person: str) -> HttpResponse:
    """All of a person, the newest first; and to whom something could be disclosed on what ground."""
    file, actor = find(request, person), actor_of(request)
    rows = []
    for view in disclosures(actor, person):
        cell = state_cell(view)
        rows.append(
            Row(
                [
                    Cell(view.reference, reverse("care-disclosure", args=[person, view.id])),
                    Cell(view.recipient, second=words("disclosure-purposes", view.purpose)),
                    cell,
                    Cell(words("disclosure-grounds", view.ground), second=view.order),
                    Cell(when(view.read_when or view.when), second=view.by),
                ]
            )
        )
    columns = [
        Column(_("Reference")),
        Column(_("To whom, for what")),
        Column(_("How it stands")),
        Column(_("Ground")),
        Column(_("Sent")),
    ]
    closed = file.closed is not None
    context = {
        "page": page(request, file, "care-disclosures"),
        "table": Table(_("Disclosures"), columns, rows) if rows else None,
        "agreed": [] if closed else _ways(request, person, grounds(actor, person)),
        "countries": [] if closed else _by_country(request, person, possible_recipients(actor)),
        "ask": None if closed else link(request, _("Record an agreement"), "care-consent-new", person),
    }
    return render(request, "care/disclosures.html", context)


def _ways(request: HttpRequest, person: str, listed: list[Ground]) -> list[Link]:
    ways = []
    for ground in listed:
        key, label = ground.recipient, ground.name
        if ground.consent is not None:
            key = ground.consent.id
            label = f"{ground.name}: {ground_words(ground.consent)}"
        ways.append(link(request, label, "care-disclose", person, key))
    return present(ways)


@dataclass(frozen=True)
class CountryGroup:
    """The authorities of a country to which an order or a law may have something disclosed."""

    country: str
    ways: list[Link]


def _by_country(request: HttpRequest, person: str, listed: list[Ground]) -> list[CountryGroup]:
    """The own country first, the others by name."""
    actor = actor_of(request)
    own = next((member.country for member in members_of(actor, "care") if member.pk == actor.authority), "")
    by_country: dict[str, list[Ground]] = {}
    for ground in listed:
        by_country.setdefault(ground.country, []).append(ground)
    groups = [
        (
            country != own,
            CountryGroup(words("countries", country), _ways(request, person, grounds_there)),
        )
        for country, grounds_there in by_country.items()
    ]
    return [group for _is_abroad, group in sorted(groups, key=lambda group: (group[0], group[1].country))]


def disclose_new(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """Choose the copies. `key`: the agreement that carries it, or the authority, for an order or a law."""
    file, actor = find(request, person), actor_of(request)
    possible = [*grounds(actor, person), *possible_recipients(actor)]
    ground = next((g for g in possible if key == (g.recipient if g.consent is None else g.consent.id)), None)
    if ground is None:
        raise Http404
    withheld = set(ground.consent.words.get("withheld", ())) if ground.consent is not None else set()
    listed = disclosable(actor, person)
    offered = [(item, choice_words(copied)) for item, copied in listed if part(copied) not in withheld]
    locked = [choice_words(copied) for _item, copied in listed if part(copied) in withheld]
    possible_kinds = [kind for kind in SAFEKEEPING if kind in disclosable_kinds(ground.kind)]
    safe = [kind for kind in possible_kinds if SAFEKEEPING[kind] not in withheld]
    locked += [words("disclosed-kinds", kind) for kind in possible_kinds if kind not in safe]
    form = DiscloseForm(
        request.POST or None,
        basis=ground,
        offered=offered,
        safe=safe,
        now=now_of(request),
        initial=_on_file(actor, person) if safe else {},
    )
    is_preview = request.method == "POST" and "preview" in request.POST
    if not is_preview and save(request, form, propose_disclosure, person=person):
        if form.cleaned_data.get("tonight"):
            messages.success(
                request,
                _("Sent to %(name)s. A second officer reads it within a day.") % {"name": ground.name},
            )
        return redirect("care-disclosures", person)
    facts = [Pair(_("Recipient"), ground.name, strong=True)]
    if ground.consent is not None:
        agreed_at = when(ground.consent.when)
        facts.append(Pair(_("The person agreed"), ground_words(ground.consent), agreed_at))
    form_object = FormPage(
        title=_("Disclose to %(name)s") % {"name": ground.name},
        button=_send_words(form, is_preview),
        reference=file.reference,
        back=back_to(file, "care-disclosures", _("Disclosures")),
        facts=facts,
        wont=" ".join(
            [
                _("It goes once a second officer has read and signed it, but for a bed needed tonight.")
                if form.tonight_fields()
                else _("Nothing is sent now. It goes once a second officer has read and signed it."),
                _("Both sides see it. Case notes and the safety plan never leave, whatever is agreed."),
            ]
        ),
    )
    return form_page(
        request,
        file,
        form,
        form_object,
        "care/disclose.html",
        locked=locked,
        preview=_preview(form, listed, locked) if is_preview and form.is_valid() else None,
        withdrawal=what_a_withdrawal_does(limits()),
    )


def _send_words(form: DiscloseForm, is_preview: bool) -> Any:
    """What the button does. Once the form was sent it is known whether a bed tonight waits for nobody."""
    if form.tonight_fields() is None or (is_preview and "tonight" not in form.data):
        return _("Propose it to a second reader")
    return _("Send it now") if "tonight" in form.data else _("Save this disclosure")


def _on_file(actor: Actor, person: str) -> dict[str, Any]:
    """What the identity file says already of age, sex and languages: filled in, and not ticked."""
    met = people.person(actor, person)
    if met is None:
        return {}
    births = [birth.ages_on(clock_now(actor.operation)) for birth, _entry in met.births]
    ages = [
        str(low) if low == high else _("%(low)d to %(high)d") % {"low": low, "high": high}
        for low, high in births
    ]
    return {
        "said_age": ages[0] if len(set(ages)) == 1 else "",
        "said_sex": met.sexes[0][0] if len(met.sexes) == 1 else "",
        "said_languages": [language for language, _entry in met.languages],
    }


@dataclass(frozen=True)
class Preview:
    """What the recipient will see of what is chosen now, in its order; and by kind what is withheld."""

    purpose: str
    until: str
    copies: list[CopySeen]
    withheld: list[str]


def _preview(form: DiscloseForm, listed: Sequence[Choice], withheld: Sequence[str]) -> Preview:
    values = form.cleaned_data
    chosen = [copied for item, copied in listed if item in values["items"]] + form.safekeeping_copies()
    return Preview(
        words("disclosure-purposes", values["purpose"]),
        date_words(values["until"]),
        copies_seen(chosen),
        [text.partition(":")[0] for text in withheld],
    )


def read(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """A disclosure as its recipient gets it; for a second officer the reading, for all how it stands."""
    file, view = find(request, person), _disclosure(request, person, key)
    actor = actor_of(request)
    ((_view, answers),) = with_answers(actor, [view])
    form = DisclosureReadingForm(
        request.POST or None, now=now_of(request), initial={"proposal": view.proposal}
    )
    if save(request, form, read_disclosure, disclosure=key):
        return after_reading(request, person, redirect("care-disclosure", person, key))
    reads_it = view.state == "waiting" and view.officer != actor.officer
    links: list[Link] = []
    if answers is not None:
        label = _("Answer: %(what)s")
        links = present(
            [
                link(
                    request,
                    label % {"what": words("concern-kinds", concern.concern)},
                    "care-concern",
                    person,
                    key,
                    concern.entry,
                )
                for concern in answers.waiting
            ]
        )
    if view.glass is not None and view.glass.may_review:
        links += present(
            [link(request, _("Say whether it was right to send it by one"), "glass", view.glass.entry)]
        )
    if view.is_live or view.may_erase:
        label = _("Erase it now") if view.may_erase else _("Withdraw it")
        links += present([link(request, label, "care-disclosure-end", person, key)])
    form_object = FormPage(
        title=_("Disclosure to %(name)s") % {"name": view.recipient},
        button=_("Record my reading"),
        reference=view.reference,
        provenance=view.provenance,
        back=back_to(file, "care-disclosures", _("Disclosures")),
        facts=[*_facts(view), *service_facts(answers, view.due.at if view.due else None)],
        links=links,
        wont=_("It is sent as you agree. What was read by its recipient cannot be unread.")
        if reads_it
        else "",
    )
    return form_page(
        request,
        file,
        form if reads_it else None,
        form_object,
        "care/disclosure.html",
        copies=copies_seen(view.items),
        purpose=words("disclosure-purposes", view.purpose),
        until=date_words(view.until),
        own=view.state == "waiting" and not reads_it,
    )


def withdraw(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """Withdraw a disclosure by itself; or, once a hold is lifted, erase what it kept."""
    file, view = find(request, person), _disclosure(request, person, key)
    if not (view.is_live or view.may_erase):
        raise Http404
    form = DisclosureEndForm(request.POST or None, now=now_of(request))
    if save(request, form, end_disclosure, disclosure=key):
        return redirect("care-disclosure", person, key)
    form_object = FormPage(
        title=_("Withdraw a disclosure") if view.is_live else _("Erase what a hold kept"),
        button=_("Withdraw it") if view.is_live else _("Erase it"),
        reference=view.reference,
        back=Link(_("Disclosure"), reverse("care-disclosure", args=[person, key])),
        facts=[Pair(_("Recipient"), view.recipient, words("disclosure-purposes", view.purpose))],
        warning=True,
    )
    return form_page(
        request, file, form, form_object, "care/withdraw.html", withdrawal=what_a_withdrawal_does(limits())
    )


def _disclosure(request: HttpRequest, person: str, key: str) -> DisclosureSeen:
    view = disclosure(actor_of(request), person, key)
    if view is None:
        raise Http404
    return view


def _facts(view: DisclosureSeen) -> list[Pair]:
    cell = state_cell(view)
    facts = [
        Pair(_("How it stands"), cell.text, cell.second, strong=True),
        Pair(_("Ground"), words("disclosure-grounds", view.ground), view.order),
        Pair(_("Proposed"), when(view.when), view.by),
    ]
    if view.service:
        by = _("Needed by %(when)s") % {"when": when(view.due)} if view.due is not None else ""
        facts.insert(0, Pair(_("Asked for"), words("services", view.service), by))
    if view.informed:
        facts.append(Pair(_("The person was told"), view.informed))
    if view.glass is not None:
        facts.append(Pair(_("Sent by one, because"), view.glass.words))
    if view.read_when is not None:
        facts.append(Pair(_("Second reader"), when(view.read_when), view.read_by))
    if view.read_reasons:
        facts.append(Pair(_("Reasons"), view.read_reasons))
    return [*facts, *ends_words(view)]
