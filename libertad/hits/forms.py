"""Forms about a hit. A field's name is the action's parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.look.fields import PartialDateField
from libertad.look.words import choices

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST = 1000


def text(label: StrOrPromise, help_text: StrOrPromise = "") -> forms.CharField:
    """A few lines of words."""
    return forms.CharField(
        label=label, help_text=help_text, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4})
    )


class ConfirmForm(forms.Form):
    """It is the same."""

    reasons = text(
        _("What shows that it is the same?"), _("What you compared yourself, beyond what the weights say.")
    )


class RejectForm(forms.Form):
    """It is not."""

    reasons = text(_("What shows that they are different?"))


class PostponeForm(forms.Form):
    """Not yet."""

    reasons = text(_("What is missing?"))
    until = PartialDateField(label=_("On which day should it come back?"), help_text=_("The whole date."))


class AskForm(forms.Form):
    """Ask the owner of one of the records."""

    record = forms.ChoiceField(label=_("About which record?"), choices=(), widget=forms.RadioSelect)
    words = text(
        _("What do you ask?"),
        _("Everybody who reads that record's file reads it. Do not name the other record or its person."),
    )


class ReadForm(forms.Form):
    """The second reader's word."""

    agrees = forms.ChoiceField(
        label=_("Do you agree that it is one person?"),
        choices=[("yes", _("Yes, one person")), ("no", _("No, or not shown"))],
        widget=forms.RadioSelect,
    )
    reasons = text(_("What did you compare?"))


class UndoForm(forms.Form):
    """Take the last decision back."""

    reasons = text(_("Why does the decision not stand?"))


class AnswerForm(forms.Form):
    """The owner's answer."""

    answer = forms.ChoiceField(
        label=_("Your answer"), choices=choices("hit-answers"), widget=forms.RadioSelect
    )
    words = text(_("What did you look at?"), _("Whoever reads this record's file reads your answer."))
