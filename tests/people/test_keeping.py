"""A file is kept until the day that its authority sets; over it, two officers erase it, and never a clock."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from libertad.access.acting import Forbidden, perform
from libertad.access.actions.appoint_officer import appoint_by_one, appoint_officer
from libertad.access.matrix import matrix, roles
from libertad.access.models import Compartment, Officer
from libertad.access.queries import open_row
from libertad.journal.node import node
from libertad.journal.row_changes import RowChanged
from libertad.operations.actions.close_operation import close_operation
from libertad.operations.actions.set_clock import set_clock
from libertad.people import keeping, queries, queries_keeping
from libertad.people.actions.erase_identity import decide_identity_erasure, request_identity_erasure
from libertad.people.actions.lift_hold import lift_hold
from libertad.people.actions.place_hold import place_hold
from libertad.people.actions.set_retention import keep_person, set_retention
from libertad.people.keeping_models import Keeping, Retention
from libertad.people.models import Person, Tally
from libertad.vocabulary.values import Refused
from libertad.web.waiting import waiting
from tests.access.test_appointments import acting
from tests.care.test_screens import text
from tests.people.making import meet
from tests.support.forms import form_at
from tests.support.shuffling import assert_order_free
from tests.support.world import World

DAY: dict[str, Any] = {"keep_until": "2018-06-30", "reasons": "Police data act, section 12 (generated)"}
WHY = "The trial has ended, and she asks for it"


@pytest.fixture(autouse=True)
def ninth_of_april(world: World) -> None:
    clock(world, 0)


def clock(world: World, days: int) -> None:
    """So many days after the ninth of April; the operation's clock shows it."""
    reads = world.at(9, 12).at + dt.timedelta(days=days)
    world.perform("coordinator", set_clock, reads=reads, set_at=dt.datetime.now(dt.UTC), rate=1.0)


def met_and_over(world: World) -> str:
    person = meet(world)
    world.perform("national-lead", set_retention, **DAY)
    clock(world, 120)
    return person


def request(world: World, person: str, role: str = "officer") -> str:
    return str(world.perform(role, request_identity_erasure, person=person, reasons=WHY))


def decide(world: World, person: str, entry: str, role: str = "national-lead", **changes: Any) -> int:
    given = {"agrees": "yes", "reasons": "Its time is over", **changes}
    return int(world.perform(role, decide_identity_erasure, person=person, entry=entry, **given))


def titles(world: World, role: str) -> list[str]:
    return [item.title for item in waiting(world.actor(role))]


def test_two_officers_erase_it_and_nothing_of_it_opens_again(world: World) -> None:
    person = met_and_over(world)
    (place,) = Compartment.objects.filter(about=person)
    tallies = Tally.objects.count()
    entry = request(world, person)
    assert "The erasure of a file waits for your decision" in titles(world, "national-lead")
    with pytest.raises(Refused, match="asked for already"):
        request(world, person)
    assert decide(world, person, entry) == 1
    assert queries.person(world.actor("officer"), person) is None
    assert not Person.objects.filter(pk=person).exists() and not Keeping.objects.filter(pk=person).exists()
    assert Tally.objects.count() == tallies, "numbers that were counted stay"
    assert bytes.fromhex(place.pk) in node().rings.erased_places()


def test_who_asked_does_not_decide_and_an_officer_decides_nothing(world: World) -> None:
    person = met_and_over(world)
    entry = request(world, person, "national-lead")
    with pytest.raises(Forbidden, match="does not decide"):
        decide(world, person, entry)
    with pytest.raises(Forbidden):
        decide(world, person, entry, "officer")
    assert "The erasure of a file waits for your decision" not in titles(world, "national-lead")
    assert Person.objects.filter(pk=person).exists()


def test_neither_a_second_account_of_who_asked_nor_a_stale_request_decides(world: World) -> None:
    person, admin = met_and_over(world), world.actor("administrator")
    entry = request(world, person, "national-lead")
    asked = open_row(admin, Officer.objects.get(pk=world.actor("national-lead").officer))
    values = {"service_number": "L-9", "role": "national-lead"}
    same = perform(admin, appoint_officer, name=asked["name"].upper(), **values)
    made_up = perform(admin, appoint_by_one, name="Made Up", **values | {"service_number": "L-8"})
    given = {"person": person, "entry": entry, "agrees": "yes", "reasons": "Its time is over"}
    for officer, why in ((same, "bears the name or number"), (made_up, "is not confirmed")):
        with pytest.raises(Forbidden, match=why):
            perform(acting(world, officer, "national-lead", "police"), decide_identity_erasure, **given)
    assert Person.objects.filter(pk=person).exists()
    other = perform(admin, appoint_officer, name="B. Lead", **values | {"service_number": "L-7"})
    second = acting(world, other, "national-lead", "police")
    assert perform(second, decide_identity_erasure, **given | {"agrees": "no"}) == 0
    request(world, person)
    with pytest.raises(Refused, match="nobody asks for this erasure any more"):
        perform(second, decide_identity_erasure, **given)
    assert Person.objects.filter(pk=person).exists()


def test_before_its_day_and_without_one_nobody_asks(world: World) -> None:
    person = meet(world)
    with pytest.raises(Refused, match="no day says"):
        request(world, person)
    world.perform("national-lead", set_retention, **DAY)
    with pytest.raises(Refused, match="kept until"):
        request(world, person)
    clock(world, 81)  # 29 June
    with pytest.raises(Refused, match="kept until"):
        request(world, person)
    clock(world, 83)  # 1 July
    assert request(world, person)


def test_a_legal_hold_forbids_asking_and_deciding(world: World) -> None:
    person = met_and_over(world)
    entry = request(world, person)
    world.perform(
        "prosecutor", place_hold, country="GY", person=person, reason="An appeal", order="CR 9/2018"
    )
    with pytest.raises(Refused, match="legal hold"):
        decide(world, person, entry)
    assert decide(world, person, entry, agrees="no") == 0
    with pytest.raises(Refused, match="legal hold"):
        request(world, person)
    world.perform("prosecutor", lift_hold, country="GY", person=person, reason="The appeal has ended")
    assert request(world, person)


def test_a_later_day_a_refusal_and_a_later_day_for_all_end_a_request(world: World) -> None:
    person = met_and_over(world)
    entry = request(world, person)
    world.perform("national-lead", keep_person, person=person, keep_until="2030-01-01", reasons="A claim")
    with pytest.raises(Refused, match="any more"):
        decide(world, person, entry)
    assert queries_keeping.keeping_of(world.actor("officer"), person) == keeping.Kept("2030-01-01")
    assert not queries_keeping.has_late_files(world.actor("national-lead"))
    other = meet(world, name="Another")
    entry = request(world, other)
    world.perform("national-lead", set_retention, keep_until="2031-01-01", reasons="A new law")
    with pytest.raises(Refused, match="kept until"):
        decide(world, other, entry)
    assert decide(world, other, entry, agrees="no", reasons="The new law keeps it") == 0
    assert queries_keeping.keeping_of(world.actor("officer"), other).request is None


@pytest.mark.parametrize(
    ("day", "why"), [("2018-06-30", "already"), ("2018-05-01", "already"), ("2018-03-01", "has gone by")]
)
def test_one_file_is_kept_longer_and_never_shorter(world: World, day: str, why: str) -> None:
    person = meet(world)
    world.perform("national-lead", set_retention, **DAY)
    with pytest.raises(Refused, match=why):
        world.perform("national-lead", keep_person, person=person, keep_until=day, reasons="A claim")


def test_the_day_may_be_changed_and_what_was_said_before_stays_visible(world: World) -> None:
    for day in ("2030-01-01", "2028-01-01"):
        world.perform("national-lead", set_retention, keep_until=day, reasons=f"Until {day}")
    (row,) = Retention.objects.all()
    assert row.keep_until == "2028-01-01" and b"Until" not in bytes(row.sealed)
    words = queries_keeping.retention_words(world.actor("national-lead"))
    assert [entry["keep_until"] for entry in words] == ["2028-01-01", "2030-01-01"]
    with pytest.raises(Refused, match="has gone by"):
        world.perform("national-lead", set_retention, keep_until="2017-01-01", reasons="Long ago")
    with pytest.raises(Refused, match="follows from"):
        world.perform("national-lead", set_retention, keep_until="2030-01-01", reasons=" ")
    assert_order_free(world)


def test_another_police_force_says_nothing_of_it_and_its_own_day_is_its_own(world: World) -> None:
    person = met_and_over(world)
    for act, values in (
        (request_identity_erasure, {"reasons": WHY}),
        (keep_person, {"keep_until": "2030-01-01", "reasons": WHY}),
    ):
        with pytest.raises((Refused, Forbidden)):
            world.perform("other-lead", act, person=person, **values)
    world.perform("other-lead", set_retention, keep_until="2040-01-01", reasons="Another law")
    standing = queries_keeping.retention_of(world.actor("national-lead"))
    assert standing is not None and standing.keep_until == DAY["keep_until"]
    assert [late.id for late in queries_keeping.late_files(world.actor("national-lead"))] == [person]
    assert queries_keeping.late_files(world.actor("other-lead")) == []


@pytest.mark.parametrize("role", roles())
@pytest.mark.parametrize(
    ("verb", "act", "who", "values"),
    [
        ("retention.set", set_retention, {"national-lead"}, DAY),
        ("person.keep", keep_person, {"national-lead"}, {**DAY, "person": "0" * 32}),
        (
            "person.erasure",
            request_identity_erasure,
            {"national-lead", "officer"},
            {"person": "0" * 32, "reasons": WHY},
        ),
        (
            "person.erasure_refuse",
            decide_identity_erasure,
            {"national-lead"},
            {"person": "0" * 32, "entry": "", "agrees": "no", "reasons": WHY},
        ),
    ],
)
def test_who_may_say_what(
    world: World, role: str, verb: str, act: Any, who: set[str], values: dict[str, Any]
) -> None:
    kind = "authority" if verb == "retention.set" else "person"
    assert matrix().may_say(role, verb, kind) == (role in who)
    if (role in who) == (verb == "retention.set"):
        if role in who:
            world.perform(role, act, **values)
        return
    with pytest.raises((Refused, Forbidden)):
        world.perform(role, act, **values)


def test_today_asks_for_a_day_once_the_operation_is_closed(world: World) -> None:
    meet(world)
    question = "Until when are the identity files of this operation kept?"
    assert question not in titles(world, "national-lead")
    world.perform("coordinator", close_operation, reasons="Its days are over", source="decision")
    assert question in titles(world, "national-lead") and question not in titles(world, "officer")
    world.perform("national-lead", set_retention, **DAY)
    assert question not in titles(world, "national-lead")
    clock(world, 120)
    assert "Identity files are over their last day" in titles(world, "national-lead")


def test_in_the_browser_the_day_is_set_and_a_file_is_erased_by_two(world: World) -> None:
    person = meet(world)
    lead, officer = world.client("national-lead"), world.client("officer")
    page = reverse("retention-set")
    form = form_at(lead, page)
    day = {"keep_until_day": "30", "keep_until_month": "6", "keep_until_year": "2018"}
    for _arrival in range(2):  # posted twice
        lead.post(page, {**form.fields, **day, "reasons": DAY["reasons"]})
    assert "This file is kept until 30 June 2018." in text(lead.get(reverse("person-erasure", args=[person])))
    clock(world, 120)
    listed = text(lead.get(reverse("retention")))
    assert "Over its last day" in listed and "section 12" in listed
    page = reverse("person-erasure", args=[person])
    form = form_at(officer, page)
    for _arrival in range(2):  # posted twice
        officer.post(page, {**form.fields, "reasons": WHY})
    assert "You asked for it" in text(officer.get(page))
    shown = text(lead.get(page))
    assert WHY in shown and "Decide: erase this file" in shown
    form = form_at(lead, page)
    for _arrival in range(2):  # posted twice
        lead.post(page, {**form.fields, "agrees": "yes", "reasons": "Its time is over"})
    assert lead.get(reverse("person", args=[person])).status_code == 404
    assert "No identity file is over its last day" in text(lead.get(reverse("retention")))


def test_in_the_browser_one_is_kept_longer_and_its_file_tells_why(world: World) -> None:
    person = met_and_over(world)
    lead = world.client("national-lead")
    page = reverse("person-keep", args=[person])
    assert page in lead.get(reverse("person-erasure", args=[person])).content.decode()
    form = form_at(lead, page)
    day = {"keep_until_day": "1", "keep_until_month": "5", "keep_until_year": "2030"}
    for _arrival in range(2):  # posted twice
        lead.post(page, {**form.fields, **day, "reasons": "A compensation is open"})
    shown = text(lead.get(reverse("person", args=[person])))
    assert "Kept until 1 May 2030" in shown and "A compensation is open" in shown


def test_with_a_changed_row_in_the_database_nobody_erases_early(world: World) -> None:
    """A superuser of the database moves the day: the row is not believed, and nothing is erased by it."""
    person = meet(world)
    world.perform("national-lead", set_retention, keep_until="2030-01-01", reasons="A law")
    Retention.objects.update(keep_until="2018-04-01")
    with pytest.raises(RowChanged, match="people_retention"):
        request(world, person)
