"""Forms about whose task a person is. None asks when: a word at a desk is of the moment of saying it."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

LINES = forms.Textarea(attrs={"rows": 3})


class GiveBackForm(forms.Form):
    """Give the person back to the duty desk."""

    reasons = forms.CharField(
        label=_("Why do you give the person back?"),
        help_text=_("For whoever takes the person next: what is begun, and what was promised."),
        widget=LINES,
        max_length=1000,
    )


class HandOverForm(forms.Form):
    """Offer the person to another officer."""

    to = forms.ChoiceField(label=_("To whom?"))
    note = forms.CharField(
        label=_("What should the officer know?"), widget=LINES, max_length=1000, required=False
    )

    def __init__(self, *args: object, officers: Sequence[tuple[str, str]]) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.fields["to"].choices = [("", _("Choose")), *officers]  # type: ignore[attr-defined]


class DeclineForm(forms.Form):
    """Decline a hand-over."""

    reasons = forms.CharField(
        label=_("Why do you not take the person?"), help_text=_("For who offered it."), widget=LINES,
        max_length=1000,
    )  # fmt: skip
