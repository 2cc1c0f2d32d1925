"""Forms about asking a deciding authority, and about an appeal against its decision."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.care.forms import LINES, When
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


class AppealForm(When):
    """Where an appeal was lodged, and whether the decision waits for it."""

    court = forms.CharField(
        label=_("Where was it lodged?"), help_text=_("The court or office, by its name."), max_length=200
    )
    suspends = forms.ChoiceField(
        label=_("Does it suspend the decision?"),
        help_text=_("As the court, the deciding authority or a lawyer told you."),
        choices=choices("appeal-effects"),
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("What else should be known?"),
        help_text=_("Such as: who acts for the person, and the court's file number."),
        widget=LINES,
        max_length=1000,
        required=False,
    )


class AppealOutcomeForm(When):
    """What came of an appeal."""

    outcome = forms.ChoiceField(
        label=_("What came of it?"), choices=choices("appeal-outcomes"), widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("Reasons, and what the person was told"), widget=LINES, max_length=1000, required=False
    )
