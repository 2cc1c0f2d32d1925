"""Every page of the room, walked as a caseworker and the deciding authority."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from libertad.access.acting import Act
from libertad.access.models import Opening
from libertad.care import screens_forms
from libertad.care.actions.record_wish import record_wish
from libertad.care.models import CareFile, Consent, Identification, Referral, ReturnDecision, Screening
from libertad.care.queries import care_todos
from libertad.vocabulary.values import Refused
from tests.care.people import CHILD, CLINIC, born, consent, identified, meet
from tests.support.care_rows import care_row
from tests.support.sealed_rows import opened
from tests.support.world import World

WHEN = {"when_day": "7", "when_month": "4", "when_year": "2018", "when_time": "12:05"}


def post(world: World, role: str, route: str, *args: str, **fields: Any) -> Any:
    answer = world.client(role).post(reverse(route, args=args), {**WHEN, **fields}, follow=True)
    assert answer.status_code == 200
    return answer


def text(answer: Any) -> str:
    plain = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(plain.split())


def test_a_file_that_cannot_be_opened_is_refused_on_the_page_though_nothing_was_posted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its form has no field: a posting without any value leaves nothing to say the refusal on."""

    def refuse(act: Act, *, person: str) -> str:
        raise Refused("person", "there is no such file")

    monkeypatch.setattr(screens_forms, "open_care", refuse)
    person = meet(world)
    answer = world.client("caseworker").post(reverse("care-open", args=[person]), {})
    assert answer.status_code == 200 and "here is no such file" in text(answer)


def test_the_whole_way_from_agreement_to_return_or_stay(world: World) -> None:
    person = meet(world)
    worker, deciding = "caseworker", "deciding-authority"
    assert "Open a protection file" in text(world.client(worker).get(reverse("care-open", args=[person])))
    post(world, worker, "care-open", person)
    post(
        world,
        worker,
        "care-consent-new",
        person,
        purpose="doctor",
        recipient=CLINIC,
        agreed="yes",
        capacity="able",
        withheld=["photograph"],
    )
    agreed = care_row(Consent).pk
    response = post(
        world,
        worker,
        "care-refer",
        person,
        service="medical",
        consent=agreed,
        disclosed=["name", "photograph"],
    )
    assert "does not want this to be told" in text(response) and not Referral.objects.exists()
    post(
        world,
        worker,
        "care-refer",
        person,
        service="medical",
        consent=agreed,
        disclosed=["name"],
        needed_by_day="8",
        needed_by_month="4",
        needed_by_year="2018",
        needed_by_time="14:00",
    )
    referral = care_row(Referral)
    assert referral.needed_by == "2018-04-08T14:00:00-04:00"
    assert "Overdue" in text(world.client(worker).get(reverse("care-referrals", args=[person])))
    post(world, worker, "care-referral", person, referral.pk, answer="accepted")
    response = post(
        world,
        worker,
        "care-screen",
        person,
        "ilo-11",
        **{"deception": "yes", "evidence-deception": "Promised other work.", "isolation": "no"},
    )
    assert "May suggest forced labour" in text(response) and "Nothing is decided" in text(response)
    screening = care_row(Screening).pk
    response = world.client(worker).get(reverse("care-answers", args=[person, screening]))
    assert "Promised other work." in text(response) and "version 1" in text(response)
    post(
        world,
        worker,
        "care-identify",
        person,
        status="presumed",
        reasons="Passport kept.",
        screening=screening,
    )
    identification = care_row(Identification).pk
    own = text(world.client(worker).get(reverse("care-reading", args=[person, identification])))
    assert "Another officer reads it" in own and "Record my reading" not in own
    assert (
        "another officer"
        in text(post(world, worker, "care-reading", person, identification, agrees="yes")).lower()
    )
    assert care_row(CareFile).status == ""
    post(world, deciding, "care-reading", person, identification, agrees="yes")
    assert care_row(CareFile).status == "presumed"
    post(world, worker, "care-wish", person, wish="stay", words="I want to stay and work.")
    post(world, worker, "care-safety-plan", person, reach="Through the duty line.")
    refused = post(
        world,
        deciding,
        "care-decide",
        person,
        decision="return",
        wish="stay",
        circumstances=["debt"],
        resources=["funds"],
        reasons="No permit.",
    )
    assert "the risk at origin, or where the person goes, must be assessed" in text(refused)
    post(
        world,
        deciding,
        "care-decide",
        person,
        decision="stay",
        wish="stay",
        circumstances=["debt"],
        resources=["permit"],
        reasons="She has a claim for wages.",
    )
    ruling = care_row(ReturnDecision).pk
    post(world, worker, "care-return-reading", person, ruling, agrees="yes")
    page = text(world.client(deciding).get(reverse("care-return", args=[person])))
    assert "Wants to stay" in page and "Permit to stay" in page and "Counts" in page
    post(world, worker, "care-consent-withdraw", person, agreed)
    page = text(world.client(worker).get(reverse("care-file", args=[person])))
    assert "I want to stay and work." in page and "Through the duty line." in page and "withdrawn" in page
    assert "Lan T. N." in text(world.client(worker).get(reverse("care")))


def test_an_opening_is_on_record_before_the_page_is_shown(world: World) -> None:
    person = meet(world)
    consent(world, person)
    page = world.client("caseworker").get(reverse("care-file", args=[person]))
    assert "Your opening of this file was recorded at" in text(page)
    (opening,) = opened(Opening, subject=person)
    assert (opening.page, opening.officer) == ("care", world.actor("caseworker").officer)


def test_the_title_names_nobody_and_the_unconfirmed_rules_say_so(world: World) -> None:
    person = meet(world, CHILD)
    consent(world, person)
    page = world.client("caseworker").get(reverse("care-screen", args=[person, "ilo-ec-2009-labour-adults"]))
    assert "Unconfirmed" in text(page) and "not checked against its original" in text(page)
    assert page.content.decode().count('value="refused"') == 67
    for route in (
        "care-file",
        "care-screening",
        "care-consent",
        "care-referrals",
        "care-return",
        "care-safety",
    ):
        page = world.client("caseworker").get(reverse(route, args=[person]))
        title = re.search(r"<title>(.*?)</title>", page.content.decode(), re.S)
        assert title and "Lan" not in title[1] and "P-0" not in title[1]
        assert "Rules for a child apply" in text(page)


def test_form_errors_name_the_field_and_what_to_do(world: World) -> None:
    person = meet(world)
    consent(world, person)
    page = text(post(world, "caseworker", "care-identify", person, status="presumed", reasons=""))
    assert "There is a problem" in page or "Reasons" in page
    assert not Identification.objects.exists()
    page = text(post(world, "caseworker", "care-refer", person, service="medical"))
    assert "without one nothing is passed on" in page


def test_how_to_reach_the_person_is_not_shown_to_the_deciding_authority(world: World) -> None:
    from libertad.care.actions.plan_safety import plan_safety

    person = meet(world)
    world.perform("caseworker", plan_safety, person=person, reach="Through the duty line.")
    page = text(world.client("deciding-authority").get(reverse("care-file", args=[person])))
    assert "duty line" not in page
    assert world.client("deciding-authority").get(reverse("care-safety", args=[person])).status_code == 404


def test_my_people_says_what_is_next_and_todos_leave_out_my_own_decisions(world: World) -> None:
    from libertad.care.actions.identify import identify

    person = meet(world)
    world.perform("caseworker", identify, person=person, status="presumed", reasons="Told so.")
    caseworkers_kinds = {todo.kind for todo in care_todos(world.actor("caseworker"))}
    deciders_kinds = {todo.kind for todo in care_todos(world.actor("deciding-authority"))}
    assert "second-reading" not in caseworkers_kinds and "second-reading" in deciders_kinds
    assert care_todos(world.actor("officer")) == []
    page = text(world.client("deciding-authority").get(reverse("care")))
    assert "Second reading: Presumed victim" in page
    other_person = meet(world)
    identified(world, other_person)
    kinds = {(todo.kind, todo.person) for todo in care_todos(world.actor("deciding-authority"))}
    assert ("return", other_person) not in kinds, "nobody has asked the person yet"
    world.perform("caseworker", record_wish, person=other_person, wish="undecided")
    kinds = {(todo.kind, todo.person) for todo in care_todos(world.actor("deciding-authority"))}
    assert ("return", other_person) in kinds and ("return", person) not in kinds
    empty = text(world.client("caseworker").get(reverse("care") + "?status=confirmed"))
    assert "No protection file here" in empty


@pytest.mark.parametrize("role", ["caseworker", "deciding-authority"])
def test_a_file_that_does_not_exist_is_not_found(world: World, role: str) -> None:
    for route in ("care-file", "care-screening", "care-return", "care-consent", "care-referrals"):
        assert world.client(role).get(reverse(route, args=["0" * 32])).status_code == 404


def test_people_without_a_protection_file_are_listed_with_what_to_do_first(world: World) -> None:
    from libertad.people.actions.meet_person import meet_person
    from libertad.vocabulary.values import PersonName

    meeting = {"country": "GY", "name": (PersonName(text="Thu P."),), "seen_as": "potential-victim"}
    person = world.perform("officer", meet_person, **meeting)
    page = world.client("caseworker").get(reverse("care"))
    assert "Thu P." in text(page) and reverse("care-open", args=[person]) in page.content.decode()
    post(world, "caseworker", "care-open", person)
    page = world.client("caseworker").get(reverse("care"))
    assert reverse("care-file", args=[person]) in page.content.decode()
    assert reverse("care-open", args=[person]) not in page.content.decode()
    assert "Thu P." not in text(world.client("deciding-authority").get(reverse("care") + "?status=confirmed"))


def test_a_birth_value_in_the_identity_file_brings_the_rules_for_a_child_at_once(world: World) -> None:
    """Care's own entry may be older than what the identity file says: the safer rule holds meanwhile."""
    person = meet(world)
    consent(world, person)
    client = world.client("caseworker")
    address = reverse("care-file", args=[person])
    assert "Rules for a child apply" not in client.get(address).content.decode()
    born(world, person, CHILD)
    assert not care_row(CareFile, person=person).child
    assert "Rules for a child apply" in client.get(address).content.decode()
    assert "Rules for a child apply" in client.get(reverse("care")).content.decode()


def test_what_must_be_avoided_never_reads_as_a_way_to_reach_the_person(world: World) -> None:
    from libertad.care.actions.plan_safety import plan_safety

    person = meet(world)
    world.perform("caseworker", plan_safety, person=person, reach="By the aunt.", avoid="His uncle.")
    worker = world.client("caseworker")
    for address in (f"/care/{person}/tonight/", f"/care/{person}/", f"/people/{person}/"):
        page = text(worker.get(address))
        assert "By the aunt. His uncle." not in page
        assert "By the aunt." in page and "To be avoided His uncle." in page
