"""The forms of the exhibit store: a place, a move, an audit, an explanation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from libertad.evidence.forms import _Dated
from libertad.evidence.queries import ExhibitSeen
from libertad.evidence.seals import seal_number
from libertad.look.fields import offer
from libertad.look.words import choices, choosing
from libertad.vocabulary.verbs.store import NOT_READ, OUTCOMES

ID = re.compile(r"[0-9a-f]{32}")
PAGE_LIMIT = 300  # of one page: with its fields below what the server reads of a form


def ids_in(data: Mapping[str, Any], prefix: str) -> list[str]:
    """The exhibits that fields of a posted form name, whatever is on file now."""
    ids = [name.removeprefix(prefix) for name in data if name.startswith(prefix)]
    return [key for key in ids if ID.fullmatch(key)][: 2 * PAGE_LIMIT]


class PlaceForm(forms.Form):
    """A place of the store."""

    kind = forms.ChoiceField(
        label=_("What kind of place is it?"), choices=choices("store-places"), widget=forms.RadioSelect
    )
    name = forms.CharField(
        label=_("What is written on it"), help_text=_("Such as: Shelf B-14"), max_length=100
    )
    within = forms.ChoiceField(label=_("Inside which other place?"), required=False)

    def __init__(self, *args: Any, places: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "within", [("", _("In none")), *places])


class CorrectPlaceForm(forms.Form):
    """The name of a place, corrected."""

    name = forms.CharField(label=_("What is written on it"), max_length=100)
    reasons = forms.CharField(
        label=_("What was wrong, and how do you know?"),
        help_text=_("It stays on file beside what was said before."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )


@dataclass(frozen=True)
class ExhibitFields:
    """The fields of one exhibit, for the page."""

    exhibit: ExhibitSeen
    fields: Sequence[Any]


class _OfExhibits(forms.Form):
    """A form with some fields for each exhibit, named by its id."""

    found: Sequence[ExhibitSeen] = ()

    def _each(self, *prefixes: str) -> Iterator[ExhibitFields]:
        for exhibit in self.found:
            names = [f"{prefix}{exhibit.id}" for prefix in prefixes]
            yield ExhibitFields(exhibit, [self[name] for name in names if name in self.fields])


class MoveForm(_Dated, _OfExhibits):
    """Which exhibits go where. Ticking one confirms that its seal was read."""

    store = forms.ChoiceField(label=_("Where do they go?"))

    def __init__(
        self, *args: Any, found: Sequence[ExhibitSeen], places: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.found = found
        offer(self, "store", choosing(places))
        for exhibit in found:
            label = (
                gettext("Move it. Its seal reads %(seal)s") % {"seal": exhibit.seal}
                if exhibit.seal
                else gettext("Move it. It carries no seal")
            )
            self.fields[f"move_{exhibit.id}"] = forms.BooleanField(label=label, required=False)
            if exhibit.seal:
                self.fields[f"otherwise_{exhibit.id}"] = forms.CharField(
                    label=_("If its seal reads otherwise: what it reads"), required=False, max_length=64
                )
                self.fields[f"state_{exhibit.id}"] = forms.ChoiceField(
                    label=_("If its seal is not whole"),
                    required=False,
                    choices=choices("seal-states", NOT_READ, blank=_("It is whole")),
                )

    def rows(self) -> list[ExhibitFields]:
        return list(self._each("move_", "otherwise_", "state_"))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not any(values.get(f"move_{exhibit.id}") for exhibit in self.found):
            self.add_error(None, gettext("Tick at least one exhibit, after reading its seal"))
        return values

    def moves(self) -> list[dict[str, str]]:
        """What the action takes: the ticked ones, each with its seal as it was read."""
        moves = []
        for exhibit in self.found:
            if not self.cleaned_data.get(f"move_{exhibit.id}"):
                continue
            read = self.cleaned_data.get(f"otherwise_{exhibit.id}", "")
            state = self.cleaned_data.get(f"state_{exhibit.id}", "")
            if not read and state != "missing":
                read = exhibit.seal
            moves.append({"exhibit": exhibit.id, "seal_read": read, "seal_state": state})
        return moves


class AuditForm(_OfExhibits):
    """What is there. The exhibits that the page listed go along, so that nothing later counts as missing."""

    listed = forms.CharField(widget=forms.HiddenInput, required=False)
    read = forms.CharField(
        label=_("References or seal numbers, one in each line"),
        required=False,
        max_length=50_000,
        help_text=_("Type them, or read them with a scanner. Also of what should not be here."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    confirmed = forms.MultipleChoiceField(  # one box, below the differences that its label announces
        label=_("These differ"),
        required=False,
        choices=[("on", _("Record the audit with these differences"))],
        widget=forms.CheckboxSelectMultiple(attrs={"data-look": "checkboxes"}),
    )

    def __init__(self, *args: Any, found: Sequence[ExhibitSeen], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = found
        for exhibit in found:
            self.fields[f"there_{exhibit.id}"] = forms.BooleanField(label=_("It is there"), required=False)
            self.fields[f"seal_{exhibit.id}"] = forms.CharField(
                label=_("Its seal, if it reads otherwise"), required=False, max_length=64
            )
        if not self.is_bound:  # asked for once the differences are on the page
            del self.fields["confirmed"]

    def rows(self) -> list[ExhibitFields]:
        return list(self._each("there_", "seal_"))

    def clean_listed(self) -> list[str]:
        return [key for key in self.cleaned_data["listed"].split(",") if ID.fullmatch(key)][: 2 * PAGE_LIMIT]

    def field_values(self) -> dict[str, Any]:
        """What the action takes."""
        values = self.cleaned_data
        read = {exhibit.id: seal_number(values.get(f"seal_{exhibit.id}", "")) for exhibit in self.found}
        return {
            "listed": values["listed"],
            "there": [exhibit.id for exhibit in self.found if values.get(f"there_{exhibit.id}")],
            "seals": {exhibit: seal for exhibit, seal in read.items() if seal},
            "read": [line for line in values["read"].splitlines() if line.strip()],
            "note": values["note"],
            "confirmed": bool(values.get("confirmed")),
        }


class ExplainForm(forms.Form):
    """How a difference came out, and why."""

    about = forms.CharField(widget=forms.HiddenInput, max_length=200)
    outcome = forms.ChoiceField(label=_("How did it come out?"), widget=forms.RadioSelect)
    reasons = forms.CharField(
        label=_("What happened?"),
        help_text=_("Such as: it lay behind the shelf; the box was mislabelled."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "outcome", choices("store-outcomes", OUTCOMES[kind])())
