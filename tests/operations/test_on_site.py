"""What a team says at a site: who was counted beside who is on file, rooms as measured, ways in."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from libertad.access.acting import Act, Forbidden
from libertad.operations import queries
from libertad.operations.actions.count_people import count_anew, explain_headcount, record_headcount
from libertad.operations.actions.measure_room import correct_room, measure_room
from libertad.operations.actions.record_visit import record_visit
from libertad.operations.actions.say_way_in import correct_way_in, say_way_in
from libertad.operations.models import Headcount, Room
from libertad.operations.on_site_parts import difference_words
from libertad.operations.on_site_views import Reckoning
from libertad.operations.queries import own_country, site_notes, ways_in
from libertad.operations.queries_on_site import headcount, reckoning, room
from libertad.operations.space import space
from libertad.people import queries as people
from libertad.people.actions.meet_person import meet_person
from libertad.people.queries import met_at
from libertad.vocabulary.values import PersonName, Refused
from libertad.vocabulary.verbs.on_site import HeadcountRecord, RoomMeasure, SiteWayIn
from libertad.web.waiting_counts import counts_unexplained
from tests.operations.making import a_site, a_team
from tests.operations.test_screens import text
from tests.support.linking import link_same
from tests.support.shuffling import assert_order_free
from tests.support.world import World


@pytest.fixture
def place(world: World) -> tuple[str, str]:
    site = a_site(world)
    return site, a_team(world, site)


def counted(world: World, place: tuple[str, str], hour: int = 13, **groups: Any) -> str:
    site, team = place
    return str(
        world.perform("officer", record_headcount, site=site, team=team, happened=world.at(5, hour), **groups)
    )


def met(world: World, site: str, name: str = "Generated") -> str:
    return str(
        world.perform(
            "officer",
            meet_person,
            country="GY",
            site=site,
            source="said",
            name=(PersonName(text=name),),
            happened=world.at(5, 14),
        )
    )


def known_to(world: World, role: str, site: str) -> Reckoning:
    actor = world.actor(role)
    known = reckoning(actor, site, "GY", own_country(actor))
    assert known is not None
    return known


def visited(world: World, place: tuple[str, str]) -> None:
    site, team = place
    found = {"outcome": "people-found", "people": 3, "happened": world.at(5, 16)}
    world.perform("officer", record_visit, site=site, team=team, **found)


def waiting(world: World, role: str = "national-lead") -> list[str]:
    return [item.title for item in counts_unexplained(world.actor(role))]


def test_counted_less_recorded_is_the_difference_explained_by_somebody_named(
    world: World, place: tuple[str, str]
) -> None:
    key = counted(world, place, men=2, women=3, children=0)
    met(world, place[0])
    known = known_to(world, "officer", place[0])
    assert (known.sum_counted, known.recorded, known.difference, known.unexplained) == (5, 1, 4, 4)
    assert difference_words(known) == ("4 people", "Nobody has explained it.")
    world.perform("officer", explain_headcount, headcount=key, left_before_spoken=2, still_to_meet=1)
    known = known_to(world, "officer", place[0])
    assert (known.explained, known.unexplained) == (3, 1)
    _number, why = difference_words(known)
    officer = headcount(world.actor("officer"), key).explanations[-1].officer  # type: ignore[union-attr]
    assert officer and why.startswith(f"3 of 4 explained by {officer}.")
    page = text(world.client("officer"), f"/sites/{place[0]}/")
    assert "2 left before we spoke, 1 still to meet" in page and "Nobody has counted yet" not in page
    met(world, place[0])
    assert known_to(world, "officer", place[0]).unexplained == 0, "one more on file: the rest is explained"


def test_a_later_count_takes_the_place_of_the_former_whole(world: World, place: tuple[str, str]) -> None:
    key = counted(world, place, men=2, unclear=3)
    world.perform("officer", count_anew, headcount=key, men=4, happened=world.at(5, 15))
    seen = headcount(world.actor("officer"), key)
    assert seen is not None and seen.total == 4, "three who were unclear before are not added to it"
    assert [told.groups for told in seen.counts] == [{"men": 4}, {"men": 2, "unclear": 3}]
    page = text(world.client("officer"), f"/sites/{place[0]}/")
    assert "a later count stands" in page
    assert_order_free(world)


def test_a_count_under_a_clock_set_back_still_takes_the_place(world: World, place: tuple[str, str]) -> None:
    """What stands follows from what a count names, not from what a phone's clock says."""
    key = counted(world, place, hour=13, men=2)
    world.perform("officer", count_anew, headcount=key, men=9, happened=world.at(4, 1))
    assert Headcount.objects.get(pk=key).total == 9


def test_two_officers_who_count_at_once_leave_both_and_the_later_counts(
    world: World, place: tuple[str, str]
) -> None:
    key = counted(world, place, men=2)
    first = headcount(world.actor("officer"), key)
    assert first is not None
    shown = {name: tuple(first.stands) for name in ("men", "note")}
    for men, hour in ((5, 15), (7, 16)):
        world.perform(
            "officer", count_anew, headcount=key, men=men, supersedes=shown, happened=world.at(5, hour)
        )
    seen = headcount(world.actor("officer"), key)
    assert seen is not None and (seen.total, len(seen.counts), len(seen.stands)) == (7, 3, 2)


def test_of_one_team_the_newest_count_stands_and_each_named_visit_has_its_own(
    world: World, place: tuple[str, str]
) -> None:
    """A phone that was locked no longer knows its former count and begins another."""
    counted(world, place, hour=12, men=2)
    counted(world, place, hour=14, men=3)
    assert known_to(world, "officer", place[0]).sum_counted == 3
    site, team = place
    found = {"outcome": "people-found", "people": 3, "happened": world.at(6, 9)}
    visit = world.perform("officer", record_visit, site=site, team=team, **found)
    counted(world, place, hour=11, women=6, visit=visit)
    assert known_to(world, "officer", site).sum_counted == 9
    other = a_site(world)
    with pytest.raises(Refused, match="no such visit"):
        counted(world, (other, a_team(world, other, reference="T-GY-02")), men=1, visit=visit)


def test_more_on_file_than_counted_is_explained_by_another_reason_alone(
    world: World, place: tuple[str, str]
) -> None:
    key = counted(world, place, men=0)
    met(world, place[0])
    world.perform("officer", explain_headcount, headcount=key, counted_twice=1)
    known = known_to(world, "officer", place[0])
    assert (known.difference, known.unexplained) == (-1, 1)
    world.perform("officer", explain_headcount, headcount=key, other=1, note="Came back from the field")
    known = known_to(world, "officer", place[0])
    assert known.unexplained == 0 and difference_words(known)[0] == "1 more on file than counted"


def test_who_was_recorded_twice_counts_once(world: World, place: tuple[str, str]) -> None:
    first, second = met(world, place[0]), met(world, place[0])
    actor = world.actor("officer")
    assert met_at(actor, [place[0]]) == {place[0]: 2}
    world.perform(
        "national-lead", link_same, person=second, other=first, reasons="The same", recorded_twice=True
    )
    assert met_at(actor, [place[0]]) == {place[0]: 1}


def test_who_reads_no_files_of_people_sees_numbers_and_no_names(world: World, place: tuple[str, str]) -> None:
    """Of the site's own police, whose analyst reads the site and nobody's file; and at a centre."""
    counted(world, place, men=3)
    met(world, place[0], "Marigolda")
    analyst = replace(world.actor("officer"), role="analyst")
    known = reckoning(analyst, place[0], "GY", own_country(analyst))
    assert known is not None and known.recorded == 1 and people.at_site(analyst, place[0]) == []
    page = text(world.client("analyst"), f"/sites/{place[0]}/")
    assert "Marigolda" not in page and "Counted by eye" in page


def test_a_centre_is_told_that_it_does_not_know_who_is_on_file(world: World, place: tuple[str, str]) -> None:
    """It keeps no files of people: 0 would be a wrong number."""
    counted(world, place, men=3)
    known = known_to(world, "coordinator", place[0])
    assert known.recorded is None and known.unexplained == 0
    assert "Not known here" in text(world.client("coordinator"), f"/sites/{place[0]}/")


def test_the_national_lead_is_asked_from_the_visit_on_until_it_is_explained(
    world: World, place: tuple[str, str]
) -> None:
    key = counted(world, place, men=2)
    assert waiting(world) == [], "the team is still there"
    visited(world, place)
    assert waiting(world) == ["Counted and not on file: 2 people"]
    assert waiting(world, "officer") == [] and waiting(world, "coordinator") == []
    assert "Counted and not on file" in text(world.client("national-lead"), "/")
    world.perform("national-lead", explain_headcount, headcount=key, left_before_spoken=2)
    assert waiting(world) == []


def test_the_task_is_gone_once_as_many_are_recorded(world: World, place: tuple[str, str]) -> None:
    counted(world, place, men=1, women=1)
    visited(world, place)
    met(world, place[0])
    assert waiting(world) == ["Counted and not on file: 1 person"]
    met(world, place[0])
    assert waiting(world) == []


def test_only_the_sites_own_police_count_explain_and_measure(world: World, place: tuple[str, str]) -> None:
    site, team = place
    key = counted(world, place, men=1)
    for role in ("coordinator", "analyst", "caseworker"):
        with pytest.raises((Forbidden, Refused)):
            world.perform(role, record_headcount, site=site, team=team, men=1)
        with pytest.raises((Forbidden, Refused)):
            world.perform(role, explain_headcount, headcount=key, counted_twice=1)
        with pytest.raises((Forbidden, Refused)):
            world.perform(role, measure_room, site=site, label="Cabin")
    for path in (f"/sites/{site}/headcount/", f"/headcounts/{key}/explain/", f"/sites/{site}/room/"):
        for role in ("caseworker", "analyst", "coordinator"):
            assert world.client(role).get(path).status_code in (403, 404), (role, path)
        assert world.client("national-lead").get(path).status_code == 200


@pytest.mark.parametrize(
    ("groups", "field"),
    [
        ({}, "unclear"),
        ({"men": -1}, "men"),
        ({"women": 10_001}, "women"),
        ({"men": 1, "note": "x" * 1001}, "note"),
    ],
)
def test_a_count_that_nobody_made_is_refused(
    world: World, place: tuple[str, str], groups: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as why:
        counted(world, place, **groups)
    assert why.value.field == field


def test_another_countrys_police_say_nothing_of_a_site(world: World, place: tuple[str, str]) -> None:
    """A node whose checks do not work names a foreign site in its own file; a centre reads both files."""
    counted(world, place, men=1)
    theirs = {"country": "VC", "zone": "America/St_Vincent"}
    elsewhere = a_site(world, "other-officer", **theirs)

    def forge(act: Act) -> None:
        file = act.find_compartment("police", f"{world.operation}:VC")
        assert file is not None
        for content in (
            HeadcountRecord(site=place[0], team=place[1], men=900),
            RoomMeasure(site=place[0], label="Forged"),
            SiteWayIn(site=place[0], path="river", note="Forged"),
        ):
            act.say(file, content, subject=act.new_id(file))

    world.perform("other-officer", forge)
    coordinator = world.actor("coordinator")
    assert queries.site(coordinator, elsewhere) is not None, "it reads that file"
    assert known_to(world, "coordinator", place[0]).sum_counted == 1
    assert known_to(world, "officer", place[0]).sum_counted == 1
    assert ways_in(coordinator, place[0]) == []
    assert "Forged" not in text(world.client("coordinator"), f"/sites/{place[0]}/")


def test_an_explanation_says_how_many_and_what_else_it_was(world: World, place: tuple[str, str]) -> None:
    key = counted(world, place, men=1)
    for values, field in (({}, "left_before_spoken"), ({"other": 1}, "note")):
        with pytest.raises(Refused) as why:
            world.perform("officer", explain_headcount, headcount=key, **values)
        assert why.value.field == field
    for headcount_id in ("", "f" * 32):
        with pytest.raises(Refused, match="no such headcount"):
            world.perform("officer", explain_headcount, headcount=headcount_id, counted_twice=1)


def test_a_form_of_another_headcount_supersedes_nothing(world: World, place: tuple[str, str]) -> None:
    key = counted(world, place, men=1)
    other = headcount(world.actor("officer"), counted(world, place, hour=14, men=2))
    assert other is not None
    with pytest.raises(Refused, match="load the page again"):
        world.perform("officer", count_anew, headcount=key, men=3, supersedes={"men": tuple(other.stands)})


def test_the_forms_count_explain_and_count_anew(world: World, place: tuple[str, str]) -> None:
    client, (site, team) = world.client("officer"), place
    answer = client.post(f"/sites/{site}/headcount/", {"team": team, "men": "2", "women": "1"})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    key = Headcount.objects.get().pk
    page = client.get(f"/headcounts/{key}/explain/")
    assert "Counted: 3 people. On file: 0 people. Not recorded: 3 people." in page.content.decode()
    shown = page.context["form"].initial["shown"]
    assert set(json.loads(shown)) == {
        "left_before_spoken",
        "still_to_meet",
        "counted_twice",
        "other",
        "note",
    }
    assert (
        client.post(f"/headcounts/{key}/explain/", {"counted_twice": "3", "shown": shown}).status_code == 302
    )
    shown = client.get(f"/headcounts/{key}/again/").context["form"].initial["shown"]
    assert client.post(f"/headcounts/{key}/again/", {"men": "1", "shown": shown}).status_code == 302
    row = Headcount.objects.get(pk=key)
    assert (row.total, row.explained) == (1, 3)
    empty = client.post(f"/sites/{site}/headcount/", {"team": team})
    assert "write down at least one number" in empty.content.decode()


# -- rooms ---------------------------------------------------------------------------------------


def test_a_room_is_shown_beside_spheres_number_and_a_mattress(world: World, place: tuple[str, str]) -> None:
    client, site = world.client("officer"), place[0]
    measured = {"label": "Cabin", "length_m": "2,4", "width_m": "1.9", "height_m": "1.5", "sleeping": "4"}
    looked_at = {"measured": "tape", "lock": "outside", "water": "near"}
    assert client.post(f"/sites/{site}/room/", measured | looked_at).status_code == 302
    page = text(client, f"/sites/{site}/")
    for words in (
        "2.4 by 1.9 m, 1.5 m high",
        "By tape",
        "1.14 m²",
        "less than one mattress",
        "at least 3.5 m² for each person, 2 m high (The Sphere Handbook (2018)",
        "1.71 m² (assumed)",
        "not looked at",
    ):
        assert words in page, words


def test_what_floors_are_compared_with_names_its_source(world: World) -> None:
    standards = space()
    assert standards.sphere.m2_each == 3.5 and "Sphere Handbook" in standards.sphere.source
    assert standards.mattress.assumed and round(standards.mattress.m2, 2) == 1.71


def test_a_room_is_corrected_by_a_new_entry(world: World, place: tuple[str, str]) -> None:
    key = world.perform("officer", measure_room, site=place[0], label="Cabin", length_m=2.4, width_m=2.0)
    actor = world.actor("officer")
    assert room(actor, key).m2_each is None  # type: ignore[union-attr]
    world.perform("officer", correct_room, room=key, reasons="Counted the beds", sleeping=2, length_m=2.5)
    seen = room(actor, key)
    assert seen is not None and (seen.m2, seen.m2_each, seen.label) == (5.0, 2.5, "Cabin")
    assert seen.corrections == ["Counted the beds"]
    page = text(world.client("officer"), f"/sites/{place[0]}/")
    assert "Counted the beds" in page and "2.4" in page, "what stood before is told"
    shown = json.dumps(Room.objects.get(pk=key).shown)
    answer = world.client("officer").post(
        f"/rooms/{key}/correct/", {"label": "Shed", "shown": shown, "reasons": "Wrong name"}
    )
    assert answer.status_code == 302
    assert room(actor, key).length_m is None  # type: ignore[union-attr]
    with pytest.raises(Refused, match="no such room"):
        world.perform("officer", correct_room, room="f" * 32, reasons="x", sleeping=1)
    assert_order_free(world)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"label": " "}, "label"),
        ({"label": "x" * 61}, "label"),
        ({"label": "a", "length_m": 0.0}, "length_m"),
        ({"label": "a", "height_m": 1000.5}, "height_m"),
        ({"label": "a", "sleeping": -1}, "sleeping"),
    ],
)
def test_a_room_that_is_none_is_refused(
    world: World, place: tuple[str, str], values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as why:
        world.perform("officer", measure_room, site=place[0], **values)
    assert why.value.field == field


# -- ways in -------------------------------------------------------------------------------------


def test_ways_in_are_shown_and_go_to_a_phone_until_they_are_closed(
    world: World, place: tuple[str, str]
) -> None:
    site = place[0]
    words = {"last_network": "the landing", "seen_coming": "boats, from the bend"}
    key = world.perform("officer", say_way_in, site=site, path="river", **words)
    actor = world.actor("officer")
    (told,) = ways_in(actor, site)
    assert json.loads(json.dumps(told)) == told
    assert (told["path"], told["words"], told["last_network"]) == ("river", "By river", "the landing")
    page = text(world.client("analyst"), f"/sites/{site}/")
    assert "boats, from the bend" in page
    world.perform("officer", correct_way_in, way=key, reasons="The bridge is gone", closed=True)
    assert ways_in(actor, site) == [] and "closed" in text(world.client("officer"), f"/sites/{site}/")
    assert ways_in(world.actor("caseworker"), site) == [], "police alone read it"


def test_a_way_in_names_how_one_gets_there(world: World, place: tuple[str, str]) -> None:
    with pytest.raises(Refused) as why:
        world.perform("officer", say_way_in, site=place[0], path="")
    assert why.value.field == "path"
    with pytest.raises((Forbidden, Refused)):
        world.perform("caseworker", say_way_in, site=place[0], path="road")


def test_notes_for_the_next_team_go_to_a_phone(world: World, place: tuple[str, str]) -> None:
    site, team = place
    found = {"outcome": "found-empty", "happened": world.at(5, 16)}
    world.perform("officer", record_visit, site=site, team=team, note="Beds still warm", **found)
    assert [note["text"] for note in site_notes(world.actor("officer"), site)] == ["Beds still warm"]
