"""A deciding authority is let into a protection file when care asks it to decide, and not before."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.urls import reverse

from libertad.access.acting import Forbidden, new_id, perform
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actions.invite_authority import invite_authority
from libertad.access.actor import Actor
from libertad.access.founding import found_authority, make_ring
from libertad.access.models import Account, Reader
from libertad.care import queries
from libertad.care.actions.ask_decision import ask_decision, take_back
from libertad.care.actions.decide_return import decide_return
from libertad.care.actions.identify import identify
from libertad.care.actions.open_care import open_care
from libertad.care.actions.read_identification import read_identification
from libertad.care.actions.read_return import read_return
from libertad.care.actions.record_wish import record_wish
from libertad.care.queries_asked import deciders
from libertad.care.queue import FOLLOW_UP
from libertad.vocabulary.values import Refused
from tests.care.conftest import set_to
from tests.care.people import meet
from tests.care.test_closing import END
from tests.care.test_screens import text
from tests.care.test_several_files import client_of, file_of
from tests.support.closing import close_by_two
from tests.support.deciding import let_in
from tests.support.forms import form_at
from tests.support.shuffling import assert_order_free
from tests.support.world import World

DECIDING = "deciding-authority"
pytestmark = pytest.mark.usefixtures("ninth_of_april")
RETURN = {
    "decision": "stay",
    "wish": "stay",
    "circumstances": ["debt"],
    "resources": ["permit"],
    "reasons": "She has a claim for wages.",
}


@pytest.fixture(autouse=True)
def asked_alone(world: World) -> None:
    """Nobody lets the deciding authority in but by asking."""
    world.lets_in = False


def ready(world: World) -> str:
    """A presumed victim whose wish is on file, and of whom nobody has asked anybody to decide."""
    person = meet(world)
    done = world.perform("caseworker", identify, person=person, status="presumed", reasons="What was said.")
    world.perform("second-caseworker", read_identification, identification=done, agrees="yes")
    world.perform("caseworker", record_wish, person=person, wish="stay", words="Here.")
    return person


def ask(world: World, person: str, what: str = "return", **changed: str) -> str:
    values = {
        "authority": world.authorities["deciding"],
        "what": what,
        "words": "The shelter ends.",
        **changed,
    }
    entry: str = world.perform("caseworker", ask_decision, person=person, **values)
    return entry


def reads_it(world: World, person: str) -> bool:
    place = file_of(world.actor("caseworker"), person)
    return Reader.objects.filter(compartment=place, authority=world.authorities["deciding"]).exists()


def kinds(world: World, role: str) -> list[str]:
    return [todo.kind for todo in queries.care_todos(world.actor(role))]


def decided(world: World, person: str, **changed: str) -> None:
    done = world.perform(DECIDING, decide_return, person=person, **{**RETURN, **changed})
    world.perform("caseworker", read_return, decision=done, agrees="yes")


def test_a_file_opens_with_its_care_authority_alone(world: World) -> None:
    person = ready(world)
    assert not reads_it(world, person)
    client = world.client(DECIDING)
    for route in ("care-file", "care-return", "care-screening"):
        assert client.get(reverse(route, args=[person])).status_code == 404
    assert kinds(world, DECIDING) == []
    with pytest.raises(Refused, match="no such file"):
        world.perform(DECIDING, decide_return, person=person, **RETURN)
    shown = text(world.client("caseworker").get(reverse("care-file", args=[person])))
    assert "Nobody has been asked to decide" in shown and "Deciding authority, Guyana" not in shown


def test_that_nobody_was_asked_stands_on_cares_today_with_a_date(world: World) -> None:
    person = ready(world)
    assert "ask" in kinds(world, "caseworker")
    place = queries.places(world.actor("caseworker"), [person])[person]
    assert (place.queue, place.why) == (FOLLOW_UP, "ask") and place.due is not None
    assert "Ask for the decision" in text(world.client("caseworker").get("/"))
    ask(world, person)
    assert "ask" not in kinds(world, "caseworker")


def test_the_page_says_before_what_is_read_then_and_nothing_is_chosen(world: World) -> None:
    person = ready(world)
    address = reverse("care-ask", args=[person])
    page = world.client("caseworker").get(address)
    shown = text(page)
    assert "the whole protection file, from its beginning" in shown
    assert "case notes, the plan, how the person is reached" in shown
    assert "checked" not in page.content.decode().partition("<form")[2].partition("</form>")[0]
    form = form_at(world.client("caseworker"), address)
    values = {"authority": world.authorities["deciding"], "what": "return", "words": "Her permit ends."}
    answer = world.client("caseworker").post(address, {**form.fields, **values})
    assert answer.status_code == 302 and reads_it(world, person)
    today = text(world.client(DECIDING).get("/"))
    assert "Decide: return or stay" in today
    file = text(world.client("caseworker").get(reverse("care-file", args=[person])))
    assert "not answered yet" in file and "Return or stay" in file
    for role in (DECIDING, "officer"):
        assert world.client(role).get(address).status_code in (403, 404)


def test_what_was_asked_stands_on_its_today_until_it_is_answered(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", open_care, person=person)
    ask(world, person, "identification")
    assert kinds(world, DECIDING).count("asked") == 1
    today = text(world.client(DECIDING).get("/"))
    assert "Care asks you" in today and "The shelter ends." in today and "9 April" in today
    with pytest.raises(Refused, match="asked already"):
        ask(world, person, "identification")
    done = world.perform(DECIDING, identify, person=person, status="presumed", reasons="Papers were kept.")
    assert kinds(world, DECIDING).count("asked") == 1, "it counts once somebody has read it"
    world.perform("caseworker", read_identification, identification=done, agrees="yes")
    assert "asked" not in kinds(world, DECIDING)
    ask(world, person, "return")
    assert kinds(world, DECIDING).count("asked") == 1, (
        "though nothing can be decided before the wish is known"
    )
    world.perform("caseworker", record_wish, person=person, wish="stay", words="Here.")
    assert "asked" not in kinds(world, DECIDING) and "return" in kinds(world, DECIDING)
    assert_order_free(world)


def another_deciding(world: World) -> Actor:
    key, zone = new_id(), "America/Guyana"
    make_ring(key)
    values = {"name": "Court, Guyana", "kind": "deciding", "country": "GY", "zone": zone, "authority": key}
    world.perform("coordinator", invite_authority, **values)
    first = found_authority(name="A. Admin", rank="", service_number="GY-court", zone=zone, authority=key)
    admin = replace(first, operation=world.operation)
    officer = perform(admin, appoint_officer, name="J. O.", service_number="GY-c1", role=DECIDING)
    Account.objects.create_user("GY-c1", "correct horse battery", officer)
    return replace(admin, officer=officer, role=DECIDING)


def test_of_two_deciding_authorities_the_one_that_is_asked_reads(world: World) -> None:
    person, court = ready(world), another_deciding(world)
    ask(world, person)
    assert reads_it(world, person)
    address = reverse("care-file", args=[person])
    assert client_of(court).get(address).status_code == 404
    assert queries.care_todos(court) == []
    assert world.client(DECIDING).get(address).status_code == 200
    ask(world, person, authority=court.authority)
    assert client_of(court).get(address).status_code == 200


def test_only_the_keeper_asks_and_only_who_decides_in_its_country(world: World) -> None:
    person = ready(world)
    for authority in (world.authorities["police"], world.authorities["care"], new_id()):
        with pytest.raises(Refused, match="deciding authority of your country"):
            ask(world, person, authority=authority)
    for role in ("officer", "prosecutor", DECIDING, "coordinator"):
        with pytest.raises((Forbidden, Refused)):
            values = {"authority": world.authorities["deciding"], "what": "return"}
            world.perform(role, ask_decision, person=person, **values)
    close_by_two(world, person, despite="Nothing waits", **END)
    with pytest.raises(Refused, match="closed"):
        ask(world, person)
    assert not reads_it(world, person)


def test_it_is_taken_back_once_the_decision_is_made_and_the_appeal_is_over(world: World) -> None:
    person = ready(world)
    ask(world, person)
    values = {"person": person, "authority": world.authorities["deciding"], "reasons": "It is decided."}
    with pytest.raises(Refused, match="one may still be lodged"):
        world.perform("caseworker", take_back, **values)
    decided(world, person, appeal_by="2018-04-20")
    with pytest.raises(Refused, match="one may still be lodged"):
        world.perform("caseworker", take_back, **values)
    end = reverse("care-ask-end", args=[person, world.authorities["deciding"]])
    assert world.client("caseworker").get(end).status_code == 404
    set_to(world, 21)
    shown = text(world.client("caseworker").get(end))
    assert "What it has read it has read" in shown
    form = form_at(world.client("caseworker"), end)
    answer = world.client("caseworker").post(end, {**form.fields, "reasons": "Nobody appealed."})
    assert answer.status_code == 302 and not reads_it(world, person)
    assert world.client(DECIDING).get(reverse("care-file", args=[person])).status_code == 404
    world.perform("caseworker", record_wish, person=person, wish="return", words="Home.")
    ask(world, person)
    assert reads_it(world, person), "asked again it reads again"
    assert_order_free(world)


def test_one_that_was_asked_nothing_is_shown_and_can_be_taken_back(world: World) -> None:
    """Of before: the file was opened naming who decides as its reader."""
    person = ready(world)
    let_in(world)
    (decider,) = deciders(world.actor("caseworker"), file := queries_file(world, person))
    assert decider.may_end and decider.asked == [] and file.closed is None
    shown = text(world.client("caseworker").get(reverse("care-file", args=[person])))
    assert "Asked nothing" in shown and "Take it back from Deciding authority, Guyana" in shown
    assert "ask" not in kinds(world, "caseworker") and "return" in kinds(world, DECIDING)
    values = {
        "person": person,
        "authority": world.authorities["deciding"],
        "reasons": "It was asked nothing.",
    }
    with pytest.raises((Forbidden, Refused)):
        world.perform(DECIDING, take_back, **values)
    world.perform("caseworker", take_back, **values)
    assert not reads_it(world, person) and "ask" in kinds(world, "caseworker")
    with pytest.raises(Refused, match="decides nothing"):
        world.perform("caseworker", take_back, **values)


def queries_file(world: World, person: str) -> queries.FileSeen:
    file = queries.file(world.actor("caseworker"), person)
    assert file is not None
    return file
