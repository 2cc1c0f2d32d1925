"""An officer's dates for a calendar program: how many steps a day, and nothing of anybody."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.test import Client

from libertad.access import keys
from libertad.access.acting import perform
from libertad.access.actions.suspend_officer import suspend_officer
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.access.models import Account, ApiKey
from libertad.care.actions.name_step import name_step
from libertad.care.actions.take_person import take_person
from libertad.people.models import Person
from libertad.web.calendar_feed import AN_HOUR, DueDay, calendar_text, due_days
from tests.access.test_appointments import administrator
from tests.care.people import meet
from tests.support.world import World
from tests.web.test_programs import asks, fresh

NOW = datetime(2018, 4, 9, 12, tzinfo=UTC)
GUYANA = ZoneInfo("America/Guyana")


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2018, 4, day, hour, minute, tzinfo=GUYANA)


def test_a_day_counts_its_steps_and_tells_the_first_hour() -> None:
    days = due_days([moment(10, 15), moment(10, 9, 30), moment(12, 8)], NOW, GUYANA)
    assert [(due.day.day, due.count, due.first) for due in days] == [
        (10, 2, moment(10, 9, 30)),
        (12, 1, moment(12, 8)),
    ]


def test_what_is_overdue_is_due_today_and_a_day_without_an_hour_is_that_day() -> None:
    days = due_days([moment(7, 9), moment(21, 0)], NOW, GUYANA)
    assert [(due.day.day, due.count, due.first) for due in days] == [(9, 1, None), (20, 1, None)]


def test_the_hour_is_the_one_of_where_the_officer_is_over_a_change_of_clocks() -> None:
    zone = ZoneInfo("Europe/Madrid")  # clocks go forward on 25 March 2018
    due = datetime(2018, 3, 25, 9, 0, tzinfo=zone)
    (due_day,) = due_days([due], datetime(2018, 3, 20, tzinfo=UTC), zone)
    calendar = icalendar.Calendar.from_ical(calendar_text([due_day], "k", "https://x/sign-in/", NOW))
    (event,) = calendar.walk("VEVENT")
    assert event["dtstart"].dt == datetime(2018, 3, 25, 7, 0, tzinfo=UTC)


def test_an_event_keeps_its_name_and_lines_are_folded_as_the_standard_says() -> None:
    days = [DueDay(moment(10, 9).date(), 3, moment(10, 9)), DueDay(moment(11, 9).date(), 1, None)]
    text = calendar_text(days, "abcd", f"https://{'long.' * 30}example/sign-in/", NOW)
    assert text == calendar_text(days, "abcd", f"https://{'long.' * 30}example/sign-in/", NOW)
    assert all(len(line) <= 75 for line in text.split(b"\r\n")) and text.endswith(b"END:VCALENDAR\r\n")
    calendar = icalendar.Calendar.from_ical(text)
    first, second = calendar.walk("VEVENT")
    assert str(first["summary"]) == "Libertad: 3 steps due"
    assert str(second["summary"]) == "Libertad: 1 step due"
    assert second["dtstart"].dt == moment(11, 9).date() and first["uid"] != second["uid"]
    assert calendar["version"] == "2.0" and calendar["prodid"]


# -- the address -------------------------------------------------------------------------------------


def create(world: World, role: str = "caseworker") -> str:
    answer = fresh(world, role).post("/keys/calendar/", {"program": "Telephone"})
    assert answer.status_code == 200
    address = r'<p class="secret">http://testserver(/calendar/[\w-]{43}\.ics)</p>'
    (path,) = re.findall(address, answer.content.decode())
    return str(path)


def due_person(world: World) -> str:
    person = meet(world)
    world.perform("caseworker", take_person, person=person)
    until = (datetime.now(UTC) + timedelta(days=3)).isoformat(timespec="seconds")
    world.perform("caseworker", name_step, person=person, kind="accompany", until=until, note="To the clinic")
    return person


def test_it_tells_the_steps_and_nothing_of_anybody(world: World) -> None:
    person, path = due_person(world), create(world)
    answer = Client().get(path)
    assert answer.status_code == 200 and answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert not answer.cookies and answer["Cache-Control"] == "no-store"
    text = answer.content.decode()
    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert set(event) == {"UID", "DTSTAMP", "DTSTART", "SUMMARY", "DESCRIPTION", "URL", "CLASS", "TRANSP"}
    assert str(event["summary"]) == "Libertad: 1 step due"
    assert str(event["url"]) == "http://testserver/sign-in/" == str(event["description"])
    row = Person.objects.get(pk=person)
    for word in (person, row.reference, "clinic", "ccompany", "Generated", "Name", "Guyana", world.operation):
        assert word not in text, word


def test_the_page_says_that_others_keep_what_they_fetch_and_shows_the_address_once(world: World) -> None:
    client = fresh(world, "caseworker")
    assert "/keys/calendar/" in client.get("/codes/").content.decode()
    assert "/keys/calendar/" not in fresh(world, "officer").get("/codes/").content.decode()
    page = unescape(client.get("/keys/calendar/").content.decode())
    assert "What a program or its maker has fetched it keeps" in page
    path = create(world)
    assert path not in client.get("/keys/").content.decode()
    secret = path.removeprefix("/calendar/").removesuffix(".ics")
    row = ApiKey.objects.get()
    assert secret not in str(vars(row)) and len(row.digest) == 64


def test_the_secret_asks_nothing_as_a_programs_key_and_a_programs_key_is_no_calendars(world: World) -> None:
    path = create(world)
    assert asks(path.removeprefix("/calendar/").removesuffix(".ics")) == 401
    key = keys.make(world.actor("caseworker"), program="Matching desk")
    assert Client().get(f"/calendar/{key.secret}.ics").status_code == 404


def test_what_has_ended_answers_as_what_never_was(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    never = Client().get("/calendar/" + "x" * 43 + ".ics")
    assert never.status_code == 404 and Client().get("/calendar/" + "x" * 900 + ".ics").status_code == 404
    ended = create(world)
    keys.end(world.actor("caseworker"), ApiKey.objects.get().pk, "Telephone lost")
    assert Client().get(ended).content == never.content and Client().get(ended).status_code == 404
    out = create(world)
    assert Client().get(out).status_code == 200
    later = datetime.now(UTC) + timedelta(days=keys.LONGEST, hours=1)
    monkeypatch.setattr("libertad.access.keys.timezone.now", lambda: later)
    assert Client().get(out).status_code == 404


@pytest.mark.parametrize("leaves", [withdraw_officer, suspend_officer])
def test_who_has_left_or_is_suspended_gets_nothing(world: World, leaves: object) -> None:
    path = create(world)
    assert Client().get(path).status_code == 200
    officer = world.actor("caseworker").officer
    perform(administrator(world), leaves, officer=officer, reason="left")  # type: ignore[arg-type]
    assert Client().get(path).status_code == 404


def test_an_address_that_was_written_into_the_database_opens_nothing(world: World) -> None:
    secret, now = "y" * 43, datetime.now(UTC)
    ApiKey.objects.bulk_create(
        [
            ApiKey(
                id="f" * 32,
                digest=keys._calendar_digest(secret),
                account=Account.objects.get(officer=world.actor("caseworker").officer),
                authority=world.actor("caseworker").authority,
                role="caseworker",
                expires=now + timedelta(days=9),
                window=now,
            )
        ]
    )
    assert Client().get(f"/calendar/{secret}.ics").status_code == 404


def test_it_answers_so_often_within_an_hour_and_no_more(world: World) -> None:
    path = create(world)
    ApiKey.objects.update(asked=AN_HOUR - 1, window=datetime.now(UTC))
    assert Client().get(path).status_code == 200
    answer = Client().get(path)
    assert answer.status_code == 429 and answer["Retry-After"] == "3600"


def test_nobody_posts_to_it_and_only_care_makes_one(world: World) -> None:
    assert fresh(world, "officer").get("/keys/calendar/").status_code == 404
    assert Client().get("/keys/calendar/").status_code == 302
