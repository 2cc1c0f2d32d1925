"""Where forms, sessions and programs of an authority that is in two operations belong."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.urls import reverse

from libertad.access import keys, submissions
from libertad.access.acting import perform
from libertad.access.actions.invite_authority import invite_authority
from libertad.access.models import Authority
from libertad.exchange.peering.hosting import invite_hosted
from libertad.journal.models import Entry
from libertad.operations.actions.close_operation import close_operation
from libertad.operations.actions.open_operation import open_operation
from libertad.operations.models import Lead, Site
from libertad.vocabulary.codelists import codelist
from tests.access.test_keys import header
from tests.operations.making import a_site
from tests.operations.test_second_operation import SECOND, in_second, working_in
from tests.operations.test_second_operation import second as second
from tests.support.world import World

pytestmark = [pytest.mark.django_db]


def joined_second(world: World) -> str:
    """Guyana's police are invited into a second operation while they are at work."""
    operation = str(world.perform("coordinator", open_operation, **SECOND))
    row = Authority.objects.get(pk=world.authorities["police"])
    perform(
        in_second(world, "coordinator", operation),
        invite_hosted,
        address="",
        name=row.name,
        kind="police",
        country=row.country,
        zone=row.zone,
        authority=row.pk,
    )
    return operation


def lead_form() -> dict[str, str]:
    return {
        "summary": "A voice asked for workers",
        "origin": sorted(codelist("lead-origins"))[0],
        "country": "GY",
        "urgency": "routine",
        "source_grade": "3",
        "information_grade": "D",
        "handling": "P",
    }


def test_a_form_from_before_there_were_two_saves_nothing_and_says_what_to_do(world: World) -> None:
    """Opened in the first, which was the only one; sent once its officer works in the second."""
    client = world.client("officer")
    assert "working_in" not in client.get(reverse("lead-new")).content.decode()
    later = joined_second(world)
    for operation in (None, world.operation, later):  # nothing was chosen, or either of them
        if operation:
            client.post(reverse("operation-choose"), {"operation": operation})
        answer = client.post(reverse("lead-new"), lead_form())
        assert answer.status_code == 409, answer.status_code
        page = answer.content.decode()
        assert "Choose the operation first" in page and reverse("operation-choose") in page
    assert not Lead.objects.exists()


def test_a_form_about_something_of_one_operation_needs_no_other_word(world: World) -> None:
    """What is about a site goes with it: in its own operation it is taken, in the other there is none."""
    site, client = a_site(world), world.client("officer")
    later = joined_second(world)
    address = reverse("site-correct", args=[site])
    assert client.post(address, {"reason": ""}).status_code == 200, "the form is read, and is not complete"
    client.post(reverse("operation-choose"), {"operation": later})
    assert client.post(address, {"reason": ""}).status_code == 409
    assert Site.objects.get(pk=site).operation == world.operation


def test_a_form_about_an_authority_tells_no_operation(world: World) -> None:
    """Attack on the mend: an authority is in both; to suspend it in one is not to suspend it in the other."""
    client = world.client("national-lead")
    joined_second(world)
    address = reverse("member-suspend", args=[world.authorities["care"]])
    assert client.post(address, {"reason": "robbed"}).status_code == 409


def test_the_close_of_the_first_moves_nobody_who_is_at_work(world: World, second: str) -> None:
    """Closing it moved every session to the second, without a word, with the next page."""
    site, client = a_site(world), world.client("officer")
    assert client.get(reverse("site", args=[site])).status_code == 200
    perform(world.actor("coordinator"), close_operation, reasons="over")
    assert client.get(reverse("site", args=[site])).status_code == 200
    page = client.get("/").content.decode()
    assert "Operation Test" in page and "closed" in page and reverse("operation-choose") in page
    again = working_in(world, "officer", second)
    perform(in_second(world, "coordinator", second), close_operation, reasons="over")
    assert "Operation Second" in again.get("/").content.decode()


def test_a_session_stays_although_it_saw_the_first_alone(world: World) -> None:
    """Invited into the second and the first closed, between two pages."""
    site, client = a_site(world), world.client("officer")
    assert client.get(reverse("site", args=[site])).status_code == 200
    joined_second(world)
    perform(world.actor("coordinator"), close_operation, reasons="over")
    assert client.get(reverse("site", args=[site])).status_code == 200


def test_a_program_stays_in_the_operation_in_which_its_key_was_made(world: World) -> None:
    """Its figures were those of the second from the day on which the first was closed."""
    earlier = keys.make(world.actor("national-lead"), 10, "reporting")
    second = joined_second(world)
    later = keys.make(in_second(world, "national-lead", second), 10, "reporting too")

    def asks_in(key: keys.Made) -> str:
        asker = keys.asker(header(key))
        assert asker is not None
        return asker.actor.operation

    assert (asks_in(earlier), asks_in(later)) == (world.operation, second)
    perform(world.actor("coordinator"), close_operation, reasons="over")
    assert (asks_in(earlier), asks_in(later)) == (world.operation, second)


def test_references_are_marked_by_the_members_of_the_operation_alone(world: World) -> None:
    """Attack: the second operation's members make those of the first write another reference."""
    before = Site.objects.get(pk=a_site(world, "coordinator", country="BB")).reference
    later = str(world.perform("coordinator", open_operation, **SECOND))
    perform(
        in_second(world, "coordinator", later),
        invite_authority,
        name="Police",
        kind="police",
        country="BB",
        zone="America/Barbados",
    )
    after = Site.objects.get(pk=a_site(world, "coordinator", country="BB")).reference
    assert (before[:-1], before[-1], after[-1]) == (after[:-1], "1", "2")
    second = replace(world, operation=later, actors={"coordinator": in_second(world, "coordinator", later)})
    reference = Site.objects.get(pk=a_site(second, "coordinator", country="BB")).reference
    assert reference not in (before, after)


def test_a_form_that_was_saved_is_answered_as_it_was_although_there_are_two_since(world: World) -> None:
    """Sent again after Back: as what it is, a repeat, and never as one that tells no operation."""
    client = world.client("coordinator")
    page = client.get(reverse("operation-new")).content.decode()
    values = {
        "submission": re.findall(r'name="submission" value="([^"]+)"', page)[-1],
        "name": "Operation Candle",
        "zone": "America/Barbados",
        "country": ["BB"],
        "first_day_day": "3",
        "first_day_month": "4",
        "first_day_year": "2018",
        "last_day_day": "9",
        "last_day_month": "4",
        "last_day_year": "2018",
    }
    first = client.post(reverse("operation-new"), values)
    count = Entry.objects.count()
    again = client.post(reverse("operation-new"), values)  # posted twice
    assert (first.status_code, again.status_code, again["Location"]) == (302, 302, first["Location"])
    assert Entry.objects.count() == count
    changed = client.post(reverse("operation-new"), {**values, "name": "Another"})
    assert changed.status_code == 302
    assert "Saved already" in client.get(changed["Location"]).content.decode()
    assert Entry.objects.count() == count


def test_a_form_whose_answer_was_cut_off_is_told_as_saved_in_the_other_operation(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written, and killed before its answer was recorded; its officer changes the operation, and it comes
    again: 'nothing was saved' would have it written twice."""
    client = world.client("officer")
    page = client.get(reverse("lead-new")).content.decode()
    values = {**lead_form(), "submission": re.findall(r'name="submission" value="([^"]+)"', page)[-1]}
    with monkeypatch.context() as cut:
        cut.setattr(submissions, "keep_answer", lambda *_given: None)
        assert client.post(reverse("lead-new"), values).status_code == 302
    later = joined_second(world)
    client.post(reverse("operation-choose"), {"operation": later})
    page = client.post(reverse("lead-new"), values).content.decode()
    assert "It was saved the first time" in page and "Nothing was saved" not in page
    assert Lead.objects.count() == 1
