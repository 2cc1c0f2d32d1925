"""Forms that correct what is on file. They carry the entries whose values they showed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.operations.forms import CheckForm, ShownForm, SiteForm, VisitForm


class CorrectForm(ShownForm):
    """Every correction gives its reason. `given()`: the fields, as the action takes them."""

    reasons = forms.CharField(
        label=_("What was wrong, and how do you know?"),
        help_text=_("It stays on file beside what was said before."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )

    def given(self) -> dict[str, Any]:
        values = {name: v for name, v in self.cleaned_data.items() if name not in ("shown", "reasons")}
        return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


class CorrectSiteForm(CorrectForm, SiteForm):
    """What was registered of a site, except its country, which decides who reads it, and its zone."""

    country = None  # type: ignore[assignment]
    zone = None  # type: ignore[assignment]
    field_order = ("name", "workplace", "place", "lat", "lon", "within_m")

    def given(self) -> dict[str, Any]:
        values = super().given()
        for name in ("lat", "lon", "within_m"):
            values.pop(name)
        return values


class CorrectVisitForm(CorrectForm, VisitForm):
    """What a team found. When it was stays as it was recorded."""

    happened = None  # type: ignore[assignment]
    field_order = ("team", "outcome", "people", "living_space_m2", "living_space_people", "note")


class CorrectCheckForm(CorrectForm, CheckForm):
    """What was asked and answered, except whose file it is in."""

    country = happened = person = exhibit = None  # type: ignore[assignment]
    field_order = ("database", "about", "answer", "document_ends", "document_country", "note")
