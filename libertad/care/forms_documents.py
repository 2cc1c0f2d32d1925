"""The form of a document of a person. A word at a desk is of the moment of saying it: it asks for none."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.care.forms import optional
from libertad.look.fields import PartialDateField
from libertad.look.words import choices
from libertad.vocabulary.verbs.documents import LONGEST, NUMBER

RADIOS = forms.RadioSelect(attrs={"data-look": "radios"})


class DocumentForm(forms.Form):
    """A document, and where it stands. `version`: the word about it that the form shows, '' for a new one."""

    kind = forms.ChoiceField(label=_("Which document?"), choices=optional("document-kinds", _("Choose")))
    state = forms.ChoiceField(
        label=_("Where does it stand?"), choices=choices("document-states"), widget=RADIOS
    )
    country = forms.ChoiceField(
        label=_("Issued by"), choices=optional("countries", _("Not known")), required=False
    )
    number = forms.CharField(
        label=_("Number"),
        help_text=_("Only where it is needed to ask for it."),
        max_length=NUMBER,
        required=False,
    )
    until = PartialDateField(label=_("Valid until"), required=False)
    due = PartialDateField(
        label=_("By which day is something to be done?"),
        help_text=_("The whole date. It stands on your Today until you say what came of it."),
        required=False,
    )
    note = forms.CharField(
        label=_("What is to be done, or what came of it?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST,
        required=False,
    )
    version = forms.CharField(widget=forms.HiddenInput, required=False)
