"""Forms of care's side of the count. A field's name is the action's parameter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.access.models import Authority
from libertad.look.words import choosing


class NameForm(forms.Form):
    """Which care authority, and when the day's cut is."""

    care = forms.ChoiceField(label=_("Care authority"))
    cut_time = forms.CharField(
        label=_("Time of each day's cut, in UTC"),
        max_length=5,
        initial="22:00",
        help_text=_("Such as 22:00. Figures of care are counted at this time and at no other."),
    )

    def __init__(self, *args: Any, cares: Sequence[Authority], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        care = self.fields["care"]
        if isinstance(care, forms.ChoiceField):
            care.choices = choosing((row.pk, row.name) for row in cares)


class AcceptForm(forms.Form):
    """Beside whom; `care` is the one that the form showed."""

    beside = forms.MultipleChoiceField(
        label=_("Care authorities that you know to be real"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Who is made up could make one person's change look like the work of many."),
    )
    care = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, cares: Sequence[Authority], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["beside"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(row.pk, row.name) for row in cares]


class AskForm(forms.Form):
    """A note for who asks why there is no new block."""

    note = forms.CharField(label=_("Note"), max_length=200, required=False)
