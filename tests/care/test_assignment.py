"""A protection file is read by the caseworker whose task the person is; what is written waits for nobody."""

from __future__ import annotations

from html import unescape

import pytest
from django.db import connection
from django.urls import reverse

from libertad.access.acting import perform
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.access.glass import glass_rules
from libertad.access.glass_models import BrokenGlass
from libertad.access.models import Opening
from libertad.access.submissions import new_submission
from libertad.care.actions.hand_over import accept_person, decline_person, offer_person
from libertad.care.actions.identify import identify
from libertad.care.actions.note_case import note_case
from libertad.care.actions.read_identification import read_identification
from libertad.care.actions.record_wish import record_wish
from libertad.care.actions.take_person import give_back, take_person
from libertad.care.desk_models import CaseNote
from libertad.care.urls import urlpatterns
from libertad.journal.models import Entry
from tests.access.test_amounts import Passing, passing  # noqa: F401  a fixture
from tests.access.test_appointments import administrator
from tests.care.people import consent, identified, meet
from tests.operations.test_screens import text
from tests.support.sealed_rows import opened
from tests.support.world import World

pytestmark = pytest.mark.django_db(transaction=True)
WISH = "To Vantropolis, where her sister is"
WHY = "He telephoned that he waits for her at the gate"
THEIRS = "This person is a colleague's task"


def taken(world: World, by: str = "caseworker") -> str:
    """Somebody whose task a caseworker took, with a wish on file."""
    person = meet(world)
    world.perform(by, record_wish, person=person, wish="return", words=WISH)
    world.perform(by, take_person, person=person)
    return person


def status(world: World, role: str, person: str, route: str = "care-file") -> int:
    return world.client(role).get(reverse(route, args=[person])).status_code


def test_a_colleague_reads_none_of_its_pages_and_is_told_whose_it_is(world: World) -> None:
    person = taken(world)
    key = consent(world, person, recipient="Clinic Marshlantern")
    openings, client = [row.page for row in opened(Opening)], world.client("second-caseworker")
    written = {"care-note", "care-danger", "care-missing", "care-consent-new", "care-wish"}
    for pattern in urlpatterns:
        parameters = pattern.pattern.converters
        if "person" not in parameters or str(pattern.name) in written:
            continue
        values = {"person": person, "key": key, "entry": key, "rules": "ilo-11"}
        address = reverse(str(pattern.name), kwargs={k: v for k, v in values.items() if k in parameters})
        page = unescape(client.get(address).content.decode())
        assert WISH not in page and "Marshlantern" not in page, pattern.name
    assert [row.page for row in opened(Opening) if row.page != "desk"] == openings, "none was opened"
    answer = client.get(reverse("care-file", args=[person]))
    page = unescape(answer.content.decode())
    assert answer.status_code == 403 and THEIRS in page and "Name caseworker" in page
    assert (
        "Open it because somebody's life is in danger" in page and "your supervisor takes the person" in page
    )
    for role in ("caseworker", "supervisor", "deciding-authority"):
        assert status(world, role, person) == 200, role


def test_who_the_person_is_shows_nothing_of_the_protection_file(world: World) -> None:
    person = taken(world)
    identified(world, person)
    assert "Presumed victim" in text(world.client("caseworker"), f"/people/{person}/")
    page = unescape(text(world.client("second-caseworker"), f"/people/{person}/"))
    assert "Presumed victim" not in page and "This person is a colleague's task" in page
    answer = world.client("second-caseworker").get(f"/people/{person}/answer/")
    assert (answer.status_code, answer.get("Location")) == (302, f"/care/{person}/"), (
        "whose task it is answers"
    )


def test_the_entries_behind_it_are_read_as_the_file_is(world: World) -> None:
    person = taken(world)
    entry = next(
        e for e in Entry.objects.order_by("-idx") if e.compartment and _verb(world, e) == "wish.record"
    )
    address = f"/entries/{entry.hash.hex()}/"
    assert world.client("caseworker").get(address).status_code == 200
    assert world.client("second-caseworker").get(address).status_code == 404
    assert status(world, "second-caseworker", person) == 403


def _verb(world: World, entry: Entry) -> str:
    from libertad.access.entries import entry as find_entry

    seen = find_entry(world.actor("caseworker"), entry.hash.hex())
    return seen.said.verb if seen is not None else ""


# -- who else reads it -------------------------------------------------------------------------------


def test_whom_nobody_has_taken_everybody_reads(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", record_wish, person=person, wish="return", words=WISH)
    assert status(world, "second-caseworker", person) == 200
    world.perform("caseworker", take_person, person=person)
    assert status(world, "second-caseworker", person) == 403
    world.perform("caseworker", give_back, person=person, reasons="On leave")
    assert status(world, "second-caseworker", person) == 200


def test_to_whom_the_person_is_offered_reads_until_it_is_declined(world: World) -> None:
    person = taken(world)
    second = world.actor("second-caseworker").officer
    offer = world.perform("caseworker", offer_person, person=person, to=second)
    assert status(world, "second-caseworker", person) == 200
    world.perform("second-caseworker", decline_person, person=person, offer=offer, reasons="Too many")
    assert status(world, "second-caseworker", person) == 403
    offer = world.perform("caseworker", offer_person, person=person, to=second, note="again")
    world.perform("second-caseworker", accept_person, person=person, offer=offer)
    assert status(world, "second-caseworker", person) == 200 and status(world, "caseworker", person) == 403


def test_whose_worker_has_left_is_in_nobodys_hands(world: World) -> None:
    person = taken(world)
    worker = world.actor("caseworker").officer
    perform(administrator(world), withdraw_officer, officer=worker, reason="Left")
    assert status(world, "second-caseworker", person) == 200


def test_a_decision_that_waits_for_another_officer_opens_the_file_to_read_it(world: World) -> None:
    person = taken(world)
    key = world.perform(
        "caseworker", identify, person=person, status="presumed", reasons="Passport kept, wages withheld."
    )
    assert status(world, "second-caseworker", person) == 200
    world.perform("second-caseworker", read_identification, identification=key, agrees="yes")
    assert status(world, "second-caseworker", person) == 403


def test_a_desk_that_a_thief_took_away_opens_nothing(world: World) -> None:
    person = taken(world)
    with connection.cursor() as cursor:
        cursor.execute("delete from care_desk")
    assert status(world, "second-caseworker", person) == 403
    assert "Somebody changed the database" in unescape(
        world.client("second-caseworker").get(f"/care/{person}/").content.decode()
    )


# -- what waits for nobody ---------------------------------------------------------------------------


def test_what_is_written_waits_for_nobody_and_shows_nothing(world: World) -> None:
    person = taken(world)
    client, before = world.client("second-caseworker"), Entry.objects.count()
    forms = {
        "care-danger": {"words": "A man stands at the door"},
        "care-note": {"kind": "telephone", "words": "Her brother rang", "risk": "none", **MOMENT},
        "care-missing": {"words": "She did not come back", **MOMENT},
        "care-wish": {"wish": "stay", "words": "Here", **WHEN},
        "care-consent-new": {
            "purpose": "doctor",
            "recipient": "Clinic",
            "agreed": "no",
            "capacity": "able",
            "language": "spa",
            **WHEN,
        },
    }
    for route, fields in forms.items():
        address = reverse(route, args=[person])
        page = unescape(client.get(address).content.decode())
        assert WISH not in page, route
        answer = client.post(address, fields)
        assert answer.status_code == 302, (route, answer.context and answer.context["form"].errors)
        assert answer["Location"] == reverse("care-task", args=[person]), route
        assert Entry.objects.count() > before, route
        before = Entry.objects.count()
    assert CaseNote.objects.count() == 1


MOMENT = {"seen_day": "8", "seen_month": "4", "seen_year": "2018", "seen_time": "10:00"}
WHEN = {
    "when_day": "8",
    "when_month": "4",
    "when_year": "2018",
    "when_time": "10:00",
}


def test_case_notes_are_read_by_whose_task_the_person_is(world: World) -> None:
    person = taken(world)
    world.perform(
        "caseworker", note_case, person=person, kind="talked", seen="2018-04-08", words="Tamblewyke bridge"
    )
    assert "Tamblewyke" in text(world.client("caseworker"), f"/care/{person}/notes/")
    for address in (f"/care/{person}/notes/", f"/care/{person}/task/"):
        assert "Tamblewyke" not in world.client("second-caseworker").get(address).content.decode()


# -- because a life is in danger ---------------------------------------------------------------------


def test_break_glass_opens_the_file_after_it_is_on_record(world: World, passing: Passing) -> None:  # noqa: F811
    person = taken(world)
    client, address = world.client("second-caseworker"), f"/care/{person}/alone/"
    assert "for 4 hours, 3 times" in unescape(text(client, address))
    assert client.post(address, {"words": "danger"}).status_code in (200, 422)
    assert not BrokenGlass.objects.exists() and status(world, "second-caseworker", person) == 403
    form = {"words": WHY, "submission": new_submission()}
    for _twice in range(2):
        answer = client.post(address, form)
        assert answer.status_code == 302
    assert BrokenGlass.objects.count() == 1
    page = unescape(client.get(f"/care/{person}/").content.decode())
    assert WISH in page and "because of danger to life until" in page
    assert client.get(f"/care/{person}/notes/").status_code == 200
    assert client.get(address).status_code == 302, "there is no need of it"
    passing.wait(hours=glass_rules().hours, minutes=1)
    assert status(world, "second-caseworker", person) == 403
    for role in ("supervisor", "deciding-authority", "officer", "administrator"):
        assert world.client(role).get(address).status_code == 404 if role in world.actors else True


def test_beyond_the_quota_it_says_whom_to_ask(world: World) -> None:
    client = world.client("second-caseworker")
    for n in range(glass_rules().week["read"] + 1):
        person = taken(world)
        answer = client.post(f"/care/{person}/alone/", {"words": f"{WHY} {n}"})
    assert "the supervisor, who hands the person over" in unescape(answer.content.decode())
    assert status(world, "second-caseworker", person) == 403
