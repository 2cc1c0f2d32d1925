"""The board as each role sees it: own sites, the whole operation's totals, and nothing from other files."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from libertad.access.models import Account
from libertad.board.fold import LINES
from libertad.board.lines import feed, lines
from libertad.board.models import Live
from libertad.board.queries import board
from libertad.evidence.actions.seal import seal
from libertad.evidence.actions.seize import seize
from libertad.operations.actions.check_in import check_in
from libertad.operations.actions.record_check import record_check
from libertad.operations.actions.record_visit import record_visit
from libertad.operations.actions.report_lead import report_lead
from libertad.operations.actions.set_clock import set_clock
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.set_detention import set_detention
from libertad.vocabulary.values import PersonName, Place
from tests.operations.making import a_site, a_team
from tests.support.world import World

NOW = dt.datetime(2018, 4, 5, 16, 0, tzinfo=dt.UTC)


@pytest.fixture
def at_noon(world: World) -> World:
    """The operation's clock stands at noon in Guyana on the third day."""
    world.perform("coordinator", set_clock, reads=NOW, set_at=dt.datetime.now(dt.UTC), rate=0)
    return world


def a_foreign_site(world: World) -> str:
    return a_site(
        world,
        "other-officer",
        country="VC",
        name="Canary bay",
        workplace="farm",
        place=Place(lat=13.2, lon=-61.2, within_m=100, words="by the bay"),
        zone="America/St_Vincent",
    )


def counter(world: World, role: str, words: str) -> tuple[str, str, str]:
    shown_counter = next(
        candidate for candidate in board(world.actor(role)).counters if candidate.words == words
    )
    return shown_counter.figure, shown_counter.of, shown_counter.below


def test_the_clock_reads_the_operations_time_and_the_readers_zone(at_noon: World) -> None:
    shown_board = board(at_noon.actor("officer"))
    assert (shown_board.clock.utc, shown_board.clock.local, shown_board.clock.zone) == (
        "16:00",
        "12:00",
        "UTC-4",
    )
    assert shown_board.clock.date == "Thursday 5 April 2018"
    assert shown_board.day == "day 3 of 7"
    assert shown_board.who == "Sgt. Name officer"
    assert shown_board.authority == "Guyana police"


def test_another_day_here_than_in_utc_is_said(world: World) -> None:
    night = dt.datetime(2018, 4, 6, 2, 5, tzinfo=dt.UTC)
    world.perform("coordinator", set_clock, reads=night, set_at=dt.datetime.now(dt.UTC), rate=0)
    shown_board = board(world.actor("officer"))
    assert (shown_board.clock.utc, shown_board.clock.date) == ("02:05", "Friday 6 April 2018")
    assert shown_board.clock.local == "Thu 22:05"
    assert shown_board.day == "day 3 of 7"


def test_a_team_is_overdue_by_the_operations_clock(at_noon: World) -> None:
    site = a_site(at_noon)
    a_team(at_noon, site, first_check_in=NOW - dt.timedelta(hours=3, minutes=22))
    a_team(at_noon, site, reference="T-GY-02", first_check_in=NOW + dt.timedelta(hours=1))
    shown_board = board(at_noon.actor("coordinator"))
    assert [(late.reference, late.delay) for late in shown_board.overdue] == [
        ("T-GY-01", "3 h 22 min overdue")
    ]
    assert shown_board.overdue[0].where == "Gold mine GY-01"
    assert shown_board.overdue[0].due == "due 08:38 (UTC-4)"
    assert shown_board.overdue[0].href.startswith("/teams/")
    assert shown_board.overdue_title == "1 team overdue"
    assert shown_board.in_touch.startswith("1 team in touch")
    assert [flag.kind for flag in shown_board.map.flags] == ["overdue"]
    assert {row.words: row.count for row in shown_board.legend}["Check-in overdue"] == "1"


def test_a_silence_by_plan_is_no_alarm(at_noon: World) -> None:
    a_team(
        at_noon,
        a_site(at_noon),
        first_check_in=NOW - dt.timedelta(hours=1),
        silent_until=NOW + dt.timedelta(hours=6),
        silent_why="on the river",
    )
    shown_board = board(at_noon.actor("coordinator"))
    assert shown_board.overdue == ()
    assert (
        "T-GY-01 is silent by plan, on the river, until 5 April 2018, 18:00 (UTC-4)." in shown_board.in_touch
    )
    assert [flag.kind for flag in shown_board.map.flags] == ["silent"]


def test_danger_comes_before_all(at_noon: World) -> None:
    site = a_site(at_noon)
    a_team(at_noon, site, first_check_in=NOW - dt.timedelta(hours=9))
    second = a_team(at_noon, site, reference="T-GY-02", first_check_in=NOW)
    at_noon.perform(
        "officer", check_in, team=second, state="on-site", danger=True, happened=at_noon.at(5, 15, 50)
    )
    shown_board = board(at_noon.actor("coordinator"))
    assert [(late.reference, late.danger) for late in shown_board.overdue] == [
        ("T-GY-02", True),
        ("T-GY-01", False),
    ]
    assert shown_board.overdue_title == "1 team in danger, 1 overdue"
    assert "T-GY-02: danger to life." in shown_board.feed[0].text
    assert {row.words: row.count for row in shown_board.legend}["Teams in danger"] == "1"


def test_the_map_has_a_shape_for_each_status_and_the_table_says_the_same(at_noon: World) -> None:
    site, empty = a_site(at_noon), a_site(at_noon, name="Farm", workplace="farm")
    a_site(at_noon, name="Third")
    team = a_team(at_noon, site, first_check_in=NOW)
    for where, outcome, people in ((site, "people-found", 2), (empty, "found-empty", 0)):
        at_noon.perform(
            "officer",
            record_visit,
            site=where,
            team=team,
            outcome=outcome,
            people=people,
            happened=at_noon.at(5, 14),
        )
    shown_board = board(at_noon.actor("national-lead"))
    assert [row.shape for row in shown_board.map.sites] == ["met", "empty", "planned"]
    assert [row.shape for row in shown_board.table] == ["met", "empty", "planned"]
    assert shown_board.map.sites[0].title.startswith("GY-01, gold mine, potential victims met")
    assert {row.shape: row.count for row in shown_board.legend}["met"] == "1"
    assert sorted(visit.shape for row in shown_board.days.rows for visit in row.visits) == ["empty", "met"]
    assert counter(at_noon, "national-lead", "Sites visited") == ("2", "3", "1 not yet")


def test_a_national_lead_sees_own_sites_and_the_totals_of_the_operation(at_noon: World) -> None:
    a_site(at_noon)
    a_foreign_site(at_noon)
    for role, country in (("officer", "GY"), ("other-officer", "VC")):
        at_noon.perform(
            role, meet_person, country=country, seen_as="potential-victim", happened=at_noon.at(5, 12)
        )
        at_noon.perform(
            role,
            record_check,
            database="interpol-sltd",
            about="travel-document",
            answer="hit",
            country=country,
            happened=at_noon.at(5, 12),
        )
    own, centre = board(at_noon.actor("national-lead")), board(at_noon.actor("coordinator"))
    assert [row.reference for row in own.table] == ["GY-01"]
    assert [row.reference for row in centre.table] == ["GY-01", "VC-01"]
    assert "VC-01" not in repr(own) and "Canary" not in repr(own)
    assert counter(at_noon, "national-lead", "Sites visited") == ("0", "1", "1 not yet, 2 in the operation")
    assert counter(at_noon, "coordinator", "Sites visited") == ("0", "2", "2 not yet")
    for role in ("national-lead", "coordinator", "analyst", "exhibits-officer"):
        assert counter(at_noon, role, "Seen as potential victims")[0] == "2"
        assert counter(at_noon, role, "Database hits") == ("2", "", "2 travel documents")
    assert {country.code for country in own.map.countries if country.lit} >= {"GY", "VC", "BB"}


def test_sites_visited_not_yet_and_being_visited_come_to_all_sites(at_noon: World) -> None:
    """A site with its first team there now is neither: 56 of 61 stood beside 4 not yet visited."""
    seen_before, entered = a_site(at_noon), a_site(at_noon, name="Farm")
    a_site(at_noon, name="Third")
    found = {"outcome": "found-empty", "people": 0, "happened": at_noon.at(5, 12)}
    for where, reference in ((seen_before, "T-GY-01"), (entered, "T-GY-02")):
        team = a_team(at_noon, where, reference=reference, first_check_in=NOW)
        if where == seen_before:
            at_noon.perform("officer", record_visit, site=where, team=team, **found)
        at_noon.perform("officer", check_in, team=team, state="on-site", happened=at_noon.at(5, 13))
    words = "1 not yet, 1 being visited now"
    assert counter(at_noon, "coordinator", "Sites visited") == ("1", "3", words)
    counted = {row.shape: row.count for row in board(at_noon.actor("coordinator")).legend}
    assert (counted["on-site"], counted["planned"]) == ("2", "1")


def test_zero_does_not_open(at_noon: World) -> None:
    assert all(shown_counter.href == "" for shown_counter in board(at_noon.actor("coordinator")).counters)


def test_counters_open_to_their_pages(at_noon: World) -> None:
    at_noon.perform(
        "officer", meet_person, country="GY", seen_as="potential-victim", happened=at_noon.at(5, 12)
    )
    at_noon.perform("officer", seize, country="GY", kind="mobile-phone", description="A phone.")
    addresses = {
        shown_counter.words: shown_counter.href
        for shown_counter in board(at_noon.actor("exhibits-officer")).counters
    }
    client = at_noon.client("exhibits-officer")
    for words in ("Seen as potential victims", "Exhibits"):
        assert client.get(addresses[words]).status_code == 200


def test_the_feed_holds_only_verbs_and_compartments_of_the_reader(at_noon: World) -> None:
    exhibit = at_noon.perform(
        "officer", seize, country="GY", kind="mobile-phone", description="Canary phone."
    )
    at_noon.perform("officer", seal, exhibit=exhibit, number="S-1")
    texts = {
        role: [line.text for line in feed(at_noon.actor(role))]
        for role in ("analyst", "exhibits-officer", "other-officer", "caseworker", "press")
    }
    assert "GY-0001 sealed." in texts["exhibits-officer"]
    for role in ("analyst", "other-officer"):
        assert texts[role] == ["Taken as evidence: mobile phone."]
    assert all("sealed" not in text for text in texts["caseworker"] + texts["press"])
    # One authority and so the same compartments: only the role differs.
    own = feed(replace(at_noon.actor("officer"), role="analyst"))
    assert [line.text for line in own] == ["Taken as evidence: mobile phone."]


def test_every_row_of_the_feed_lies_in_its_entrys_compartment(at_noon: World) -> None:
    a_site(at_noon)
    a_foreign_site(at_noon)
    own = set(lines(at_noon.actor("officer")).values_list("country", flat=True))
    assert own == {"GY"}
    assert set(Live.objects.values_list("country", flat=True)) == {"GY", "VC"}


def test_no_line_carries_words_that_somebody_wrote(at_noon: World) -> None:
    at_noon.perform(
        "officer",
        report_lead,
        country="GY",
        summary="Canary summary",
        source_grade="2",
        information_grade="B",
        handling="P",
        workplace="farm",
    )
    at_noon.perform(
        "officer", meet_person, country="GY", seen_as="potential-victim", happened=at_noon.at(5, 12)
    )
    site = a_site(at_noon, name="Canary mine")
    team = a_team(at_noon, site)
    at_noon.perform("officer", check_in, team=team, state="on-site", note="Canary note")
    rows = list(Live.objects.all())
    assert rows and all(row.sealed is None for row in rows)
    assert "Canary" not in repr([(row.detail, row.subject, row.about) for row in rows])
    free = {"summary", "note", "name", "words", "reasons", "description", "by", "place"}
    assert not any(free & set(line.fields) for line in LINES.values())


def test_a_filter_in_the_address_narrows_the_feed(at_noon: World) -> None:
    a_site(at_noon)
    at_noon.perform("officer", seize, country="GY", kind="mobile-phone", description="A phone.")
    client = at_noon.client("national-lead")
    every = client.get("/board/").context["board"]
    assert [line.kind for line in every.feed] == ["Exhibit", "Site"]
    narrowed = client.get("/board/?feed=exhibits").context["board"]
    assert [line.kind for line in narrowed.feed] == ["Exhibit"]
    assert narrowed.live_href == "/board/live/?feed=exhibits"
    assert client.get("/board/?feed=%3Cscript%3E").context["board"].live_href == "/board/live/"


@pytest.mark.parametrize("path", ["/board/", "/board/table/", "/board/feed/", "/board/live/"])
def test_the_board_is_for_police_roles_alone(at_noon: World, path: str) -> None:
    for role in ("coordinator", "analyst", "national-lead", "officer", "exhibits-officer"):
        assert at_noon.client(role).get(path).status_code in (200, 204)
    for role in ("prosecutor", "caseworker", "deciding-authority", "press", "administrator"):
        assert at_noon.client(role).get(path).status_code == 404


def test_the_cursor_is_the_accounts_own_and_from_before_the_reading(at_noon: World) -> None:
    from libertad.board.cursor import Sealer
    from libertad.board.queries import newest

    account = Account.objects.get(officer=at_noon.actor("officer").officer)
    assert account.pk is not None
    shown_board = board(at_noon.actor("officer"), account.pk)
    assert Sealer(account.pk).open(shown_board.cursor) == newest()
    assert Sealer(account.pk + 1).open(shown_board.cursor) is None


def test_the_pictures_of_an_audience_hold_nothing_of_one_officer(at_noon: World) -> None:
    a_team(at_noon, a_site(at_noon))
    officer = at_noon.actor("officer")
    with_officer, anybody = (
        board(officer, with_feed=False),
        board(replace(officer, officer=""), with_feed=False),
    )
    assert (with_officer.counters, with_officer.overdue, with_officer.map, with_officer.days) == (
        anybody.counters,
        anybody.overdue,
        anybody.map,
        anybody.days,
    )


def test_a_detention_is_told_as_one_and_not_as_a_correction(at_noon: World) -> None:
    held = {"country": "GY", "grounds": "Suspicion"}
    key = at_noon.perform(
        "officer",
        set_detention,
        state="detained",
        name=(PersonName(text="Raul"),),
        **held,
        happened=at_noon.at(5, 12),
    )
    at_noon.perform(
        "officer", set_detention, detention=key, state="arrested", happened=at_noon.at(5, 13), **held
    )
    texts = [item.text for item in feed(at_noon.actor("coordinator"))]
    assert "One person detained." in texts and "One person arrested." in texts
    assert not any("was corrected" in text for text in texts)
