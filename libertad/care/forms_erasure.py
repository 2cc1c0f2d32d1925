"""Forms about erasing a file whose time is over."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.care.forms import LINES, When


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
