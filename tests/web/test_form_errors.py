"""What a form says of an empty field says what to do, and a date in a refusal is told as on every page."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy

from libertad.look.fields import MomentField, PartialDateField
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
