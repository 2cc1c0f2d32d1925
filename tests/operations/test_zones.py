"""The time zone of a site: any country's own, asked for only where a country has several."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from libertad.look.words import choices, city_name, country_name, zone_choices
from libertad.operations.forms import SiteForm

SENT = {"name": "The mill", "workplace": "factory", "lat": "12.05", "lon": "-61.75", "within_m": "100"}


def site_form(country: str, zone: str = "") -> Any:
    place = {"lat": "35.6", "lon": "139.7"} if country == "JP" else {}
    form = SiteForm({**SENT, **place, "country": country, "zone": zone})
    form.fields["country"].choices = choices("countries")()  # type: ignore[attr-defined]
    form.fields["zone"].choices = zone_choices(["BR", "GD"], blank="The usual one")()  # type: ignore[attr-defined]
    del form.fields["lead"]
    return form


@pytest.mark.parametrize(
    ("country", "zone", "stored"),
    [
        ("GD", "", "America/Grenada"),
        ("JP", "", "Asia/Tokyo"),
        ("BR", "", "America/Sao_Paulo"),
        ("BR", "America/Manaus", "America/Manaus"),
    ],
)
def test_a_site_lies_in_a_zone_of_its_country(country: str, zone: str, stored: str) -> None:
    form = site_form(country, zone)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["zone"] == stored


@pytest.mark.parametrize(
    ("country", "zone", "field"),
    [("BR", "America/Grenada", "zone"), ("BR", "Mars/Base", "zone"), ("BV", "", "country")],
)
def test_a_zone_of_elsewhere_is_refused_in_words(country: str, zone: str, field: str) -> None:
    form = site_form(country, zone)
    assert not form.is_valid() and list(form.errors) == [field]


def test_countries_and_cities_are_named_in_the_readers_language() -> None:
    assert country_name("CW", "es") == "Curazao" and country_name("TC", "en") == "Turks and Caicos Islands"
    assert city_name("America/Argentina/Buenos_Aires", "pt") == "Buenos Aires"
    with translation.override("nl"):
        groups = dict(zone_choices(["BR", "TT"])())
    assert set(groups) == {"Brazilië", "Trinidad en Tobago"}
    assert ("America/Manaus", "Manaus") in groups["Brazilië"]
