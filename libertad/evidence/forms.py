"""Forms of this room. A field's name is the action's parameter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from libertad.access.forms_correcting import CorrectForm
from libertad.evidence.conflicts import says
from libertad.evidence.custody import Event
from libertad.evidence.queries import ExhibitSeen, Receiver
from libertad.evidence.receipts import ReceiptField
from libertad.evidence.seals import same_seal, seal_number
from libertad.evidence.sentence import happened, stretch
from libertad.look import refusals
from libertad.look.amounts import currencies
from libertad.look.documents import DocumentFields
from libertad.look.fields import MomentField, offer
from libertad.look.numbers import WholeField
from libertad.look.refusals import in_words
from libertad.look.times import clock_of, when
from libertad.look.words import choices, choosing
from libertad.vocabulary.exhibit_kinds import not_of
from libertad.vocabulary.values import Cash, Happened, Refused
from libertad.vocabulary.written import read_number

MOST_PIECES = 10_000_000
READ = ("intact", "damaged", "opened", "missing", "not-read")
CONFIRM = _(
    "Read the seal again, sign by sign. If it does read so, tick 'It reads so. Record the difference': the "
    "chain of custody shows it."
)


class _Dated(forms.Form):
    """A form about something that happened; the time stands last, in the officer's own zone."""

    def __init__(self, *args: Any, now: Happened, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["happened"] = MomentField(
            label=_("When did it happen?"),
            help_text=clock_of(now.zone),
            zone_name=now.zone,
            initial=now,
            required=False,
        )
        self.fields["happened"].latest = now.at  # type: ignore[attr-defined]


class _SealRead(_Dated):
    """A seal that reads otherwise than the one on file is asked back, and saved once that is confirmed."""

    seal_read = forms.CharField(
        label=_("Seal number, as you read it"),
        help_text=_("Leave it empty if you did not read it."),
        required=False,
        max_length=64,
    )
    differs = forms.BooleanField(label=_("It reads so. Record the difference"), required=False)

    def __init__(self, *args: Any, seal: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seal = seal
        if not self._reads_otherwise():  # asked for once somebody has read something else
            del self.fields["differs"]

    def _reads_otherwise(self) -> bool:
        read = seal_number(str(self.data.get("seal_read", "")))
        return bool(read and not same_seal(read, self.seal))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "differs" in self.fields and not data.pop("differs", False):
            self.add_error("seal_read", f"{self._difference(seal_number(self.data['seal_read']))} {CONFIRM}")
        return data

    def _difference(self, read: str) -> str:
        text = (
            gettext("The seal on file is %(seal)s; you typed %(read)s.")
            if self.seal
            else gettext("No seal is on file of it; you typed %(read)s.")
        )
        return text % {"seal": self.seal, "read": read}


def _taken_from() -> forms.CharField:
    """Who had it: the owner or another."""
    return forms.CharField(
        label=_("From whom it was taken"),
        help_text=_("Name or role. Of somebody who may be a victim only the reference."),
        required=False,
        max_length=200,
    )


def _place() -> forms.CharField:
    return forms.CharField(
        label=_("Where it is kept"),
        help_text=_("Such as: exhibit store, shelf B-14"),
        required=False,
        max_length=200,
    )


class _Described(DocumentFields):
    """What an exhibit is, as it was when it was taken; of a chosen `kind` only what that kind has."""

    kind = forms.ChoiceField(
        label=_("What is it?"), choices=choices("exhibit-kinds"), widget=forms.RadioSelect
    )
    description = forms.CharField(
        label=_("What it looks like"),
        max_length=500,
        help_text=_("So that another officer knows it. No names of people who may be victims."),
    )
    where_found = forms.CharField(label=_("Where it was found"), required=False, max_length=300)
    taken_from = _taken_from()
    owner_agreed = forms.ChoiceField(
        label=_("Did the owner agree?"), choices=choices("yes-no"), widget=forms.RadioSelect, required=False
    )
    receipt = ReceiptField()
    witness = forms.CharField(
        label=_("Witness"), help_text=_("Rank and name"), required=False, max_length=200
    )
    device_number = forms.CharField(
        label=_("Device number"), help_text=_("IMEI or serial number"), required=False, max_length=100
    )
    phone_number = forms.CharField(label=_("Phone number"), required=False, max_length=50)
    state_when_taken = forms.CharField(
        label=_("State when taken"),
        help_text=_("Such as: on, then flight mode at 10:09"),
        required=False,
        max_length=300,
    )

    def __init__(self, *args: Any, kind: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind:
            self.fields["kind"].widget, self.fields["kind"].initial = forms.HiddenInput(), kind
            self.initial["kind"] = kind
            for name in not_of(kind) & set(self.fields):
                del self.fields[name]


class SeizeForm(_Described, _Dated):
    """Take something as evidence."""

    field_order = ("kind", "seal", "description", "site")
    seal = forms.CharField(
        label=_("Number on its seal"),
        help_text=_("Empty if it has none yet. A number is used once, ever."),
        required=False,
        max_length=64,
    )
    site = forms.ChoiceField(label=_("At which site?"), required=False)

    def __init__(self, *args: Any, sites: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "site", [("", _("At no registered site")), *sites])


class CashForm(forms.Form):
    """Notes or coins of one currency and denomination."""

    currency = forms.ChoiceField(label=_("Currency"), choices=choices("currencies", blank=_("Choose")))
    denomination = forms.CharField(label=_("Note or coin"), help_text=_("Such as 20 or 0,50"), max_length=20)
    pieces = WholeField(
        label=_("Number of pieces"),
        max_value=MOST_PIECES,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "currency", choosing(currencies()))

    def clean_denomination(self) -> str:
        """As the entry holds it, with a decimal point."""
        try:
            return f"{read_number(self.cleaned_data['denomination']):f}"
        except Refused as why:
            raise forms.ValidationError(in_words(why)) from None

    def has_changed(self) -> bool:
        """A row is empty while nothing was counted in it: the currency alone says nothing."""
        return bool({"denomination", "pieces"} & set(self.changed_data))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.has_changed() and not self.errors:
            try:
                data["cash"] = Cash(**{name: data[name] for name in ("currency", "denomination", "pieces")})
            except Refused as why:
                refusals.show(self, why)
        return data


class _Rows(forms.BaseFormSet):  # type: ignore[type-arg]
    """Rows that may stay empty, those shown again after 'add another' as well."""

    def initial_form_count(self) -> int:
        return 0

    def total_form_count(self) -> int:
        return super().total_form_count() if self.is_bound else len(self.initial or ()) + self.extra


CashRows = forms.formset_factory(CashForm, formset=_Rows, extra=1, can_delete=True, max_num=200)


class SealForm(_Dated):
    """Seal it; a seal that is on it is opened first."""

    number = forms.CharField(label=_("Number printed on the new seal"), max_length=64)
    opened = forms.CharField(widget=forms.HiddenInput, required=False)
    why = forms.CharField(
        label=_("Why was the old seal opened?"),
        help_text=_("Such as: order 18-044, copy made"),
        max_length=500,
    )
    witness = forms.CharField(
        label=_("Witness"), help_text=_("Rank and name"), required=False, max_length=200
    )

    def __init__(self, *args: Any, found: ExhibitSeen, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opened"].initial = found.seal
        if not found.seal:
            del self.fields["why"]


class OfferForm(_SealRead):
    """Offer custody to a named officer of the same case."""

    field_order = ("to_officer", "place")
    to_officer = forms.ChoiceField(label=_("To whom?"))
    place = _place()

    def __init__(self, *args: Any, officers: Sequence[Receiver], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = [(f"{officer.officer}:{officer.authority}", officer.label) for officer in officers]
        offer(self, "to_officer", [("", _("Choose an officer")), *listed])


class AcceptForm(_SealRead):
    """Accept custody; the offer that the page showed goes along."""

    offer = forms.CharField(widget=forms.HiddenInput, required=False)
    seal_read = forms.CharField(
        label=_("Seal number, as you read it on the exhibit"),
        help_text=_("Read it from the seal itself, sign by sign. This page does not say what it should be."),
        required=False,
        max_length=64,
    )
    seal_state = forms.ChoiceField(
        label=_("State of the seal"),
        choices=choices("seal-states", READ),
        widget=forms.RadioSelect,
    )
    place = _place()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        seal_read = data.get("seal_state") not in ("missing", "not-read")
        if self.seal and seal_read and not data.get("seal_read") and "seal_state" in data:
            self.add_error(
                "seal_read", gettext("Read the seal and write what is on it, or say that it is missing.")
            )
        return data

    def _difference(self, read: str) -> str:
        """What was read, without the number on file: it is read from the seal, not agreed to."""
        return gettext("You read %(read)s. That is not the number on file.") % {"read": read}


class TakeOverForm(_SealRead):
    """Take it over from an officer who is gone; another officer confirms it."""

    field_order = ("reasons", "witness")
    reasons = forms.CharField(
        label=_("Why is it taken over, and not handed over? The court reads it."),
        help_text=_("Such as: she left the force on 2 April; found in her locker."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )
    witness = forms.ChoiceField(
        label=_("Who is with you and confirms it?"),
        help_text=_("Another officer of your authority, with a sign-in of that officer's own."),
    )
    seal_state = forms.ChoiceField(
        label=_("State of the seal"), choices=choices("seal-states", READ), widget=forms.RadioSelect
    )
    place = _place()

    def __init__(self, *args: Any, officers: Sequence[Receiver], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = choosing((officer.officer, officer.label) for officer in officers)
        offer(self, "witness", listed)


class WitnessForm(_Dated):
    """Confirm a taking over, or say that it was not so."""

    taking = forms.CharField(widget=forms.HiddenInput)
    agrees = forms.ChoiceField(
        label=_("Were you there, and was it as it is written above?"),
        choices=choices("yes-no"),
        widget=forms.RadioSelect,
    )
    reasons = forms.CharField(
        label=_("What was not so?"),
        help_text=_("Needed if you do not confirm it."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )


class CorrectExhibitForm(_Described, CorrectForm):
    """What was written when it was taken, except where it is kept, whose it is and who held it."""

    field_order = ("shown", "reasons", "kind", "description")


class ReleaseForm(_SealRead):
    """Release without receiving officer."""

    field_order = ("to_whom", "place")
    to_whom = forms.CharField(
        label=_("Who took it?"), help_text=_("Rank and name, if you know"), required=False, max_length=200
    )
    place = forms.CharField(label=_("Where?"), required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        """A gap is for ever: no empty form begins one."""
        values = super().clean() or self.cleaned_data
        if not (values.get("to_whom") or values.get("place")):
            self.add_error("to_whom", gettext("Say who took it, or where it was left."))
        return values


class StatementForm(forms.Form):
    """What an officer knows about a gap."""

    about_from = forms.ChoiceField(label=_("Which time?"))
    words = forms.CharField(
        label=_("What do you know about it?"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=4000,
        help_text=_("Your own words. Say what you saw and what others told you."),
    )

    def __init__(self, *args: Any, found: ExhibitSeen, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = [(gap.since.isoformat(), stretch(gap)) for gap in found.chain.gaps]
        offer(self, "about_from", listed)


class AskForm(forms.Form):
    """Whom to ask about a gap, and what."""

    about_from = forms.ChoiceField(label=_("Which time?"))
    to_officer = forms.ChoiceField(
        label=_("Whom do you ask?"), widget=forms.RadioSelect(attrs={"data-look": "radios"})
    )
    words = forms.CharField(
        label=_("What do you want to know?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text=_("Empty: what is known about the time."),
        required=False,
    )

    def __init__(self, *args: Any, found: ExhibitSeen, asked: Sequence[Receiver], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = [(gap.since.isoformat(), stretch(gap)) for gap in found.chain.gaps]
        offer(self, "about_from", listed)
        options = [(f"{receiver.officer}:{receiver.authority}", receiver.label) for receiver in asked]
        offer(self, "to_officer", options)


class SettleForm(forms.Form):
    """Which of two entries about one custody holds, and why. `shown` carries the entries that it showed."""

    keep = forms.ChoiceField(
        label=_("Which one holds?"), widget=forms.RadioSelect(attrs={"data-look": "radios"})
    )
    shown = forms.MultipleChoiceField(widget=forms.MultipleHiddenInput)
    reasons = forms.CharField(
        label=_("Why? The court reads it."), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000
    )

    def __init__(self, *args: Any, pair: Sequence[Event], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = [(event.id, f"{says(event)}, {when(happened(event))}") for event in pair]
        offer(self, "keep", listed)
        offer(self, "shown", listed)
        self.fields["shown"].initial = [event.id for event in pair]


class ReturnForm(_Dated):
    """Give it back to its owner."""

    in_person = forms.ChoiceField(
        label=_("Did the owner receive it in person?"), choices=choices("yes-no"), widget=forms.RadioSelect
    )
    to_name = forms.CharField(
        label=_("If not: who received it?"),
        required=False,
        max_length=200,
        help_text=_("Name, and what they are to the owner. Such as: her sister, his lawyer."),
    )
    signed = forms.ChoiceField(
        label=_("Did whoever received it sign for it?"),
        choices=choices("yes-no"),
        widget=forms.RadioSelect,
    )
    witness = forms.CharField(
        label=_("Witness"), help_text=_("Rank and name"), required=False, max_length=200
    )
