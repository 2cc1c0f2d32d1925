"""Forms about a person's property: what was taken or is owed, where it is now, and what was paid."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.look import refusals
from libertad.look.amounts import currencies, decimal_text
from libertad.look.documents import DocumentMixin
from libertad.look.fields import PartialDateField, ReferenceField
from libertad.look.words import choices
from libertad.people.forms import EXHIBIT, EXHIBIT_HELP, WhenForm
from libertad.vocabulary.values import Refused

AMOUNT_HELP = _("Such as 1250,50 or 1250.50")


def read_amount(form: forms.Form, field: str, currency: str) -> None:
    """Put the amount that was typed as an entry keeps it, or say at its field why it is none."""
    try:
        form.cleaned_data[field] = decimal_text(form.cleaned_data.get(field, ""), currency, field)
    except Refused as why:
        form.add_error(field, refusals.in_words(why))


class TakenForm(DocumentMixin, WhenForm):
    """Something was taken from the person."""

    field_order = ("happened", "source", "kind", "description")

    source = forms.ChoiceField(
        label=_("Who said so?"), choices=choices("sources", ["said", "saw"]), widget=forms.RadioSelect
    )
    kind = forms.ChoiceField(
        label=_("What was taken, or is owed?"), choices=choices("property-kinds", blank=_("Choose"))
    )
    description = forms.CharField(label=_("What does it look like?"), max_length=200, required=False)
    amount = forms.CharField(
        label=_("How much, of money?"),
        help_text=AMOUNT_HELP,
        max_length=24,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    currency = forms.ChoiceField(
        label=_("Currency"), choices=lambda: [("", _("None")), *currencies()], required=False
    )
    taken_by = forms.ChoiceField(
        label=_("Who took it, or owes it?"), choices=choices("property-takers", blank=_("Choose"))
    )
    state = forms.ChoiceField(
        label=_("Where is it now?"),
        choices=choices("property-states", ["missing", "found", "held", "not-found", "owed"]),
        widget=forms.RadioSelect,
    )
    exhibit = ReferenceField(label=EXHIBIT, help_text=EXHIBIT_HELP, required=False)
    due_back = PartialDateField(label=_("To be returned or paid by"), required=False)

    def clean(self) -> dict[str, Any]:
        """The amount as its currency has it, which is asked after it."""
        values = super().clean() or self.cleaned_data
        read_amount(self, "amount", values.get("currency", ""))
        return values


class PropertyForm(WhenForm):
    """Where it is now; whoever gets it back signs."""

    state = forms.ChoiceField(
        label=_("Where is it now?"), choices=choices("property-states"), widget=forms.RadioSelect
    )
    signed = forms.ChoiceField(
        label=_("Did the person sign for it?"),
        choices=choices("yes-no", ["yes", "no"], blank=_("Not returned")),
        required=False,
    )
    witness = forms.CharField(label=_("Witness"), max_length=100, required=False)
    exhibit = ReferenceField(label=EXHIBIT, help_text=EXHIBIT_HELP, required=False)
    due_back = PartialDateField(label=_("To be returned or paid by"), required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class PayForm(WhenForm):
    """A payment of what is owed, or what one that was recorded should be."""

    paid = forms.CharField(
        label=_("How much was paid?"),
        help_text=AMOUNT_HELP,
        max_length=24,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    signed = forms.ChoiceField(
        label=_("Did the person sign for it?"),
        choices=choices("yes-no", ["yes", "no"]),
        widget=forms.RadioSelect,
    )
    witness = forms.CharField(label=_("Witness"), max_length=100, required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    instead = forms.ChoiceField(
        label=_("Does it correct a payment that was recorded wrongly?"),
        help_text=_("Then write what that one should be; 0 takes it back."),
        choices=(),
        required=False,
    )
    reasons = forms.CharField(
        label=_("If it corrects one: what was wrong, and how do you know?"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        required=False,
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.fields["paid"].label = _("How much was paid, in %(currency)s?") % {"currency": currency}

    def clean_paid(self) -> str:
        """As the entry holds it."""
        read_amount(self, "paid", self.currency)
        return str(self.cleaned_data.get("paid", ""))
