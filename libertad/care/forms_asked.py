"""Forms about asking a deciding authority."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.look.words import choices


class AskForm(forms.Form):
    """Which authority is asked for what."""

    authority = forms.ChoiceField(label=_("Which authority?"), widget=forms.RadioSelect)
    what = forms.ChoiceField(
        label=_("What is to be decided?"), choices=choices("decision-asks"), widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("What should it know first?"),
        help_text=_("Such as: until when, and why now."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
    )


class TakeBackForm(forms.Form):
    """Why an authority reads the file no more."""

    reasons = forms.CharField(
        label=_("Why?"),
        help_text=_("It reads this. Such as: the decision is made, and nobody has appealed."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=500,
    )
