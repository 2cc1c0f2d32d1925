"""Forty phones at a mine: rows as needed, the same again, a pasted column of seals, refusals by their row."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from libertad.evidence.actions.seize_several import seize_several
from libertad.evidence.forms_several import MOST, NoMoreRows, next_seal
from libertad.evidence.models import Exhibit
from libertad.evidence.queries import exhibits
from libertad.look.refusals import in_words
from libertad.vocabulary.values import Refused
from tests.support.world import World

NOTHING = dict.fromkeys(
    ("kind", "description", "where_found", "device_number", "phone_number", "state_when_taken", "seal"), ""
)
PATH = "/exhibits/take/several/"
PHONE = {
    "kind": "mobile-phone",
    "description": "Phone, black",
    "where_found": "box",
    "phone_number": "+592 600 1111",
    "device_number": "356938035644417",
    "state_when_taken": "On",
    "seal": "GYP-0098",
}


def form_data(rows: list[dict[str, str]], **fields: str) -> dict[str, str]:
    values = {f"thing-{n}-{name}": text for n, row in enumerate(rows) for name, text in row.items()}
    count = {"thing-TOTAL_FORMS": str(max(6, len(rows))), "thing-INITIAL_FORMS": "0"}
    time = {"happened_day": "5", "happened_month": "4", "happened_year": "2018", "happened_time": "11:00"}
    return {**values, **count, **time, "witness": "Const. L. Samuel", **fields}


def page_rows(answer: Any) -> list[dict[str, str]]:
    """The rows as the page shows them: what the browser would send next."""
    assert answer.status_code == 200
    return [{name: row[name].value() or "" for name in row.fields} for row in answer.context["rows"]]


def filled(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [row for row in rows if any(row.values())]


def test_more_rows_keep_all_that_was_typed_and_save_nothing(world: World) -> None:
    client = world.client("officer")
    half = {"kind": "", "description": "No kind chosen yet", "seal": "GYP-1"}
    answer = client.post(PATH, form_data([PHONE, half], add="rows"))
    rows = page_rows(answer)
    assert len(rows) == 12 and filled(rows) == [PHONE, {**NOTHING, **half}]
    form = answer.context["form"]
    assert form["witness"].value() == "Const. L. Samuel" and form["happened"].value().local.hour == 11
    assert not Exhibit.objects.exists()
    assert (
        len(page_rows(client.post(PATH, form_data(rows, add="rows")))) == 18
    )  # without a script: from what came back


def test_forty_phones_are_the_same_again_with_the_next_seals(world: World) -> None:
    client = world.client("officer")
    rows = page_rows(client.post(PATH, form_data([PHONE], add="again", times="39")))
    assert [row["seal"] for row in rows] == [f"GYP-{98 + n:04d}" for n in range(40)]
    assert {row["description"] for row in rows} == {"Phone, black"}
    for own in ("phone_number", "device_number", "state_when_taken"):
        assert [row[own] for row in rows][1:] == [""] * 39  # each its own
    answer = client.post(PATH, form_data(rows))
    assert answer.status_code == 302
    recorded = exhibits(world.actor("officer"))
    assert [exhibit.device_number for exhibit in recorded if exhibit.device_number] == ["356938035644417"]
    assert [exhibit.state_when_taken for exhibit in recorded if exhibit.state_when_taken] == ["On"]
    assert len(recorded) == 40 and {exhibit.seal for exhibit in recorded} == {
        f"GYP-{98 + n:04d}" for n in range(40)
    }


def test_from_whom_they_were_taken_is_said_once_and_stands_on_each(world: World) -> None:
    client = world.client("officer")
    said = {"taken_from": "The foreman of camp 2"}
    assert client.post(PATH, form_data([PHONE, {**PHONE, "seal": "GYP-0099"}], **said)).status_code == 302
    for exhibit in exhibits(world.actor("officer")):
        assert exhibit.taken_from == said["taken_from"]
        page = client.get(f"/exhibits/{exhibit.id}/").content.decode()
        assert page.count(said["taken_from"]) == 2, "beside the custody, and in its first step"
    seen = {exhibit.id for exhibit in exhibits(world.actor("prosecutor"))}
    assert seen == set(Exhibit.objects.values_list("pk", flat=True))


def test_a_pasted_column_of_seals_fills_the_rows_without_one_then_makes_more(world: World) -> None:
    client = world.client("officer")
    bare = {"kind": "computer", "description": "Laptop", "where_found": "desk"}
    answer = client.post(PATH, form_data([PHONE, bare], add="seals", seals="gyp-7\n\n  GYP-8 \r\nGYP-9"))
    rows = page_rows(answer)
    assert [(row["kind"], row["seal"]) for row in filled(rows)] == [
        ("mobile-phone", "GYP-0098"),
        ("computer", "GYP-7"),
        ("computer", "GYP-8"),
        ("computer", "GYP-9"),
    ]
    assert not answer.context["form"]["seals"].value()
    assert client.post(PATH, form_data(filled(rows))).status_code == 302
    assert Exhibit.objects.count() == 4


def test_seals_that_were_pasted_and_not_used_are_not_lost_without_a_word(world: World) -> None:
    answer = world.client("officer").post(PATH, form_data([PHONE], seals="GYP-7"))
    assert answer.status_code == 200 and "seals" in answer.context["form"].errors
    assert not Exhibit.objects.exists()


@pytest.mark.parametrize(
    ("rows", "more", "says"),
    [
        ([], {"add": "again", "times": "3"}, "Fill in one thing first"),
        ([PHONE], {"add": "again", "times": "many"}, "1 to 200"),
        ([PHONE], {"add": "again", "times": "200"}, "One form takes 200 things"),
        ([{**PHONE, "seal": "GYP-A"}], {"add": "again", "times": "1"}, "does not end in a number"),
        ([PHONE], {"add": "seals", "seals": " \n"}, "one in each line"),
        ([PHONE], {"add": "seals", "seals": "x" * 65}, "too long"),
        ([PHONE], {"add": "seals", "seals": "\n".join(f"S{n}" for n in range(200))}, "One form takes 200"),
    ],
)
def test_where_no_rows_can_be_made_the_page_says_why_and_keeps_them(
    world: World, rows: list[dict[str, str]], more: dict[str, str], says: str
) -> None:
    answer = world.client("officer").post(PATH, form_data(rows, **more))
    assert says in answer.content.decode() and filled(page_rows(answer)) == rows


def test_a_count_of_rows_that_nobody_sends_makes_no_page_without_end(world: World) -> None:
    client = world.client("officer")
    for count in ("99999999999999", "100000", "-1", "٣", ""):
        answer = client.post(PATH, {**form_data([PHONE], add="rows"), "thing-TOTAL_FORMS": count})
        assert answer.status_code == 200 and len(answer.context["rows"].forms) <= MOST


def test_a_scanners_enter_saves_nothing(world: World) -> None:
    """A browser presses a form's first button: it is none that takes half of what was found."""
    client = world.client("officer")
    page = client.get(PATH).content.decode()
    first = page[page.index("data-unsaved") :]
    assert first[first.index("<button") :].startswith('<button name="add" value="stay"')
    assert filled(page_rows(client.post(PATH, form_data([PHONE], add="stay")))) == [PHONE]
    assert not Exhibit.objects.exists()


def summary(answer: Any, field: str) -> str:
    """What the summary of errors says of a field, in a link to it that leads there."""
    page = answer.content.decode()
    (text,) = re.findall(rf'<li><a href="#id_{field}">([^<]+)</a></li>', page)
    assert re.search(rf'id="id_{field}"', page)
    return str(text)


def test_a_refusal_names_its_row(world: World) -> None:
    client = world.client("officer")
    assert client.post(PATH, form_data([PHONE])).status_code == 302
    used = client.post(PATH, form_data([{}, {}, {**PHONE, "seal": "GYP-5"}, PHONE]))
    assert summary(used, "thing-3-seal").startswith("Thing 4: the seal number GYP-0098 was used before")
    twice = client.post(PATH, form_data([{**PHONE, "seal": "GYP-5"}, {}, {**PHONE, "seal": " gyp-5"}]))
    assert summary(twice, "thing-2-seal") == "Thing 3, Number on its seal: Thing 1 has this seal as well"
    bare = client.post(PATH, form_data([{}, {**PHONE, "description": ""}]))
    assert summary(bare, "thing-1-description").startswith("Thing 2, What it looks like: Fill this in")
    assert summary(client.post(PATH, form_data([{}])), "thing-0-kind") == "Write down at least one thing"
    assert Exhibit.objects.count() == 1


def test_a_refused_row_is_told_in_words_of_its_own_and_in_english_alike(world: World) -> None:
    with pytest.raises(Refused) as why:
        world.perform("officer", seize_several, country="GY", things=[{"kind": "other", "description": " "}])
    assert why.value.rule == in_words(why.value)
    assert why.value.rule.startswith("thing 1: say what it looks like")


@pytest.mark.parametrize(
    ("seal", "following"),
    [("GYP-0099", "GYP-0100"), ("A999", "A1000"), ("7", "8"), ("B-14 003", "B-14 004")],
)
def test_the_next_seal_keeps_its_shape(seal: str, following: str) -> None:
    assert next_seal(seal) == following
    with pytest.raises(NoMoreRows):
        next_seal("GYP")


def test_the_form_needs_no_script(client: Client, world: World) -> None:
    page = world.client("officer").get(PATH).content.decode()
    for value in ("rows", "again", "seals"):
        assert f'name="add" value="{value}"' in page
