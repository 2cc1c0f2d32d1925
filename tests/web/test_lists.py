"""A list shows a page of itself, with its count; its filters stay in the address."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import libertad
from libertad.look.paging import SIZE
from libertad.operations.actions.report_lead import report_lead
from tests.operations.making import a_site
from tests.support.world import World


def a_lead(world: World, summary: str, **fields: str) -> str:
    grades = {"source_grade": "2", "information_grade": "B", "handling": "P"}
    lead: str = world.perform("officer", report_lead, country="GY", summary=summary, **grades, **fields)
    return lead


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", ["/leads/", "/sites/"])
def test_a_list_has_pages_and_a_count_and_keeps_its_filters(world: World, address: str) -> None:
    for number in range(SIZE + 2):
        if address == "/leads/":
            a_lead(world, f"Lead {number}", workplace="farm")
        else:
            a_site(world, name=f"Site {number}", workplace="farm")
    client = world.client("officer")
    first = client.get(f"{address}?country=GY&workplace=farm").content.decode()
    assert first.count('<th scope="row">') == SIZE
    assert f"{SIZE + 2} in this list, 1 to {SIZE}" in first
    assert "country=GY&amp;workplace=farm&amp;page=2" in first and 'rel="next"' in first
    second = client.get(f"{address}?country=GY&workplace=farm&page=2").content.decode()
    assert second.count('<th scope="row">') == 2 and 'rel="prev"' in second
    assert f"{SIZE + 2} in this list, {SIZE + 1} to {SIZE + 2}" in second
    assert client.get(f"{address}?page=99").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_short_list_says_how_many_it_holds(world: World) -> None:
    a_lead(world, "Told")
    text = world.client("officer").get("/leads/").content.decode()
    assert "1 in this list" in text and 'class="pages"' not in text


def test_every_list_is_shown_by_the_one_function_that_gives_it_pages() -> None:
    room = Path(libertad.__file__).parent
    templates = {"web/list.html"} | {
        str(path).split("/templates/")[1]
        for path in room.rglob("templates/**/*.html")
        if '{% extends "web/list.html" %}' in path.read_text("utf-8")
    }
    shown = re.compile(r"render\(\s*request,\s*\"(" + "|".join(map(re.escape, templates)) + r")\"")
    assert not [path for path in room.rglob("*.py") if shown.search(path.read_text("utf-8"))]
