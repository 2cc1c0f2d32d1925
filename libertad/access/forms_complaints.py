"""Forms of complaints about staff. Nothing is chosen beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.look.fields import PartialDateField, offer
from libertad.look.words import choices
from libertad.vocabulary.verbs.complaints import REFERENCE, WORDS

RADIOS = {"data-look": "radios"}


def _words(label: Any, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    lines = forms.Textarea(attrs={"rows": 4})
    return forms.CharField(
        label=label, help_text=help_text, max_length=WORDS, widget=lines, required=required
    )


def _officers(label: Any, help_text: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        help_text=help_text,
        choices=(),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"data-look": "checkboxes"}),
    )


def _choice(label: Any, name: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices(name), widget=forms.RadioSelect(attrs=RADIOS))


class RecordForm(forms.Form):
    """A new complaint. `reach`: the roles that the page said will read it."""

    officers = _officers(
        _("Whom is it about?"),
        _(
            "Tick everybody whom it may be about: none of them will read it. Tick nobody where nobody knows "
            "who it was."
        ),
    )
    when = PartialDateField(
        label=_("When did it happen?"), help_text=_("As far as it is known."), required=False, past=True
    )
    words = _words(
        _("What happened?"),
        _("In a few words, as it was told. Ask for no more than that: whoever looks into it asks once."),
    )
    safe = _choice(_("Is whom it happened to safe now?"), "complaint-safety")
    by = _choice(_("Who complains?"), "complainants")
    named = _choice(_("Does whom it happened to want to be named?"), "complaint-naming")
    reference = forms.CharField(
        label=_("Reference of the person"),
        help_text=_("Only if the person agrees, such as VC-0006. Empty: nobody is named."),
        max_length=REFERENCE,
        required=False,
    )
    reach = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, officers: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "officers", officers)


class AddForm(forms.Form):
    """What became known since."""

    officers = _officers(
        _("Is it about anybody else as well?"), _("From then on none of them reads this complaint.")
    )
    words = _words(_("What became known?"))

    def __init__(self, *args: Any, officers: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "officers", officers)


class AnswerForm(forms.Form):
    """What was done."""

    words = _words(
        _("What was done, and what is told to who complained?"),
        _("Who recorded the complaint reads this, and tells the person."),
    )


class CloseForm(forms.Form):
    """What came of it."""

    outcome = _choice(_("What came of it?"), "complaint-outcomes")
    words = _words(_("What was found, and what follows from it?"))


class ClosingForm(forms.Form):
    """The second officer's reading. `closing`: the entry that was read."""

    closing = forms.CharField(widget=forms.HiddenInput)
    agrees = forms.ChoiceField(
        label=_("Is the complaint over?"),
        choices=(("yes", _("Yes, it is over")), ("no", _("No, it goes on"))),
        widget=forms.RadioSelect(attrs=RADIOS),
    )
    words = _words(_("Why?"), _("Needed where it goes on."), required=False)


class EraseForm(forms.Form):
    """Why it is erased."""

    reason = forms.CharField(
        label=_("Why is it erased?"),
        help_text=_("Recorded with the erasure; name nobody."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
