"""Forms of the shell: enrolment, and the administrator's officers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.access.keys import DAYS, LONGEST
from libertad.look.fields import offer
from libertad.look.words import choices
from libertad.vocabulary.verbs.access import PROGRAM, REASON


class EnrolForm(forms.Form):
    """Set one's password with the code that an administrator handed over."""

    service_number = forms.CharField(
        label=_("Service number"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    code = forms.CharField(
        label=_("Enrolment code"),
        help_text=_("Sixteen signs, from the administrator of your authority. It works once."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("New password"),
        help_text=_("At least 12 signs. Several words that do not belong together are good."),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("New password again"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if "again" in values and values.get("password") != values["again"]:
            self.add_error("again", _("The two passwords are not the same. Write it again."))
        return values


class AppointForm(forms.Form):
    """Appoint an officer. `roles` are those that the authority's kind has."""

    name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    rank = forms.CharField(
        label=_("Rank"), max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    service_number = forms.CharField(
        label=_("Service number"),
        help_text=_("With it the officer signs in."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, roles: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "role", choices("roles", roles, blank=_("Choose a role"))())


class KeyForm(forms.Form):
    """Give a program a key."""

    program = forms.CharField(
        label=_("Which program asks with it, and where does it run?"),
        help_text=_("Such as 'matching desk, Port of Spain'. No name of a person."),
        max_length=PROGRAM,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.IntegerField(
        label=_("After how many days does it end?"),
        help_text=_("The fewer, the less is lost if the key is stolen. At most 90."),
        min_value=1,
        max_value=LONGEST,
        initial=DAYS,
    )


class CalendarForm(forms.Form):
    """Make an address for a calendar program."""

    program = forms.CharField(
        label=_("Which program asks it, and on what?"),
        help_text=_("Such as 'calendar on the office telephone'. No name of a person."),
        max_length=PROGRAM,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class EndKeyForm(forms.Form):
    """End a program's key."""

    reason = forms.CharField(
        label=_("Why does it end?"),
        help_text=_("Such as no longer used, or lost. Kept in the journal; no name of a person."),
        max_length=REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class WithdrawForm(forms.Form):
    """End an officer's access."""

    reason = forms.CharField(
        label=_("Why does access end?"),
        help_text=_("Kept in the journal. No names of anybody else."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
