"""Forms of the case plan. None asks when it was said: a word at a desk is of the moment of saying it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.look.fields import PartialDateField
from libertad.look.words import choices
from libertad.vocabulary.verbs.plans import LONGEST

LINES = forms.Textarea(attrs={"rows": 3})
RADIOS = forms.RadioSelect(attrs={"data-look": "radios"})


class GoalForm(forms.Form):
    """A goal, and how far it has come. `version`: the word about it that the form shows, '' for a new one."""

    area = forms.ChoiceField(label=_("What is it about?"), choices=choices("plan-areas"), widget=RADIOS)
    goal = forms.CharField(
        label=_("What is to be reached?"),
        help_text=_("As the person wants it, in the person's own words where you can."),
        widget=LINES,
        max_length=LONGEST,
    )
    doing = forms.CharField(
        label=_("Who does what for it?"),
        help_text=_("The person too. Services by what they are; what is told them is a referral."),
        widget=LINES,
        max_length=LONGEST,
    )
    until = PartialDateField(label=_("Until when?"), help_text=_("The whole date."))
    progress = forms.ChoiceField(
        label=_("How far has it come?"), choices=choices("plan-progress"), widget=RADIOS
    )
    note = forms.CharField(label=_("What came of it?"), widget=LINES, max_length=LONGEST, required=False)
    version = forms.CharField(widget=forms.HiddenInput, required=False)


class PlanReadForm(forms.Form):
    """The second officer's reading of exactly these words (`goals`, entries with spaces between them)."""

    goals = forms.CharField(widget=forms.HiddenInput)
    agrees = forms.ChoiceField(
        label=_("Do you agree with this plan?"),
        choices=(("yes", _("Yes")), ("no", _("No: something is to be thought over"))),
        widget=RADIOS,
    )
    words = forms.CharField(
        label=_("What would you say to who wrote it?"),
        help_text=_("Needed where you do not agree."),
        widget=LINES,
        max_length=LONGEST,
        required=False,
    )

    def clean_goals(self) -> Any:
        """The entries that were read."""
        return self.cleaned_data["goals"].split()
