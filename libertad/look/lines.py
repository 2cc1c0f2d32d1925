"""Several values in one box, one in each line; and fields that a form keeps folded until they are wanted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class LinesField(forms.CharField):
    """Values, one in each line, as a tuple: blank lines and a value that comes twice are passed over."""

    default_error_messages = {
        "many": _("Write at most %(most)s lines"),
        "long": _("Write at most %(most)s characters in a line"),
    }

    def __init__(self, *, limit: int = 20, longest: int = 200, rows: int = 2, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.Textarea(attrs={"rows": rows}), max_length=limit * (longest + 2), **kwargs
        )
        self.limit, self.longest = limit, longest

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> tuple[str, ...]:
        text = super().clean(value)
        lines = tuple(dict.fromkeys(" ".join(line.split()) for line in text.splitlines() if line.strip()))
        for code, wrong, limit in (
            ("many", len(lines) > self.limit, self.limit),
            ("long", any(len(line) > self.longest for line in lines), self.longest),
        ):
            if wrong:
                raise forms.ValidationError(self.error_messages[code], code=code, params={"most": limit})
        return lines

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class FoldedMixin(forms.Form):
    """Fields that most do not need lie behind one line, which is open where one of them says something."""

    FOLDED: Sequence[str] = ()
    fold_title: str | Promise = ""
    fold_help: str | Promise = ""

    @property
    def folded(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name in self.FOLDED]

    @property
    def unfolded(self) -> bool:
        return any(bound.errors or _filled(bound.value()) for bound in self.folded)


def _filled(value: Any) -> bool:
    return any(map(_filled, value)) if isinstance(value, list | tuple) else value not in (None, "")
