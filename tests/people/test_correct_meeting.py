"""Where, when and how somebody was met can be corrected by who met the person; what counts follows."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from libertad.access.acting import Act, Forbidden, perform
from libertad.access.asking import may_open
from libertad.access.conflicting import conflicts
from libertad.access.entries import said_of
from libertad.board.models import Live
from libertad.figures.queries import figures
from libertad.figures.queries_entries import entries_behind
from libertad.operations.models import Site
from libertad.people import queries
from libertad.people.actions.correct_meeting import correct_meeting
from libertad.people.actions.set_detention import set_detention
from libertad.people.conflicts import may_settle
from libertad.people.models import Person, Tally
from libertad.vocabulary.values import Happened, PersonName, Refused
from libertad.vocabulary.verbs.people import PersonMeeting, TallyPerson
from libertad.web.waiting import waiting
from tests.operations.making import a_site, values
from tests.operations.test_screens import text
from tests.people.making import meet, person_row, row, tally
from tests.support.forms import form_at, forms_of
from tests.support.lawless import lawless
from tests.support.sharing import share_person
from tests.support.shuffling import assert_order_free
from tests.support.world import World

WHY = "She was met at the ferry house, not at the mine; my notes say so."


@pytest.fixture
def sites(world: World) -> tuple[str, str]:
    """The mine that the form had taken over, and the house where she was met."""
    return a_site(world), a_site(world, name="Club at the ferry", workplace="night-club")


def met_at(world: World, site: str, **overrides: Any) -> str:
    """Met at 09:40 of 5 April by the clock of Guyana, as was recorded."""
    values = {"needs": ("doctor",), "with_whom": "with an aunt", "travel_document": "was-taken"} | overrides
    return meet(world, site=site, **values)


def post(client: Client, address: str, **changed: str) -> Any:
    """The form of a page as it stands, with what was changed in it."""
    return client.post(address, {**form_at(client, address).fields, **changed})


def correct(world: World, person: str, role: str = "officer", **values: Any) -> None:
    world.perform(role, correct_meeting, person=person, **{"reasons": WHY} | values)


def corrections(world: World, person: str) -> list[PersonMeeting]:
    entries = said_of(world.actor("officer"), Person._meta.label, [person])[person]
    return [entry.content for entry in entries if isinstance(entry.content, PersonMeeting)]


def test_a_wrong_site_is_corrected_on_the_persons_page(world: World, sites: tuple[str, str]) -> None:
    gold_mine, house = sites
    person, client = met_at(world, gold_mine), world.client("officer")
    page = text(client, f"/people/{person}/")
    assert "Correct this meeting" in page
    address = f"/people/{person}/meeting/"
    answer = post(client, address, site=house, with_whom="with her brother", reasons=WHY)
    assert answer.status_code == 302, answer.content.decode()
    now = queries.person(world.actor("officer"), person)
    assert now is not None
    assert (now.site, now.with_whom, now.needs) == (house, "with her brother", ["doctor"])
    assert [shown_person.id for shown_person in queries.at_site(world.actor("officer"), house)] == [person]
    assert not queries.at_site(world.actor("officer"), gold_mine)
    page = text(client, f"/people/{person}/")
    assert "<del>with an aunt</del>" in page and "<ins>with her brother</ins>" in page and WHY in page
    before, after = (values(Site, key).reference for key in sites)
    assert f"<del>{before}</del>" in page and f"<ins>{after}</ins>" in page
    assert "A value of this entry was superseded since" in page
    lines = page.partition("corrections-title")[2].partition("</section>")[0]
    assert "9:40" not in lines and lines.count("<ins>") == 2, "what was not touched is told by no line"
    assert_order_free(world)


def test_where_it_was_is_said_anew_only_where_that_changes(world: World, sites: tuple[str, str]) -> None:
    """The visit goes with the site: a meeting at a visit, of which the answer alone is corrected."""
    gold_mine, house = sites
    person, client = met_at(world, gold_mine, visit="a" * 32), world.client("officer")
    address = f"/people/{person}/meeting/"
    unchanged = post(client, address, reasons=WHY)
    assert unchanged.status_code == 200 and "nothing is changed" in unchanged.content.decode()
    assert post(client, address, with_whom="with her brother", reasons=WHY).status_code == 302
    assert [correction.site for correction in corrections(world, person)] == [""]
    again = post(client, address, reasons=WHY)
    assert again.status_code == 200 and "nothing is changed" in again.content.decode()
    assert post(client, address, site=house, reasons=WHY).status_code == 302
    assert [(correction.site, correction.with_whom) for correction in corrections(world, person)][1:] == [
        (house, "")
    ]
    moved = row(world.actor("officer"), person)
    assert (moved.site, moved.visit, moved.conflicts) == (house, "", [])


def test_the_count_by_workplace_and_day_follows_and_the_age_stays(
    world: World, sites: tuple[str, str]
) -> None:
    gold_mine, house = sites
    person = met_at(world, gold_mine)
    before = tally(world, person)
    assert (before.workplace, before.met_at.day) == ("gold-mine", 5)
    correct(world, person, site=house, workplace="night-club", met=world.at(4, 20))
    now = tally(world, person)
    assert (now.workplace, now.met_at.day, now.met_at.hour) == ("night-club", 4, 20)
    assert (now.age_group, now.sex, now.country) == (before.age_group, before.sex, before.country)
    actor = world.actor("coordinator")
    on_the_4th = world.at(4, 22).at
    assert figures(actor, as_of=on_the_4th).total.potential == 1, "seen so when met, and met then"
    behind = entries_behind(actor, "records", as_of=on_the_4th)
    assert [(entry.workplace, entry.met_at.day) for entry in behind.entries] == [("night-club", 4)]
    opened = text(world.client("coordinator"), f"/entries/{behind.entries[0].entry}/")
    assert "ight" in opened, "the entry behind the number says what counts"
    correct(world, person, met=world.at(6, 9), reasons="The 6th after all")
    assert figures(actor, as_of=on_the_4th).total.records == 0
    assert entries_behind(actor, "records", as_of=on_the_4th).total == 0
    assert figures(actor).total.potential == 1
    assert (tally(world, person).workplace, tally(world, person).met_at.day) == ("night-club", 6)
    head = row(world.actor("officer"), person)
    assert (head.met_at.day, head.seen_at.day, head.child_at.day) == (6, 6, 6)
    assert_order_free(world)


def test_what_is_no_matter_of_the_count_says_nothing_there(world: World, sites: tuple[str, str]) -> None:
    person = met_at(world, sites[0])
    lines = Live.objects.filter(verb="tally.person").count()
    correct(world, person, needs=(), travel_document="has-it", with_whom="alone")
    assert Live.objects.filter(verb="tally.person").count() == lines
    now = person_row(world.actor("officer"), person)
    assert (now["needs"], now["travel_document"], now["with_whom"]) == ([], "has-it", "alone")
    page = text(world.client("officer"), f"/people/{person}/")
    assert "<del>Doctor</del>" in page and "<ins>nothing</ins>" in page


def test_the_board_tells_the_corrected_meeting(world: World, sites: tuple[str, str]) -> None:
    person = met_at(world, sites[0])
    correct(world, person, site=sites[1], workplace="night-club")
    line = next(row for row in Live.objects.filter(verb="tally.person") if row.detail.get("corrected"))
    assert line.detail["workplace"] == "night-club"


def test_only_who_met_the_person_and_a_role_that_may(world: World, sites: tuple[str, str]) -> None:
    person = met_at(world, sites[0])
    for role in ("caseworker", "other-officer", "exhibits-officer", "coordinator"):
        with pytest.raises((Forbidden, Refused)):
            correct(world, person, role, with_whom="alone")
    assert person_row(world.actor("officer"), person)["with_whom"] == "with an aunt"
    answer = world.client("caseworker").get(f"/people/{person}/meeting/")
    assert answer.status_code == 403, "care reads the file and did not meet her"
    assert "Correct this meeting" not in text(world.client("caseworker"), f"/people/{person}/")
    correct(world, person, "national-lead", with_whom="alone")
    met_by_care = meet(world, "caseworker", with_whom="her sister")
    correct(world, met_by_care, "caseworker", with_whom="her mother", met=world.at(5, 8))
    assert person_row(world.actor("caseworker"), met_by_care)["with_whom"] == "her mother"
    assert Tally.objects.count() == 1, "whom care alone met is no part of the open side"


def test_another_authority_corrects_nothing_though_its_node_says_it(
    world: World, sites: tuple[str, str]
) -> None:
    """A robbed node of care, which reads the file, says both entries: its own rules do not hold it back."""
    person = met_at(world, sites[0])
    held = row(world.actor("officer"), person).compartment
    counting = tally(world, person).pk

    def forge(act: Act) -> None:
        act.say(held, PersonMeeting(site=sites[1], reasons="forged"), subject=person)
        act.say(
            act.operation_compartment,
            TallyPerson(
                country="GY", age_group="adult-25-plus", sex="male", workplace="farm", corrected=True
            ),
            subject=counting,
        )

    with pytest.raises(Forbidden):
        perform(world.actor("caseworker"), forge)
    with lawless():
        perform(world.actor("caseworker"), forge)
    assert row(world.actor("officer"), person).site == sites[0]
    assert (tally(world, person).workplace, tally(world, person).sex) == ("gold-mine", "female")
    assert_order_free(world)


def test_corrections_that_cross_are_told_until_a_third_settles_them(
    world: World, sites: tuple[str, str]
) -> None:
    gold_mine, house = sites
    person = met_at(world, gold_mine)
    form = world.client("officer").get(f"/people/{person}/meeting/").context["form"]
    entries_shown = {name: tuple(ids) for name, ids in json.loads(form["shown"].value()).items()}
    correct(world, person, met=world.at(5, 10), with_whom="alone", supersedes=entries_shown)
    correct(
        world,
        person,
        "national-lead",
        met=world.at(5, 11),
        with_whom="a boy",
        supersedes=entries_shown,
        site=house,
        workplace="night-club",
    )
    assert row(world.actor("officer"), person).conflicts == ["met", "with_whom"]
    meeting_conflicts = [
        conflict
        for conflict in conflicts(world.actor("national-lead"))
        if conflict.settle.endswith("/meeting/")
    ]
    assert {conflict.field for conflict in meeting_conflicts} == {"Met", "Alone?"}
    assert {doubt.value for conflict in meeting_conflicts for doubt in conflict.values} >= {"alone", "a boy"}
    page = text(world.client("officer"), f"/people/{person}/")
    assert "Alone?: alone or a boy. Two corrections are on file" in page
    address = f"/people/{person}/meeting/"
    assert address in world.client("national-lead").get("/?all=1").content.decode()
    # Care reads the file and did not meet the person: nothing that it could not do waits for it.
    assert may_open(world.actor("caseworker"), "person") and not may_settle(
        world.actor("caseworker"), row(world.actor("officer"), person).authority, "met"
    )
    todos = [item for item in waiting(world.actor("caseworker"), whole=True) if "Two values" in item.title]
    assert todos == [] and row(world.actor("caseworker"), person).conflicts
    post(world.client("officer"), f"/people/{person}/meeting/", with_whom="a boy", reasons="Asked her again")
    assert row(world.actor("officer"), person).conflicts == []
    assert not [
        conflict
        for conflict in conflicts(world.actor("national-lead"))
        if conflict.settle.endswith("/meeting/")
    ]
    assert tally(world, person).met_at.hour == row(world.actor("officer"), person).met_at.hour
    assert_order_free(world)


def test_a_time_that_was_left_as_the_form_showed_it_crosses_nobodys_correction(
    world: World, sites: tuple[str, str]
) -> None:
    """Two officers have the form open; one corrects the time, the other who was with the person."""
    person = met_at(world, sites[0])
    client = world.client("officer")
    form = form_at(client, f"/people/{person}/meeting/").fields
    correct(world, person, "national-lead", met=world.at(5, 8))
    address, sent = f"/people/{person}/meeting/", {**form, "with_whom": "alone", "reasons": "Asked again"}
    (told,) = forms_of(client.post(address, sent).content.decode(), address)
    answer = client.post(address, {**sent, "despite": told.offered["despite"][0]})
    assert answer.status_code == 302
    now = row(world.actor("officer"), person)
    assert now.conflicts == [] and now.met_at == world.at(5, 8).at
    assert corrections(world, person)[-1].met is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"met": None}, "met"),
        ({"reasons": "  ", "with_whom": "alone"}, "reasons"),
        ({"with_whom": "with an aunt"}, "reasons"),
        ({"danger": "no"}, "danger"),
        ({"country": "VC"}, "country"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(
    world: World, sites: tuple[str, str], given: dict[str, Any], field: str
) -> None:
    person = met_at(world, sites[0])
    with pytest.raises(Refused) as why:
        correct(world, person, **given)
    assert why.value.field == field


def test_a_time_that_lies_ahead_is_refused(world: World, sites: tuple[str, str]) -> None:
    person = met_at(world, sites[0])
    with pytest.raises(Refused) as why:
        correct(world, person, met=Happened(at=datetime(2150, 4, 5, 9, tzinfo=UTC), zone="UTC"))
    assert why.value.field == "met"


def test_custody_of_a_counted_record_stays(world: World, sites: tuple[str, str]) -> None:
    """A correction of the meeting takes no other word of the count back."""
    person = met_at(world, sites[0])
    world.perform(
        "officer",
        set_detention,
        state="arrested",
        country="GY",
        name=(PersonName(text="Otho"),),
        grounds="Keys of the rooms",
        happened=world.at(5, 15),
    )
    correct(world, person, met=world.at(5, 8))
    total = figures(world.actor("coordinator")).total
    assert (total.records, total.potential, total.arrests) == (1, 1, 1)
    assert Person.objects.count() == 1


def test_whoever_the_file_is_shared_with_reads_the_correction(world: World, sites: tuple[str, str]) -> None:
    person = met_at(world, sites[0])
    other_officer = world.actor("other-officer")
    world.perform(
        "officer", share_person, person=person, authority=other_officer.authority, reason="Her sister"
    )
    correct(world, person, with_whom="alone")
    assert person_row(other_officer, person)["with_whom"] == "alone"
    page = text(world.client("other-officer"), f"/people/{person}/")
    assert "<ins>alone</ins>" in page and "Correct this meeting" not in page
