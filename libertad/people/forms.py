"""Forms of this room. A field's name is the action's parameter, where there is one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.look.fields import MomentField, PartialDateField
from libertad.look.words import choices
from libertad.people.forms_birth import RANGES, BirthMixin
from libertad.vocabulary.values import Happened, PersonName
from libertad.vocabulary.verbs.people import KNOWN_BY, LONGEST

AGES = (("", _("Not asked")), ("child", _("Child")), ("adult", _("Adult")), ("unsure", _("Not sure")))
AGE_SOURCES = (
    ("said", _("The person's")),
    ("saw", _("My own estimate")),
    ("document", _("A document's")),
)
EXHIBIT = _("If it is an exhibit: its reference")
EXHIBIT_HELP = _("Such as GY-0012, as the exhibit's page has it.")


class WhenForm(forms.Form):
    """A form that asks when it happened, in the actor's zone; starts with the operation's clock."""

    happened = MomentField(
        label=_("When did it happen?"), help_text=_("By the clock where you are."), required=False
    )

    def __init__(self, *args: Any, zone: str = "UTC", now: datetime | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        moment = self.fields["happened"]
        if isinstance(moment, MomentField):
            moment.zone_name = zone
        if now is not None and isinstance(moment, MomentField):
            moment.latest = now
            moment.initial = Happened(at=now, zone=zone)
        first = [name for name in self.field_order or () if name in self.fields]
        rest = [name for name in self.fields if name not in (*first, "happened")]
        self.order_fields([*first, *rest, "happened"])


class MeetForm(BirthMixin, WhenForm):
    """Meet a person: danger first, as little as needed."""

    danger = forms.ChoiceField(
        label=_("Is anyone hurt or in danger now?"),
        choices=(("no", _("No")), ("yes", _("Yes, get help")), ("not-asked", _("Not asked"))),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose an answer: yes, no or not asked.")},
    )
    name = forms.CharField(
        label=_("What may we call you?"),
        help_text=_("A first name is enough. It need not be the real one."),
        max_length=200,
        required=False,
    )
    age = forms.ChoiceField(label=_("Age"), choices=AGES, widget=forms.RadioSelect, required=False)
    age_source = forms.ChoiceField(
        label=_("Who gave the age?"),
        help_text=_("In danger it may stay open: then the age counts as your own estimate."),
        choices=AGE_SOURCES,
        widget=forms.RadioSelect,
        required=False,
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=choices("languages", blank=_("Not known")), required=False
    )
    with_whom = forms.CharField(label=_("Alone?"), max_length=100, required=False)
    needs = forms.MultipleChoiceField(
        label=_("Needs now"), choices=choices("needs"), widget=forms.CheckboxSelectMultiple, required=False
    )
    travel_document = forms.ChoiceField(
        label=_("Travel document"),
        choices=choices("travel-documents", ["has-it", "was-taken", "not-asked"]),
        widget=forms.RadioSelect,
        required=False,
    )
    sex = forms.ChoiceField(
        label=_("Sex, as said"), choices=choices("sexes"), widget=forms.RadioSelect, required=False
    )
    seen_as = forms.ChoiceField(
        label=_("How do you see it now?"),
        help_text=_("A first view. Whether somebody is a victim is decided by care, with reasons."),
        choices=choices("seen-as"),
        widget=forms.RadioSelect,
        required=False,
    )
    country = forms.ChoiceField(label=_("Country or territory"), choices=choices("countries"))
    site = forms.ChoiceField(label=_("Site"), choices=(), required=False)

    def clean(self) -> dict[str, Any]:
        """An age is somebody's word: whose, the form does not know. 'Adult' with a child's age is asked
        about.

        A danger does not wait for either answer. What nobody else is named for is the word of who writes it,
        and of two ages that contradict each other both are recorded.
        """
        values = super().clean() or self.cleaned_data
        aged = values.get("birth_date") or values.get("age_from") is not None or values.get("age") in RANGES
        if aged and not values.get("age_source"):
            if values.get("danger") == "yes" and "age_source" not in self.errors:
                values["age_source"] = "saw"
            else:
                self.add_error(
                    "age_source",
                    _("Say how you know the age: the person said it, you estimate it, or a document says it"),
                )
        text = self.contradiction(values)
        if text and values.get("danger") != "yes":
            self.add_error("age", text)
        return values

    def contradiction(self, values: dict[str, Any]) -> str:
        """As `other_side`, of the age that was chosen and the one that was given."""
        moment = values.get("happened") or self.fields["happened"].initial
        return self.other_side(values.get("age", ""), moment.local if moment else datetime.now(UTC))


class StatementForm(BirthMixin, WhenForm):
    """Record what was said or read. Every field may stay empty, one may not.

    `replaces` lists the values on file that this form showed: those ticked are superseded, and no other.
    """

    source = forms.ChoiceField(
        label=_("Who said so?"),
        choices=choices("sources", ["said", "saw", "document"]),
        widget=forms.RadioSelect,
    )
    topic = forms.ChoiceField(
        label=_("About what"),
        choices=choices("statement-topics", blank=_("Nothing of these")),
        required=False,
    )
    words = forms.CharField(
        label=_("In the person's words"),
        help_text=_("Only what this step needs. Nothing about what was done to the person."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )
    name = forms.CharField(label=_("Another name"), max_length=200, required=False)
    name_kind = forms.ChoiceField(
        label=_("Kind of name"), choices=choices("name-kinds", blank=_("No other name")), required=False
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=choices("sexes", blank=_("No change")), required=False)
    language = forms.ChoiceField(
        label=_("Another language"), choices=choices("languages", blank=_("None")), required=False
    )
    nationality = forms.ChoiceField(
        label=_("Nationality"), choices=choices("countries", blank=_("None")), required=False
    )
    document_kind = forms.ChoiceField(
        label=_("Document"), choices=choices("document-kinds", blank=_("None")), required=False
    )
    document_number = forms.CharField(label=_("Document number"), max_length=40, required=False)
    document_country = forms.ChoiceField(
        label=_("Issued by"), choices=choices("countries", blank=_("Not known")), required=False
    )
    document_expires = PartialDateField(label=_("Valid until"), required=False)
    phone = forms.CharField(label=_("Phone number"), max_length=40, required=False)
    known_by = forms.ChoiceField(
        label=_("By what else could the person be known again?"),
        choices=choices("fact-kinds", KNOWN_BY, _("Nothing else")),
        required=False,
    )
    known = forms.CharField(
        label=_("Which?"),
        help_text=_("The account, the address, where the person is from, the plate, the vessel's name."),
        max_length=LONGEST,
        required=False,
    )
    note = forms.CharField(
        label=_("Note"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000, required=False
    )
    interpreter = forms.CharField(
        label=_("Interpreter"),
        help_text=_("Number and how, such as 'I-02 in person'."),
        max_length=60,
        required=False,
    )
    replaces = forms.MultipleChoiceField(
        label=_("Does it take the place of a value on file?"),
        help_text=_("Tick only what it replaces. The earlier value stays in the file, marked as superseded."),
        widget=forms.CheckboxSelectMultiple(attrs={"data-look": "checkboxes"}),
        required=False,
        error_messages={
            "invalid_choice": _("A value on file has changed since. Load the page again, then tick it.")
        },
    )
    reasons = forms.CharField(
        label=_("Why does it take its place?"),
        help_text=_("Needed only if it does."),
        max_length=1000,
        required=False,
    )

    field_order = ("source", "topic", "words", "interpreter", "name", "name_kind", "birth_date")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("name", "").strip() and not values.get("name_kind"):
            self.add_error("name_kind", _("Say what kind of name it is"))
        if values.get("known", "").strip() and not values.get("known_by"):
            self.add_error("known_by", _("Say what it is"))
        if values.get("replaces") and not values.get("reasons", "").strip():
            self.add_error("reasons", _("Say why the value on file is replaced"))
        return values

    def supersedes(self) -> dict[str, tuple[str, ...]]:
        """Per field the entries whose value this one replaces: exactly those shown and ticked."""
        by_field: dict[str, list[str]] = {}
        for ticked in self.cleaned_data["replaces"]:
            field, _colon, entry = ticked.partition(":")
            by_field.setdefault(field, []).append(entry)
        return {field: tuple(entries) for field, entries in by_field.items()}


def said_name(text: str, kind: str = "said") -> tuple[PersonName, ...]:
    """A name from one field, as said."""
    return (PersonName(text=text.strip(), kind=kind or "said"),) if text.strip() else ()


class AssessForm(WhenForm):
    """A first view. Presumed and confirmed are decisions of care."""

    seen_as = forms.ChoiceField(
        label=_("How do you see it now?"),
        choices=choices("seen-as", ["potential-victim", "not-a-victim"]),
        widget=forms.RadioSelect,
    )
    reasons = forms.CharField(
        label=_("What makes you think so?"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000
    )


class LinkForm(forms.Form):
    """The same person, or not: with reasons."""

    other = forms.ChoiceField(
        label=_("The other record"),
        choices=(),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
        required=False,
    )
    reference = forms.CharField(
        label=_("Or its reference"), help_text=_("Such as P-GY-017."), max_length=32, required=False
    )
    same = forms.ChoiceField(
        label=_("Is it the same person?"),
        choices=(
            ("yes", _("The same person")),
            ("twice", _("The same, and this record was made by mistake: we go on in the other")),
            ("no", _("Not the same")),
        ),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )
    reasons = forms.CharField(
        label=_("What shows it?"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000
    )


class ShareForm(forms.Form):
    """Who else reads the identity file, and why."""

    authority = forms.ChoiceField(label=_("Which authority?"), choices=())
    reason = forms.CharField(
        label=_("Why does it need to know who the person is?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
    )


class ShareAnswerForm(forms.Form):
    """A second person's word on a proposal to share a file. `entry`: the proposal that was read."""

    entry = forms.CharField(widget=forms.HiddenInput)
    words = forms.CharField(
        label=_("What do you know of it?"),
        help_text=_("Whoever reads the file sees it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
    )


class LetReadForm(forms.Form):
    """Nothing more is asked once another authority approved it."""

    entry = forms.CharField(widget=forms.HiddenInput)


class NextForm(WhenForm):
    """What follows a detention."""

    state = forms.ChoiceField(label=_("What happens?"), choices=(), widget=forms.RadioSelect)
    release = forms.ChoiceField(
        label=_("If released: how?"),
        choices=choices("release-kinds"),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
        required=False,
    )
    court = forms.CharField(
        label=_("Court"), help_text=_("On bail or by order of a court."), max_length=200, required=False
    )
    order = forms.CharField(label=_("Number of the order or case"), max_length=80, required=False)
    reasons = forms.CharField(
        label=_("Reasons"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000, required=False
    )


class HoldReferenceForm(forms.Form):
    """A legal hold on the person of a reference."""

    reference = forms.CharField(
        label=_("Reference of the person"),
        help_text=_("As you were given it, such as P-GY-012."),
        max_length=32,
    )
    reason = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}), max_length=500)
    order = forms.CharField(label=_("Order or file number"), max_length=80, required=False)


class LiftForm(forms.Form):
    """Why a hold ends."""

    reason = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}), max_length=500)


class HoldForm(forms.Form):
    """A legal hold: why, and by which order."""

    reason = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}), max_length=500)
    order = forms.CharField(label=_("Order or file number"), max_length=80, required=False)
