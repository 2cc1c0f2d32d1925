"""The forms of a disclosure: what is told, for what, until when; and the second officer's answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.care.disclosing import purposes
from libertad.care.forms import LINES, When
from libertad.care.queries_disclosing import Ground
from libertad.look.fields import PartialDateField, offer
from libertad.look.words import choices


class DiscloseForm(forms.Form):
    """To one recipient, on one ground. `offered`: (key, words) of what may be chosen. It asks for no moment:
    what is proposed is proposed now."""

    purpose = forms.ChoiceField(
        label=_("For what?"),
        help_text=_("The recipient may use it for this and for nothing else."),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )
    ground = forms.ChoiceField(
        label=_("What demands it?"),
        choices=choices("disclosure-grounds", ["order", "law"]),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )
    order = forms.CharField(
        label=_("The order or the law"),
        help_text=_("The court or the article, with its number and its date."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
    )
    informed = forms.CharField(
        label=_("How was the person told of it?"),
        help_text=_("Or why not yet, and when it will be done."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
    )
    items = forms.MultipleChoiceField(
        label=_("What is disclosed?"),
        help_text=_("Copies, exactly as they stand here. As little as is needed."),
        widget=forms.CheckboxSelectMultiple(attrs={"data-look": "checkboxes"}),
        error_messages={"required": _("Choose what is disclosed")},
    )
    until = PartialDateField(
        label=_("Until which day?"),
        help_text=_("The whole date. After it the recipient's page is closed."),
    )

    def __init__(self, *args: Any, basis: Ground, offered: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.basis = basis
        purposes_offered = choices("disclosure-purposes", purposes(basis.kind))()
        offer(self, "purpose", purposes_offered)
        offer(self, "items", offered)
        if basis.consent is not None:
            for name in ("ground", "order", "informed"):
                del self.fields[name]

    def arguments(self) -> dict[str, Any]:
        """What the action takes."""
        values = dict(self.cleaned_data)
        if self.basis.consent is not None:
            values |= {"ground": "consent", "consent": self.basis.consent.id}
        return {**values, "recipient": self.basis.recipient}


class DisclosureReadingForm(When):
    """The second reader. `proposal` is the proposal that is read."""

    proposal = forms.CharField(widget=forms.HiddenInput)
    agrees = forms.ChoiceField(
        label=_("Is it disclosed, exactly as it stands above?"),
        choices=choices("yes-no"),
        widget=forms.RadioSelect,
    )
    reasons = forms.CharField(
        label=_("Reasons"), help_text=_("Needed if you do not agree."), widget=LINES, required=False
    )


class DisclosureEndForm(When):
    """Why it is withdrawn; nobody has to say why."""

    reasons = forms.CharField(label=_("Reasons"), required=False, max_length=1000)
