"""How a lead stands: said by hand where two words of it cross."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as mark

from libertad.access import crossed_words
from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.access.queries import can_say
from libertad.look.page_objects import FormPage, Link
from libertad.look.words import choices, words
from libertad.operations import queries
from libertad.operations.actions.set_standing import set_standing
from libertad.operations.parts import Part
from libertad.operations.presenters import LeadSeen


class StandingForm(forms.Form):
    """Which of the words holds, and why."""

    standing = forms.ChoiceField(
        label=mark("Does the lead still hold?"), choices=choices("lead-standings"), widget=forms.RadioSelect
    )
    because = forms.CharField(
        label=mark("What it rests on"), widget=forms.Textarea(attrs={"rows": 3}), max_length=500
    )


def standing_words(code: str) -> str:
    return words("lead-standings", code)


def crossing(actor: Actor, lead: LeadSeen) -> list[Part]:
    """The part of a lead's page that shows two words that cross; none where there are not two."""
    values = queries.crossed_standings(actor, lead)
    if not values:
        return []
    link = Link(_("Say what holds"), reverse("lead-standing", args=[lead.id]))
    return [
        Part(
            crossed_words.title(),
            second=crossed_words.lead(),
            pairs=crossed_words.pairs(crossed_words.doubts(actor, values, standing_words)),
            links=[link] if can_say(actor, "lead.standing") else [],
        )
    ]


def lead_standing(request: HttpRequest, key: str) -> HttpResponse:
    """Say how a lead stands."""
    lead = queries.lead(actor_of(request), key)
    if lead is None:
        raise Http404
    form = StandingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _lead = try_perform(
            request, form, set_standing, lead=key, ground="other", source="decision", **form.cleaned_data
        )
        if done:
            return redirect("lead", key)
    page = FormPage(
        title=_("Status of this lead"),
        reference=lead.reference,
        button=_("Say what holds"),
        back=Link(lead.reference, reverse("lead", args=[key])),
        intro=lead.summary,
    )
    return render(request, "web/form.html", {"page": page, "form": form})
