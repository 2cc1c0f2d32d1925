"""What every form that corrects has: the entries whose values it showed, and the reason."""

from __future__ import annotations

import json
import re
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

ENTRY = re.compile(r"[0-9a-f]{64}")


class ShownForm(forms.Form):
    """A form that changes values says which entries it showed: only those does it supersede."""

    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_shown(self) -> dict[str, tuple[str, ...]]:
        text = self.cleaned_data["shown"]
        if not text:
            return {}
        try:
            by_field = {str(name): tuple(entries) for name, entries in json.loads(text).items()}
        except (ValueError, AttributeError, TypeError):
            by_field = {"": ("",)}
        if not all(
            isinstance(e, str) and ENTRY.fullmatch(e) for entries in by_field.values() for e in entries
        ):
            raise forms.ValidationError(gettext("This page is out of date. Load it again"))
        return {name: entries for name, entries in by_field.items() if entries and name in self.fields}


class CorrectForm(ShownForm):
    """Every correction gives its reason. `field_values()`: the fields, as the action takes them."""

    reasons = forms.CharField(
        label=_("What was wrong, and how do you know?"),
        help_text=_("It stays on file beside what was said before."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )

    def field_values(self) -> dict[str, Any]:
        values = {name: v for name, v in self.cleaned_data.items() if name not in ("shown", "reasons")}
        return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
