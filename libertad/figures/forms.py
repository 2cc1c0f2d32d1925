"""Forms of this room. No number can be typed: the node counts them."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.look.fields import MomentField


class ReleaseForm(forms.Form):
    """As of when a release is proposed."""

    as_of = MomentField(
        label=_("As of when"),
        help_text=_("Time in your authority's zone. What happened later is not counted."),
    )
    # Which sentence the form showed: a moment and its numbers, only compared, never taken over.
    previewed = forms.CharField(widget=forms.HiddenInput, required=False)


class SignForm(forms.Form):
    """Which proposal was read: the hash of its entry, only compared."""

    proposal = forms.CharField(widget=forms.HiddenInput, max_length=64)
