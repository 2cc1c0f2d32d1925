"""Forms about who answers for a person, between care authorities. None asks when: it is said as of now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.look.fields import PartialDateField, offer
from libertad.look.words import choices

US, THEM, NONE = "us", "them", "none"


class LeadOfferForm(forms.Form):
    """Offer who leads. `partners`: (key, words) of with whom; `agreed`: live agreements of the person."""

    partner = forms.ChoiceField(label=_("With which authority?"), widget=forms.RadioSelect)
    leader = forms.ChoiceField(label=_("Who answers for the person?"), widget=forms.RadioSelect)
    reason = forms.ChoiceField(
        label=_("Why that authority?"), choices=choices("leading-reasons"), widget=forms.RadioSelect
    )
    on = PartialDateField(
        label=_("From which day?"),
        help_text=_("The whole date: when the person arrives there, or today."),
    )
    consent = forms.ChoiceField(
        label=_("Does the person agree that content goes along?"),
        help_text=_(
            "Nothing goes along by itself. With an agreement of the person, propose a disclosure to the "
            "authority: a second officer reads it."
        ),
        widget=forms.RadioSelect,
    )

    def __init__(
        self, *args: Any, partners: Sequence[tuple[str, str]], agreed: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__(*args)
        offer(self, "partner", list(partners))
        offer(
            self,
            "leader",
            [
                (THEM, _("The other authority: we answer until it accepts")),
                (US, _("We do, from now on; the other authority as well until it has answered")),
            ],
        )
        offer(self, "consent", [*agreed, (NONE, _("No agreement on file for it: nothing goes along"))])


class LeadDeclineForm(forms.Form):
    """Decline what another care authority offers."""

    reason = forms.ChoiceField(label=_("Why?"), choices=choices("leading-refusals"), widget=forms.RadioSelect)


class LeadEndForm(forms.Form):
    """End an agreement about two linked records."""

    reason = forms.ChoiceField(label=_("Why?"), choices=choices("leading-ends"), widget=forms.RadioSelect)
