"""What the person said afterwards holds; and what was disclosed is read by nobody past its own page."""

from __future__ import annotations

from html import unescape

import pytest

from libertad.access.acting import perform
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.models import Compartment
from libertad.care.actions.take_person import take_person
from libertad.care.queries_disclosing import disclosures
from libertad.journal.models import Entry
from libertad.vocabulary.values import Refused
from tests.access.test_appointments import acting, administrator, client_of
from tests.care.disclosing import TOLD, a_person, agrees, propose, send
from tests.care.test_disclosing import set_to
from tests.support.forms import forms_of
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")


def entries_of(*kinds: str) -> list[str]:
    places = Compartment.objects.filter(kind__in=kinds).values_list("pk", flat=True)
    return [bytes(entry.hash).hex() for entry in Entry.objects.filter(compartment__in=list(places))]


def test_a_later_agreement_that_withholds_more_narrows_the_earlier(world: World) -> None:
    person = a_person(world)
    first = agrees(world, person)
    agrees(world, person, withheld=["name", "what-happened"])
    with pytest.raises(Refused, match="does not want"):
        send(world, person, consent=first)


def test_a_later_no_to_the_case_ends_what_was_agreed_for_the_case(world: World) -> None:
    person = a_person(world)
    first = agrees(world, person, "police")
    agrees(world, person, "police", purpose="statement-for-case", agreed="no")
    with pytest.raises(Refused, match="said no"):
        send(world, person, "police", consent=first)


def test_who_agrees_again_after_a_no_is_heard(world: World) -> None:
    person = a_person(world)
    agrees(world, person, agreed="no")
    set_to(world, 10)
    assert send(world, person, consent=agrees(world, person))


def test_a_colleague_reads_no_copies_by_their_entry(world: World) -> None:
    person = a_person(world)
    send(world, person, "prosecution")
    world.perform("caseworker", take_person, person=person)
    officer = perform(
        administrator(world), appoint_officer, name="Third", service_number="T-3", role="caseworker"
    )
    third, own = client_of(acting(world, officer, "caseworker")), world.client("caseworker")
    assert any(
        TOLD in unescape(own.get(f"/entries/{key}/").content.decode()) for key in entries_of("disclosure")
    )
    for key in entries_of("disclosure", "desk", "care"):
        page = third.get(f"/entries/{key}/")
        assert page.status_code == 404 or TOLD not in unescape(page.content.decode())


def test_after_its_last_day_its_recipient_reads_no_entry_of_it(world: World) -> None:
    person = a_person(world)
    _disclosure, file = send(world, person, "prosecution", until="2018-04-10")
    client = world.client("prosecutor")
    shown = [
        key
        for key in entries_of("disclosure")
        if TOLD in unescape(client.get(f"/entries/{key}/").content.decode())
    ]
    assert shown
    set_to(world, 20)
    assert TOLD not in unescape(client.get(f"/disclosed/{file}/").content.decode())
    assert all(client.get(f"/entries/{key}/").status_code == 404 for key in shown)


@pytest.mark.parametrize("role", ["officer", "exhibits-officer"])
def test_police_who_are_told_nothing_do_not_learn_that_their_lead_was(world: World, role: str) -> None:
    person = a_person(world)
    _disclosure, file = send(world, person, "police")
    assert world.client("national-lead").get(f"/disclosed/{file}/").status_code == 200
    client = world.client(role)
    for path in ("", "access/", "readers/"):
        page = client.get(f"/people/{person}/{path}", follow=True)
        assert "isclosed" not in page.content.decode(), path


def test_a_second_reader_is_told_that_the_reading_is_saved_and_comes_back_to_today(world: World) -> None:
    """The file was open for that reading alone: it is a colleague's task."""
    person = a_person(world)
    world.perform("caseworker", take_person, person=person)
    disclosure = propose(world, person)
    reader = world.client("second-caseworker")
    page = f"/care/{person}/disclosures/{disclosure}/"
    shown = reader.get(page).content.decode()
    (form,) = [form for form in forms_of(shown, page) if "agrees" in form.offered]
    answer = reader.post(page, {**form.fields, "agrees": "yes"}, follow=True)
    assert answer.status_code == 200 and "Your reading is saved." in answer.content.decode()
    assert answer.request["PATH_INFO"] == "/"
    assert reader.get(page).status_code == 403


def test_the_file_says_who_was_told_something_of_it(world: World) -> None:
    person = a_person(world)
    before = side(world, person)
    send(world, person, "prosecution")
    after = side(world, person)
    assert "Prosecution, Guyana" in after and "Prosecution, Guyana" not in before


def test_an_agreement_is_offered_the_names_of_authorities(world: World) -> None:
    """A name that is written another way carries nothing, and nobody notices."""
    page = unescape(
        world.client("caseworker").get(f"/care/{a_person(world)}/agreements/new/").content.decode()
    )
    offered = page.partition("<datalist")[2].partition("</datalist>")[0]
    assert 'value="Prosecution, Guyana"' in offered and "Care authority, Guyana" not in offered


def test_before_an_agreement_is_withdrawn_what_rests_on_it_is_named(world: World) -> None:
    person = a_person(world)
    consent = agrees(world, person)
    other = agrees(world, person, "police")
    disclosure, _file = send(world, person, consent=consent)
    (view,) = [view for view in disclosures(world.actor("caseworker"), person) if view.id == disclosure]
    page = f"/care/{person}/agreements/%s/withdraw/"
    named = world.client("caseworker").get(page % consent).content.decode()
    assert view.reference in named and "has not opened it yet" in named and "the keys are destroyed" in named
    assert view.reference not in world.client("caseworker").get(page % other).content.decode()


def side(world: World, person: str) -> str:
    page = unescape(world.client("caseworker").get(f"/care/{person}/").content.decode())
    return page.partition("Who can see this")[2].partition("</section>")[0].partition("agreed to")[0]
