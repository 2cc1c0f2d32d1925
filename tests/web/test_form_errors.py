"""What a form says of an empty field says what to do, and a date in a refusal is told as on every page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django import forms
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy

from libertad.look.fields import MomentField, PartialDateField, field_context, first_id
from libertad.look.refusals import in_words
from libertad.look.times import date_words
from libertad.vocabulary.codelists import PartialDate
from libertad.vocabulary.values import Happened, Refused


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
    form = Dated(BOXES | {"on_line": "12 jun 2018"}, initial=BEFORE)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["on"] == "2018-06-12"
    assert Dated(BOXES, initial=BEFORE).is_valid()


def test_a_line_beside_boxes_that_somebody_changed_is_asked_about_in_words() -> None:
    form = Dated(BOXES | {"on_day": "10", "on_line": "12 jun 2018"}, initial=BEFORE)
    assert form.errors["on"] == [
        "The line says 12 June 2018 and the boxes say 10 May 2018: empty one of them"
    ]


def test_a_moment_is_asked_once() -> None:
    """One date and one time box, no line beside them."""
    assert [part["kind"] for part in field_context(Dated()["at"])["parts"]] == [
        "day",
        "month",
        "year",
        "time",
    ]


@pytest.mark.parametrize(
    ("given", "told", "box"),
    [
        ({"at_day": "31"}, "31 4 2018 is not a date that exists: look at the day and the month", "day"),
        ({"at_month": "13"}, "9 13 2018 is not a date that exists: look at the day and the month", "month"),
        ({"at_month": "ap"}, "'ap' is no number: write it in digits", "month"),
        ({"at_year": ""}, "Give day, month and year", "year"),
        ({"at_month": "", "at_year": ""}, "Give day, month and year", "month"),
        ({"at_year": "18"}, "Write the year with four digits, such as 1998", "year"),
        ({"at_year": "3018"}, "the year lies outside 1900 to 2199", "year"),
        ({"at_time": "9 in the morning"}, "'9 in the morning' is no time of day: write it as 14:05", "time"),
        ({"at_time": "25:00"}, "'25:00' is no time of day: write it as 14:05", "time"),
        ({"on_day": "31", "on_month": "2"}, "31 2 2018 is not a date that exists", "day"),
        ({"on_line": "soon"}, "'soon' is not a date that can be read", "line"),
    ],
)
def test_an_error_names_what_is_wrong_and_stands_at_the_box(
    given: dict[str, str], told: str, box: str
) -> None:
    form = Dated(BOXES | given, initial=BEFORE)
    name = next(iter(given)).partition("_")[0]
    assert list(form.errors) == [name] and form.errors[name][0].startswith(told)
    parts = field_context(form[name])["parts"]
    assert [part["kind"] for part in parts if "--error" in part["html"]] == [box]
    assert [part["kind"] for part in parts if 'aria-invalid="true"' in part["html"]] == [box]
    assert first_id(form[name]) == next(part["id"] for part in parts if part["kind"] == box)


class Clocked(forms.Form):
    at = MomentField(zone_name="America/New_York")


def clocked(month: str, day: str, time: str, **more: str) -> Clocked:
    return Clocked({"at_day": day, "at_month": month, "at_year": "2018", "at_time": time, **more})


def test_an_hour_that_the_clocks_left_out_is_refused() -> None:
    form = clocked("3", "11", "02:30")
    assert form.errors["at"] == [
        "The clocks went forward that day, and 02:30 was left out: give the hour that a clock showed"
    ]
    assert first_id(form["at"]) == "id_at_3"


def test_an_hour_that_came_twice_is_asked_and_never_guessed() -> None:
    form = clocked("11", "4", "01:30")
    assert form.errors["at"] == ["The clocks went back that day, and 01:30 came twice: say which one it was"]
    assert first_id(form["at"]) == "id_at_4" and 'name="at_turn"' in str(field_context(form["at"]))
    for turn, hour in (("first", 5), ("second", 6)):
        form = clocked("11", "4", "01:30", at_turn=turn)
        assert form.is_valid(), form.errors
        moment = form.cleaned_data["at"]
        assert moment.utc == datetime(2018, 11, 4, hour, 30, tzinfo=UTC)
        # Shown again, in a correction say, it is not asked anew.
        assert MomentField().widget.decompress(moment) == ["4", "11", "2018", "01:30", turn]
    assert "at_turn" not in str(field_context(clocked("11", "4", "02:30")["at"]))


NOW = datetime(2018, 4, 5, 18, 32, tzinfo=UTC)


def at_now(data: dict[str, str] | None = None, initial: Any = None, **options: Any) -> dict[str, Any]:
    """What is drawn of a moment whose clock reads NOW."""

    class Happening(forms.Form):
        at = MomentField(zone_name="America/Guyana", required=False, **options)

    form = Happening(data, initial={"at": initial})
    form.fields["at"].latest = NOW  # type: ignore[attr-defined]
    return field_context(form["at"])


def test_now_is_one_line_until_somebody_changes_it() -> None:
    now = Happened(at=NOW, zone="America/Guyana")
    folded = at_now(initial=now)
    assert folded["now"] == "Now, 14:32"
    text = render_to_string("web/look/field.html", folded)
    assert '<span class="govuk-details__summary-text">Now, 14:32 · Change</span>' in text
    assert all(f'name="at_{box}"' in text for box in ("day", "month", "year", "time")), "sent as it was shown"
    boxes = {"at_day": "5", "at_month": "4", "at_year": "2018", "at_time": "14:32"}
    assert at_now(boxes, now)["now"] == "Now, 14:32", "another field was wrong"
    for changed in ({"at_time": "14:10"}, {"at_time": "25:00"}, {"at_day": "4"}):
        again = at_now(boxes | changed, now)
        assert not again["now"] and "<details" not in render_to_string("web/look/field.html", again)


def test_boxes_are_folded_only_where_they_mean_now() -> None:
    assert not at_now()["now"], "to be filled in"
    assert not at_now(initial=Happened(at=datetime(2018, 4, 1, 9, tzinfo=UTC), zone="America/Guyana"))["now"]
    assert at_now(empty_is_now=True)["now"] == "Now"
    assert not at_now({"at_day": "4"}, empty_is_now=True)["now"]
