"""Forms of this room. A field's name is the action's parameter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.look.fields import MomentField, PartialDateField, ReferencesField, offer
from libertad.look.words import choices
from libertad.vocabulary.rules import Indicator, RuleSet
from libertad.vocabulary.values import Answer, Happened


def optional(name: str, blank: Any) -> Callable[[], list[Any]]:
    """Choices of a code list after an empty one, whose words are translated at each request."""
    return lambda: choices(name, blank=str(blank))()


LINES = forms.Textarea(attrs={"rows": 4})


def needed_by_field(now: Happened) -> MomentField:
    """By when a service is needed: a day or a moment, where somebody knows."""
    field = MomentField(label=_("Needed by"), zone_name=now.zone, required=False, past=False)
    field.latest = now.at  # whose year the example has
    return field


def due_text(by: Happened | None) -> str:
    """As an action takes it: a day, or a moment with its offset; '' for none."""
    if by is None:
        return ""
    return f"{by.local:%Y-%m-%d}" if by.precision == "day" else by.local.isoformat()


class When(forms.Form):
    """A form with 'When did it happen', which starts at the operation's clock."""

    def __init__(self, *args: Any, now: Happened, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["when"] = MomentField(
            label=_("When did it happen?"), zone_name=now.zone, initial=now, required=True
        )
        self.fields["when"].latest = now.at  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        """What the action takes."""
        values = dict(self.cleaned_data)
        values["happened"] = values.pop("when")
        return values


class ConsentForm(When):
    """What the person agrees to, or does not: one purpose and one recipient at a time."""

    purpose = forms.ChoiceField(label=_("For what?"), choices=optional("consent-purposes", _("Choose")))
    recipient = forms.CharField(
        label=_("Who would be told?"),
        help_text=_(
            "By name: one clinic, one office; an authority of this operation by its name as it is offered "
            "here. Nobody else may be told under it."
        ),
        max_length=200,
    )
    agreed = forms.ChoiceField(
        label=_("Does the person agree?"), choices=choices("yes-no"), widget=forms.RadioSelect
    )
    withheld = forms.MultipleChoiceField(
        label=_("What must not be disclosed?"),
        choices=choices("file-parts"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(
        label=_("Language in which it was explained"),
        choices=optional("languages", _("Not recorded")),
        required=False,
    )
    capacity = forms.ChoiceField(
        label=_("Is the person able to agree?"), choices=optional("consent-capacities", _("Choose"))
    )
    guardian = forms.CharField(
        label=_("Guardian"),
        help_text=_("While the rules for a child apply it carries nothing but urgent help without one."),
        required=False,
    )
    until = PartialDateField(
        label=_("Until when?"), help_text=_("Empty: until it is withdrawn."), required=False
    )


class WithdrawForm(When):
    """A person need not say why."""

    reasons = forms.CharField(
        label=_("Reasons"), help_text=_("Only if the person wants to say them."), required=False
    )


def _person_says() -> list[tuple[str, str]]:
    """'Not asked' once: it is what stands where nothing is chosen."""
    return [
        ("", str(_("Not asked"))),
        *(choice for choice in choices("person-says")() if choice[0] != "not-asked"),
    ]


class IdentifyForm(When):
    """A human decides; what the person says of it stands beside."""

    status = forms.ChoiceField(
        label=_("Decision"), choices=choices("identification-statuses"), widget=forms.RadioSelect
    )
    reasons = forms.CharField(
        label=_("Reasons"), help_text=_("The second reader will see this."), widget=LINES, max_length=4000
    )
    screening = forms.ChoiceField(label=_("Screening it rests on"), required=False)
    person_says = forms.ChoiceField(label=_("What the person says"), choices=_person_says, required=False)
    non_punishment = forms.BooleanField(
        label=_("The person was forced to do something that is an offence"), required=False
    )
    forced_to = forms.CharField(
        label=_("Forced to do what?"),
        help_text=_("Stays in the protection file. It changes nothing about an arrest, and no arrest this."),
        required=False,
    )
    review_on = PartialDateField(label=_("Review on"), help_text=_("Empty: in 14 days."), required=False)


class Correcting(forms.Form):
    """What a form has that corrects a decision: why, and whether there was none."""

    shown = forms.CharField(widget=forms.HiddenInput)
    correction = forms.CharField(
        label=_("What was wrong, and how do you know?"),
        help_text=_("It stays on file beside what was decided before."),
        widget=LINES,
        max_length=1000,
    )
    taken_back = forms.BooleanField(
        label=_("Nothing was decided: it was recorded by mistake, or twice"), required=False
    )


class CorrectIdentifyForm(IdentifyForm, Correcting):
    """A decision as it shall stand."""

    field_order = (
        "status",
        "reasons",
        "screening",
        "person_says",
        "non_punishment",
        "forced_to",
        "review_on",
    )


class ReadingForm(When):
    """The second reader. `shown` is the entry that is read."""

    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    agrees = forms.ChoiceField(
        label=_("Do you agree with the decision?"), choices=choices("yes-no"), widget=forms.RadioSelect
    )
    reasons = forms.CharField(
        label=_("Reasons"), help_text=_("Needed if you do not agree."), widget=LINES, required=False
    )


class ReferForm(When):
    """Ask a service. Whom to ask follows from the consent."""

    service = forms.ChoiceField(label=_("What is needed?"), choices=optional("services", _("Choose")))
    consent = forms.ChoiceField(
        label=_("Agreement behind it"),
        help_text=_("Only what the person agreed to and did not withdraw."),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
        error_messages={"required": _("Choose the agreement; without one nothing is passed on")},
    )
    disclosed = forms.MultipleChoiceField(
        label=_("What must they know?"),
        help_text=_("As little as needed."),
        choices=choices("file-parts"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(
        label=_("Note to the service"), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )

    def __init__(self, *args: Any, now: Happened, **kwargs: Any) -> None:
        super().__init__(*args, now=now, **kwargs)
        self.fields["needed_by"] = needed_by_field(now)
        self.order_fields(["service", "consent", "disclosed", "needed_by", "note", "when"])

    def arguments(self) -> dict[str, Any]:
        values = super().arguments()
        return {**values, "needed_by": due_text(values["needed_by"])}


class AnswerForm(When):
    """What the service answered."""

    answer = forms.ChoiceField(
        label=_("Answer"), choices=choices("referral-answers"), widget=forms.RadioSelect
    )
    reasons = forms.CharField(
        label=_("What did it say?"), help_text=_("Needed unless it accepted or gave it."), required=False
    )
    called = forms.CharField(
        label=_("With whom did you speak when you called back?"),
        help_text=_("At the number on file, not at one that they wrote."),
        max_length=200,
    )

    def __init__(self, *args: Any, unconfirmed: bool = False, **kwargs: Any) -> None:
        """`unconfirmed`: an answer came by a one-time page, and nobody has called back."""
        super().__init__(*args, **kwargs)
        if not unconfirmed:
            del self.fields["called"]


class WishForm(When):
    """What the person wants to come next."""

    wish = forms.ChoiceField(
        label=_("What does the person want?"),
        choices=choices("wishes", ["stay", "return", "third-country", "undecided"]),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )
    words = forms.CharField(
        label=_("In the person's own words"), widget=LINES, required=False, max_length=2000
    )


class DecideForm(When):
    """Return or stay. The wish is the one on file and stands above the form."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=choices("return-decisions"),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )
    circumstances = forms.MultipleChoiceField(
        label=_("Circumstances that were weighed"),
        choices=choices("circumstances"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Name at least one circumstance that was weighed")},
    )
    resources = forms.MultipleChoiceField(
        label=_("Resources at hand"),
        choices=choices("resources"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Name the resources at hand, or that there are none")},
    )
    reasons = forms.CharField(
        label=_("Reasons"), help_text=_("The second reader will see this."), widget=LINES, max_length=4000
    )
    basis = forms.CharField(label=_("Legal basis"), required=False, max_length=300)
    until = PartialDateField(label=_("Until"), required=False)
    appeal_by = PartialDateField(label=_("Appeal by"), required=False)
    review_on = PartialDateField(label=_("Review on"), required=False)
    together_with = forms.MultipleChoiceField(
        label=_("Must stay together with"), required=False, widget=forms.CheckboxSelectMultiple
    )
    together_by_reference = ReferencesField(
        label=_("Must stay together with, by reference"),
        help_text=_("As on their protection files, with commas between. The second reader sees who it is."),
        required=False,
    )
    wish = forms.CharField(widget=forms.HiddenInput)

    def offer(self, decided: Sequence[tuple[str, str]], find: Callable[[str], str]) -> None:
        """Whom to tick: (person, label) of the few of whom it was decided before; `find`: another's id."""
        self.fields["together_by_reference"].find = find  # type: ignore[attr-defined]
        if decided:
            offer(self, "together_with", decided)
        else:
            del self.fields["together_with"]

    def arguments(self) -> dict[str, Any]:
        values = super().arguments()
        ticked, by_reference = values.pop("together_with", []), values.pop("together_by_reference")
        return {**values, "together_with": list(dict.fromkeys([*ticked, *by_reference]))}


class CorrectDecideForm(DecideForm, Correcting):
    """A decision on return as it shall stand."""

    field_order = (
        "decision",
        "circumstances",
        "resources",
        "reasons",
        "basis",
        "until",
        "appeal_by",
        "review_on",
        "together_with",
        "together_by_reference",
    )


class SafetyForm(When):
    """How the person is reached."""

    reach = forms.CharField(
        label=_("How is the person reached safely?"), widget=forms.Textarea(attrs={"rows": 3})
    )
    avoid = forms.CharField(
        label=_("What must be avoided?"), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
    checked = PartialDateField(
        label=_("Last tried on"), help_text=_("The whole date."), required=False, past=True
    )


class ScreeningForm(When):
    """One question for each indicator of a rule set; what is left open is not answered."""

    rules: RuleSet

    def __init__(self, *args: Any, rules: RuleSet, now: Happened, **kwargs: Any) -> None:
        super().__init__(*args, now=now, **kwargs)
        self.rules = rules
        answers = [
            ("yes", _("Yes")),
            ("no", _("No")),
            ("not-known", _("Not known")),
            ("refused", _("Refused")),
        ]
        for code, indicator in rules.indicators().items():
            self.fields[code] = forms.ChoiceField(
                label=_words(indicator),
                choices=answers,
                required=False,
                widget=forms.RadioSelect(attrs={"data-look": "segments"}),
            )
            self.fields[f"evidence-{code}"] = forms.CharField(
                label=_("What shows it"), required=False, max_length=500
            )

    def groups(self) -> list[tuple[str, str, Sequence[tuple[Any, Any]]]]:
        """(code, label, [(question, evidence)]) for each dimension."""
        return [
            (name, part.label, [(self[code], self[f"evidence-{code}"]) for code in part.indicators])
            for name, part in self.rules.dimensions.items()
        ]

    def answers(self) -> tuple[Answer, ...]:
        data = self.cleaned_data
        return tuple(
            Answer(indicator=code, answer=data[code], phase=name, evidence=data[f"evidence-{code}"])
            for name, part in self.rules.dimensions.items()
            for code in part.indicators
            if data.get(code)
        )


def _words(indicator: Indicator) -> str:
    if indicator.confirmed:
        return indicator.label
    return f"{indicator.label} ({_('unconfirmed')})"


class DangerClosedForm(forms.Form):
    """What care did about a danger."""

    done = forms.CharField(
        label=_("What was done, and by whom?"),
        help_text=_("Such as 'R. Ollivierre went to the clinic and stays with her until midnight.'"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )


class DangerForm(forms.Form):
    """What the danger is, in care's own words. Nothing is chosen for whoever fills it in."""

    words = forms.CharField(
        label=_("What is the danger, and what is needed now?"),
        help_text=_("Nothing about what was done to the person before."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )
