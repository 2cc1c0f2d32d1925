"""Forms that correct what is on file. They carry the entries whose values they showed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.access.forms_correcting import CorrectForm
from libertad.look.words import choices
from libertad.operations.forms import LEAD_FACTS, CheckForm, LeadForm, SiteForm, VisitForm
from libertad.operations.forms_planning import TeamForm, utc


class CorrectSiteForm(CorrectForm, SiteForm):
    """What was registered of a site, except its country, which decides who reads it, and its zone."""

    country = None  # type: ignore[assignment]
    zone = None  # type: ignore[assignment]
    field_order = ("name", "workplace", "workplace_words", "place", "lat", "lon", "within_m")

    def field_values(self) -> dict[str, Any]:
        values = super().field_values()
        for name in ("lat", "lon", "within_m"):
            values.pop(name)
        return values


class CorrectVisitForm(CorrectForm, VisitForm):
    """What a team found. When it was stays as it was recorded."""

    happened = None  # type: ignore[assignment]
    field_order = (
        "team",
        "outcome",
        "people",
        "living_space_m2",
        "living_space_people",
        "hours_a_day",
        "days_a_week",
        "conditions",
        "conditions_absent",
        "note",
    )


class CorrectCheckForm(CorrectForm, CheckForm):
    """What was asked and answered, except whose file it is in."""

    country = happened = person = exhibit = None  # type: ignore[assignment]
    field_order = ("database", "about", "answer", "document_ends", "document_country", "note")


class CorrectLeadForm(CorrectForm, LeadForm):
    """The words of a lead, except its country, which decides who reads it, and its grades."""

    country = source_grade = information_grade = handling = None  # type: ignore[assignment]
    handling_conditions = None  # type: ignore[assignment]
    origin = forms.ChoiceField(
        label=_("Where it comes from"), choices=choices("lead-origins", blank=_("Not known")), required=False
    )
    field_order = ("summary", *LEAD_FACTS, "origin", "workplace", "site")


class CorrectTeamForm(CorrectForm, TeamForm):
    """What was said of a team. Its site stays: a team goes elsewhere, that is no correction."""

    reference = None  # type: ignore[assignment]
    taken_back = forms.BooleanField(
        label=_("There is no such team: it was recorded by mistake, or twice"), required=False
    )
    field_order = (
        "member",
        "others",
        "officers",
        "task",
        "window",
        "first_check_in",
        "every_minutes",
        "silent_until",
        "silent_why",
    )

    def clean(self) -> dict[str, Any]:
        return (
            super(TeamForm, self).clean() or self.cleaned_data
        )  # a team may be left without its last member

    def field_values(self) -> dict[str, Any]:
        values = super().field_values()
        for name in ("first_check_in", "silent_until"):
            values[name] = utc(values[name])
        return values
