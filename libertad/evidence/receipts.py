"""Whether the owner got a receipt: given, not given, or not said; how it is asked and told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from libertad.look.words import choices


def receipt_words(receipt: bool | None) -> str:
    """Given or not given; '' where nobody said."""
    if receipt is None:
        return ""
    return _("Given") if receipt else _("Not given")


class ReceiptField(forms.TypedChoiceField):
    """Yes, no, or None for neither."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Did the owner get a receipt?"),
            choices=choices("yes-no"),
            coerce=lambda answer: answer == "yes",
            empty_value=None,
            widget=forms.RadioSelect,
            required=False,
        )

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value)
