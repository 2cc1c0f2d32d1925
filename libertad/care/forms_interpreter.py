"""Forms about who interprets for a person."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.care.forms import When, optional
from libertad.look.words import choices


class InterpreterForm(When):
    """Who interprets, in which language and how."""

    name = forms.CharField(
        label=_("Who interprets?"),
        help_text=_("A name, or the number that the service gives, such as I-02."),
        max_length=120,
    )
    language = forms.ChoiceField(label=_("Language"), choices=optional("languages", _("Choose")))
    way = forms.ChoiceField(label=_("How?"), choices=choices("interpreting-ways"), widget=forms.RadioSelect)
    briefed = forms.ChoiceField(
        label=_("Has the interpreter been briefed?"),
        help_text=_(
            "That nothing of it may be repeated to anybody, and that the interpreter is no relative or "
            "acquaintance of the person or of anybody involved."
        ),
        choices=choices("yes-no"),
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("Such as: the person asks for a woman; not from the same town."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        required=False,
    )


class EndInterpreterForm(When):
    """One interprets no more."""

    note = forms.CharField(
        label=_("Why does this interpreter not go on?"),
        help_text=_("For whoever looks for the next one."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
    )
