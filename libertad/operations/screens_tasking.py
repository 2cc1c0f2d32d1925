"""The tasking of a team, as the officers named in it read and acknowledge it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.look.page_objects import FormPage, Link, Pair
from libertad.look.times import when
from libertad.operations import queries
from libertad.operations.actions.acknowledge_tasking import acknowledge_tasking
from libertad.operations.parts import said_at
from libertad.operations.screens_teams import known_team
from libertad.operations.site_parts import where
from libertad.operations.tasking_parts import planned, together
from libertad.operations.words import workplace


class TaskingForm(forms.Form):
    """Which tasking the page showed."""

    tasking = forms.CharField(widget=forms.HiddenInput)

    def clean_tasking(self) -> list[str]:
        return str(self.cleaned_data["tasking"]).split()


def team_acknowledge(request: HttpRequest, key: str) -> HttpResponse:
    """Read the tasking and acknowledge it; only who is named in the team."""
    actor = actor_of(request)
    team = known_team(actor, key)
    if actor.officer not in {member.officer for member in team.members}:
        raise Http404
    form = TaskingForm(request.POST or None, initial={"tasking": " ".join(team.tasking)})
    if request.method == "POST" and form.is_valid():
        done, _entry = try_perform(request, form, acknowledge_tasking, team=key, **form.cleaned_data)
        if done:
            messages.success(request, _("Acknowledged. Your lead and the coordinator see it."))
            return redirect("team", key)
        form.data = {"tasking": " ".join(team.tasking)}  # what the page shows now beside the refusal
    site = queries.site(actor, team.site)
    facts = [
        Pair(_("Site"), f"{site.reference}, {site.name}, {workplace(site)}" if site else team.site_reference),
        *(where(site) if site else []),
        Pair(_("First check-in no later than"), when(said_at(team.first_check_in, team.zone))),
        Pair(_("Then a check-in every"), _("%(minutes)d minutes") % {"minutes": team.every_minutes}),
    ]
    if plan := planned(actor, team):
        facts.insert(0, Pair(*plan))
    if team.task:
        facts.insert(0, Pair(_("To do"), team.task))
    facts.append(Pair(_("With you"), together(team, actor.officer)))
    if team.silent_until is not None:
        facts.append(
            Pair(_("Silent by plan until"), when(said_at(team.silent_until, team.zone)), team.silent_why)
        )
    page = FormPage(
        title=_("Your tasking"),
        button=_("Acknowledge the tasking"),
        back=Link(team.reference, reverse("team", args=[key])),
        reference=team.reference,
        provenance=team.provenance,
        facts=facts,
        wont=_("If it changes, you are asked again."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})
