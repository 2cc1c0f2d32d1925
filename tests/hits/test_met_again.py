"""Somebody met again in a later operation: recognised by who reads both files, told to nobody else, and the
later file leads to what had been promised."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.urls import reverse

from libertad.access.acting import Forbidden, perform
from libertad.access.actions.confirm_care import confirm_care
from libertad.access.actions.erase_person import erase_person
from libertad.access.models import Compartment, Opening
from libertad.care.actions.open_care import open_care
from libertad.care.actions.refer import refer
from libertad.hits import index, queries
from libertad.hits.actions.ask_owner import ask_owner
from libertad.hits.actions.confirm_hit import confirm_hit
from libertad.hits.actions.read_hit import read_hit
from libertad.hits.actions.undo_hit import undo_hit
from libertad.hits.models import Hit
from libertad.hits.queries_before import records_before
from libertad.journal.node import node
from libertad.journal.rebuild import rebuild
from libertad.people.actions.take_property import take_property
from libertad.people.models import Person, Tally
from libertad.vocabulary.values import Refused
from tests.care.people import consent
from tests.hits.making import person, scored
from tests.operations.test_second_operation import second as second
from tests.operations.test_second_operation import working_in
from tests.support.sealed_rows import opened
from tests.support.world import World

pytestmark = [pytest.mark.django_db]
WHY = "The same scar on the left hand"
NOBODY = "was met in an operation before"
PROMISED = "Clinic of the river town"


@pytest.fixture
def later(world: World, second: str) -> World:
    """The same authorities and officers, at work in the second operation."""
    index.forget()
    actors = {key: replace(actor, operation=second) for key, actor in world.actors.items()}
    later = replace(world, operation=second, actors=actors)
    perform(later.actor("administrator"), confirm_care, care=world.authorities["care"], how="telephone")
    return later


def met_twice(world: World, later: World) -> tuple[str, str, Hit]:
    before = person(world, "Yulimar Peña Rojas")
    again = person(later, "Yulimar Pena Rojas", happened=world.at(8, 10))
    scored(world)
    return before, again, the_hit(later, "officer")


def written() -> dict[str, int]:
    """How many entries stand in each file of an operation and of a person."""
    places = Compartment.objects.filter(kind__in=("operation", "person", "care")).values_list("pk", flat=True)
    count = "select count(*) from journal_entry where compartment = ?"
    return {place: row[0] for place in places if (row := node().sql().first(count, (place,)))}


def the_hit(later: World, role: str) -> Hit:
    return Hit.objects.get(authority=later.actor(role).authority, operation=later.operation)


def decide(later: World, hit: Hit, first: str = "officer", reader: str = "national-lead") -> None:
    assert later.perform(first, confirm_hit, hit=hit.pk, reasons=WHY) == "waiting"
    done = later.perform(reader, read_hit, hit=hit.pk, agrees="yes", reasons="Read both")
    assert done == "confirmed"


def test_the_pair_is_looked_at_in_the_later_operation_alone(world: World, later: World) -> None:
    before, again, hit = met_twice(world, later)
    assert {hit.left, hit.right} == {f"person:{before}", f"person:{again}"}
    shown = queries.hit(later.actor("officer"), hit.pk)
    assert shown is not None and shown.both and shown.again
    assert queries.hit(world.actor("officer"), hit.pk) is None
    assert scored(world) == 0, "found once"
    person(world, "Yulimar Peña Rojas")
    scored(world)
    assert Hit.objects.get(pk=hit.pk).operation == later.operation


def test_two_officers_recognise_a_person_and_no_operation_counts_otherwise(
    world: World, later: World
) -> None:
    before, again, hit = met_twice(world, later)
    tallies, entries = sorted(Tally.objects.values_list("pk", "linked")), written()
    assert later.perform("officer", confirm_hit, hit=hit.pk, reasons=WHY) == "waiting"
    assert records_before(later.actor("officer"), again) == [], "one officer alone recognises nobody"
    with pytest.raises((Refused, Forbidden)):
        later.perform("officer", read_hit, hit=hit.pk, agrees="yes", reasons=WHY)
    later.perform("national-lead", read_hit, hit=hit.pk, agrees="yes", reasons="Read both")
    (record,) = records_before(later.actor("officer"), again)
    assert record.record.key == before and record.reader.operation == world.operation
    assert Person.objects.get(pk=again).links == [] == Person.objects.get(pk=before).links
    assert sorted(Tally.objects.values_list("pk", "linked")) == tallies
    assert written() == entries, "neither an operation nor a person's file is told"
    assert rebuild(node()).changed == 0
    later.perform("officer", undo_hit, hit=hit.pk, reasons="Sisters")
    assert records_before(later.actor("officer"), again) == []


def test_whoever_reads_one_of_the_files_alone_learns_of_nothing(world: World, later: World) -> None:
    """Attack: another authority in the second operation, and an officer of the first who looks there."""
    _before, again, hit = met_twice(world, later)
    decide(later, hit)
    for role in ("coordinator", "prosecutor", "press", "other-lead"):
        actor = replace(world.actor(role), operation=later.operation)
        assert records_before(actor, again) == [] and queries.hit(actor, hit.pk) is None
    assert records_before(world.actor("officer"), again) == [], "not in the operation of before"
    care = records_before(later.actor("caseworker"), again)
    assert care == [], "care has a hit of its own, and decides by itself"
    with pytest.raises(Refused, match="no such hit"):
        later.perform("caseworker", confirm_hit, hit=hit.pk, reasons=WHY)
    with pytest.raises(Refused, match="no such hit"):
        world.perform("national-lead", undo_hit, hit=hit.pk, reasons=WHY)


def test_an_owner_is_not_asked_about_a_record_of_another_operation(world: World, later: World) -> None:
    before, again, hit = met_twice(world, later)
    shown = queries.hit(later.actor("officer"), hit.pk)
    assert shown is not None and [s.key for s in queries.askable(later.actor("officer"), shown)] == []
    care_hit = the_hit(later, "caseworker")
    shown = queries.hit(later.actor("caseworker"), care_hit.pk)
    assert shown is not None
    assert [s.key for s in queries.askable(later.actor("caseworker"), shown)] == [again]
    with pytest.raises(Refused, match="choose one"):
        later.perform("caseworker", ask_owner, hit=care_hit.pk, record=f"person:{before}", words="Is she?")


def test_who_is_erased_was_never_met_before(world: World, later: World) -> None:
    before, again, hit = met_twice(world, later)
    decide(later, hit)
    world.perform("national-lead", erase_person, person=before, reason="Its time is over")
    assert not Hit.objects.filter(pk=hit.pk).exists()
    assert records_before(later.actor("officer"), again) == []
    page = working_in(later, "officer", later.operation).get(reverse("person-before", args=[again]))
    assert NOBODY in page.content.decode() and "Operation Test" not in page.content.decode()


def test_the_file_of_care_leads_to_what_was_promised(world: World, later: World) -> None:
    """The referral of before, the passport that police kept, and each opening on record where it is of."""
    before, again, _hit = met_twice(world, later)
    world.perform("caseworker", open_care, person=before)
    agreed = consent(world, before)
    world.perform(
        "caseworker",
        refer,
        person=before,
        consent=agreed,
        service="medical",
        to=PROMISED,
        disclosed=("name",),
    )
    world.perform(
        "officer",
        take_property,
        person=before,
        kind="passport",
        taken_by="police",
        state="held",
        description="Generated, blue",
    )
    hit = the_hit(later, "caseworker")
    client = working_in(later, "caseworker", later.operation)
    assert NOBODY in client.get(reverse("person-before", args=[again])).content.decode()
    decide(later, hit, "caseworker", "supervisor")
    file = client.get(reverse("person", args=[again])).content.decode()
    assert "Met before" in file and "Operation Test" in file
    assert "Met before, in another operation" in client.get("/").content.decode()
    opened_before = len(opened(Opening, subject=before))
    page = client.get(reverse("person-before", args=[again])).content.decode()
    assert PROMISED in page and "Generated, blue" in page
    assert len(opened(Opening, subject=before)) == opened_before + 2, "the identity file and care's"
    assert (
        "Met before"
        not in working_in(later, "officer", later.operation)
        .get(reverse("person", args=[again]))
        .content.decode()
    ), "police have not decided: care's word is care's"


def test_police_who_met_her_twice_are_told_nothing_of_care(world: World, later: World) -> None:
    before, again, hit = met_twice(world, later)
    decide(later, hit)
    client = working_in(later, "officer", later.operation)
    client.get("/")  # what was said of the choice of the operation stands on the first page alone
    bare = client.get(reverse("person-before", args=[again])).content.decode()
    world.perform("caseworker", open_care, person=before)
    agreed = consent(world, before)
    world.perform(
        "caseworker",
        refer,
        person=before,
        consent=agreed,
        service="medical",
        to=PROMISED,
        disclosed=("name",),
    )
    page = client.get(reverse("person-before", args=[again])).content.decode()
    assert PROMISED not in page and shell_free(page) == shell_free(bare)


def shell_free(page: str) -> str:
    """The part of a page that is about the person, without how often it was opened and when it was asked."""
    main = page[page.index("<main") : page.index("</main>")]
    lines = [line for line in main.splitlines() if "so far" not in line and "csrf" not in line]
    return re.sub(r"T\d\d:\d\d:\d\dZ", "", "\n".join(lines))
