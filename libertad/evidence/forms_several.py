"""Several exhibits from one visit: what all have in common, and a row for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.evidence.forms import _Dated
from libertad.look.words import choices

KINDS = ("mobile-phone", "computer", "travel-document", "document", "other")
ROWS = 6


class SeveralForm(_Dated):
    """What is the same for all of them."""

    site = forms.ChoiceField(label=_("At which site?"), required=False)
    witness = forms.CharField(
        label=_("Witness"), help_text=_("Rank and name"), required=False, max_length=200
    )
    receipt = forms.BooleanField(label=_("The owner got a receipt"), required=False)

    def __init__(self, *args: Any, sites: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].choices = [("", _("At no registered site")), *sites]  # type: ignore[attr-defined]


class ThingForm(forms.Form):
    """One of them. Cash is counted on the form of a single exhibit."""

    kind = forms.ChoiceField(
        label=_("What is it?"), choices=choices("exhibit-kinds", KINDS, blank=_("Choose"))
    )
    description = forms.CharField(label=_("What it looks like"), max_length=500)
    where_found = forms.CharField(label=_("Where it was found"), required=False, max_length=300)
    phone_number = forms.CharField(label=_("Phone number"), required=False, max_length=50)
    seal = forms.CharField(label=_("Number on its seal"), required=False, max_length=64)


ThingRows = forms.formset_factory(ThingForm, extra=ROWS, max_num=50)
