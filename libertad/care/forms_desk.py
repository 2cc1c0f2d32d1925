"""Forms about whose task a person is. None asks when: a word at a desk is of the moment of saying it."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.look.fields import MomentField
from libertad.look.words import choices, words
from libertad.vocabulary.values import Happened

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


class NextForm(forms.Form):
    """The next step, and what became of the one before."""

    last = forms.ChoiceField(
        label=_("The step before: was it done?"), choices=choices("step-outcomes"), widget=forms.RadioSelect
    )
    kind = forms.ChoiceField(
        label=_("What is done next?"), choices=choices("next-steps"), widget=forms.RadioSelect
    )
    note = forms.CharField(label=_("Note"), widget=LINES, max_length=1000, required=False)

    def __init__(self, *args: object, now: Happened, step: str) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.fields["until"] = MomentField(label=_("Until when?"), zone_name=now.zone, past=False)
        self.order_fields(["last", "kind", "until", "note"])
        if not step:
            del self.fields["last"]
        else:
            self.fields["last"].help_text = words("next-steps", step)

    def arguments(self) -> dict[str, str]:
        """What the action takes: a date, or a moment with its offset."""
        values = dict(self.cleaned_data)
        by: Happened = values["until"]
        day = by.precision == "day"
        return values | {"until": f"{by.local:%Y-%m-%d}" if day else by.local.isoformat()}


class DeclineForm(forms.Form):
    """Decline a hand-over."""

    reasons = forms.CharField(
        label=_("Why do you not take the person?"), help_text=_("For who offered it."), widget=LINES,
        max_length=1000,
    )  # fmt: skip
