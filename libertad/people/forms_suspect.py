"""Forms about who is held: birth, nationality, documents, names; and about the rights of who is held."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.access.forms_correcting import ShownForm
from libertad.look import refusals
from libertad.look.documents import DocumentFields
from libertad.look.lines import FoldedMixin, LinesField
from libertad.look.words import choices
from libertad.people.forms import WhenForm
from libertad.people.forms_birth import BirthMixin
from libertad.people.forms_custody import DetentionForm
from libertad.people.suspect import DOCUMENT, Identity
from libertad.vocabulary.values import Refused

ASKED = (
    "birth_date",
    "age_from",
    "age_to",
    "sex",
    "nationality",
    "nationality_too",
    "alias",
    "phone",
    *DOCUMENT,
)


class IdentityMixin(DocumentFields, BirthMixin):
    """Who somebody is, as far as known; a name has a field of its own."""

    sex = forms.ChoiceField(label=_("Sex"), choices=choices("sexes", blank=_("Not known")), required=False)
    nationality = forms.ChoiceField(
        label=_("Nationality"), choices=choices("countries", blank=_("Not known")), required=False
    )
    nationality_too = forms.ChoiceField(
        label=_("Second nationality"), choices=choices("countries", blank=_("None")), required=False
    )
    alias = LinesField(
        label=_("Other names"), help_text=_("Each in a line of its own."), limit=10, required=False
    )
    phone = LinesField(
        label=_("Phone numbers"),
        help_text=_("Each in a line of its own, with the country's code."),
        limit=10,
        longest=40,
        required=False,
    )
    document_kind = forms.ChoiceField(
        label=_("Document"), choices=choices("document-kinds", blank=_("None")), required=False
    )

    def identity(self, now: datetime, known: Identity | None = None) -> dict[str, Any]:
        """The fields of the verb as the form gives them. An age says nothing of a birth date on file, nor an
        empty box of an age on file. Raises Refused for a birth that cannot be."""
        data = self.cleaned_data
        both = (data["nationality"], data["nationality_too"])
        values = {
            "nationality": tuple(dict.fromkeys(filter(None, both))),
            **{name: data[name] for name in ("alias", "phone", "sex", *DOCUMENT)},
        }
        birth = self.birth(now.date().isoformat())
        if birth is not None or any(earlier.date for earlier in (known.births if known else ())):
            values["birth"] = birth
        return values


class DetainForm(FoldedMixin, IdentityMixin, DetentionForm):
    """Detain or arrest somebody, with what is known of who it is."""

    FOLDED = (*ASKED, "how_known")
    fold_title = _("Birth, nationality, other names, document")
    fold_help = _("What is known now. The rest is recorded later, on the page of the detention.")

    how_known = forms.CharField(
        label=_("How do you know it?"),
        help_text=_("Such as 'Passport shown' or 'The person said so'."),
        max_length=1000,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rest = [name for name in self.fields if name not in ("state", "name", *self.FOLDED)]
        self.order_fields(["state", "name", *self.FOLDED, *rest])

    def clean(self) -> dict[str, Any]:
        """`known`: what is known of who it is, as the verb takes it; empty where nothing was filled in."""
        data = super().clean() or self.cleaned_data
        self.known: dict[str, Any] = {}
        if self.errors:
            return data
        moment = data.get("happened") or self.fields["happened"].initial
        try:
            values = self.identity(moment.local if moment else datetime.now(UTC))
        except Refused as why:
            refusals.show(self, why)
            return data
        self.known = {name: value for name, value in values.items() if value not in ("", (), None)}
        if self.known and not data["how_known"].strip():
            self.add_error("how_known", _("Say how you know it: a document was shown, or the person said so"))
        elif self.known:
            self.known["reasons"] = data["how_known"]
        return data


class IdentityForm(IdentityMixin, ShownForm):
    """Who is held, as it stands on file; what is changed is said in its place."""

    reasons = forms.CharField(
        label=_("How do you know it?"),
        help_text=_("Such as 'Passport shown' or 'The person said so'."),
        max_length=1000,
    )

    field_order = (*ASKED, "reasons")

    @staticmethod
    def on_file(known: Identity) -> dict[str, Any]:
        """What the form starts with."""
        document = dict(zip(DOCUMENT, known.documents[-1], strict=True)) if known.documents else {}
        nationalities = [*known.nationalities, "", ""]
        return {
            **document,
            "birth_date": next((birth.date for birth in reversed(known.births) if birth.date), ""),
            "sex": known.sexes[-1] if known.sexes else "",
            "nationality": nationalities[0],
            "nationality_too": nationalities[1],
            "alias": tuple(known.alias),
            "phone": tuple(known.phones),
        }


class RightForm(WhenForm):
    """One right, when and by whom."""

    right = forms.ChoiceField(
        label=_("Which right?"),
        choices=choices("custody-rights"),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )
    outcome = forms.ChoiceField(
        label=_("Was it given?"),
        choices=choices("right-outcomes"),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )
    who = forms.CharField(
        label=_("Who?"),
        help_text=_("Name of the lawyer, interpreter or doctor; which consulate; who was told."),
        max_length=200,
        required=False,
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("In which language; if not possible yet, why."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        required=False,
    )
