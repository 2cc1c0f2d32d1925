"""Forms about a person's property: what was taken, and where it is now."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from libertad.access.asking import may, who
from libertad.access.trying import try_perform
from libertad.evidence.queries import exhibits
from libertad.look.words import words
from libertad.people import forms as asked
from libertad.people import queries
from libertad.people.actions.change_property import change_property
from libertad.people.actions.take_property import take_property
from libertad.people.head import known
from libertad.people.screens_acts import clock, shown_form


def offer_exhibits(request: HttpRequest, form: Any, country: str) -> None:
    """Exhibits of the same country that the actor reads; whoever reads none is not asked."""
    actor = who(request)
    found = [one for one in exhibits(actor) if one.country == country] if may(actor, "exhibits") else []
    if found:
        listed = [(one.id, f"{one.reference}, {one.description}") for one in found]
        form.fields["exhibit"].choices = [("", _("It is no exhibit")), *listed]
    else:
        del form.fields["exhibit"]


def property_new(request: HttpRequest, key: str) -> HttpResponse:
    """Record something taken from a person."""
    found = known(request, key)
    form = asked.TakenForm(request.POST or None, **clock(request))
    offer_exhibits(request, form, found.country)
    if request.method == "POST" and form.is_valid():
        done, _id = try_perform(request, form, take_property, person=key, **form.cleaned_data)
        if done:
            return redirect("person-property", key)
    return shown_form(
        request, form, found, _("Record something taken"), _("Record it"),
        _("It does not become an exhibit by this: an exhibits officer takes it into custody."),
    )  # fmt: skip


def property_change(request: HttpRequest, key: str) -> HttpResponse:
    """Where a person's property is now."""
    thing = queries.property_of(who(request), key)
    if thing is None:
        raise Http404
    found = known(request, thing.person)
    initial = {"exhibit": thing.exhibit, "due_back": thing.due_back}
    form = asked.PropertyForm(request.POST or None, initial=initial, **clock(request))
    offer_exhibits(request, form, found.country)
    if request.method == "POST" and form.is_valid():
        done, _none = try_perform(request, form, change_property, property_id=key, **form.cleaned_data)
        if done:
            return redirect("person-property", thing.person)
    title = _("Where it is now: %(what)s") % {"what": words("property-kinds", thing.kind).lower()}
    return shown_form(
        request, form, found, title, _("Record where it is"),
        _("Nothing is deleted: earlier states stay, each with its date."),
    )  # fmt: skip
