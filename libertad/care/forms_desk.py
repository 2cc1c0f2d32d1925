"""Forms about whose task a person is. None asks when: a word at a desk is of the moment of saying it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.care.queue_limits import limits
from libertad.care.queue_words import span
from libertad.look.fields import MomentField, offer
from libertad.look.words import choices, words
from libertad.vocabulary.values import Happened

LINES = forms.Textarea(attrs={"rows": 3})
NOT_ASSESSED = "none"


def moment_text(moment: Happened) -> str:
    """A date, or a moment with its offset."""
    return f"{moment.local:%Y-%m-%d}" if moment.precision == "day" else moment.local.isoformat()


class GiveBackForm(forms.Form):
    """Give the person back to the duty desk."""

    reasons = forms.CharField(
        label=_("Why do you give the person back?"),
        help_text=_("For whoever takes the person next: what is begun, and what was promised."),
        widget=LINES,
        max_length=1000,
    )


class HandOverForm(forms.Form):
    """Offer the person to another officer."""

    to = forms.ChoiceField(label=_("To whom?"))
    note = forms.CharField(
        label=_("What should the officer know?"), widget=LINES, max_length=1000, required=False
    )

    def __init__(self, *args: object, officers: Sequence[tuple[str, str]]) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        offer(self, "to", [("", _("Choose")), *officers])


class NextForm(forms.Form):
    """The next step, and what became of the one before."""

    last = forms.ChoiceField(
        label=_("The step before: was it done?"), choices=choices("step-outcomes"), widget=forms.RadioSelect
    )
    kind = forms.ChoiceField(
        label=_("What is done next?"), choices=choices("next-steps"), widget=forms.RadioSelect
    )
    note = forms.CharField(label=_("Note"), widget=LINES, max_length=1000, required=False)

    def __init__(self, *args: object, now: Happened, step: str) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.fields["until"] = MomentField(label=_("Until when?"), zone_name=now.zone, past=False)
        self.order_fields(["last", "kind", "until", "note"])
        if not step:
            del self.fields["last"]
        else:
            self.fields["last"].help_text = words("next-steps", step)

    def clean_until(self) -> str:
        """As the action takes it: a date, or a moment with its offset."""
        return moment_text(self.cleaned_data["until"])


class MissingForm(forms.Form):
    """The person is missing."""

    words = forms.CharField(
        label=_("Who was told, and what was done?"),
        help_text=_("Whom you telephoned and when. Nobody is told by saving."),
        widget=LINES,
        max_length=1000,
    )

    def __init__(self, *args: object, now: Happened) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.fields["seen"] = MomentField(label=_("When was the person last seen?"), zone_name=now.zone)
        self.fields["seen"].latest = now.at  # type: ignore[attr-defined]
        self.order_fields(["seen", "words"])

    def clean_seen(self) -> str:
        """As the action takes it: a date, or a moment with its offset."""
        return moment_text(self.cleaned_data["seen"])


class FoundForm(forms.Form):
    """The person is back."""

    words = forms.CharField(
        label=_("How is the person, and who spoke with the person?"), widget=LINES, max_length=1000
    )


class SettleForm(forms.Form):
    """What care did about what a service answered, or about a need."""

    words = forms.CharField(
        label=_("What was done, and with whom did you speak?"), widget=LINES, max_length=1000
    )

    def __init__(self, *args: object, outcomes: Sequence[str]) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.fields["outcome"] = forms.ChoiceField(
            label=_("What came of it?"),
            choices=choices("settle-outcomes", list(outcomes)),
            widget=forms.RadioSelect,
        )
        self.order_fields(["outcome", "words"])


class DeclineForm(forms.Form):
    """Decline a hand-over."""

    reasons = forms.CharField(
        label=_("Why do you not take the person?"),
        help_text=_("For who offered it."),
        widget=LINES,
        max_length=1000,
    )


class NoteForm(forms.Form):
    """A case note."""

    kind = forms.ChoiceField(
        label=_("What was done?"), choices=choices("note-kinds"), widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("What was said and done?"),
        help_text=_(
            "What the person needs, what was promised and what comes next. In the person's own words where "
            "they matter."
        ),
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=4000,
    )
    risk = forms.ChoiceField(
        label=_("How great is the risk for the person now?"),
        choices=lambda: [*choices("risk-levels")(), (NOT_ASSESSED, _("Not assessed this time"))],
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(self, *args: Any, now: Happened, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"] = MomentField(label=_("When?"), zone_name=now.zone)
        self.fields["seen"].latest = now.at  # type: ignore[attr-defined]
        spans = {level: span(limits().contact(level)) for level in ("high", "medium", "low")}
        self.fields["risk"].help_text = (
            _("It sets by when there is another contact: within %(high)s, %(medium)s or %(low)s.") % spans
        )
        self.order_fields(["kind", "seen", "words", "risk"])

    def clean_seen(self) -> str:
        """As the action takes it: a date, or a moment with its offset."""
        return moment_text(self.cleaned_data["seen"])

    def clean_risk(self) -> str:
        """As the action takes it: '' where nobody assessed it."""
        risk = str(self.cleaned_data["risk"])
        return "" if risk == NOT_ASSESSED else risk
