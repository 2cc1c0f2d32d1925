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
from libertad.vocabulary.written import read_date, without_about

LINE = {"maxlength": "60", "autocomplete": "off"}
NOON = Time(12)
TURNS = (
    ("", _("Choose")),
    ("first", _("The first, before the clocks went back")),
    ("second", _("The second, after they went back")),
)
DIGITS = re.compile(r"[0-9]+")
HOUR = re.compile(r"([0-9]{1,2})[:h.]([0-9]{2})")


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


def wrong_box(box: str, message: Any, **params: Any) -> forms.ValidationError:
    """What is wrong with one box of several, by its name: the error stands and leads there."""
    return forms.ValidationError(message, code=box, params=params)


class PartialDateField(forms.MultiValueField):
    """Gives 'YYYY', 'YYYY-MM', 'YYYY-MM-DD' or ''; a date that does not exist, or can be two, is refused.

    `past`: it lies behind; else it is one to come. `about`: 'about 1998' is taken, and given as '1998~' (ISO
    8601-2). What is written in the line takes the place of boxes that still hold what they were shown with,
    wherever that came from: the field, the form, or what is being corrected.
    """

    prefilled: Any = None

    def __init__(self, *, past: bool = False, about: bool = False, **kwargs: Any) -> None:
        self.past, self.about = past, about
        parts = [forms.CharField(required=False) for _part in range(4)]
        kwargs.setdefault("widget", PartialDateWidget())
        super().__init__(fields=parts, require_all_fields=False, **kwargs)
        if isinstance(self.widget, PartialDateWidget):
            self.widget.ahead = not past

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundField:
        self.prefilled = form.get_initial_for_field(self, field_name)
        return super().get_bound_field(form, field_name)

    def compress(self, data_list: list[str]) -> str:
        line, day, month, year = (str(part or "").strip() for part in (data_list or [""] * 4))
        try:
            date = self.read_line(line)
        except Refused as refused:
            raise wrong_box("line", in_words(refused)) from None
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
            message = _("Give at least the year, and the month if you give the day")
            raise wrong_box("month" if year else "year", message)
        for box, text in (("day", day), ("month", month), ("year", year)):
            if text and not DIGITS.fullmatch(text):
                raise wrong_box(box, _("'%(text)s' is no number: write it in digits"), text=text[:20])
        if len(year) != 4:
            raise wrong_box("year", _("Write the year with four digits, such as 1998"))
        try:
            return partial_date("-".join(part.zfill(2) for part in (year, month, day) if part))
        except Refused as refused:
            refused.parameters |= {"text": " ".join(filter(None, (day, month, year)))}  # as it was written
            box = "day" if 1 <= int(month or 1) <= 12 else "month"
            raise wrong_box(box if 1900 <= int(year) < 2200 else "year", in_words(refused)) from None


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
        raise wrong_box("time", _("'%(text)s' is no time of day: write it as 14:05"), text=text[:20])
    return Time(int(match[1]), int(match[2]))


class MomentWidget(forms.MultiWidget):
    """Day, month, year and time; the zone is the authority's, said in the hint. `turn` is asked of an hour
    that came twice, and stands there for no other."""

    look = "date"
    part_labels = (_("Day"), _("Month"), _("Year"), _("Time, such as 14:05"), _("Which of the two?"))

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        box = {"inputmode": "numeric", "maxlength": "2", "autocomplete": "off"}
        parts: dict[str, forms.Widget | type[forms.Widget]] = {
            "day": forms.TextInput(attrs=box),
            "month": forms.TextInput(attrs=box),
            "year": forms.TextInput(attrs={**box, "maxlength": "4"}),
            "time": forms.TextInput(attrs={"maxlength": "5", "autocomplete": "off"}),
            "turn": forms.Select(choices=TURNS),
        }
        super().__init__(parts, attrs)

    def decompress(self, value: Any) -> list[str]:
        if isinstance(value, Happened):
            value = value.local
        if not isinstance(value, datetime):
            return [""] * 5
        turn = TURNS[1 + value.fold][0] if came_twice(value) else ""
        return [str(value.day), str(value.month), str(value.year), f"{value:%H:%M}", turn]


def came_twice(at: datetime) -> bool:
    """Whether a clock showed this twice, because it was set back."""
    first, second = at.replace(fold=0).utcoffset(), at.replace(fold=1).utcoffset()
    return first is not None and second is not None and first > second


class MomentField(forms.MultiValueField):
    """When it happened, in `zone_name`: Happened to the minute, or to the day without a time.

    What lies ahead of `latest` (the operation's clock; without it real time) is refused, but for what is
    planned (`past=False`). Boxes that hold `latest` are folded under 'Now'; so are empty ones where that
    means the moment of saving (`empty_is_now`).
    """

    latest: datetime | None = None

    def __init__(
        self, *, zone_name: str = "UTC", past: bool = True, empty_is_now: bool = False, **kwargs: Any
    ) -> None:
        self.zone_name, self.past, self.empty_is_now = zone_name, past, empty_is_now
        parts = [forms.CharField(required=False) for _part in range(5)]
        kwargs.setdefault("widget", MomentWidget())
        super().__init__(fields=parts, require_all_fields=False, **kwargs)

    def now_words(self, shown: list[str]) -> Any:
        """'Now, 14:32' of boxes that hold it, 'Now' of empty ones that mean it; '' for another moment."""
        if not any(shown):
            return _("Now") if self.empty_is_now else ""
        now = self.latest and self.latest.astimezone(zone(self.zone_name))
        if now is None or shown != self.widget.decompress(now):
            return ""
        return _("Now, %(time)s") % {"time": f"{now:%H:%M}"}

    def compress(self, data_list: list[str]) -> Happened | None:
        day, month, year, time, turn = (str(part or "").strip() for part in (data_list or [""] * 5))
        if not (day or month or year or time):
            return None
        moment = self.moment(day, month, year, time, turn)
        if self.past:
            latest = self.latest or datetime.now(UTC)
            try:
                check_past(moment, latest)
            except Refused as refused:
                is_today = moment.local.date() == latest.astimezone(zone(self.zone_name)).date()
                raise wrong_box("time" if is_today else "day", in_words(refused)) from None
        return moment

    def moment(self, day: str, month: str, year: str, time: str, turn: str) -> Happened:
        """The moment of the boxes. ValidationError for one that does not exist, or came twice."""
        for box, text in (("day", day), ("month", month), ("year", year)):
            if not text:
                raise wrong_box(box, _("Give day, month and year"))
        date = PartialDateField.boxes(day, month, year)
        hour = clock_time(time) if time else NOON
        at = datetime.combine(datetime.fromisoformat(date), hour, zone(self.zone_name))
        if at.astimezone(UTC).astimezone(at.tzinfo).time() != hour:
            message = _(
                "The clocks went forward that day, and %(time)s was left out: "
                "give the hour that a clock showed"
            )
            raise wrong_box("time", message, time=time)
        if came_twice(at):
            if turn not in dict(TURNS[1:]):
                message = _("The clocks went back that day, and %(time)s came twice: say which one it was")
                raise wrong_box("turn", message, time=time)
            at = at.replace(fold=int(turn == "second"))
        return Happened(at=at, zone=self.zone_name, precision="minute" if time else "day")


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


def _wrong_boxes(bound: BoundField) -> list[int]:
    """Which boxes of several are wrong, by their place; all of them where an error names none."""
    names = [name.lstrip("_") for name in bound.field.widget.widgets_names]
    codes = [error.code for error in bound.errors.as_data()]
    return [place for place, name in enumerate(names) if name in codes] or list(
        range(len(names) if codes else 0)
    )


def _date_parts(bound: BoundField, described: str) -> list[dict[str, Any]]:
    widget, wrong = bound.field.widget, _wrong_boxes(bound)
    context = widget.get_context(bound.html_name, bound.value(), {"id": bound.auto_id})
    parts = []
    for place, (label, subwidget, sub) in enumerate(
        zip(widget.part_labels, widget.widgets, context["widget"]["subwidgets"], strict=True)
    ):
        kind = sub["name"].rsplit("_", 1)[-1]
        if kind == "turn" and not (any(sub["value"]) or wrong == [place]):
            continue
        css = "govuk-select" if kind == "turn" else "govuk-input"
        attrs = {**sub["attrs"], "class": css, "aria-describedby": described}
        if place in wrong:
            attrs |= {"class": f"{css} {css}--error", "aria-invalid": "true"}
        parts.append(
            {
                "label": label,
                "id": sub["attrs"]["id"],
                "kind": kind,
                "html": subwidget.render(sub["name"], sub["value"], attrs),
            }
        )
    return parts


def _now_words(bound: BoundField) -> Any:
    """What stands in place of a moment's boxes while they are folded; '' where they are open."""
    value, field = bound.value(), bound.field
    if bound.errors or not isinstance(field, MomentField):
        return ""
    shown = list(value) if isinstance(value, (list, tuple)) else field.widget.decompress(value)
    return field.now_words([str(part or "") for part in shown])


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
        context["parts"], context["now"] = _date_parts(bound, described), _now_words(bound)
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
    """Where the error summary's link goes: the control; of several the one that is wrong, else the first."""
    if isinstance(bound.field.widget, forms.MultiWidget):
        return f"{bound.auto_id}_{min(_wrong_boxes(bound), default=0)}"
    if isinstance(bound.field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return f"{bound.auto_id}_0"
    return str(bound.auto_id)


def offer(form: forms.BaseForm, name: str, choices: Any) -> None:
    """Let one of these be chosen in a field of choices; TypeError where the field has none."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} is no field of choices")
    field.choices = choices
