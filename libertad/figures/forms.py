"""Forms of this room. No number can be typed: the node counts them."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.look.fields import MomentField


class ReleaseForm(forms.Form):
    """As of when a release is proposed."""

    as_of = MomentField(past=False, label=_("As of when"), help_text=_("What happened later is not counted."))
    # Which sentence the form showed: a moment and its numbers, only compared, never taken over.
    previewed = forms.CharField(widget=forms.HiddenInput, required=False)


class WithdrawForm(forms.Form):
    """Why a proposal is withdrawn, and which was read: the hash of its entry, only compared."""

    reasons = forms.CharField(
        label=_("Why it is withdrawn"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The members of the operation read it beside what was proposed. Name nobody."),
    )
    proposal = forms.CharField(widget=forms.HiddenInput, max_length=64)


class SignForm(forms.Form):
    """Which proposal was read: the hash of its entry, only compared."""

    proposal = forms.CharField(widget=forms.HiddenInput, max_length=64)
