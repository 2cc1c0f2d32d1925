"""What people write into forms: taken where it can be read, asked where it can be two, refused in words."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from libertad.access.acting import perform
from libertad.care.forms_closing import CloseForm
from libertad.evidence.models import Exhibit
from libertad.journal.models import Entry
from libertad.look.fields import field_context
from libertad.operations.actions.report_lead import report_lead
from libertad.operations.models import Site
from libertad.operations.queries import sites
from libertad.people.forms import MeetForm
from libertad.people.models import Person
from libertad.vocabulary.values import Happened, Refused
from libertad.vocabulary.zones import kilometres_from
from tests.people.making import meet
from tests.support.world import World

THIS_YEAR = date.today().year
MEET = {
    "danger": "no",
    "travel_document": "not-asked",
    "sex": "female",
    "seen_as": "potential-victim",
    "country": "GY",
    "age_source": "said",
}
HAPPENED = {"happened_day": "5", "happened_month": "4", "happened_year": "2018", "happened_time": "14:05"}
EXHIBIT = {
    "kind": "cash",
    "description": "Notes in an envelope",
    "cash-TOTAL_FORMS": "1",
    "cash-INITIAL_FORMS": "0",
    "cash-0-currency": "EUR",
    "cash-0-pieces": "2",
}

SITE = {
    "country": "GY",
    "name": "Mill",
    "workplace": "gold-mine",
    "lat": "6,8012",
    "lon": "-58,155",
    "within_m": "1.000",
    "access": "road",
}


def post(world: World, role: str, address: str, data: dict[str, str]) -> Any:
    return world.client(role).post(address, data)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("12 mar 98", "Born on 12 March 1998"),
        ("marzo 1998", "Born in March 1998"),
        ("1998", "Born in 1998"),
        ("25/12/1998", "Born on 25 December 1998"),
    ],
)
def test_a_birth_is_read_from_one_line(world: World, line: str, words: str) -> None:
    answer = post(world, "officer", "/people/meet/", {**MEET, "birth_date_line": line})
    assert answer.status_code == 302
    assert words in world.client("officer").get(answer.url).content.decode()


def test_about_a_year_is_told_with_the_year_that_was_said(world: World) -> None:
    answer = post(world, "officer", "/people/meet/", {**MEET, "birth_date_line": f"about {THIS_YEAR - 20}"})
    page = world.client("officer").get(answer.url).content.decode()
    year = THIS_YEAR - 20
    assert f"Born about {year} ({year - 2} to {year + 2})" in page and "Age 17 to 22" not in page


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("birth_date_line", "12/3/1998", "can be 12 March 1998 or 3 December 1998"),
        ("birth_date_year", "2050", "nobody is born then yet"),
        ("birth_date_line", "2050", "nobody is born then yet"),
        ("birth_date_year", str(THIS_YEAR - 119), ""),
        ("happened_year", "2050", "this lies ahead"),
        ("happened_day", "soon", "'soon' is no number: write it in digits"),
    ],
)
def test_a_date_that_cannot_be_is_refused_in_words(world: World, field: str, value: str, words: str) -> None:
    answer = post(world, "officer", "/people/meet/", {**MEET, **HAPPENED, field: value})
    if not words:
        assert answer.status_code == 302, "somebody of 119"
        return
    assert answer.status_code == 200 and words in answer.content.decode().replace("&#x27;", "'")
    assert not Person.objects.exists()


def test_a_date_to_come_is_not_shown_by_a_year_gone_by() -> None:
    form = CloseForm(now=Happened(at=datetime.now(UTC), zone="UTC"), open_now=False, appeal=False)
    for field in ("contact_on", "keep_until"):
        parts = field_context(form[field])["parts"]
        assert str(parts[0]["label"]) == f"In one line, such as 12 mar {datetime.now(UTC).year + 1}"
    assert "1998" in str(field_context(MeetForm()["birth_date"])["parts"][0]["label"])


def test_line_and_boxes_that_differ_are_asked_about(world: World) -> None:
    wrong = {**MEET, "birth_date_line": "1998", "birth_date_year": "1999"}
    assert "empty one of them" in post(world, "officer", "/people/meet/", wrong).content.decode()
    assert post(world, "officer", "/people/meet/", {**wrong, "birth_date_year": "1998"}).status_code == 302


def test_a_line_takes_the_place_of_boxes_that_nobody_touched(world: World) -> None:
    """The form comes with a date in its boxes, and three boxes are slow to empty on a phone."""
    page = world.client("coordinator").get("/operation/change/").content.decode()
    boxes = dict(re.findall(r'name="((?:fir|la)st_day_(?:day|month|year))" value="([^"]*)"', page))
    values = {"name": "Operation", "zone": "America/Barbados", "country": ["GY", "BB", "VE"], **boxes}
    assert len(boxes) == 6
    answer = post(world, "coordinator", "/operation/change/", {**values, "last_day_line": "1 apr 2018"})
    text = answer.content.decode()
    assert "empty one of them" not in text and "lies before the first day" in text


def test_words_are_no_phone(world: World) -> None:
    person, known = meet(world), Entry.objects.count()
    address = f"/people/{person}/state/"
    answer = post(world, "officer", address, {"source": "said", "phone": "not a phone"})
    assert "is not a phone number" in answer.content.decode()
    assert "phone_number" not in answer.content.decode()
    assert (
        post(world, "officer", address, {"source": "said", "phone": "(+52) 55-1234 ext 7"}).status_code == 302
    )
    exhibit = {**EXHIBIT, "kind": "mobile-phone", "phone_number": "none", "cash-0-pieces": ""}
    assert "is not a phone number" in post(world, "officer", "/exhibits/take/", exhibit).content.decode()
    assert Entry.objects.count() > known and not Exhibit.objects.exists()


@pytest.mark.parametrize(("amount", "accepted"), [("7,55", True), ("7.55", True), ("1.234", False)])
def test_amounts_with_a_comma_are_taken_and_what_can_be_two_is_asked(
    world: World, amount: str, accepted: bool
) -> None:
    answer = post(world, "officer", "/exhibits/take/", {**EXHIBIT, "cash-0-denomination": amount})
    assert Exhibit.objects.exists() is accepted
    if accepted:
        assert "15.1" in world.client("officer").get(answer.url).content.decode()
    else:
        assert "can be 1.234 or 1234" in answer.content.decode()


def test_degrees_with_a_comma_are_taken(world: World) -> None:
    assert post(world, "national-lead", "/sites/register/", SITE).status_code == 302
    assert Site.objects.count() == 1


@pytest.mark.parametrize(
    ("lat", "lon", "at"),
    [
        ("6,8012 N", "58,1551 W", (6.8012, -58.1551)),
        ("6\u00b048'4.32\" N", "58\u00b0 9' 18.36\" W", (6.8012, -58.1551)),
        ("n 6 30", "58.5 W", (6.5, -58.5)),
    ],
)
def test_degrees_are_taken_as_devices_show_them(
    world: World, lat: str, lon: str, at: tuple[float, float]
) -> None:
    site = {**SITE, "lat": lat, "lon": lon}
    assert post(world, "national-lead", "/sites/register/", site).status_code == 302
    site_found = sites(world.actor("national-lead"))[0]
    assert site_found.lat is not None and site_found.lon is not None
    assert (round(site_found.lat, 6), round(site_found.lon, 6)) == at


def test_a_site_that_lies_in_another_part_of_the_world_is_asked_about(world: World) -> None:
    answer = post(world, "national-lead", "/sites/register/", {**SITE, "lon": "58,1551"})
    assert "12" in answer.content.decode() and "km from Guyana. Look at the signs" in answer.content.decode()
    assert not Site.objects.exists()


def test_a_place_is_measured_from_the_towns_of_its_country() -> None:
    assert (kilometres_from("GY", 6.8, -58.1551) or 0) < 5  # Georgetown
    assert 12_600 < (kilometres_from("GY", 6.8, 58.1551) or 0) < 12_900
    assert 1_800 < (kilometres_from("DZ", 19.57, 5.77) or 0) < 2_000  # In Guezzam, far from Algiers
    assert kilometres_from("AQ", -77.83, 166.6) == pytest.approx(7, abs=10)  # McMurdo: with its seconds


def test_of_a_document_more_than_its_last_four_signs_are_refused(world: World) -> None:
    page = world.client("officer").get("/checks/record/").content.decode()
    box = re.search(r'<input[^>]*name="document_ends"[^>]*>', page)
    assert box is not None and "maxlength" not in box[0]  # a browser would cut it to the first four
    check = {"country": "GY", "about": "document", "answer": "hit", "document_ends": "AB123456"}
    answer = post(world, "officer", "/checks/record/", check)
    assert "The last four characters only: these are 8." in answer.content.decode()


def test_where_there_is_one_country_nobody_chooses_it(world: World) -> None:
    for role, address in (
        ("officer", "/checks/record/"),
        ("officer", "/leads/report/"),
        ("officer", "/sites/register/"),
    ):
        page = world.client(role).get(address).content.decode()
        chosen = re.search(r'<select[^>]*name="country".*?</select>', page, re.DOTALL)
        assert chosen is not None and 'value=""' not in chosen[0], address


@pytest.mark.parametrize("lon", ["58.1551 N", "-58.1551 W", "58 75 W", "6.8012, -58.1551", "x", "1 2 3 4"])
def test_what_is_no_longitude_is_refused_with_what_to_write(world: World, lon: str) -> None:
    answer = post(world, "national-lead", "/sites/register/", {**SITE, "lon": lon})
    assert "write degrees such as -58.1551" in answer.content.decode() and not Site.objects.exists()


def test_a_lead_is_bounded_and_today_shows_how_it_begins(world: World) -> None:
    grades = {"country": "GY", "source_grade": "1", "information_grade": "B", "handling": "P"}
    with pytest.raises(Refused, match="2000 characters"):
        perform(world.actor("officer"), report_lead, summary="x" * 10_000, **grades)
    perform(world.actor("officer"), report_lead, summary="begins here " + "word " * 380 + "ends", **grades)
    text = world.client("analyst").get("/").content.decode()
    assert "begins here" in text and ">more</a>" in text and "ends" not in text


def test_hints_name_the_place_in_words(world: World) -> None:
    text = world.client("officer").get("/checks/record/").content.decode()
    assert "By the clock in Guyana." in text
    for role, address in (("officer", "/checks/record/"), ("coordinator", "/operation/windows/set/")):
        text = world.client(role).get(address).content.decode()
        assert "America/" not in text and "Europe/" not in text


def test_an_empty_form_saves_nothing_and_says_so(world: World) -> None:
    person, known = meet(world), Entry.objects.count()
    for address in (f"/people/{person}/state/", "/people/meet/", "/leads/report/", "/exhibits/take/"):
        answer = post(world, "officer", address, {"source": "said", "kind": "document"})
        assert answer.status_code == 200 and "Error:" in answer.content.decode(), address
    opened = Entry.objects.count() - known
    assert Person.objects.count() == 1 and opened <= 1
