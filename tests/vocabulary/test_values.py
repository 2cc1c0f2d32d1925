from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libertad.vocabulary import yamlfile
from libertad.vocabulary.codelists import Refused, codelist
from libertad.vocabulary.values import Birth, Cash, Happened, PersonName, Place, partial_date, zone
from libertad.vocabulary.zones import USUAL, default_zone, every_zone, zones


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["1999", "1999-04", "1999-04-30", "2000-02-29", "1900", "2199-12-31"])
def test_a_date_may_be_partial(text: str) -> None:
    assert partial_date(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "99",
        "1999-13",
        "1999-00",
        "1999-02-30",
        "2001-02-29",
        "1999-04-00",
        "1900-02-29",
        "0000",
        "1899",
        "2200",
        "1999-4-1",
        "1999-04-30\n",
        "30/04/1999",
        "١٩٩٩",
        "1999-04-30T10:00",
    ],
)
def test_a_date_that_does_not_exist_is_refused_naming_the_field(text: str) -> None:
    with pytest.raises(Refused) as why:
        partial_date(text, "birth")
    assert why.value.field == "birth" and why.value.rule


@pytest.mark.parametrize(
    ("born", "on", "ages"),
    [
        ("2000-04-05", "2018-04-04", (17, 17)),
        ("2000-04-05", "2018-04-05", (18, 18)),
        ("2000-02-29", "2018-02-28", (17, 17)),  # a leap birthday: a child until 1 March
        ("2000-02-29", "2018-03-01", (18, 18)),
        ("2000-02-29", "2020-02-29", (20, 20)),
        ("2000", "2018-04-05", (17, 18)),
        ("2000", "2018-12-31", (18, 18)),
        ("2000-04", "2018-04-05", (17, 18)),
        ("2000-04", "2018-03-31", (17, 17)),
        ("2000-04", "2018-05-01", (18, 18)),
        ("2000-02", "2018-02-28", (17, 18)),
        ("2018-04-05", "2018-04-05", (0, 0)),
        ("2019", "2018-04-05", (0, 0)),
    ],
)
def test_the_age_on_a_day_is_as_wide_as_the_date_allows(born: str, on: str, ages: tuple[int, int]) -> None:
    assert Birth(date=born).ages_on(day(on)) == ages


@pytest.mark.parametrize(
    ("on", "ages"),
    [
        ("2018-04-05", (16, 17)),
        ("2018-04-06", (16, 18)),
        ("2019-01-01", (16, 18)),  # the turn of the year makes nobody older
        ("2019-04-05", (17, 18)),
        ("2020-04-06", (18, 20)),
    ],
)
def test_an_age_range_grows_from_the_day_it_was_said(on: str, ages: tuple[int, int]) -> None:
    assert Birth(age_from=16, age_to=17, on="2018-04-05").ages_on(day(on)) == ages


@given(
    born=st.dates(datetime(1930, 1, 1).date(), datetime(2017, 1, 1).date()),
    days=st.integers(0, 3000),
    later=st.integers(0, 3000),
)
def test_an_age_range_always_holds_the_true_age(born, days: int, later: int) -> None:
    first = datetime(2017, 1, 2, tzinfo=UTC) + timedelta(days=days)
    then = first + timedelta(days=later)
    exact = Birth(date=born.isoformat())
    age = exact.ages_on(first)[0]
    for on in (first.date().isoformat(), f"{first:%Y-%m}", f"{first:%Y}"):
        low, high = Birth(age_from=age, age_to=age, on=on).ages_on(then)
        assert low <= exact.ages_on(then)[0] <= high


@pytest.mark.parametrize(
    "given_",
    [
        {},
        {"date": "2000", "age_from": 3, "age_to": 4},
        {"age_from": 3},
        {"age_from": 3, "age_to": 4},
        {"age_from": 9, "age_to": 4, "on": "2018"},
        {"age_from": -1, "age_to": 4, "on": "2018"},
        {"age_from": 3, "age_to": 121, "on": "2018"},
        {"date": "2001-02-29"},
    ],
)
def test_a_birth_is_a_date_or_an_age_range_on_a_day(given_) -> None:
    with pytest.raises(Refused) as why:
        Birth(**given_)
    assert why.value.field == "birth"


@pytest.mark.parametrize(
    "denomination", ["NaN", "sNaN", "Infinity", "-Infinity", "1e5", "1_000", " 5", "", "٥", "x"]
)
def test_a_denomination_is_a_plain_number(denomination: str) -> None:
    with pytest.raises(Refused, match="not a number") as why:
        Cash(currency="USD", denomination=denomination, pieces=1)
    assert why.value.field == "denomination"


@pytest.mark.parametrize(
    ("currency", "denomination", "pieces", "field"),
    [
        ("USD", "0", 1, "denomination"),
        ("USD", "-5", 1, "denomination"),
        ("USD", "0.00", 1, "denomination"),
        ("USD", "5", 0, "pieces"),
        ("USD", "5", -1, "pieces"),
        ("ZZZ", "5", 1, "currency"),
        ("XAU", "5", 1, "currency"),
        ("usd", "5", 1, "currency"),
    ],
)
def test_cash_is_above_nothing_and_of_a_known_currency(currency, denomination, pieces, field) -> None:
    with pytest.raises(Refused) as why:
        Cash(currency=currency, denomination=denomination, pieces=pieces)
    assert why.value.field == field


def test_cash_is_summed_without_rounding() -> None:
    assert Cash(currency="BBD", denomination="0.10", pieces=3).total == Decimal("0.30")


@pytest.mark.parametrize("currency", ["ANG", "VEF", "GYD", "XCD", "TTD", "BZD", "AWG", "BRL", "JMD"])
def test_money_in_use_in_the_region_in_2018_can_be_counted(currency: str) -> None:
    assert Cash(currency=currency, denomination="20", pieces=2).total == 40


@pytest.mark.parametrize(
    ("lat", "lon", "within"),
    [
        (90.1, 0, 1),
        (-90.1, 0, 1),
        (0, 180.1, 1),
        (0, -180.1, 1),
        (float("nan"), 0, 1),
        (0, float("nan"), 1),
        (float("inf"), 0, 1),
        (0, 0, -1),
    ],
)
def test_a_place_lies_on_the_earth(lat: float, lon: float, within: int) -> None:
    with pytest.raises(Refused) as why:
        Place(lat=lat, lon=lon, within_m=within)
    assert why.value.field == "place"


def test_the_edges_of_the_earth_are_places() -> None:
    for lat, lon in ((90, 180), (-90, -180), (0, 0)):
        Place(lat=lat, lon=lon, within_m=0)


def test_a_time_has_its_offset_and_a_zone_that_exists() -> None:
    with pytest.raises(Refused, match="no zone"):
        Happened(at=datetime(2018, 4, 5), zone="America/Barbados")
    for year in (1899, 2200):
        with pytest.raises(Refused, match="1900 to 2199"):
            Happened(at=datetime(year, 1, 1, tzinfo=UTC), zone="America/Barbados")
    for name in ("", "Barbados", "../etc/passwd", "america/barbados"):
        with pytest.raises(Refused) as why:
            Happened(at=datetime(2018, 4, 5, tzinfo=UTC), zone=name)
        assert why.value.field == "zone"


def test_a_time_is_read_in_the_zone_it_was_said_in() -> None:
    moment = Happened(
        at=datetime(2018, 4, 5, 9, 40, tzinfo=timezone(timedelta(hours=-4))), zone="Europe/Paris"
    )
    assert moment.utc.hour == 13 and moment.local.hour == 15


@pytest.mark.parametrize("text", ["", "  ", "x" * 201])
def test_a_name_is_written_and_not_too_long(text: str) -> None:
    with pytest.raises(Refused):
        PersonName(text=text)


def test_the_zones_of_the_operation_lie_where_the_record_says() -> None:
    hours = {}
    for country in ["AG", "AW", "BB", "BZ", "BR", "CW", "GY", "JM", "LC", "VC", "TT", "TC", "VE", "FR", "AR"]:
        at = datetime(2018, 4, 5, tzinfo=UTC).astimezone(zone(default_zone(country)))
        hours[country] = at.utcoffset().total_seconds() / 3600
    assert hours.pop("FR") == 2
    assert hours["BZ"] == -6 and hours["BR"] == -3
    assert all(-6 <= hour <= -3 for hour in hours.values())
    assert len(zones("BR")) > 1


def test_every_country_where_people_live_has_its_zones() -> None:
    nobody = {"BV", "HM"}  # Bouvet Island, Heard Island and McDonald Islands
    assert {country for country in codelist("countries") if country not in every_zone()} == nobody
    assert zones("JP") == ("Asia/Tokyo",) and zones("GD") == ("America/Grenada",)


def test_the_usual_zone_of_a_country_is_named_where_it_has_several() -> None:
    table = every_zone()
    usual = yamlfile.read(USUAL)["usual"]
    assert {country for country, names in table.items() if len(names) > 1} == {*usual, "AQ", "UM"}
    assert all(table[country][0] == name for country, name in usual.items())


@pytest.mark.parametrize("country", ["BV", "XX"])
def test_a_country_without_zones_is_refused(country: str) -> None:
    with pytest.raises(Refused) as why:
        zones(country)
    assert why.value.field == "country"
