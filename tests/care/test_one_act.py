"""Where a service is a member, the disclosure to it is the referral: one form, one answer, one line."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from libertad.access.models import Authority
from libertad.care import queries
from libertad.care.actions.close_care import close_care
from libertad.care.actions.disclose import read_disclosure
from libertad.care.actions.refer import refer
from libertad.care.actions.take_person import take_person
from libertad.care.consent_rules import lacks_guardian
from libertad.people.actions.answer_service import answer_service, record_arrival
from libertad.vocabulary.values import Copied, Refused
from libertad.web.waiting import waiting
from tests.access.test_kinds import member
from tests.care.conftest import set_to
from tests.care.disclosing import UNTIL, a_person, agrees, chosen, propose, row, send
from tests.care.people import ADULT, CHILD, CLINIC, born, consent, meet
from tests.care.test_appeals import lodge
from tests.care.test_closing import settled_person
from tests.care.test_screens import text
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")
SHELTER = "Shelter, Guyana"
SAFE = (Copied(kind="age", words="7"),)


def listed(world: World, person: str, role: str = "caseworker") -> str:
    return text(world.client(role).get(reverse("care-referrals", args=[person])))


def on_page(world: World, route: str, person: str) -> str:
    return text(world.client("caseworker").get(reverse(route, args=[person])))


# -- one form -----------------------------------------------------------------------------------------


def test_a_member_is_asked_by_a_disclosure_and_by_nothing_beside_it(world: World) -> None:
    person = a_person(world)
    agreed = agrees(world, person, "shelter")
    asked = {"person": person, "service": "shelter", "to": SHELTER, "consent": agreed}
    with pytest.raises(Refused, match="Disclosures") as why:
        world.perform("caseworker", refer, **asked)
    assert (why.value.field, why.value.parameters["name"]) == ("consent", SHELTER)
    client, page = world.client("caseworker"), reverse("care-refer", args=[person])
    shown = client.get(page).content.decode()
    assert reverse("care-disclose", args=[person, agreed]) in shown, "the way there stands on the form"
    assert f'value="{agreed}"' not in shown, "what cannot be chosen is not offered"


def test_who_is_told_for_no_service_is_referred_to_by_hand_whatever_it_is_called(world: World) -> None:
    person = a_person(world)
    name = Authority.objects.get(pk=world.authorities["police"]).name
    agreed = agrees(world, person, "police")
    asked = {"person": person, "service": "safety", "to": name, "consent": agreed}
    assert world.perform("caseworker", refer, **asked), "police are told for the case, and answer nothing"


@pytest.mark.parametrize(
    ("kind", "purpose", "agreed", "expected"),
    [
        ("shelter", "placement", "shelter", {"shelter"}),
        ("shelter", "service", "legal-aid", {"legal-aid", "wages-claim"}),
        ("shelter", "service", "shelter", {"food-clothes", "safety", "child-care"}),
        ("international", "service", "return-preparation", {"return-support"}),
        ("labour", "wages", "", {"wages-claim"}),
        ("embassy", "consular", "tell-embassy", {"documents"}),
        ("police", "protection", "share-with-police", set()),
    ],
)
def test_the_purpose_and_the_agreement_narrow_which_service_it_is(
    kind: str, purpose: str, agreed: str, expected: set[str]
) -> None:
    from libertad.care.disclosing import services

    assert set(services(kind, purpose, agreed)) == expected


def test_the_form_asks_for_the_help_and_by_when_where_an_answer_is_asked_for_alone(world: World) -> None:
    person = a_person(world)
    client = world.client("caseworker")
    to_shelter = reverse(
        "care-disclose", args=[person, agrees(world, person, "shelter", purpose="legal-aid")]
    )
    to_police = reverse("care-disclose", args=[person, agrees(world, person, "police")])
    shown = client.get(to_shelter).content.decode()
    assert 'value="service:legal-aid"' in shown and 'value="service:wages-claim"' in shown
    assert "needed_by" in shown and "needed_by" not in client.get(to_police).content.decode()
    form = {
        "purpose": "service:wages-claim",
        "items": chosen(world, person, "name"),
        "needed_by_precision": "day",
    }
    form |= {"until_day": "9", "until_month": "10", "until_year": "2018"}
    answer = client.post(to_shelter, form)
    assert answer.status_code == 302, text(answer)
    (view,) = queries.disclosures(world.actor("caseworker"), person)
    assert (view.purpose, view.service) == ("service", "wages-claim")
    shown = on_page(world, "care-referrals", person)
    assert "Claim for wages owed" in shown
    assert "Waits for a second reader" in shown and "Nothing yet" in shown


def test_help_of_several_kinds_is_named_and_what_the_agreement_is_not_for_is_refused(world: World) -> None:
    person = a_person(world)
    agreed = agrees(world, person, "shelter", purpose="legal-aid")
    for service, words in (("", "which help"), ("medical", "which help")):
        with pytest.raises(Refused, match=words) as why:
            propose(world, person, "shelter", purpose="service", consent=agreed, service=service)
        assert why.value.field == "purpose"
    with pytest.raises(Refused, match="no help is asked"):
        propose(world, person, "police", service="safety")
    with pytest.raises(Refused) as why:
        propose(world, person, "shelter", needed_by="soon")
    assert why.value.field == "needed_by"


# -- one line -----------------------------------------------------------------------------------------


def test_the_file_has_one_line_of_it_and_what_the_service_answers_stands_there(world: World) -> None:
    person = a_person(world)
    disclosure, file = send(world, person, "shelter", until=UNTIL, needed_by="2018-04-09T20:00:00-04:00")
    shown = listed(world, person)
    assert shown.count(SHELTER) == 1 and "Not answered yet" in shown and "9 April 2018, 20:00" in shown
    page = world.client("caseworker").get(reverse("care-referrals", args=[person])).content.decode()
    assert reverse("care-disclosure", args=[person, disclosure]) in page
    world.perform("partner", answer_service, file=file, answer="accepted")
    world.perform("partner", record_arrival, file=file)
    shown = listed(world, person)
    assert shown.count(SHELTER) == 1 and "There now" in shown


def test_who_decides_reads_nothing_of_it_in_the_list_that_it_reads(world: World) -> None:
    person = a_person(world)
    before = listed(world, person, "deciding-authority")
    send(world, person, "shelter", until=UNTIL)
    assert SHELTER in listed(world, person)
    after = listed(world, person, "deciding-authority")
    assert SHELTER not in after and after == before


def test_help_that_a_member_was_asked_for_is_a_need_of_tonight_until_it_is_given(world: World) -> None:
    person = a_person(world)
    agreed = agrees(world, person, "shelter", purpose="doctor")
    _disclosure, file = send(
        world, person, "shelter", until=UNTIL, purpose="service", service="medical", consent=agreed
    )
    for route in ("care-tonight", "care-safety"):
        shown = on_page(world, route, person)
        assert "Doctor" in shown and SHELTER in shown, route
    world.perform("partner", answer_service, file=file, answer="accepted")
    world.perform("partner", record_arrival, file=file)
    for route in ("care-tonight", "care-safety"):
        assert SHELTER not in on_page(world, route, person).partition("Needs")[2], route


def test_a_file_is_not_closed_over_what_a_member_was_asked_for(world: World) -> None:
    """Not with reasons either: who decides reads those, and would learn that something else is open."""
    person = a_person(world)
    disclosure, file = send(world, person, "shelter", until=UNTIL)
    assert row(disclosure)[0].service == "shelter"
    closing = {"person": person, "reason": "wish", "afterwards": "Her aunt."}
    with pytest.raises(Refused, match="end that disclosure first"):
        world.perform("caseworker", close_care, **closing, despite="She does not want to wait.")
    assert "No outcome yet: Shelter" in on_page(world, "care-close", person)
    world.perform("partner", answer_service, file=file, answer="accepted")
    world.perform("partner", record_arrival, file=file)
    world.perform("caseworker", close_care, **closing, despite="She does not want to wait.")
    assert "No outcome yet" not in on_page(world, "care-close", person)


def test_where_the_person_is_met_again_what_a_member_gave_is_among_what_was_promised(world: World) -> None:
    person = a_person(world)
    _disclosure, file = send(world, person, "shelter", until=UNTIL)
    promise = promised(world, person)
    assert (promise.detail, promise.kept) == (SHELTER, False)
    world.perform("partner", answer_service, file=file, answer="accepted")
    world.perform("partner", record_arrival, file=file)
    assert promised(world, person).kept


def promised(world: World, person: str) -> Any:
    (promise,) = [
        promise
        for promise in queries.promises(world.actor("caseworker"), person)
        if promise.what == "Shelter"
    ]
    return promise


# -- a bed ---------------------------------------------------------------------------------------------


def test_a_childs_bed_does_not_wait_for_a_guardian_and_all_else_does(world: World) -> None:
    person = meet(world, CHILD)
    assert not lacks_guardian("shelter", "", child=True), "as the page of agreements says"
    bed = agrees(world, person, "shelter")
    assert send(world, person, "shelter", until=UNTIL, consent=bed, items=[], safekeeping=SAFE)[1]
    lawyer = agrees(world, person, "shelter", purpose="legal-aid")
    values = {"purpose": "service", "service": "legal-aid", "consent": lawyer, "items": []}
    with pytest.raises(Refused, match="guardian"):
        propose(world, person, "shelter", safekeeping=SAFE, **values)
    with pytest.raises(Refused, match="guardian"):
        propose(world, person, "police", items=chosen(world, person, "name"))


def test_asking_a_shelter_leads_to_the_disclosure_where_it_is_a_member_else_to_the_form(world: World) -> None:
    person = meet(world)
    consent(world, person)
    client, here = world.client("caseworker"), reverse("care-tonight", args=[person])
    by_hand = f'href="{reverse("care-refer", args=[person])}"'
    to_agree = f"{reverse('care-consent-new', args=[person])}?purpose=shelter"
    shown = client.get(here).content.decode()
    assert shown.count(by_hand) == 1 and to_agree in shown, "nobody agreed to a shelter: the person is asked"
    assert '<option value="shelter" selected>' in client.get(to_agree).content.decode()
    consent(world, person, purpose="shelter", recipient="Parish house", withheld=())
    shown = client.get(here).content.decode()
    assert shown.count(by_hand) == 2 and to_agree not in shown, "to ask a shelter, and for all else"
    _authority, _actor = member(world, "shelter", "House of the river")
    first = agrees(world, person, "shelter")
    set_to(world, 9, 13)
    second = consent(world, person, purpose="shelter", recipient="House of the river", withheld=())
    shown = client.get(here).content.decode()
    assert shown.count(by_hand) == 1
    assert reverse("care-disclose", args=[person, second]) in shown
    asked = propose(world, person, "shelter", consent=first)
    assert asked and reverse("care-disclose", args=[person, second]) in client.get(here).content.decode()


def test_support_of_a_return_is_not_asked_for_by_a_disclosure_while_an_appeal_suspends_it(
    world: World,
) -> None:
    person = settled_person(world, appeal_by="2018-04-20")
    agreed = agrees(world, person, "shelter", purpose="return-preparation")
    asked = {"purpose": "service", "service": "return-support", "consent": agreed, "until": UNTIL}
    waits = propose(world, person, "shelter", items=chosen(world, person, "name"), **asked)
    lodge(world, person)
    with pytest.raises(Refused, match="suspended"):
        world.perform("second-caseworker", read_disclosure, disclosure=waits, agrees="yes")
    with pytest.raises(Refused, match="suspended"):
        propose(world, person, "shelter", items=chosen(world, person, "name"), **asked)


# -- by its hour ---------------------------------------------------------------------------------------


def test_what_is_needed_sooner_is_late_sooner(world: World) -> None:
    person = a_person(world)
    send(world, person, "shelter", until=UNTIL, needed_by="2018-04-09T20:00:00-04:00")
    world.perform("caseworker", take_person, person=person)
    title = f"{SHELTER} has not answered"
    before = "Shelter: waits for an answer"
    assert titles(world).count(before) == 1 and title not in titles(world)
    assert before in on_page(world, "care-file", person)
    place = queries.places(world.actor("caseworker"), [person])[person]
    assert (place.queue, place.why) == ("waiting", "referral"), "as one asked by hand"
    set_to(world, 10, 2)
    assert title in titles(world), "a day after it was disclosed is later"
    assert before not in titles(world), "one line"


def titles(world: World) -> list[str]:
    return [item.title for item in waiting(world.actor("caseworker"))]


@pytest.mark.parametrize("birth", [ADULT, CHILD])
@pytest.mark.parametrize("needed_by", ["2018-04-10", ""])
def test_a_referral_past_its_hour_stands_once_on_today(world: World, birth: Any, needed_by: str) -> None:
    person = a_person(world)
    born(world, person, birth)
    agreed = consent(world, person, guardian="María Gómez Ruiz")
    asked = {"service": "medical", "to": CLINIC, "consent": agreed, "needed_by": needed_by}
    referral = world.perform("caseworker", refer, person=person, **asked)
    world.perform("caseworker", take_person, person=person)
    here = reverse("care-referral", args=[person, referral])

    def lines() -> list[str]:
        return [item.title for item in waiting(world.actor("caseworker")) if item.href == here]

    assert lines() == ["Doctor: waits for an answer"]
    set_to(world, 12)
    assert lines() == [f"{CLINIC} has not answered"]
    todos = queries.care_todos(world.actor("caseworker"), [person])
    assert "referral" not in [todo.kind for todo in todos], "nor twice in the file"
