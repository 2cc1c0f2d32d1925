"""Forms about a person's property: what was taken or is owed, where it is now, and what was paid."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of, may_open
from libertad.access.form_actions import try_perform
from libertad.access.matrix import matrix
from libertad.evidence.queries import exhibit, exhibit_by_reference
from libertad.look.amounts import amount_words
from libertad.look.fields import offer
from libertad.look.page_objects import Link, Pair
from libertad.look.times import when
from libertad.look.words import words
from libertad.people import forms_property as asked
from libertad.people import queries
from libertad.people.actions.change_property import change_property
from libertad.people.actions.pay_property import pay_property
from libertad.people.actions.take_property import take_property
from libertad.people.head import person_or_404
from libertad.people.queries import PaymentSeen
from libertad.people.screens_acts import clock, shown_form


def ask_exhibit(request: HttpRequest, form: Any, country: str, before: str = "") -> None:
    """An exhibit of the same country, or the one before, by its reference. Who reads none is not asked."""
    actor = actor_of(request)
    if not may_open(actor, "exhibits"):
        del form.fields["exhibit"]
        return

    def find(reference: str) -> str:
        exhibit = exhibit_by_reference(actor, reference)
        return (
            exhibit.id if exhibit is not None and (exhibit.country == country or exhibit.id == before) else ""
        )

    form.fields["exhibit"].find = find


def property_new(request: HttpRequest, key: str) -> HttpResponse:
    """Record something taken from a person."""
    person = person_or_404(request, key)
    form = asked.TakenForm(request.POST or None, **clock(request))
    ask_exhibit(request, form, person.country)
    if request.method == "POST" and form.is_valid():
        done, _id = try_perform(request, form, take_property, person=key, **form.cleaned_data)
        if done:
            return redirect("person-property", key)
    return shown_form(
        request,
        form,
        person,
        _("Record something taken"),
        _("Record it"),
        _("It does not become an exhibit by this: an exhibits officer takes it into custody."),
    )


def property_change(request: HttpRequest, key: str) -> HttpResponse:
    """Where a person's property is now."""
    belonging = queries.property_of(actor_of(request), key)
    if belonging is None:
        raise Http404
    person = person_or_404(request, belonging.person)
    current_exhibit = (
        exhibit(actor_of(request), belonging.exhibit)
        if belonging.exhibit and may_open(actor_of(request), "exhibits")
        else None
    )
    initial = {
        "exhibit": current_exhibit.reference if current_exhibit else "",
        "due_back": belonging.due_back,
    }
    form = asked.PropertyForm(request.POST or None, initial=initial, **clock(request))
    ask_exhibit(request, form, person.country, belonging.exhibit)
    if request.method == "POST" and form.is_valid():
        done, _none = try_perform(request, form, change_property, property_id=key, **form.cleaned_data)
        if done:
            return redirect("person-property", belonging.person)
    title = _("Where it is now: %(what)s") % {"what": words("property-kinds", belonging.kind).lower()}
    pays = [Link(_("Record a payment of it"), reverse("property-pay", args=[key]))] if belonging.money else []
    return shown_form(request, form, person, title, _("Record where it is"), "", links=pays)


def property_pay(request: HttpRequest, key: str) -> HttpResponse:
    """A payment of what is owed; or what one that was recorded should be."""
    actor = actor_of(request)
    belonging = queries.property_of(actor, key)
    if belonging is None or not belonging.money:
        raise Http404
    person = person_or_404(request, belonging.person)
    form = asked.PayForm(request.POST or None, currency=belonging.currency, **clock(request))
    own = [payment for payment in belonging.payments if payment.authority == actor.authority]
    if own and matrix().may_supersede(actor.role, "property.paid"):
        listed = [(payment.entry, payment_words(payment, belonging.currency)) for payment in own]
        offer(form, "instead", [("", _("No, it is a further payment")), *listed])
    else:
        del form.fields["instead"], form.fields["reasons"]
    if request.method == "POST" and form.is_valid():
        done, _entry = try_perform(request, form, pay_property, property_id=key, **form.cleaned_data)
        if done:
            return redirect("person-property", belonging.person)
    facts = [
        Pair(_("Owed"), amount_words(belonging.amount, belonging.currency)),
        *(Pair(_("Paid"), payment_words(payment, belonging.currency)) for payment in belonging.payments),
        Pair(_("Left"), amount_words(belonging.remaining.removeprefix("-"), belonging.currency), strong=True)
        if not belonging.remaining.startswith("-")
        else Pair(_("Paid too much"), amount_words(belonging.remaining[1:], belonging.currency), strong=True),
    ]
    change = Link(_("Change the day, or where it is"), reverse("property", args=[key]))
    return shown_form(
        request,
        form,
        person,
        _("Record a payment: %(what)s") % {"what": words("property-kinds", belonging.kind).lower()},
        _("Record the payment"),
        "",
        facts=facts,
        links=[] if belonging.settled else [change],
    )


def payment_words(payment: PaymentSeen, currency: str) -> str:
    """'100 XCD, 8 April 2018 09:00'."""
    return f"{amount_words(payment.amount, currency)}, {when(payment.when)}"
