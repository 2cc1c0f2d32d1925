"""Forms of a service that is a member: its answer, an arrival, a leaving, and what care must know."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.look.words import choices
from libertad.people.forms import WhenForm
from libertad.vocabulary.verbs.serving import LONGEST

LINES = forms.Textarea(attrs={"rows": 3})


class ServiceAnswerForm(forms.Form):
    """Whether the service can."""

    answer = forms.ChoiceField(
        label=_("Can you do it?"),
        choices=choices("service-answers"),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )
    reasons = forms.CharField(
        label=_("Reasons"),
        help_text=_("Needed if you decline: care asks somebody else."),
        widget=LINES,
        max_length=LONGEST,
        required=False,
    )


class ServiceArrivedForm(WhenForm):
    """The person is there."""

    note = forms.CharField(label=_("What care should know"), widget=LINES, max_length=LONGEST, required=False)


class ServiceLeftForm(WhenForm):
    """The person is there no more."""

    way = forms.ChoiceField(
        label=_("How did it end?"),
        choices=choices("leaving-ways"),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )
    note = forms.CharField(label=_("What care should know"), widget=LINES, max_length=LONGEST, required=False)


class ServiceConcernForm(forms.Form):
    """A danger or a need."""

    concern = forms.ChoiceField(
        label=_("What is it?"),
        choices=choices("concern-kinds"),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )
    words = forms.CharField(label=_("What is it, and what is needed?"), widget=LINES, max_length=LONGEST)
