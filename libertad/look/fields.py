"""Form fields in the look's markup, and the two fields that every room needs: partial date and moment."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from datetime import time as Time
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from libertad.look.refusals import in_words
from libertad.look.times import date_words
from libertad.vocabulary.bounds import check_past
from libertad.vocabulary.values import Happened, Refused, partial_date, zone
from libertad.vocabulary.written import normalise, read_date, without_about

LINE = {"maxlength": "60", "autocomplete": "off"}
NOON = Time(12)
HOUR = re.compile(r"([0-9]{1,2})[:h.]([0-9]{2})")
CLOCK = re.compile(r"^(.*?)(?:[ ,]|\bat\b|\ba las\b|\bas\b|\bom\b)*\b([0-9]{1,2})[:h]([0-9]{2})$")


class PartialDateWidget(forms.MultiWidget):
    """A date in one line as people write it, or day, month and year as three boxes that may stay empty."""

    look = "date"
    ahead = False  # whether the date is one to come

    @property
    def part_labels(self) -> tuple[Any, ...]:
        example: Any = _("In one line, such as 12 mar 1998 or 1998")
        if self.ahead:
            example = _("In one line, such as 12 mar %(year)d") % {"year": datetime.now(UTC).year + 1}
        return example, _("Day"), _("Month"), _("Year")

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        box = {"inputmode": "numeric", "maxlength": "2", "autocomplete": "off"}
        parts: dict[str, forms.Widget | type[forms.Widget]] = {
            "line": forms.TextInput(attrs=LINE),
            "day": forms.TextInput(attrs=box),
            "month": forms.TextInput(attrs=box),
            "year": forms.TextInput(attrs={**box, "maxlength": "4"}),
        }
        super().__init__(parts, attrs)

    def decompress(self, value: Any) -> list[str]:
        parts = str(value).split("-") if value else []
        year, month, day = (parts + ["", "", ""])[:3]
        return ["", day, month, year]


class Prefilled(forms.MultiValueField):
    """A date as a line and boxes. What is written in the line takes the place of boxes that still hold what
    they were shown with, wherever that came from: the field, the form, or what is being corrected."""

    prefilled: Any = None

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundField:
        self.prefilled = form.get_initial_for_field(self, field_name)
        return super().get_bound_field(form, field_name)


class PartialDateField(Prefilled):
    """Gives 'YYYY', 'YYYY-MM', 'YYYY-MM-DD' or ''; a date that does not exist, or can be two, is refused.

    `past`: it lies behind; else it is one to come. `about`: 'about 1998' is taken, and given as '1998~' (ISO
    8601-2).
    """

    def __init__(self, *, past: bool = False, about: bool = False, **kwargs: Any) -> None:
        self.past, self.about = past, about
        parts = [forms.CharField(required=False) for _part in range(4)]
        kwargs.setdefault("widget", PartialDateWidget())
        super().__init__(fields=parts, require_all_fields=False, **kwargs)
        if isinstance(self.widget, PartialDateWidget):
            self.widget.ahead = not past

    def compress(self, data_list: list[str]) -> str:
        line, day, month, year = (str(part or "").strip() for part in (data_list or [""] * 4))
        try:
            date = self.read_line(line)
        except Refused as refused:
            raise forms.ValidationError(in_words(refused)) from None
        boxes = self.boxes(day, month, year)
        if date and boxes and boxes not in (date, str(self.prefilled or "")):
            raise forms.ValidationError(differing(date, boxes))
        return date or boxes

    def read_line(self, line: str) -> str:
        """The date of the line. Refused for none, or for one that can be two."""
        rest, about = without_about(line)
        date = read_date(rest if about and self.about else line, datetime.now(UTC).date(), past=self.past)
        return f"{date}~" if date and about and self.about else date

    @staticmethod
    def boxes(day: str, month: str, year: str) -> str:
        """The date of the boxes. ValidationError for none."""
        if not (day or month or year):
            return ""
        if not year or (day and not month):
            raise forms.ValidationError(_("Give at least the year, and the month if you give the day"))
        text = "-".join(part.zfill(2) for part in (year, month, day) if part)
        try:
            return partial_date(text)
        except Refused as refused:
            refused.parameters |= {"text": " ".join(filter(None, (day, month, year)))}  # as it was written
            raise forms.ValidationError(in_words(refused)) from None


def differing(line: str, boxes: str) -> str:
    """What is wrong where line and boxes (partial dates) are both filled in."""
    return _("The line says %(line)s and the boxes say %(boxes)s: empty one of them") % {
        "line": date_words(line),
        "boxes": date_words(boxes),
    }


def clock_time(text: str) -> Time:
    """The time of day of '14:05', '14h05' or '14.05'. ValidationError for none."""
    match = HOUR.fullmatch(text.strip().lower())
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise forms.ValidationError(
            _("'%(text)s' is no time of day: write it as 14:05"), params={"text": text[:20]}
        )
    return Time(int(match[1]), int(match[2]))


class MomentWidget(forms.MultiWidget):
    """Day, month, year and time, in one line or in boxes; the zone is the authority's, said in the hint."""

    look = "date"
    year = 0  # of the example; 0: of today

    @property
    def part_labels(self) -> tuple[Any, ...]:
        example = _("In one line, such as 5 apr %(year)d 14:05") % {
            "year": self.year or datetime.now(UTC).year
        }
        return example, _("Day"), _("Month"), _("Year"), _("Time, such as 14:05")

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        box = {"inputmode": "numeric", "maxlength": "2", "autocomplete": "off"}
        parts: dict[str, forms.Widget | type[forms.Widget]] = {
            "line": forms.TextInput(attrs=LINE),
            "day": forms.TextInput(attrs=box),
            "month": forms.TextInput(attrs=box),
            "year": forms.TextInput(attrs={**box, "maxlength": "4"}),
            "time": forms.TextInput(attrs={"maxlength": "5", "autocomplete": "off"}),
        }
        super().__init__(parts, attrs)

    def decompress(self, value: Any) -> list[str]:
        if isinstance(value, Happened):
            value = value.local
        if not isinstance(value, datetime):
            return [""] * 5
        return ["", str(value.day), str(value.month), str(value.year), f"{value:%H:%M}"]


class MomentField(Prefilled):
    """When it happened, in `zone_name`: Happened to the minute, or to the day without a time.

    A line that is filled in takes the place of boxes that show what they were shown with. What lies ahead of
    `latest` (the operation's clock; without it real time) is refused, but for what is planned (`past=False`).
    """

    latest: datetime | None = None

    def __init__(self, *, zone_name: str = "UTC", past: bool = True, **kwargs: Any) -> None:
        self.zone_name, self.past = zone_name, past
        parts = [forms.CharField(required=False) for _part in range(5)]
        kwargs.setdefault("widget", MomentWidget())
        super().__init__(fields=parts, require_all_fields=False, **kwargs)

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundField:
        if self.latest is not None and isinstance(self.widget, MomentWidget):
            self.widget.year = self.latest.year
        return super().get_bound_field(form, field_name)

    def compress(self, data_list: list[str]) -> Happened | None:
        line, day, month, year, time = (str(part or "").strip() for part in (data_list or [""] * 5))
        if line:
            day, month, year, time = self.read_line(line, [day, month, year], time)
        if not (day or month or year or time):
            return None
        moment = self.moment(day, month, year, time)
        if self.past:
            try:
                check_past(moment, self.latest or datetime.now(UTC))
            except Refused as refused:
                raise forms.ValidationError(in_words(refused)) from None
        return moment

    def read_line(self, line: str, boxes: list[str], time: str) -> list[str]:
        """Day, month, year and time of the line. ValidationError for none, or beside boxes that differ.

        An hour in its box belongs to the line's day where the boxes of the date are empty. Beside boxes that
        hold what they were shown with it may be the hour that the form came with, and is passed over.
        """
        clock = CLOCK.fullmatch(normalise(line))
        try:
            date = read_date(clock[1] if clock else line, datetime.now(zone(self.zone_name)).date())
        except Refused as refused:
            raise forms.ValidationError(in_words(refused)) from None
        if len(date) != 10:
            raise forms.ValidationError(_("Give the day as well, such as 5 apr"))
        year, month, day = (str(int(part)) for part in date.split("-"))
        before = self.widget.decompress(self.prefilled)[1:4]
        if any(boxes) and boxes not in (before, [day, month, year]):
            raise forms.ValidationError(differing(date, "-".join(reversed(boxes))))
        if any(boxes):
            time = ""
        written = f"{int(clock[2]):02d}:{clock[3]}" if clock else ""
        if written and time and clock_time(written) != clock_time(time):
            raise forms.ValidationError(
                _("The line says %(line)s and the box says %(box)s: empty one of them")
                % {"line": written, "box": time}
            )
        return [day, month, year, written or time]

    def moment(self, day: str, month: str, year: str, time: str) -> Happened:
        """The moment of four boxes. ValidationError for one that does not exist."""
        if not (day and month and year):
            raise forms.ValidationError(_("Give day, month and year"))
        date = PartialDateField.boxes(day, month, year)
        hour = clock_time(time) if time else NOON
        at = datetime.combine(datetime.fromisoformat(date), hour, zone(self.zone_name))
        if at.astimezone(UTC).astimezone(at.tzinfo).time() != hour:
            raise forms.ValidationError(
                _(
                    "The clocks went forward that day, and %(time)s was left out: "
                    "give the hour that a clock showed"
                )
                % {"time": time}
            )
        try:
            return Happened(
                at=at,
                zone=self.zone_name,
                precision="minute" if time else "day",
            )
        except Refused as refused:
            raise forms.ValidationError(in_words(refused)) from None


class ReferenceField(forms.CharField):
    """Something on file by its reference, as people write it; gives its id, '' for nothing.

    In place of a list of all there is, of which there are thousands. The page sets `find`: the id of what its
    reader may know of by this reference, else ''. Refused alike for what is not there and what is not theirs.
    """

    missing = _("There is no such reference here. Look at it again")

    def __init__(self, **kwargs: Any) -> None:
        box = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        super().__init__(max_length=32, widget=forms.TextInput(attrs=box), **kwargs)
        self.find: Callable[[str], str] = lambda reference: ""

    def clean(self, value: Any) -> str:
        reference = str(super().clean(value)).upper()
        key = self.find(reference) if reference else ""
        if reference and not key:
            raise forms.ValidationError(self.missing)
        return key


class ReferencesField(ReferenceField):
    """Several things on file by their references, commas or blanks between; gives their ids, in order."""

    limit = 20

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_length = 32 * self.limit
        self.validators = []
        self.widget.attrs.pop("maxlength", None)

    def clean(self, value: Any) -> list[str]:  # type: ignore[override]
        words = dict.fromkeys(re.split(r"[\s,;]+", str(value or "").strip().upper()))
        references = [word for word in words if word]
        if len(references) > self.limit:
            raise forms.ValidationError(_("Name at most %(most)s at once"), params={"most": self.limit})
        keys = {reference: self.find(reference) for reference in references}
        if missing := [reference for reference, key in keys.items() if not key]:
            raise forms.ValidationError(
                _("Nothing is here by the reference %(reference)s. Look at it again"),
                params={"reference": ", ".join(reference[:32] for reference in missing)},
            )
        return list(dict.fromkeys(keys.values()))


def _look_of(bound: BoundField, requested: str) -> str:
    widget = bound.field.widget
    if requested:
        return requested
    if own := getattr(widget, "look", "") or widget.attrs.get("data-look", ""):
        return str(own)
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "chips"
    if isinstance(widget, forms.RadioSelect):
        labels = [str(label) for value, label in widget.choices]
        return "segments" if len(labels) <= 4 and all(len(label) <= 16 for label in labels) else "radios"
    if isinstance(widget, forms.Select):
        return "select"
    if isinstance(widget, forms.Textarea):
        return "textarea"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    return "input"


SCROLLED = 20  # a longer list of boxes to tick scrolls in a frame of its own, with a field to find in it
GOVUK_CLASS: Mapping[str, str] = {
    "select": "govuk-select",
    "textarea": "govuk-textarea",
    "input": "govuk-input",
}


def _date_parts(bound: BoundField, described: str) -> list[dict[str, Any]]:
    widget = bound.field.widget
    invalid = {"aria-invalid": "true"} if bound.errors else {}
    context = widget.get_context(bound.html_name, bound.value(), {"id": bound.auto_id})
    parts = []
    for label, subwidget, sub in zip(
        widget.part_labels, widget.widgets, context["widget"]["subwidgets"], strict=True
    ):
        css = "govuk-input govuk-input--error" if bound.errors else "govuk-input"
        attrs = {**sub["attrs"], "class": css, "aria-describedby": described, **invalid}
        kind = sub["name"].rsplit("_", 1)[-1]
        parts.append(
            {
                "label": label,
                "id": sub["attrs"]["id"],
                "kind": kind,
                "html": subwidget.render(sub["name"], sub["value"], attrs),
            }
        )
    return parts


def field_context(bound: BoundField, requested: str = "") -> dict[str, Any]:
    """What `web/look/field.html` needs to draw one field with its hint and its errors."""
    look = _look_of(bound, requested)
    identity = bound.auto_id or bound.html_name
    hint = f"{identity}-hint" if bound.help_text else ""
    error = f"{identity}-error" if bound.errors else ""
    described = " ".join(part for part in (hint, error) if part)
    context: dict[str, Any] = {
        "bound": bound,
        "look": look,
        "id": identity,
        "hint_id": hint,
        "error_id": error,
        "described": described,
        "errors": bound.errors,
        "optional": not bound.field.required,
    }
    if look == "date":
        context["parts"] = _date_parts(bound, described)
    elif look in ("segments", "chips", "radios", "checkboxes"):
        context["options"] = list(bound)
        context["many"] = len(context["options"]) > SCROLLED
        multiple = isinstance(
            bound.field.widget, forms.CheckboxSelectMultiple
        )  # itself a RadioSelect in Django
        context["type"] = "checkbox" if multiple else "radio"
    elif not bound.is_hidden:
        attrs: dict[str, Any] = {}
        if look in GOVUK_CLASS:
            css = GOVUK_CLASS[look]
            attrs["class"] = f"{css} {css}--error" if bound.errors else css
        if look == "textarea":
            rows = str(bound.field.widget.attrs.get("rows", ""))
            attrs["rows"] = "4" if rows in ("", "10") else rows  # 10 is only Django's default
        if described:
            attrs["aria-describedby"] = described
        context["control"] = bound.as_widget(attrs=attrs)
    return context


def first_id(bound: BoundField) -> str:
    """Where the error summary's link goes: the control, or the first of several."""
    several = (forms.MultiWidget, forms.RadioSelect, forms.CheckboxSelectMultiple)
    if isinstance(bound.field.widget, several):
        return f"{bound.auto_id}_0"
    return str(bound.auto_id)


def offer(form: forms.BaseForm, name: str, choices: Any) -> None:
    """Let one of these be chosen in a field of choices; TypeError where the field has none."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} is no field of choices")
    field.choices = choices
