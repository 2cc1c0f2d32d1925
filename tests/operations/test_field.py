"""Sites, teams, check-ins, visits: who may, what follows, and what a wrong one answers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from libertad.access.acting import Forbidden
from libertad.access.queries import open_row, readable
from libertad.operations.actions.assign_team import assign_team
from libertad.operations.actions.check_in import check_in
from libertad.operations.actions.record_visit import record_visit
from libertad.operations.actions.register_site import register_site
from libertad.operations.models import CheckIn, Site, SiteCount, Team, Visit
from libertad.vocabulary.values import Place, Refused
from tests.operations.making import a_site, a_team, at, site_values, team_values
from tests.support.world import World

OUTSIDE = ("other-officer", "caseworker", "prosecutor", "press", "deciding-authority", "administrator")


def test_where_a_site_lies_is_read_by_its_police_and_the_centres_only(world: World) -> None:
    site = a_site(world)
    for role in ("officer", "national-lead", "exhibits-officer", "coordinator", "analyst"):
        words = open_row(world.actor(role), readable(world.actor(role), Site).get(pk=site))
        assert (words["name"], words["lat"], words["place"]) == (
            "Mine above the falls",
            6.1,
            "two hours up the river",
        )
    for role in OUTSIDE:
        assert not readable(world.actor(role), Site).exists()
        if role not in (
            "administrator",
            "press",
        ):  # at an authority that holds the key, without the right to a row
            assert open_row(world.actor(role), Site.objects.get(pk=site)) == {}


def test_nothing_that_tells_where_a_site_lies_is_in_a_plain_column(world: World) -> None:
    row = Site.objects.get(pk=a_site(world))
    plain = repr(
        {f.attname: getattr(row, f.attname) for f in Site._meta.concrete_fields if f.name != "sealed"}
    )
    for secret in ("falls", "6.1", "59.3", "river.", "none for days", "two hours"):
        assert secret not in plain


def test_a_site_is_counted_without_being_shown(world: World) -> None:
    site = a_site(world)
    for role in ("press", "prosecutor", "caseworker", "other-officer", "coordinator"):
        row = readable(world.actor(role), SiteCount).get()
        assert (row.country, row.workplace) == ("GY", "gold-mine")
        assert row.pk != site


def test_references_go_up_and_none_is_given_twice(world: World) -> None:
    keys = [a_site(world, reference=reference) for reference in ("GY-02", None, None)]
    assert [Site.objects.get(pk=key).reference for key in keys] == ["GY-02", "GY-01", "GY-03"]
    with pytest.raises(Refused, match="already given"):
        a_site(world, reference="GY-02")


def test_noughts_before_a_number_make_no_other_reference(world: World) -> None:
    first = a_site(world, reference="GY-5")
    for same in ("GY-05", "GY-0005"):
        with pytest.raises(Refused, match="one number") as refused:
            a_site(world, reference=same)
        assert refused.value.parameters == {"wanted": same, "existing": "GY-5"}
    assert Site.objects.get().pk == first, "what is on file stays as it was said"
    others = [a_site(world, reference=reference) for reference in ("GY-50", "GY-55", "Old 5")]
    given = [a_site(world) for _number in range(5)]
    assert [Site.objects.get(pk=key).reference for key in [*others, *given]] == [
        "GY-50",
        "GY-55",
        "Old 5",
        "GY-01",
        "GY-02",
        "GY-03",
        "GY-04",
        "GY-06",
    ]


@pytest.mark.parametrize("role", ["exhibits-officer", "caseworker", "prosecutor", "press", "other-officer"])
def test_who_may_not_register_a_site(world: World, role: str) -> None:
    with pytest.raises((Forbidden, Refused)):
        world.perform(role, register_site, **site_values())
    assert not Site.objects.exists() and not SiteCount.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "names"),
    [
        ("workplace", "circus", "workplace"),
        ("workplace", "", "workplace"),
        ("country", "XX", "country"),
        ("country", "FR", "country"),
        ("zone", "Mars/Base", "zone"),
        ("access", ("tunnel",), "access"),
        ("living_space_m2", 0.0, "living_space_m2"),
        ("living_space_m2", -3.0, "living_space_m2"),
        ("living_space_m2", float("nan"), "living_space_m2"),
        ("living_space_people", 0, "living_space_people"),
        ("living_space_m2", None, "living_space_m2"),
        ("name", " ", "name"),
        ("name", "x" * 201, "name"),
        ("reference", "x" * 33, "reference"),
        ("lead", ("ab" * 16,), "lead"),
    ],
)
def test_a_wrong_site_names_the_field_and_leaves_nothing(
    world: World, field: str, value: Any, names: str
) -> None:
    with pytest.raises(Refused) as why:
        world.perform("coordinator", register_site, **site_values(**{field: value}))
    assert why.value.field == names and why.value.rule
    assert not Site.objects.exists() and not SiteCount.objects.exists()


def test_a_place_off_the_globe_is_refused() -> None:
    with pytest.raises(Refused, match="latitude"):
        Place(lat=91, lon=0)


# -- teams ------------------------------------------------------------------------------------


def test_a_check_in_moves_the_next_one_by_the_interval(world: World) -> None:
    team = a_team(world, a_site(world), every_minutes=90)
    assert Team.objects.get(pk=team).next_due == at(5, 12)
    world.perform("officer", check_in, team=team, state="on-the-way", happened=world.at(5, 11))
    row = Team.objects.get(pk=team)
    assert (row.state, row.next_due, row.last_check_in) == ("on-the-way", at(5, 12, 30), at(5, 11))
    world.perform("officer", check_in, team=team, state="returned", happened=world.at(5, 14))
    assert Team.objects.get(pk=team).next_due is None


def test_a_check_in_that_arrives_late_does_not_undo_a_later_one(world: World) -> None:
    team = a_team(world, a_site(world))
    world.perform("officer", check_in, team=team, state="on-site", happened=world.at(5, 15))
    world.perform("officer", check_in, team=team, state="on-the-way", happened=world.at(5, 13))
    row = Team.objects.get(pk=team)
    assert (row.state, row.check_ins, row.next_due) == ("on-site", 2, at(5, 17))


def test_danger_shows_at_once_and_every_check_in_stays_on_file(world: World) -> None:
    team = a_team(world, a_site(world))
    world.perform("officer", check_in, team=team, state="on-site", danger=True, happened=world.at(5, 12))
    assert Team.objects.get(pk=team).danger  # until it is closed: see test_danger
    world.perform("officer", check_in, team=team, state="on-site", happened=world.at(5, 13))
    assert CheckIn.objects.filter(team=team, danger=True).count() == 1


@pytest.mark.parametrize("role", ["other-officer", "coordinator", "analyst", "caseworker", "press"])
def test_nobody_checks_in_for_another_authoritys_team(world: World, role: str) -> None:
    team = a_team(world, a_site(world))
    with pytest.raises((Refused, Forbidden)) as why:
        world.perform(role, check_in, team=team, state="on-site")
    with pytest.raises((Refused, Forbidden)) as unknown:
        world.perform(role, check_in, team="ab" * 16, state="on-site")
    assert str(why.value) == str(unknown.value)
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"state": "asleep"}, "state"),
        ({"state": ""}, "state"),
        ({"state": "on-site", "next_due": at(1, 1)}, "next_due"),
        ({"state": "on-site", "next_due": dt.datetime(2018, 4, 6)}, "next_due"),
        ({"state": "on-site", "next_due": dt.datetime(2300, 1, 1, tzinfo=dt.UTC)}, "next_due"),
    ],
)
def test_a_wrong_check_in_names_the_field(world: World, values: dict[str, Any], names: str) -> None:
    team = a_team(world, a_site(world))
    with pytest.raises(Refused) as why:
        world.perform("officer", check_in, team=team, happened=world.at(5, 12), **values)
    assert why.value.field == names
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"officers": 0}, "member"),
        ({"officers": 501}, "officers"),
        ({"every_minutes": 1}, "every_minutes"),
        ({"site": "ab" * 16}, "site"),
        ({"site": ""}, "site"),
        ({"window": "ab" * 16}, "window"),
        ({"country": "VC"}, "site"),
        ({"silent_until": at(8, 12)}, "silent_why"),
        ({"silent_why": "No network."}, "silent_until"),
        ({"first_check_in": dt.datetime(1800, 1, 1, tzinfo=dt.UTC)}, "first_check_in"),
    ],
)
def test_a_wrong_team_names_the_field(world: World, values: dict[str, Any], names: str) -> None:
    site = a_site(world)
    with pytest.raises(Refused) as why:
        world.perform("national-lead", assign_team, **{**team_values(site), **values})
    assert why.value.field == names
    assert not Team.objects.exists()


def test_a_site_of_another_country_looks_like_none(world: World) -> None:
    site = a_site(world)
    with pytest.raises(Refused) as why:
        world.perform("other-lead", assign_team, **team_values(site, country="VC"))
    assert why.value.rule == "there is no such site"


# -- visits -----------------------------------------------------------------------------------


def test_a_sites_status_follows_from_check_ins_and_visits(world: World) -> None:
    site = a_site(world)
    team = a_team(world, site)

    def status() -> str:
        return str(Site.objects.get(pk=site).status)

    assert status() == "not-visited"
    world.perform("officer", check_in, team=team, state="on-the-way", happened=world.at(5, 8))
    assert status() == "not-visited"
    world.perform("officer", check_in, team=team, state="on-site", happened=world.at(5, 9))
    assert status() == "team-on-site"
    world.perform(
        "officer",
        record_visit,
        site=site,
        team=team,
        outcome="people-found",
        people=6,
        happened=world.at(5, 10),
    )
    assert status() == "people-met"
    row = Site.objects.get(pk=site)
    assert (row.visited_at, row.people, row.visits) == (at(5, 10), 6, 1)
    world.perform(
        "officer", record_visit, site=site, team=team, outcome="found-empty", happened=world.at(6, 10)
    )
    assert status() == "people-met"


@pytest.mark.parametrize("outcome", ["found-empty", "aborted"])
def test_a_site_where_nobody_was_met(world: World, outcome: str) -> None:
    site = a_site(world)
    world.perform("officer", record_visit, site=site, team=a_team(world, site), outcome=outcome)
    assert Site.objects.get(pk=site).status == outcome


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"outcome": "people-found"}, "people"),
        ({"outcome": "people-found", "people": -1}, "people"),
        ({"outcome": "people-found", "people": 10_001}, "people"),
        ({"outcome": "found-empty", "people": 2}, "people"),
        ({"outcome": "victory"}, "outcome"),
        ({"outcome": ""}, "outcome"),
        ({"outcome": "aborted", "site": "ab" * 16}, "site"),
        ({"outcome": "aborted", "team": "ab" * 16}, "team"),
    ],
)
def test_a_wrong_visit_names_the_field(world: World, values: dict[str, Any], names: str) -> None:
    site = a_site(world)
    known = {"site": site, "team": a_team(world, site)}
    with pytest.raises(Refused) as why:
        world.perform("officer", record_visit, **{**known, **values})
    assert why.value.field == names
    assert not Visit.objects.exists()


def test_a_team_of_another_country_does_not_visit(world: World) -> None:
    site = a_site(world)
    other_site = a_site(world, "other-officer", country="VC", zone="America/St_Vincent", reference="VC-01")
    other_team = a_team(world, other_site, "other-lead", country="VC", reference="T-VC-01")
    with pytest.raises(Refused) as why:
        world.perform("other-officer", record_visit, site=site, team=other_team, outcome="aborted")
    assert why.value.field == "site"
    with pytest.raises(Refused) as why:
        world.perform("officer", record_visit, site=site, team=other_team, outcome="aborted")
    assert (why.value.field, why.value.rule) == ("team", "there is no such team")
    assert not Visit.objects.exists()


def test_an_entry_in_another_countrys_file_does_not_touch_a_site(world: World) -> None:
    """As if another node sent it: the fold itself keeps the file's border."""
    from libertad.access.acting import Act, perform
    from libertad.operations.actions._places import police_file
    from libertad.vocabulary.verbs.operations import VisitRecord

    site = a_site(world)

    def forged(act: Act) -> None:
        content = VisitRecord(site=site, team="ab" * 16, country="VC", outcome="people-found", people=9)
        act.say(police_file(act, "VC"), content, subject="cd" * 16)

    perform(world.actor("other-officer"), forged)
    row = Site.objects.get(pk=site)
    assert (row.status, row.people) == ("not-visited", 0)
    assert open_row(world.actor("officer"), row)["name"]


def test_the_order_of_arrival_makes_no_difference(world: World) -> None:
    shuffling = pytest.importorskip("tests.support.shuffling")
    site = a_site(world)
    team = a_team(world, site)
    for hour, state in ((9, "on-the-way"), (10, "on-site"), (12, "returned")):
        world.perform("officer", check_in, team=team, state=state, happened=world.at(5, hour))
    world.perform(
        "officer",
        record_visit,
        site=site,
        team=team,
        outcome="people-found",
        people=3,
        happened=world.at(5, 11),
    )
    shuffling.assert_order_free(world)
