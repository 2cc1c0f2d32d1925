"""Forms of a proposal that two records are of one person: answering it, and linking them alone."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

CONFIRM, REFUSE = "confirm", "refuse"


class LinkWordsForm(forms.Form):
    """A word on a proposal. `entry`: the proposal that was read."""

    entry = forms.CharField(widget=forms.HiddenInput)
    words = forms.CharField(
        label=_("What do you know of it?"),
        help_text=_("Whoever reads the files sees it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
    )

    field_order = ("entry", "decision", "words")


class LinkAnswerForm(LinkWordsForm):
    """A second person's answer."""

    decision = forms.ChoiceField(
        label=_("What do you say?"),
        choices=(
            (CONFIRM, _("I have compared both: it is the same person")),
            (REFUSE, _("Do not link them")),
        ),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )
