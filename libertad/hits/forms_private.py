"""The form by which an officer asks other authorities in private. A field's name is the command's option."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.hits.matching.record import Birth, Kind, Name, Record
from libertad.look.fields import PartialDateField
from libertad.look.words import choices
from libertad.vocabulary.bounds import check_past_date
from libertad.vocabulary.values import Refused

LONGEST = 400
NUMBERS = ("document", "phone", "device", "vehicle", "vessel", "handle")


def line(label: object, help_text: object = "") -> forms.CharField:
    """A short text that may be left out."""
    return forms.CharField(
        label=label,  # type: ignore[arg-type]
        help_text=help_text,  # type: ignore[arg-type]
        max_length=LONGEST,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PrivateForm(forms.Form):
    """A case, what is known of a person or thing, and whom to ask."""

    case = forms.CharField(
        label=_("Reference of your case"),
        max_length=64,
        help_text=_("Every authority that is asked writes it down. No name belongs in it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    name = line(_("Name"), _("Whole, as it was told."))
    other_name = line(_("Another name"))
    birth = PartialDateField(
        label=_("Date of birth, as far as it is known"),
        past=True,
        required=False,
        help_text=_("A year alone is enough."),
    )
    age = line(_("Or age today"), _("Such as 20, or 20-25."))
    sex = forms.ChoiceField(
        label=_("Sex, as said"), required=False, choices=choices("sexes", blank=_("Not known"))
    )
    nationality = forms.ChoiceField(
        label=_("Nationality"), required=False, choices=choices("countries", blank=_("Not known"))
    )
    document = line(_("Document number"), _("With its country before it, such as VE:C1234567."))
    phone = line(_("Phone number"))
    device = line(_("Device number (IMEI)"))
    vehicle = line(_("Number plate"))
    vessel = line(_("Vessel"))
    handle = line(_("Account or e-mail"))
    of = forms.MultipleChoiceField(
        label=_("Whom to ask"),
        required=False,
        choices=(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all of them."),
    )

    def __init__(self, data: object = None, owners: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        cast(forms.MultipleChoiceField, self.fields["of"]).choices = list(owners)
        if not owners:
            del self.fields["of"]

    def record(self, today: date, where: str) -> Record:
        """What is asked about. Raises Refused where it is not understood or says nobody."""
        values = self.cleaned_data
        names = tuple(Name(full=values[field]) for field in ("name", "other_name") if values[field])
        facts = tuple((cast(Kind, kind), values[kind]) for kind in NUMBERS if values[kind])
        if not names and not facts:
            raise Refused("name", "say by what the person or thing could be known: a name or a number")
        if values["nationality"]:
            facts = (*facts, ("nationality", values["nationality"]))
        sex = "" if values["sex"] == "not-said" else values["sex"]
        return Record("question", names, born(values["birth"], values["age"], today), sex, facts, where)


def born(birth: str, age: str, today: date) -> Birth | None:
    """A birth by a partial date, or by an age or ages as of today. Raises Refused, for what lies ahead."""
    if birth:
        check_past_date(birth, today, "birth")
        return Birth.of_text(birth)
    if not age:
        return None
    low, _dash, high = age.replace(" ", "").partition("-")
    numbers = [part for part in (low, high or low) if part.isascii() and part.isdecimal() and len(part) < 4]
    interval = Birth.of_age(int(numbers[0]), int(numbers[1]), today) if len(numbers) == 2 else None
    if interval is None:
        raise Refused("age", "an age from 0 to 130, or two with the lower first, such as 20-25")
    return interval
