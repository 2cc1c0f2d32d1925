"""Several exhibits from one visit: what all have in common, and as many rows as are needed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from libertad.evidence.forms import _Dated, _taken_from
from libertad.evidence.receipts import ReceiptField
from libertad.evidence.seals import seal_number
from libertad.look.fields import offer
from libertad.look.numbers import WholeField
from libertad.look.words import choices
from libertad.vocabulary.values import Refused

KINDS = ("mobile-phone", "computer", "travel-document", "document", "other")
ROWS = 6  # empty ones of a new form, and how many more each time
MOST = 200
SAME = ("kind", "description", "where_found")  # not a number nor a state: each thing has its own
ADDS = ("stay", "rows", "again", "seals")  # stay: what a scanner's Enter in a row does, which saves nothing


class SeveralForm(_Dated):
    """What is the same for all of them, and how more rows are made."""

    site = forms.ChoiceField(label=_("At which site?"), required=False)
    taken_from = _taken_from()
    witness = forms.CharField(
        label=_("Witness"), help_text=_("Rank and name"), required=False, max_length=200
    )
    receipt = ReceiptField()
    times = WholeField(
        label=_("How many more of the last one"),
        required=False,
        initial=1,
        min_value=1,
        max_value=MOST,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    seals = forms.CharField(
        label=_("Seal numbers, one in each line"),
        required=False,
        max_length=MOST * 66,
        help_text=_(
            "Paste a column, or read the seals with a scanner. Rows without a seal get them first, then each "
            "gets a row like the last one."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, sites: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "site", [("", _("At no registered site")), *sites])

    def clean_seals(self) -> str:
        """Numbers that were pasted and made no row of would be lost without a word."""
        if self.cleaned_data["seals"].strip():
            raise forms.ValidationError(
                gettext("No rows were made of these numbers. Make them, or empty this.")
            )
        return ""

    def anchor(self, why: Refused) -> str:
        """The field of the row that a refusal of `seize_several` names; the first row's if it names none."""
        inner, row = why.parameters.get("why"), why.parameters.get("row", 1)
        name = inner.field if isinstance(inner, Refused) else ""
        return f"id_thing-{int(str(row)) - 1}-{name if name in ThingForm.base_fields else 'kind'}"

    def shared(self) -> dict[str, Any]:
        """What the action takes for all of them."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("times", "seals")}


class ThingForm(forms.Form):
    """One of them. Cash is counted on the form of a single exhibit."""

    kind = forms.ChoiceField(
        label=_("What is it?"), choices=choices("exhibit-kinds", KINDS, blank=_("Choose"))
    )
    description = forms.CharField(label=_("What it looks like"), max_length=500)
    where_found = forms.CharField(label=_("Where it was found"), required=False, max_length=300)
    device_number = forms.CharField(
        label=_("Device number"), help_text=_("IMEI or serial number"), required=False, max_length=100
    )
    phone_number = forms.CharField(label=_("Phone number"), required=False, max_length=50)
    state_when_taken = forms.CharField(label=_("State when taken"), required=False, max_length=300)
    seal = forms.CharField(label=_("Number on its seal"), required=False, max_length=64)


class _ThingRows(forms.BaseFormSet):  # type: ignore[type-arg]
    """Rows of things. No seal stands in two of them."""

    def clean(self) -> None:
        first: dict[str, int] = {}
        for number, row in enumerate(self.forms, 1):
            seal = seal_number(str(row.data.get(row.add_prefix("seal"), "")))
            if seal and seal in first:
                row.add_error("seal", gettext("Thing %(row)d has this seal as well") % {"row": first[seal]})
            first.setdefault(seal, number)


ThingRows = forms.formset_factory(
    ThingForm, formset=_ThingRows, extra=ROWS, max_num=MOST, absolute_max=MOST, validate_max=True
)
MoreRows = forms.formset_factory(ThingForm, extra=0, max_num=MOST, absolute_max=MOST)


class NoMoreRows(ValueError):
    """Why no row was made, in words for the page."""


def next_seal(number: str) -> str:
    """The number after a seal's: GYP-0099 gives GYP-0100. NoMoreRows where it ends in no digit."""
    match = re.fullmatch(r"(.*?)(\d{1,18})", number)
    if match is None:
        raise NoMoreRows(
            gettext("The seal %(seal)s does not end in a number, so no next one is known") % {"seal": number}
        )
    stem, digits = match.groups()
    return f"{stem}{int(digits) + 1:0{len(digits)}d}"


def typed_rows(data: QueryDict) -> list[dict[str, str]]:
    """The rows as they were typed, valid or not, the empty ones as well."""
    count = str(data.get("thing-TOTAL_FORMS", ""))
    rows = min(int(count), MOST) if count.isascii() and count.isdigit() and len(count) < 9 else ROWS
    return [
        {name: str(data.get(f"thing-{n}-{name}", "")) for name in ThingForm.base_fields} for n in range(rows)
    ]


def more_rows(data: QueryDict) -> list[dict[str, str]]:
    """The rows after the button `add` that was pressed. NoMoreRows says why there are none more."""
    rows, add = typed_rows(data), data.get("add")
    if add == "stay":
        return rows
    if add == "rows":
        return _within(rows + [{} for _more in range(ROWS)])
    filled = [row for row in rows if any(row.values())]
    if add == "again":
        return _within(_again(filled, str(data.get("times", "1"))))
    return _within(_sealed(rows, [seal_number(line) for line in str(data.get("seals", "")).splitlines()]))


def _within(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    if len(rows) > MOST:
        raise NoMoreRows(
            gettext("One form takes %(most)d things. Take these, then begin another") % {"most": MOST}
        )
    return rows


def _again(filled: list[dict[str, str]], times: str) -> list[dict[str, str]]:
    """As many more like the last, each with the seal number after the one before it."""
    count = times.strip() or "1"
    if not (count.isascii() and count.isdigit() and len(count) < 9 and 1 <= int(count) <= MOST):
        raise NoMoreRows(gettext("Write how many more: 1 to %(most)d") % {"most": MOST})
    if not filled:
        raise NoMoreRows(gettext("Fill in one thing first"))
    rows = list(filled)
    for _more in range(int(count)):
        last = rows[-1]
        seal = seal_number(last.get("seal", ""))
        rows.append({**{name: last.get(name, "") for name in SAME}, "seal": next_seal(seal) if seal else ""})
    return rows


def _sealed(rows: list[dict[str, str]], column: list[str]) -> list[dict[str, str]]:
    """The column's numbers go to begun rows without a seal, then each to a row like the last one."""
    numbers = [number for number in column if number]
    if not numbers:
        raise NoMoreRows(gettext("Write the seal numbers, one in each line"))
    for number in numbers:
        if len(number) > 64:
            raise NoMoreRows(gettext("%(seal)s is too long for a seal number") % {"seal": f"{number[:20]}…"})
    rows_filled = [dict(row) for row in rows if any(row.values())]
    waiting = [row for row in rows_filled if not row.get("seal")]
    for row, number in zip(waiting, numbers, strict=False):
        row["seal"] = number
    shared = {name: rows_filled[-1].get(name, "") for name in SAME} if rows_filled else {}
    return rows_filled + [{**shared, "seal": number} for number in numbers[len(waiting) :]]
