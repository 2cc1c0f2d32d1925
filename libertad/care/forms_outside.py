"""Forms of the list of services outside Libertad, and of one-time pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.care.forms import optional
from libertad.look.fields import PartialDateField
from libertad.look.words import choices

PHONE = forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "maxlength": "40"})


class ServiceForm(forms.Form):
    """A service and its number, as an officer found it."""

    name = forms.CharField(
        label=_("Name of the service"),
        help_text=_("As people's agreements name it: a page is sent under that name alone."),
        max_length=200,
    )
    telephone = forms.CharField(
        label=_("Telephone"),
        help_text=_("With its country, such as +592 555 0101. Answers are called back at this number."),
        widget=PHONE,
        max_length=40,
    )
    checked_with = forms.CharField(
        label=_("Where do you have the number from?"),
        help_text=_("Not from an e-mail or a message: such as their sign, or a directory."),
        max_length=200,
    )
    services = forms.MultipleChoiceField(
        label=_("What do they give?"),
        choices=choices("services"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class ConfirmServiceForm(forms.Form):
    """The second officer. `entry` is what is read."""

    entry = forms.CharField(widget=forms.HiddenInput)
    agrees = forms.ChoiceField(
        label=_("Is this their number?"), choices=choices("yes-no"), widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("Where did you check it, or what is wrong with it?"),
        help_text=_("Elsewhere than the officer who wrote it down."),
        max_length=200,
    )


class EndServiceForm(forms.Form):
    reasons = forms.CharField(label=_("Why is it asked no more?"), max_length=200)


class PageForm(forms.Form):
    """What the page shows. Nothing is chosen; what the referral does not tell is not asked for."""

    service = forms.ChoiceField(
        label=_("Whom do you ask?"), widget=forms.RadioSelect(attrs={"data-look": "radios"})
    )
    day = PartialDateField(
        label=_("For which day?"), help_text=_("The whole date. Empty: as soon as possible."), required=False
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=optional("sexes", _("Not told")), required=False)
    age = forms.ChoiceField(label=_("Age"), choices=optional("age-groups", _("Not told")), required=False)
    language = forms.ChoiceField(
        label=_("Language"), choices=optional("languages", _("Not told")), required=False
    )
    line = forms.CharField(
        label=_("Your duty line"),
        help_text=_("The number at which they reach whoever is on duty. Not a person's own."),
        widget=PHONE,
        max_length=40,
    )

    def __init__(self, *args: Any, fields: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("sex", "age", "language"):
            if name not in fields:
                del self.fields[name]

    def clean_day(self) -> str:
        return str(self.cleaned_data["day"] or "")


class RecallForm(forms.Form):
    reasons = forms.CharField(label=_("Why is it taken back?"), max_length=200)
