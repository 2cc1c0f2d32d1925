"""Closing a team's danger to life: by the national lead or a coordinator, with what was done."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.look.danger import came_meanwhile
from libertad.look.page_objects import FormPage, Link
from libertad.operations.actions.close_danger import close_team_danger
from libertad.operations.endangered_panel import danger_lines
from libertad.operations.screens_teams import known_team
from libertad.vocabulary.verbs.danger import LONGEST


class TeamDangerClosedForm(forms.Form):
    """What was done for the team."""

    done = forms.CharField(
        label=lazy("What was done, and by whom?"),
        help_text=lazy("Such as 'The coast guard took all six off the island at 15:10.'"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST,
    )


def team_danger_close(request: HttpRequest, key: str) -> HttpResponse:
    """The team's own check-in closes nothing: somebody else says what was done."""
    actor = actor_of(request)
    team = known_team(actor, key)
    answers = tuple(request.POST.getlist("answers"))
    form = TeamDangerClosedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _entry = try_perform(
            request, form, close_team_danger, team=key, answers=answers, **form.cleaned_data
        )
        if done:
            messages.success(request, _("Closed. What you wrote stands on the team's page."))
            if known_team(actor, key).danger:
                messages.error(request, came_meanwhile())
            return redirect("team", key)
    page = FormPage(
        title=_("What was done about the danger?"),
        button=_("Close the danger"),
        reference=team.reference,
        provenance=team.provenance,
        back=Link(team.reference, reverse("team", args=[key])),
        wont=_("It closes the dangers on this page. One that came meanwhile or comes later stays first."),
    )
    context = {"page": page, "form": form, "dangers": danger_lines(actor, team)}
    return render(request, "web/danger_close.html", context)
