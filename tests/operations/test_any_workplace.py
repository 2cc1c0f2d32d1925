"""A workplace of any kind, and a site of which only an address or an area is known."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.board.queries import board
from libertad.operations import queries
from libertad.operations.actions.correct_site import correct_site
from libertad.operations.models import Site, SiteCount
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.values import Place, Refused
from tests.operations.making import a_site
from tests.operations.test_screens import SITE, text
from tests.support.world import World

ADDRESS = Place(words="14 Regent Street, upper floor, Georgetown")
NOWHERE = {"lat": "", "lon": ""}


def seen(world: World, key: str, role: str = "officer") -> Any:
    site = queries.site(world.actor(role), key)
    assert site is not None
    return site


@pytest.mark.parametrize(
    "kind", ["hotel", "massage-parlour", "private-home", "boat", "building-site", "street", "online-advert"]
)
def test_every_kind_of_place_where_people_are_exploited_is_a_code(kind: str) -> None:
    assert kind in codelist("workplaces")


def test_an_address_is_enough_without_coordinates(world: World) -> None:
    site = seen(world, a_site(world, workplace="private-home", place=ADDRESS))
    assert (site.place, site.lat, site.lon, site.within_m) == (ADDRESS.words, None, None, None)
    page = text(world.client("officer"), f"/sites/{site.id}/")
    assert ADDRESS.words in page and "Not known" in page


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ({}, "address or area in words"),
        ({"words": "  "}, "address or area in words"),
        ({"lat": 6.8, "words": "at the quay"}, "or neither"),
        ({"lon": -58.1, "words": "at the quay"}, "or neither"),
    ],
)
def test_a_place_is_words_or_both_degrees(place: dict[str, Any], says: str) -> None:
    with pytest.raises(Refused, match=says) as why:
        Place(**place)
    assert why.value.field == "place"


def test_other_asks_for_words_and_they_are_what_every_page_says(world: World) -> None:
    with pytest.raises(Refused) as why:
        a_site(world, workplace="other")
    assert why.value.field == "workplace_words" and not Site.objects.exists()
    assert not seen(world, a_site(world, workplace_words="Fishing hut")).workplace_words, "a mine is a mine"
    key = a_site(world, workplace="other", workplace_words="Fishing camp")
    client = world.client("officer")
    assert "Fishing camp" in text(client, "/sites/") and "Fishing camp" in text(client, f"/sites/{key}/")
    # Of another country's sites the kind is known alone: words may tell which place it is.
    assert {count.workplace for count in SiteCount.objects.all()} == {"gold-mine", "other"}
    assert seen(world, key, "coordinator").workplace_words == "Fishing camp"
    assert queries.site(world.actor("other-officer"), key) is None


def test_the_form_takes_an_address_alone_and_says_what_is_missing(world: World) -> None:
    client = world.client("officer")
    answer = text(client, "/sites/register/", SITE | NOWHERE | {"place": ""})
    assert "address or area in words" in answer and not Site.objects.exists()
    answer = text(client, "/sites/register/", SITE | {"lon": ""})
    assert "or neither" in answer and "Mine above the falls" in answer and not Site.objects.exists()
    answer = text(client, "/sites/register/", SITE | NOWHERE | {"workplace": "other"})
    assert "say what kind of place it is" in answer and not Site.objects.exists()
    text(client, "/sites/register/", SITE | NOWHERE | {"workplace": "other", "workplace_words": "Spa"})
    site = seen(world, Site.objects.get().pk)
    assert (site.place, site.lat, site.workplace_words) == ("up the river", None, "Spa")


def test_coordinates_are_added_later_and_taken_away_again(world: World) -> None:
    key = a_site(world, place=ADDRESS, workplace="other", workplace_words="Spa")
    found = Place(lat=6.8, lon=-58.16, within_m=20, words=ADDRESS.words)
    values = {"workplace": "massage-parlour"}
    world.perform("national-lead", correct_site, site=key, reasons="We were there.", place=found, **values)
    assert (seen(world, key).lat, seen(world, key).workplace_words) == (6.8, "")
    world.perform("national-lead", correct_site, site=key, reasons="It was next door.", place=ADDRESS)
    assert (seen(world, key).lat, seen(world, key).place) == (None, ADDRESS.words)
    page = text(world.client("national-lead"), f"/sites/{key}/correct/")
    assert ADDRESS.words in page


def test_the_board_counts_it_and_puts_it_at_its_countrys_name(world: World) -> None:
    key = a_site(world, place=ADDRESS, workplace="other", workplace_words="Spa", name="Blue door")
    reference = seen(world, key).reference
    drawn = board(world.actor("officer"))
    assert [site.title for site in drawn.map.sites if reference in site.title]
    assert [row for row in drawn.table if row.reference == reference]
