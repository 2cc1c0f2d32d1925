"""Forms about changes that another authority countersigns."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.look.words import choices
from libertad.operations.forms_planning import OperationForm


class WhyForm(forms.Form):
    """Why. Every member reads it."""

    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("Every member of the operation reads it."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _reason() -> forms.CharField:
    return forms.CharField(
        label=_("Why?"),
        help_text=_("Every member of the operation reads it. Needed once the operation has begun."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class MemberForm(forms.Form):
    """What the operation says of a member. Its kind never changes."""

    name = forms.CharField(label=_("Name of the authority"), max_length=200)
    country = forms.ChoiceField(label=_("Country or territory"), choices=choices("countries"))
    part = forms.ChoiceField(label=_("Its part in the operation"), choices=choices("authority-parts"))
    reason = _reason()


class OperationChangeForm(OperationForm):
    """What the operation is called, its days, zone and countries."""

    reason = _reason()
