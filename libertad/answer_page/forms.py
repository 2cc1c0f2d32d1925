"""The two forms of a one-time page. Nothing is chosen for whoever fills them in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from libertad.answer_page.limits import page_limits
from libertad.answer_page.sealing import plain_code
from libertad.look.fields import PartialDateField

ANSWERS = (
    ("accepted", _("We can help")),
    ("declined", _("We cannot help")),
    ("call", _("Call us: we have to ask something first")),
)
CODE = {"inputmode": "numeric", "autocomplete": "off", "maxlength": "20"}


class CodeForm(forms.Form):
    """The code that was told by telephone."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("The digits that you were told by telephone."),
        widget=forms.TextInput(attrs=CODE),
        max_length=20,
        error_messages={"required": _("Enter the code that you were told")},
    )

    def clean_code(self) -> str:
        code = plain_code(self.cleaned_data["code"])
        if not (code.isascii() and code.isdecimal() and len(code) == page_limits().digits):
            raise ValidationError(
                _("The code has %(digits)d digits"), params={"digits": page_limits().digits}
            )
        return code


class AnswerForm(forms.Form):
    """The answer itself, with the code once more: the host does not keep it between two pages."""

    code = forms.CharField(widget=forms.HiddenInput, max_length=20)
    answer = forms.ChoiceField(
        label=_("Can you help?"),
        choices=ANSWERS,
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
        error_messages={"required": _("Choose one of the answers")},
    )
    earliest = PartialDateField(
        label=_("From which day?"),
        help_text=_("If you can help: the first day. Empty: the day that is asked for."),
        required=False,
    )
    words = forms.CharField(
        label=_("Anything that we should know"),
        help_text=_("A few words. No name, nothing about a person."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = self.fields["words"]
        words.max_length = page_limits().words  # type: ignore[attr-defined]
        words.widget.attrs["maxlength"] = str(page_limits().words)

    def clean_words(self) -> str:
        words = " ".join(str(self.cleaned_data["words"]).split())
        if len(words) > page_limits().words:
            raise ValidationError(_("At most %(most)d signs"), params={"most": page_limits().words})
        return words

    def clean_earliest(self) -> str:
        """A whole day from yesterday on (this host's clock may be a time zone away)."""
        text = str(self.cleaned_data["earliest"] or "")
        if not text:
            return ""
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise ValidationError(_("Give the whole date: day, month and year")) from None
        today = date.today()  # noqa: DTZ011
        if not today - timedelta(days=1) <= day <= today + timedelta(days=page_limits().days_ahead):
            raise ValidationError(_("Give a day from today on, not more than a year ahead"))
        return day.isoformat()
