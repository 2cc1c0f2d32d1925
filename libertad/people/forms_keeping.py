"""Forms of how long identity files are kept, and of erasing one."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.look.fields import PartialDateField

LINES = forms.Textarea(attrs={"rows": 4})


class RetentionForm(forms.Form):
    """Until which day the identity files of the operation are kept, and what that follows from."""

    keep_until = PartialDateField(
        label=_("Kept until"), help_text=_("The whole date. Nothing is erased by itself.")
    )
    reasons = forms.CharField(
        label=_("What does the day follow from?"),
        help_text=_("The law and its article, an order, a decision of your authority."),
        widget=LINES,
        max_length=1000,
    )


class KeepPersonForm(forms.Form):
    """Until which later day one file is kept, and what for."""

    keep_until = PartialDateField(
        label=_("Kept until"), help_text=_("The whole date, later than the one on file.")
    )
    reasons = forms.CharField(
        label=_("What is the file still needed for?"),
        help_text=_("A trial, a claim, an appeal, a compensation, the person's own wish."),
        widget=LINES,
        max_length=1000,
    )


class RequestIdentityErasureForm(forms.Form):
    """Why nobody needs the file any more."""

    reasons = forms.CharField(
        label=_("Why does nobody need this file any more?"),
        help_text=_("Think of a trial, a claim, an appeal, a compensation, a child that may ask one day."),
        widget=LINES,
        max_length=1000,
    )


class DecideIdentityErasureForm(forms.Form):
    """Another officer's answer."""

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
