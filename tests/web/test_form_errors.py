"""What a form says of an empty field says what to do, and a date in a refusal is told as on every page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django import forms
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy

from libertad.look.fields import MomentField, PartialDateField, field_context
from libertad.look.refusals import in_words
from libertad.look.times import date_words
from libertad.vocabulary.codelists import PartialDate
from libertad.vocabulary.values import Refused


class Everything(forms.Form):
    words = forms.CharField()
    one = forms.ChoiceField(choices=[("a", "A")])
    some = forms.MultipleChoiceField(choices=[("a", "A")])
    file = forms.FileField()
    sure = forms.BooleanField()
    own = forms.CharField(error_messages={"required": "Say why."})
    number = forms.IntegerField(min_value=1, max_value=9)


def errors_of(**data: str) -> dict[str, str]:
    return {name: str(texts[0]) for name, texts in Everything(data).errors.items()}


def test_an_empty_field_says_what_to_do() -> None:
    assert errors_of() == {
        "words": "Fill this in: it is needed.",
        "one": "Choose one.",
        "some": "Choose at least one.",
        "file": "Choose a file.",
        "sure": "Tick this to go on.",
        "own": "Say why.",
        "number": "Fill this in: it is needed.",
    }


def test_a_question_is_followed_by_no_colon() -> None:
    class Asked(forms.Form):
        one = forms.CharField(label=gettext_lazy("Who said so?"))
        other = forms.CharField(label="Name")

    text = render_to_string("web/look/error_summary.html", {"form": Asked({})})
    assert "Who said so? Fill this in" in text and "Name: Fill this in" in text


def test_a_number_out_of_bounds_says_which_are_right() -> None:
    assert errors_of(number="0")["number"] == "Write a number from 1 up."
    assert errors_of(number="10")["number"] == "Write a number of at most 9."
    assert "valid choice" in errors_of(one="b")["one"]


def test_a_refusal_tells_a_date_in_words_and_nothing_else_otherwise() -> None:
    for value, words in (
        ("2018-04-01", "1 April 2018"),
        ("2018-04", "April 2018"),
        ("2018-13-01", "2018-13-01"),
        ("2018-04-01 or so", "2018-04-01 or so"),
    ):
        sentence = in_words(Refused("day", "%(date)s has gone by", date=PartialDate(value)))
        assert sentence == f"{words} has gone by"
        # The number of a seal, say.
        assert in_words(Refused("seal", "%(seal)s was used before", seal=value)) == f"{value} was used before"
    assert date_words("2018") == "2018" and date_words("") == ""


class Dated(forms.Form):
    on = PartialDateField(required=False)
    at = MomentField(zone_name="America/Guyana", required=False, past=False)


BEFORE = {"on": "2018-05-09", "at": datetime(2018, 4, 9, 18, 30)}
BOXES = {
    "on_day": "09",
    "on_month": "05",
    "on_year": "2018",
    "at_day": "9",
    "at_month": "4",
    "at_year": "2018",
    "at_time": "18:30",
}


def test_a_line_takes_the_place_of_boxes_that_hold_what_they_were_shown_with() -> None:
    """Wherever that came from: a form that corrects gives what stands on file as the form's initial."""
    lines = {"on_line": "12 jun 2018", "at_line": "10 apr 2018 10:00"}
    form = Dated(BOXES | lines, initial=BEFORE)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["on"] == "2018-06-12"
    assert form.cleaned_data["at"].local.isoformat() == "2018-04-10T10:00:00-04:00"
    assert Dated(BOXES, initial=BEFORE).is_valid()


def test_a_line_beside_boxes_that_somebody_changed_is_asked_about_in_words() -> None:
    form = Dated(
        BOXES | {"on_day": "10", "at_day": "8", "on_line": "12 jun 2018", "at_line": "10 apr 2018 10:00"},
        initial=BEFORE,
    )
    assert form.errors["on"] == [
        "The line says 12 June 2018 and the boxes say 10 May 2018: empty one of them"
    ]
    assert form.errors["at"] == [
        "The line says 10 April 2018 and the boxes say 8 April 2018: empty one of them"
    ]


NO_DATE = {"at_day": "", "at_month": "", "at_year": ""}


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ({"at_line": "3 jun 2018", "at_time": "09:00"}, ("minute", "2018-06-03T09:00:00-04:00")),
        ({"at_line": "3 jun 2018", "at_time": "9h05"}, ("minute", "2018-06-03T09:05:00-04:00")),
        ({"at_line": "3 jun 2018 09:00", "at_time": "09:00"}, ("minute", "2018-06-03T09:00:00-04:00")),
        ({"at_line": "3 jun 2018"}, ("day", "2018-06-03T12:00:00-04:00")),
        # The hour that the form came with is of the day that it came with.
        (BOXES | {"at_line": "3 jun 2018"}, ("day", "2018-06-03T12:00:00-04:00")),
    ],
)
def test_an_hour_typed_beside_a_line_is_kept(given: dict[str, str], taken: tuple[str, str]) -> None:
    form = Dated(given, initial=BEFORE if "at_day" in given else {})
    assert form.is_valid(), form.errors
    at = form.cleaned_data["at"]
    assert (at.precision, at.local.isoformat()) == taken


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"at_day": "31"}, "31 4 2018 is not a date that exists: look at the day and the month"),
        ({"at_year": ""}, "Give day, month and year"),
        ({"at_time": "9 in the morning"}, "'9 in the morning' is no time of day: write it as 14:05"),
        ({"at_time": "25:00"}, "'25:00' is no time of day: write it as 14:05"),
        ({"at_line": "10 apr 2018 25:00"}, "'25:00' is no time of day: write it as 14:05"),
        (
            {"at_line": "10 apr 2018 10:00", "at_time": "11:00", **NO_DATE},
            "The line says 10:00 and the box says 11:00: empty one of them",
        ),
    ],
)
def test_a_moment_s_error_names_what_is_wrong(given: dict[str, str], told: str) -> None:
    assert Dated(BOXES | given, initial=BEFORE).errors["at"] == [told]


def test_an_hour_that_the_clocks_left_out_is_refused() -> None:
    class Clocked(forms.Form):
        at = MomentField(zone_name="America/New_York")

    told = Clocked({"at_day": "11", "at_month": "3", "at_year": "2018", "at_time": "02:30"}).errors["at"]
    assert told == [
        "The clocks went forward that day, and 02:30 was left out: give the hour that a clock showed"
    ]


def test_the_example_of_a_moment_is_of_the_operation_s_year() -> None:
    form = Dated()
    form.fields["at"].latest = datetime(2031, 5, 1, tzinfo=UTC)  # type: ignore[attr-defined]
    assert "such as 5 apr 2031 14:05" in str(field_context(form["at"]))
