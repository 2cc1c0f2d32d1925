"""Who receives a person whom police record: the care authority that their administrator confirmed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from libertad.access import receiving
from libertad.access.acting import Forbidden, new_id, perform
from libertad.access.actions.confirm_care import confirm_care
from libertad.access.actions.invite_authority import invite_authority
from libertad.access.actions.remove_reader import remove_reader
from libertad.access.actions.set_danger_contact import set_danger_contact
from libertad.access.actions.unconfirm_care import unconfirm_care
from libertad.access.founding import found_authority, make_ring
from libertad.access.models import CareConfirmed, Compartment, Reader
from libertad.journal.models import Entry
from libertad.people.models import Person
from libertad.vocabulary.values import Refused
from tests.people.making import meet
from tests.support.lawless import lawless
from tests.support.shuffling import assert_order_free
from tests.support.world import World


def invited(world: World, name: str, kind: str = "care", country: str = "GY") -> str:
    """Another authority of the roster, with its ring on this node."""
    authority = new_id()
    make_ring(authority)
    world.perform(
        "coordinator",
        invite_authority,
        name=name,
        kind=kind,
        country=country,
        zone="America/Guyana",
        authority=authority,
    )
    return authority


def readers(person: str) -> set[str]:
    place = Compartment.objects.get(kind="person", about=person).pk
    return set(Reader.objects.filter(compartment=place).values_list("authority", flat=True))


def care_readers(world: World, person: str) -> set[str]:
    return readers(person) - {world.authorities["police"], world.authorities["other-police"]}


def page(world: World, role: str, address: str = "/") -> str:
    return " ".join(world.client(role).get(address).content.decode().split())


def test_a_care_authority_of_the_roster_that_nobody_confirmed_reads_nothing(world: World) -> None:
    rogue = invited(world, "Care and shelter, Guyana")
    assert care_readers(world, meet(world)) == {world.authorities["care"]}
    assert rogue not in readers(meet(world, danger="yes"))


def test_care_of_another_country_is_not_confirmed(world: World) -> None:
    abroad = invited(world, "Care authority, Saint Vincent", country="VC")
    for wrong in (abroad, world.authorities["deciding"], world.authorities["other-police"], "x" * 32, ""):
        with pytest.raises(Refused, match="your country"):
            world.perform("administrator", confirm_care, care=wrong, how="telephone")
    assert care_readers(world, meet(world)) == {world.authorities["care"]}


@pytest.mark.parametrize(
    "role", ["coordinator", "national-lead", "officer", "caseworker", "prosecutor", "analyst", "press"]
)
def test_nobody_but_the_administrator_of_police_confirms(world: World, role: str) -> None:
    care = world.authorities["care"]
    with pytest.raises((Forbidden, Refused)):
        world.perform(role, confirm_care, care=care, how="telephone")
    with pytest.raises((Forbidden, Refused)):
        world.perform(role, unconfirm_care, reason="x")
    with pytest.raises(Forbidden):
        world.perform(role, set_danger_contact, name="Desk", telephone="+592 555 0100")
    for address in ("", "confirm/", "take-back/", "telephone/"):
        assert world.client(role).get(f"/care-authority/{address}").status_code in (403, 404)


def test_without_one_recording_goes_on_and_the_form_says_so_before_saving(world: World) -> None:
    text = page(world, "other-officer", "/people/meet/")
    assert "No care authority" in text and "none is confirmed for your police" in text
    assert "No number to telephone is set here" in text and "administrator of your authority" in text
    form = {
        "danger": "yes",
        "travel_document": "not-asked",
        "sex": "female",
        "seen_as": "potential-victim",
        "country": "VC",
    }
    answer = world.client("other-officer").post("/people/meet/", form, follow=True)
    saved_page = " ".join(answer.content.decode().split())
    assert "No care authority" in saved_page and "Nobody was telephoned" in saved_page
    assert care_readers(world, Person.objects.get().pk) == set()
    assert "todo-group--danger" in page(world, "other-lead")
    assert "No care authority is confirmed" in page(world, "other-lead")
    assert "Saint Vincent police" in page(world, "coordinator")


def test_with_one_the_form_names_it_and_its_number(world: World) -> None:
    text = page(world, "officer", "/people/meet/")
    assert "Care authority, Guyana" in text and "No number to telephone is set here" in text
    care = world.authorities["care"]
    world.perform("administrator", confirm_care, care=care, how="in-person", telephone="+592 555 0142")
    world.perform(
        "administrator", set_danger_contact, name="National lead, all night", telephone="+592 555 0100"
    )
    text = page(world, "officer", "/people/meet/")
    assert "+592 555 0142" in text and "+592 555 0100" in text and "National lead, all night" in text
    assert "No number" not in text and "Saving telephones nobody" in text
    assert "+592 555 0100" not in page(world, "caseworker", "/people/meet/")


@pytest.mark.parametrize("number", ["not a phone", "12", "+592 555 0142; drop", "", "1" * 41])
def test_what_is_no_number_is_refused(world: World, number: str) -> None:
    with pytest.raises(Refused, match="telephone"):
        world.perform("administrator", set_danger_contact, name="Desk", telephone=number)
    answer = world.client("administrator").post(
        "/care-authority/telephone/", {"name": "Desk", "telephone": number}
    )
    assert answer.status_code == 200


def test_confirming_later_lets_it_read_the_files_that_wait(world: World) -> None:
    administrator = lone_police(world)
    waiting = [meet(world, "other-officer", danger="yes"), meet(world, "other-officer")]
    own_person = meet(world)
    care = invited(world, "Care authority, Saint Vincent", country="VC")
    assert all(care_readers(world, person) == set() for person in waiting)
    assert perform(administrator, confirm_care, care=care, how="telephone") == 2
    assert all(care_readers(world, person) == {care} for person in waiting)
    assert care not in readers(own_person)
    assert care_readers(world, meet(world, "other-officer")) == {care}
    assert perform(administrator, confirm_care, care=care, how="telephone") == 0
    assert_order_free(world)


def lone_police(world: World) -> Any:
    """An administrator of the police that has confirmed nobody."""
    from dataclasses import replace

    first = found_authority(
        name="B. Admin",
        rank="",
        service_number="vc-adm-2",
        zone="America/St_Vincent",
        authority=world.authorities["other-police"],
    )
    return replace(first, operation=world.operation)


def test_the_same_form_sent_twice_says_it_once(world: World) -> None:
    client, size = world.client("administrator"), Entry.objects.count()
    form = {"care": world.authorities["care"], "how": "letter", "telephone": "+592 555 0142"}
    for _time in range(2):
        assert client.post("/care-authority/confirm/", form).status_code == 302
    assert Entry.objects.count() == size + 1
    text = page(world, "administrator", "/care-authority/")
    assert "By a signed letter" in text and "+592 555 0142" in text and "A. Admin" in text


def test_nothing_is_chosen_on_the_form(world: World) -> None:
    text = page(world, "administrator", "/care-authority/confirm/")
    assert "Care authority, Guyana" in text and "checked" not in re.sub(r"unchecked", "", text)
    answer = world.client("administrator").post("/care-authority/confirm/", {"note": "x"})
    assert answer.status_code == 200 and "Error:" in answer.content.decode()


def test_another_takes_its_place_and_earlier_files_stay_with_the_first(world: World) -> None:
    first, second = world.authorities["care"], invited(world, "Second care, Guyana")
    before = meet(world)
    assert world.perform("administrator", confirm_care, care=second, how="in-person") == 0
    assert care_readers(world, before) == {first}
    assert care_readers(world, meet(world)) == {second}
    assert_order_free(world)


def test_taken_back_nobody_receives_until_another_is_confirmed(world: World) -> None:
    client = world.client("administrator")
    assert client.post("/care-authority/take-back/", {"reason": ""}).status_code == 200
    assert client.post("/care-authority/take-back/", {"reason": "It closed"}).status_code == 302
    waits = meet(world, danger="yes")
    assert care_readers(world, waits) == set()
    assert "todo-group--danger" not in page(world, "caseworker")
    assert "Who receives people in danger?" in page(world, "administrator")
    assert client.get("/care-authority/take-back/").status_code == 404
    assert world.perform("administrator", confirm_care, care=world.authorities["care"], how="telephone") == 1
    assert "todo-group--danger" in page(world, "caseworker")
    assert_order_free(world)


def test_another_authoritys_word_about_ours_counts_nowhere(world: World) -> None:
    """The row is of whoever speaks: a subject that names another changes nothing."""
    from libertad.access.acting import Act
    from libertad.journal.node import node
    from libertad.vocabulary.verbs.danger import CareConfirm, CareUnconfirm

    administrator, rogue = lone_police(world), invited(world, "Rogue care, Guyana")
    for forged in (CareUnconfirm(reason="x"), CareConfirm(care=rogue, country="GY", how="letter")):
        with lawless():
            node().writer.submit(
                lambda tx, content=forged: (act := Act(tx, administrator)).say(
                    act.operation_compartment, content, subject=world.authorities["police"], supersedes={}
                )
            )
    name = f"{world.operation}:{world.authorities['police']}"
    assert CareConfirmed.objects.get(pk=name).care == world.authorities["care"]
    assert care_readers(world, meet(world)) == {world.authorities["care"]}


def test_a_database_of_before_goes_on_serving_and_asks(world: World) -> None:
    """Version 0.1 took care from the roster: whom it relied on is served until the administrator answers."""
    person = meet(world)
    CareConfirmed.objects.all().delete()  # as after an upgrade: files there, nothing ever said about it
    never = invited(world, "Never relied on, Guyana")
    state = receiving.receiving(world.actor("officer"))
    assert (state.state, state.care) == (receiving.RELIED, world.authorities["care"])
    later = meet(world, danger="yes")
    assert care_readers(world, later) == {world.authorities["care"]} == care_readers(world, person)
    assert never not in readers(later)
    assert "as before; not confirmed yet" in page(world, "officer", "/people/meet/")
    text = page(world, "administrator")
    assert "Who receives people in danger?" in text and "nobody made sure" in text
    # 'This is not ours' ends it; a confirmation would as well.
    world.perform("administrator", unconfirm_care, reason="We never worked with it")
    assert care_readers(world, meet(world)) == set()


def test_what_care_records_stays_with_it(world: World) -> None:
    second = invited(world, "Second care, Guyana")
    person = meet(world, "caseworker")
    assert readers(person) == {world.authorities["care"]} and second not in readers(person)


def never_joined(world: World, name: str = "Care on paper") -> str:
    """A care authority on the operation's list of which no node is known: invited, and nothing more."""
    return str(
        world.perform(
            "coordinator",
            invite_authority,
            name=name,
            kind="care",
            country="GY",
            zone="America/Guyana",
            authority=new_id(),
        )
    )


def removed(world: World, authority: str) -> None:
    place = Compartment.objects.get(kind="operation").pk
    world.perform(
        "coordinator", remove_reader, compartment=place, readers=[authority], reason="Twice invited"
    )


def test_one_that_has_not_joined_is_not_offered_and_cannot_be_confirmed(world: World) -> None:
    """Its files would go to nobody, while the officer's form says that it has them first on its Today."""
    never = never_joined(world)
    assert never not in {candidate.pk for candidate in receiving.candidates(world.actor("administrator"))}
    with pytest.raises(Refused, match="not joined"):
        world.perform("administrator", confirm_care, care=never, how="telephone")
    removed(world, world.authorities["care"])
    form = page(world, "administrator", "/care-authority/confirm/")
    assert never not in form and "Care on paper is invited and has not joined yet" in form


def test_one_that_was_removed_is_not_offered_and_the_administrator_is_told(world: World) -> None:
    care = world.authorities["care"]
    assert "was removed" not in page(world, "administrator")
    removed(world, care)
    assert care not in {candidate.pk for candidate in receiving.candidates(world.actor("administrator"))}
    with pytest.raises(Refused, match="removed"):
        world.perform("administrator", confirm_care, care=care, how="in-person")
    assert "which was confirmed, was removed from the operation" in page(world, "administrator")
    assert "goes on receiving whom your police record until" in page(
        world, "administrator", "/care-authority/"
    )
    assert care in readers(meet(world))  # police's own decision: the coordinator cannot cut it off


def test_a_confirmed_one_that_never_joined_is_said_to_receive_nothing(world: World) -> None:
    """As a database of before holds it, when it was not refused."""
    row = CareConfirmed.objects.get(pk=f"{world.operation}:{world.authorities['police']}")
    row.care = never_joined(world)
    row.save()
    assert "which was confirmed, has not joined" in page(world, "administrator")
    assert "nobody of care receives whom your police record" in page(
        world, "administrator", "/care-authority/"
    )
    form = page(world, "officer", "/people/meet/")
    assert "has not joined the operation. Tell it by telephone" in form
    assert "first on its Today, with the file" not in form
    assert world.authorities["police"] in {authority.pk for authority in receiving.unconfirmed()}
