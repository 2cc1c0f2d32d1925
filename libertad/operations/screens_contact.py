"""Recording that a team was reached or not: how, what was agreed, and when it reports next."""

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
from libertad.access.queries import clock_now
from libertad.look.fields import MomentField, offer
from libertad.look.page_objects import FormPage, Link
from libertad.look.words import choices
from libertad.operations import queries
from libertad.operations.actions.contact_team import contact_team
from libertad.operations.contact_words import tried_words
from libertad.operations.forms_planning import in_zone, utc
from libertad.operations.parts import said_at
from libertad.operations.screens_teams import known_team
from libertad.operations.words import team_due


class ContactForm(forms.Form):
    """How, and with what outcome. Nothing is chosen for whoever fills it in."""

    how = forms.ChoiceField(
        label=lazy("How was it tried?"),
        choices=choices("contact-ways"),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )
    outcome = forms.ChoiceField(
        label=lazy("With what outcome?"),
        choices=choices("contact-outcomes"),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )
    agreed = forms.CharField(
        label=lazy("What was agreed?"),
        help_text=lazy("Needed if the team was reached. No names of people who may be victims."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        required=False,
    )
    next_due = MomentField(
        past=False,
        label=lazy("When does the team report next?"),
        help_text=lazy("Needed if it was reached: from then on it is overdue. By the clock of the site,"),
        required=False,
    )
    site = forms.ChoiceField(label=lazy("Where is it sent?"), required=False)
    happened = MomentField(
        label=lazy("When was it tried?"),
        empty_is_now=True,
        required=False,
    )


def team_contact(request: HttpRequest, key: str) -> HttpResponse:
    """By a coordinator or the national lead; a team speaks for itself by checking in."""
    actor = actor_of(request)
    team = known_team(actor, key)
    here = queries.site(actor, team.site)
    zone = here.zone if here else team.zone
    now = said_at(clock_now(actor.operation), zone)
    form = ContactForm(request.POST or None)
    in_zone(form, ("next_due", "happened"), zone, now.at)
    other_sites = [site for site in queries.sites(actor, country=team.country) if site.id != team.site]
    offer(
        form,
        "site",
        [
            ("", _("Nowhere else")),
            *((site.id, f"{site.reference}, {site.name}") for site in other_sites),
        ],
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data | {"next_due": utc(form.cleaned_data["next_due"])}
        done, _entry = try_perform(
            request, form, contact_team, team=key, **{**data, "happened": data["happened"] or now}
        )
        if done:
            messages.success(request, _("Recorded. It stands on the team's page, on Today and on the board."))
            return redirect("team", key)
    page = FormPage(
        title=_("Record a contact"),
        button=_("Record the contact"),
        reference=team.reference,
        provenance=team.provenance,
        back=Link(team.reference, reverse("team", args=[key])),
        intro=" ".join(filter(None, [f"{team.site_reference}: {team_due(team)}.", tried_words(team)])),
        wont=_(
            "Nothing is sent by this, and a danger stays first until somebody says what was done. "
            "A team that was not reached stays overdue."
        ),
    )
    return render(request, "web/form.html", {"page": page, "form": form})
