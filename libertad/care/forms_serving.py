"""Care's answer to what a service told of somebody."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.care.forms import LINES, When


class ConcernReplyForm(When):
    """What care does. Nothing is chosen for whoever fills it in."""

    words = forms.CharField(
        label=_("What does care do?"), help_text=_("The service reads it."), widget=LINES, max_length=1000
    )
