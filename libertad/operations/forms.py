"""Forms of this room. A field's name is the action's parameter."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.web.words import choices


class LeadForm(forms.Form):
    """Report a lead: source and information are graded apart."""

    country = forms.ChoiceField(label=_("Country or territory"), choices=choices("countries"))
    summary = forms.CharField(
        label=_("What was reported"),
        help_text=_("One or two sentences. No names of people who may be victims."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
    )
    origin = forms.ChoiceField(label=_("Where it comes from"), choices=choices("lead-origins"))
    workplace = forms.ChoiceField(
        label=_("Kind of workplace"), choices=choices("workplaces", blank=_("Not known")), required=False
    )
    source_grade = forms.ChoiceField(
        label=_("How reliable is the source?"), choices=choices("source-grades"), widget=forms.RadioSelect
    )
    information_grade = forms.ChoiceField(
        label=_("How well is the information known?"),
        help_text=_("Graded apart from the source."),
        choices=choices("information-grades"),
        widget=forms.RadioSelect,
    )
    handling = forms.ChoiceField(
        label=_("How far may it go?"), choices=choices("handling-codes"), widget=forms.RadioSelect
    )
    handling_conditions = forms.CharField(
        label=_("Conditions"), help_text=_("Needed for code C."), required=False, max_length=500
    )
