"""Forms of phones: a new code, ending one, what comes of that which waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.access.phones import longest
from libertad.field.limits import limits
from libertad.look.fields import offer

RELEASE, LEAVE = "release", "leave"


class CodeForm(forms.Form):
    """Who gets a phone, and for how long."""

    officer = forms.ChoiceField(label=_("Whose phone is it?"))
    days = forms.IntegerField(
        label=_("For how many days?"),
        help_text=_("Then it ends by itself. What was written down until then is still taken."),
        min_value=1,
        max_value=longest().days,
        initial=limits().phone_days,
    )

    team = forms.ChoiceField(
        label=_("With which team?"),
        help_text=_("Its task, site and access routes are shown on the phone."),
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        officers: Sequence[tuple[str, str]],
        teams: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "team", [("", _("Decided by the officer's last check-in")), *teams])
        offer(self, "officer", [("", _("Choose an officer")), *officers])


class EndPhoneForm(forms.Form):
    """End a phone."""

    reason = forms.CharField(
        label=_("Why does it end?"),
        help_text=_("Such as lost, stolen or given back. Kept in the journal; no name of a person."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class WaitingForm(forms.Form):
    """What comes of reports after a phone's end. `listed`: names of those that the page shows."""

    listed = forms.CharField(widget=forms.HiddenInput)
    only = forms.MultipleChoiceField(
        label=_("Which of them?"),
        help_text=_("Mark those that you decide about now. Without a mark it is about all that stand here."),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"data-look": "checkboxes"}),
    )
    decision = forms.ChoiceField(
        label=_("What comes of it?"),
        choices=[
            (RELEASE, _("Release it: it is what the officer wrote")),
            (LEAVE, _("Leave it out: it stays sealed here and counts nowhere")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("How do you know?"),
        help_text=_("Such as: the officer read it over with me by telephone."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, entries: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["listed"].initial = " ".join(entry for entry, _words in entries)
        offer(self, "only", entries)

    def chosen(self) -> set[str]:
        """Names of the entries that are decided about: of those that the page showed, and no others."""
        displayed = set(self.cleaned_data["listed"].split())
        return displayed & set(self.cleaned_data["only"]) if self.cleaned_data["only"] else displayed
