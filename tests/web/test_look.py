"""The tags write times, delays, marks and shapes as the look says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django import forms

from libertad.look import times
from libertad.look.custody import bar_part
from libertad.look.fields import MomentField, PartialDateField, field_context, first_id
from libertad.look.shapes import ALIASES, SHAPES
from libertad.vocabulary.values import Happened
from libertad.web.templatetags import look

AT = datetime(2018, 4, 5, 13, 40, tzinfo=UTC)


def moment_of(precision: str = "minute", zone: str = "America/Barbados") -> Happened:
    return Happened(at=AT, zone=zone, precision=precision)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (moment_of(), "5 April 2018, 09:40 (UTC-4)"),
        (moment_of(zone="Asia/Kolkata"), "5 April 2018, 19:10 (UTC+5:30)"),
        (moment_of("hour"), "5 April 2018, about 09:40 (UTC-4)"),
        (moment_of("day"), "5 April 2018"),
        (moment_of("month"), "April 2018"),
        (moment_of("year"), "2018"),
        (moment_of("unknown"), "time not known"),
        (AT, "5 April 2018, 13:40 UTC"),
    ],
)
def test_a_time_is_written_as_precisely_as_it_is_known(moment: Happened | datetime, words: str) -> None:
    assert times.when(moment) == words


def test_a_time_without_a_zone_is_never_shown() -> None:
    with pytest.raises(ValueError):
        times.when(datetime(2018, 4, 5))


def test_the_tag_carries_the_moment_in_utc() -> None:
    assert (
        look.when(moment_of()) == '<time datetime="2018-04-05T13:40:00Z">5 April 2018, 09:40 (UTC-4)</time>'
    )
    assert look.when(None) == ""
    assert look.when("Not decided") == "Not decided"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (202, "3 h 22 min overdue"),
        (41, "41 min overdue"),
        (60, "1 h 00 min overdue"),
        (4500, "3 d 3 h overdue"),
        (0, "due now"),
    ],
)
def test_a_delay_is_written_in_hours_and_minutes(minutes: int, words: str) -> None:
    assert look.late(timedelta(minutes=minutes)) == words


def test_what_is_left_is_written_as_in() -> None:
    assert look.time_left(timedelta(hours=1, minutes=38)) == "in 1 h 38 min"


def test_generated_is_dotted_and_published_solid_and_nothing_is_nothing() -> None:
    assert look.mark("generated") == '<span class="mark">generated</span>'
    assert "mark--published" in look.mark("published")
    assert look.mark("") == look.mark(None) == ""


@pytest.mark.parametrize("code", [*SHAPES, *ALIASES])
def test_every_shape_has_words_beside_it(code: str) -> None:
    drawn = look.status_shape(code)
    assert 'aria-hidden="true"' in drawn
    assert drawn.split("</svg>")[1].removesuffix("</span>").strip()
    assert "style=" not in drawn


def test_no_two_shapes_are_drawn_alike_within_a_family() -> None:
    people = ["potential-victim", "presumed", "confirmed", "not-a-victim", "not-decided"]
    sites = ["on-site", "met", "nobody-met", "found-empty", "not-visited", "overdue", "silent", "danger"]
    for family in (people, sites):
        assert len({SHAPES[code].drawing for code in family}) == len(family)


def test_a_label_is_escaped() -> None:
    assert "<b>" not in look.status_shape("met", label="<b>x")


def test_an_unknown_shape_is_an_error_of_ours() -> None:
    with pytest.raises(KeyError):
        look.status_shape("rescued")


def test_percent_has_a_point_in_every_language() -> None:
    assert look.percent(12.5) == "12.5%"
    assert look.percent(100) == "100%"


def test_a_part_of_the_bar_is_to_scale() -> None:
    day = timedelta(days=1)
    part = bar_part(AT, AT + 4 * day, AT + day, AT + 2 * day)
    assert (part.x, part.width, part.middle) == (25, 25, 37.5)


class Form(forms.Form):
    birth = PartialDateField(label="Birth", required=False)
    happened = MomentField(label="When", zone_name="America/Barbados")
    name = forms.CharField(label="Name", help_text="As said")


def filled(**data: str) -> Form:
    when = {
        "happened_day": "5",
        "happened_month": "4",
        "happened_year": "2018",
        "happened_time": "09:40",
        "name": "A",
    }
    return Form({**when, **data})


def test_a_year_alone_is_a_birth_date() -> None:
    form = filled(birth_year="1999")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["birth"] == "1999"


def test_a_date_that_does_not_exist_is_refused_at_its_field() -> None:
    form = filled(birth_day="31", birth_month="2", birth_year="1999")
    assert "birth" in form.errors


def test_the_error_summary_links_to_a_control_that_exists() -> None:
    form = filled(birth_day="31", birth_month="2", birth_year="1999")
    parts = field_context(form["birth"])["parts"]
    assert first_id(form["birth"]) == parts[1]["id"]
    assert f'id="{parts[1]["id"]}"' in parts[1]["html"]


def test_a_moment_is_said_by_the_authoritys_clock() -> None:
    form = filled()
    assert form.is_valid(), form.errors
    assert times.when(form.cleaned_data["happened"]) == "5 April 2018, 09:40 (UTC-4)"


def test_a_moment_without_a_time_is_known_to_the_day() -> None:
    form = filled(happened_time="")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["happened"].precision == "day"


def test_hint_and_error_are_tied_to_their_control() -> None:
    form = filled(name="")
    assert 'aria-describedby="id_name-hint id_name-error"' in field_context(form["name"])["control"]
