"""Who is held, as far as known, and the rights of who is held: each word dated, each authority's its own."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.access.acting import Forbidden
from libertad.hits.models import Hit
from libertad.people import queries
from libertad.people.actions.identify_suspect import identify_suspect
from libertad.people.actions.record_right import record_right
from libertad.people.actions.set_detention import set_detention
from libertad.people.actions.state_person import state_person
from libertad.people.models import Detention
from libertad.people.queries import DetentionSeen
from libertad.people.suspect import DOCUMENT
from libertad.vocabulary.values import Birth, PersonName, Refused
from libertad.vocabulary.verbs.custody import DetentionIdentity
from tests.hits.making import phone_exhibit, scored, the_hit
from tests.people.making import meet
from tests.support.forms import form_at
from tests.support.lawless import lawless
from tests.support.shuffling import assert_order_free
from tests.support.world import World

PASSPORT = {
    "document_kind": "passport",
    "document_number": "R0412233",
    "document_country": "GY",
    "document_expires": "2021-06",
    "document_holder": "Otho Marbleton Peña",
}
PHONE = "+592 611 4409"


def detain(world: World, name: str = "Otho Marbleton Peña", role: str = "officer", **values: Any) -> str:
    said = {"country": "GY", "grounds": "Held the keys", "happened": world.at(5, 10), **values}
    return str(world.perform(role, set_detention, state="arrested", name=(PersonName(text=name),), **said))


def identify(world: World, key: str, role: str = "officer", **values: Any) -> None:
    world.perform(role, identify_suspect, **{"detention": key, "reasons": "Passport shown", **values})


def seen(world: World, key: str) -> DetentionSeen:
    detention = queries.detention(world.actor("prosecutor"), key)
    assert detention is not None
    return detention


def test_who_is_held_is_recorded_with_the_arrest_and_added_to_by_a_colleague(world: World) -> None:
    """By the form: what a colleague adds leaves the rest as it stands."""
    client = world.client("officer")
    form = form_at(client, "/detentions/new/")
    values = {**form.fields, "state": "arrested", "name": "Otho Marbleton Peña", "grounds": "Held the keys"}
    values |= {"birth_date_line": "about 1971", "nationality": "GY", "document_number": "R0412233"}
    page = client.post("/detentions/new/", values)
    assert page.status_code == 200 and "Say how you know it" in page.content.decode()
    answer = client.post("/detentions/new/", values | {"how_known": "Passport shown"})
    assert answer.status_code == 302, answer.content.decode()
    key = answer["Location"].split("/")[2]
    known = seen(world, key).identity
    assert (known.births[0].about, known.nationalities) == ("1971", ["GY"])

    colleague = world.client("exhibits-officer")
    path = f"/detentions/{key}/who/"
    form = form_at(colleague, path)
    assert form.fields["document_number"] == ["R0412233"]
    added = {**form.fields, "phone": f"{PHONE}\n+58 412 555 0101", "alias": "Don Otho", "reasons": "Said so"}
    assert colleague.post(path, added).status_code == 302
    after = seen(world, key).identity
    assert (after.births, after.documents) == (known.births, known.documents), "nothing else was said"
    assert (after.phones, after.alias) == ([PHONE, "+58 412 555 0101"], ["Don Otho"])
    text = colleague.get(f"/detentions/{key}/").content.decode()
    for words in ("Don Otho", "Born about 1971", "Guyana", "R0412233", "412 555 0101"):
        assert words in text, words
    assert_order_free(world)


def test_a_birth_is_corrected_and_what_stood_is_superseded(world: World) -> None:
    key = detain(world)
    identify(world, key, birth=Birth(age_from=40, age_to=50, on="2018-04-05"), **PASSPORT)
    identify(world, key, role="national-lead", birth=Birth(date="1971-03-02"))
    known = seen(world, key).identity
    assert known.births == [Birth(date="1971-03-02")]
    assert known.documents == [[PASSPORT[name] for name in DOCUMENT]]
    with pytest.raises(Refused, match="nothing is changed"):
        identify(world, key, birth=Birth(date="1971-03-02"))


def test_the_prosecution_s_word_stands_beside_that_of_police(world: World) -> None:
    key = detain(world)
    identify(world, key, birth=Birth(date="1971"))
    identify(world, key, role="prosecutor", birth=Birth(date="1969"), reasons="Register of births")
    assert {birth.date for birth in seen(world, key).identity.births} == {"1969", "1971"}
    assert (
        "Born in 1971 / Born in 1969" in world.client("officer").get(f"/detentions/{key}/").content.decode()
    )
    assert_order_free(world)


def test_the_prosecution_rewrites_no_word_of_the_police(world: World) -> None:
    """The file is kept for both, so that no node holds it: it changes nothing all the same."""
    key = detain(world)
    identify(world, key, birth=Birth(date="1971"))
    row = Detention.objects.get(pk=key)
    content = DetentionIdentity(birth=Birth(date="2001"), reasons="forged")
    old = {"birth": tuple(seen(world, key).identity.shown["birth"])}
    with lawless():
        world.perform(
            "prosecutor", lambda act: act.say(row.compartment, content, subject=key, supersedes=old)
        )
    assert seen(world, key).identity.births == [Birth(date="1971")]
    assert_order_free(world)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"sex": "male", "reasons": " "}, "reasons"),
        ({"birth": Birth(date="2031")}, "birth"),
        ({"phone": ("call him",)}, "phone"),
        ({"document_expires": "2918-01"}, "document_expires"),
        ({"alias": (" ",)}, "alias"),
        ({"state": "released"}, "state"),
        ({"detention": "0" * 32, "sex": "male"}, "detention"),
    ],
)
def test_what_cannot_be_is_refused_on_its_field(world: World, values: dict[str, Any], field: str) -> None:
    key = detain(world)
    with pytest.raises(Refused) as why:
        identify(world, key, **values)
    assert why.value.field == field


@pytest.mark.parametrize("role", ["caseworker", "coordinator", "other-officer", "partner"])
def test_nobody_else_says_who_is_held_or_which_right_was_given(world: World, role: str) -> None:
    key = detain(world)
    with pytest.raises((Forbidden, Refused)):
        identify(world, key, role=role, sex="male")
    with pytest.raises((Forbidden, Refused)):
        world.perform(role, record_right, detention=key, right="lawyer", outcome="given")
    for page in ("who", "rights"):
        assert world.client(role).get(f"/detentions/{key}/{page}/").status_code in (403, 404)


def test_each_right_says_not_recorded_until_somebody_says_more(world: World) -> None:
    key = detain(world)
    client = world.client("officer")
    text = client.get(f"/detentions/{key}/").content.decode()
    assert text.count("Not recorded") == 6
    path = f"/detentions/{key}/rights/"
    refused = client.post(path, {"right": "interpreter", "outcome": "not-yet"})
    assert "say why it could not be given yet" in refused.content.decode()
    note = {"right": "interpreter", "outcome": "not-yet", "note": "Nobody here speaks Warao"}
    assert client.post(path, note).status_code == 302
    world.perform(
        "prosecutor",
        record_right,
        detention=key,
        right="interpreter",
        outcome="given",
        who="I-02",
    )
    text = client.get(f"/detentions/{key}/").content.decode()
    assert text.count("Not recorded") == 5 and "I-02" in text
    (right,) = seen(world, key).rights
    assert (right.outcome, right.who) == ("given", "I-02"), "the later word counts"
    assert_order_free(world)


def test_no_right_is_given_before_somebody_is_held(world: World) -> None:
    key = detain(world)
    values = {"detention": key, "right": "lawyer", "outcome": "given"}
    with pytest.raises(Refused, match="before the person was held") as why:
        world.perform("officer", record_right, **values, happened=world.at(5, 9))
    assert why.value.field == "happened"


def test_hits_are_sought_with_a_suspect(world: World) -> None:
    """The passport of who was met, and the phone that was seized, are those of who is held."""
    key = detain(world)
    person, exhibit = meet(world, name="Yulimar"), phone_exhibit(world)
    paper = {name: PASSPORT[name] for name in ("document_kind", "document_number", "document_country")}
    world.perform("officer", state_person, person=person, source="document", **paper)
    scored(world)
    assert not Hit.objects.filter(right__startswith="detention:").exists()
    identify(world, key, phone=(PHONE,), **PASSPORT)
    scored(world)
    pairs = set(Hit.objects.values_list("left", "right"))
    assert pairs == {(f"detention:{key}", f"exhibit:{exhibit}"), (f"detention:{key}", f"person:{person}")}
    hit = the_hit(world, f"detention:{key}", f"exhibit:{exhibit}")
    officer = world.client("officer")
    text = officer.get(f"/hits/{hit.pk}/").content.decode()
    assert "Otho Marbleton Peña" in text and f"/detentions/{key}/" in text
    assert officer.get("/hits/?kind=detention").content.decode().count("/hits/") >= 2
    assert world.client("caseworker").get(f"/hits/{hit.pk}/").status_code == 404


def test_one_suspect_held_twice_is_put_before_an_officer_and_what_was_linked_is_no_news(world: World) -> None:
    birth = {"birth": Birth(date="1971-03-02"), "nationality": ("GY",), "sex": "male"}
    first, second = detain(world), detain(world, "Otto Marbleton Pena")
    for key in (first, second):
        identify(world, key, **birth, **PASSPORT)
    scored(world)
    hit = the_hit(world, f"detention:{first}", f"detention:{second}")
    text = world.client("national-lead").get(f"/hits/{hit.pk}/").content.decode()
    assert "Two suspects&#x27; records that may be of one person" in text
    answer = world.client("national-lead").post(f"/hits/{hit.pk}/confirm/", {"reasons": "One passport"})
    assert answer.status_code == 302
    assert Hit.objects.get(pk=hit.pk).state == "confirmed"

    met = meet(world, name="Carla")
    third = detain(world, "Carla", person=met, happened=world.at(5, 16))
    identify(world, third, phone=(PHONE,))
    world.perform("officer", state_person, person=met, phone=(PHONE,), source="said")
    scored(world)
    assert not Hit.objects.filter(left=f"detention:{third}").exists(), "one is linked to the other already"
