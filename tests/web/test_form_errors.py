"""What a form says of an empty field says what to do, and a date in a refusal is told as on every page."""

from __future__ import annotations

from django import forms

from libertad.look.refusals import in_words
from libertad.look.times import date_words
from libertad.vocabulary.values import Refused


class Everything(forms.Form):
    words = forms.CharField()
    one = forms.ChoiceField(choices=[("a", "A")])
    some = forms.MultipleChoiceField(choices=[("a", "A")])
    file = forms.FileField()
    sure = forms.BooleanField()
    own = forms.CharField(error_messages={"required": "Say why."})
    number = forms.IntegerField(min_value=1, max_value=9)


def told(**data: str) -> dict[str, str]:
    return {name: str(texts[0]) for name, texts in Everything(data).errors.items()}


def test_an_empty_field_says_what_to_do() -> None:
    assert told() == {
        "words": "Fill this in: it is needed.",
        "one": "Choose one.",
        "some": "Choose at least one.",
        "file": "Choose a file.",
        "sure": "Tick this to go on.",
        "own": "Say why.",
        "number": "Fill this in: it is needed.",
    }


def test_a_number_out_of_bounds_says_which_are_right() -> None:
    assert told(number="0")["number"] == "Write a number from 1 up."
    assert told(number="10")["number"] == "Write a number of at most 9."
    assert "valid choice" in told(one="b")["one"]


def test_a_refusal_tells_a_date_in_words_and_nothing_else_otherwise() -> None:
    for given, words in (
        ("2018-04-01", "1 April 2018"), ("2018-04", "April 2018"), ("2018-13-01", "2018-13-01"),
        ("18-04-01", "18-04-01"), ("2018-04-01 or so", "2018-04-01 or so"),
    ):  # fmt: skip
        assert in_words(Refused("day", "%(date)s has gone by", date=given)) == f"{words} has gone by"
    assert date_words("2018") == "2018" and date_words("") == ""
