"""Forms that close a protection file, open it again, and erase it when its time is over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.care.forms import LINES, When
from libertad.look.fields import PartialDateField
from libertad.look.words import choices
from libertad.vocabulary.values import Happened


class CloseForm(When):
    """Why the file is closed, and to whom the person can turn. `open_now`: something is still open; `appeal`:
    there is a decision against which one may have been made."""

    reason = forms.ChoiceField(
        label=_("Why is it closed?"),
        choices=choices("closing-reasons"),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )
    afterwards = forms.CharField(
        label=_("Who is there for the person afterwards?"),
        help_text=_("By name, and how they are reached. If contact is lost: how the person finds you again."),
        widget=LINES,
        max_length=2000,
    )
    contact_on = PartialDateField(
        label=_("When do you ask how the person is?"),
        help_text=_("The whole date. Empty: you do not ask again."),
        required=False,
    )
    keep_until = PartialDateField(
        label=_("Kept until"),
        help_text=_("The whole date. Nothing is erased by itself."),
        required=False,
    )
    despite = forms.CharField(
        label=_("Why is it closed although something is open?"), widget=LINES, required=False, max_length=2000
    )
    appeal = forms.CharField(
        label=_("What happens with the appeal?"),
        help_text=_("Whether one is made, by whom, until when, and who sees to it. Or that there is none."),
        widget=LINES,
        required=False,
        max_length=2000,
    )

    def __init__(
        self, *args: Any, now: Happened, open_now: bool, appeal: bool, closed: bool = False, **kwargs: Any
    ) -> None:
        """`closed`: contact is recorded in a file that is closed; how long it is kept has its own page."""
        super().__init__(*args, now=now, **kwargs)
        if closed:
            del self.fields["keep_until"]
        for name, needed, lacks in (
            ("despite", open_now, _("Something is open: say why the file is closed all the same.")),
            ("appeal", appeal, _("Say what happens with the appeal, or that there is none.")),
        ):
            if needed:
                self.fields[name].required = True
                self.fields[name].error_messages["required"] = lacks
            else:
                del self.fields[name]


class CloseReadForm(forms.Form):
    """The second officer's answer to a proposal to close a file. `closing` is what is read, `shown` what was
    said in the file since."""

    closing = forms.CharField(widget=forms.HiddenInput)
    shown = forms.CharField(widget=forms.HiddenInput, required=False)
    agrees = forms.ChoiceField(
        label=_("Do you agree that the file is closed?"),
        choices=choices("yes-no"),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )
    reasons = forms.CharField(
        label=_("Reasons"),
        help_text=_("Needed if you do not agree."),
        widget=LINES,
        required=False,
        max_length=2000,
    )


class ReopenForm(When):
    """Why the file is opened again."""

    reasons = forms.CharField(label=_("Why is it opened again?"), widget=LINES, max_length=2000)


class KeepForm(When):
    """Until which later day a closed file is kept, and what for."""

    keep_until = PartialDateField(
        label=_("Kept until"), help_text=_("The whole date, later than the one on file.")
    )
    reasons = forms.CharField(
        label=_("What is the file still needed for?"),
        help_text=_("A claim, an appeal, a compensation, the person's own wish."),
        widget=LINES,
        max_length=2000,
    )


class RequestErasureForm(When):
    """Why nobody needs the file any more."""

    reasons = forms.CharField(
        label=_("Why does nobody need this file any more?"),
        help_text=_("Think of a claim, an appeal, a compensation, a child that may ask one day."),
        widget=LINES,
        max_length=2000,
    )


class DecideErasureForm(When):
    """Another caseworker's answer."""

    entry = forms.CharField(widget=forms.HiddenInput)
    agrees = forms.ChoiceField(
        label=_("Is the file erased?"),
        choices=(("no", _("No, it is kept")), ("yes", _("Yes, erase it for good"))),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )
    reasons = forms.CharField(
        label=_("Why?"),
        help_text=_("This stays on file without the person's file: name nobody."),
        widget=LINES,
        max_length=1000,
    )
