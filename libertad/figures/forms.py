"""Form of this room. No number can be typed: the node counts them."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.look.fields import MomentField


class ReleaseForm(forms.Form):
    """As of when, and who read it second."""

    as_of = MomentField(
        label=_("As of when"),
        help_text=_("Time in your authority's zone. What happened later is not counted."),
    )
    second_reader = forms.CharField(
        label=_("Second reader"),
        help_text=_("Rank and name of who has read the sentence with you."),
        max_length=120,
        required=False,
    )
    # Which sentence the form showed: a moment and its numbers, only compared, never taken over.
    previewed = forms.CharField(widget=forms.HiddenInput, required=False)
