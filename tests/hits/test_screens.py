"""Pages of hits: who sees which, what is hidden from a role, what each form does, what an address may ask."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from libertad.access.acting import perform
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actor import itself
from libertad.access.models import Account, Officer, Opening
from libertad.hits import queries, wording
from libertad.hits.actions.ask_owner import ask_owner
from libertad.hits.actions.confirm_hit import confirm_hit
from libertad.hits.actions.find_hit import find_hit
from libertad.hits.actions.reject_hit import reject_hit
from libertad.hits.models import Hit, Question
from libertad.journal.models import Entry
from libertad.journal.node import node
from libertad.people.models import Person
from libertad.vocabulary.verbs.hits import Weight
from tests.hits.making import PHONE, person, phone_exhibit, phone_lead, scored, share, the_hit, two_met
from tests.operations.test_screens import clock_at
from tests.support.sealed_rows import opened
from tests.support.world import World


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def test_the_queue_shows_what_waits_the_likeliest_first(world: World) -> None:
    client = world.client("officer")
    assert "There is no hit yet" in page(client, "/hits/") and "Show all hits" not in page(client, "/hits/")
    person_id, _two, hit = two_met(world)
    lead = phone_lead(world)
    scored(world)
    text = page(client, "/hits/")
    assert text.index("Yulimar Peña") and f"/hits/{hit}/" in text and "Likeliest first" in text
    first = queries.hits_page(world.actor("officer"), 1, 9, order="bits")[0][0]
    assert first.id == hit
    only = page(client, "/hits/?kind=lead")
    assert the_hit(world, f"lead:{lead}", f"person:{person_id}").pk in only and f"/hits/{hit}/" not in only
    assert "No hit like that" in page(client, "/hits/?state=confirmed")
    assert f"?record=person:{person_id}" in page(client, f"/people/{person_id}/")
    own = page(client, f"/hits/?record=person:{person_id}")
    assert "Hits of one record" in own and f"/hits/{hit}/" in own
    assert "No hit like that" in page(client, f"/hits/?record=site:{'0' * 32}")
    assert f"/hits/{hit}/" in page(client, "/hits/?state=strange&order=drop+table&page=x&kind=strange")


def said_alike(world: World, first: str, second: str, bits: float, *weights: Weight) -> str:
    """A hit with so many bits, as the node says it."""
    node_itself = itself(world.authorities["police"], world.operation, "America/Guyana")
    values = {"one": first, "two": second, "bits": bits, "probability": 0.9, "reasons": weights}
    return str(perform(node_itself, find_hit, **values))


def test_weak_hits_stand_apart_from_strong_ones_and_are_not_hidden(world: World) -> None:
    people = [f"person:{person(world, f'Annette {n}', phone=f'+592 600 000{n}')}" for n in range(4)]
    lead = f"lead:{phone_lead(world, phone='+592 611 9999')}"
    name = Weight(kind="name", bits=7.0, left="a", right="a", how="same")
    birth = Weight(kind="birth", bits=-2.0, left="a", right="b", how="different")
    phone = Weight(kind="phone", bits=9.0, left="a", right="a", how="same")
    strong = said_alike(world, people[0], people[1], 9.0, name)
    weak = said_alike(world, people[2], people[3], 2.5, name, birth)
    number = said_alike(world, people[0], lead, -1.0, phone, birth)
    client = world.client("officer")
    text = page(client, "/hits/")
    first, after = text.index("Look at these first"), text.index("Weak hits")
    assert first < text.index(strong) < after < text.index(weak) and first < text.index(number) < after
    assert "3 hits wait for a decision." in text and "+2.5 bits, weak" in text
    assert "Against it: birth" in text and "to 1 against it" in text
    for path in ("/hits/?order=age", "/hits/?state=all"):
        text = page(client, path)
        assert "Look at these first" not in text and "+2.5 bits, weak" in text and strong in text
    today = page(client, "/")
    assert today.index(strong) < today.index(weak) and "weak:" in today
    hits = queries.hits_page(world.actor("officer"), 1, 9, state="to-decide")[0]
    assert [wording.weak(hit) for hit in hits] == [False, True, False]


def test_what_an_address_chose_is_kept_by_the_filters(world: World) -> None:
    person_id, _two, hit = two_met(world)
    client = world.client("officer")
    assert 'name="country"' not in page(client, "/hits/"), "all hits are of one country"
    for query, name, value in (
        (f"record=person:{person_id}", "record", f"person:{person_id}"),
        ("country=GY", "country", "GY"),
    ):
        text = page(client, f"/hits/?{query}&state=open")
        assert f'name="{name}"' in text and f'<option value="{value}" selected>' in text
        assert '<option value="open" selected>' in text and f"/hits/{hit}/" in text
    none = page(client, "/hits/?country=TT")
    assert "No hit like that" in none and '<option value="TT" selected>' in none


def test_an_empty_queue_says_whether_there_are_others(world: World) -> None:
    _one, _two, hit = two_met(world)
    client = world.client("officer")
    perform(world.actor("officer"), reject_hit, hit=hit, reasons="Both were seen")
    text = page(client, "/hits/")
    assert "Nothing waits for a decision" in text and "1 hit is decided" in text
    assert 'href="/hits/?state=all"' in text and hit not in text
    assert hit in page(client, "/hits/?state=all")
    assert "There is no hit yet" in page(world.client("coordinator"), "/hits/?state=all")


def test_the_page_shows_both_records_each_weight_and_who_can_see_it(world: World) -> None:
    first, second, hit = two_met(world)
    text = page(world.client("officer"), f"/hits/{hit}/")
    for words in (
        "Yulimar Peña",
        "Yulimar Pena Díaz",
        PHONE,
        "+15.0",
        "+16.0",
        "over 1,000 to 1 for it",
        "Who can see this",
        "Siblings, and people who were trafficked together, score high",
        "It is one person",
        "Not yet",
        "Guyana police",
        "every hit of that person goes with it",
        "This node",
    ):
        assert words in text, words
    assert "Ask the owner" not in text, "both records are ours"
    assert "<title>Hit" in text.replace("\n", "")
    openings = [row for row in opened(Opening) if row.subject in (first, second)]
    assert [row.page for row in openings] == ["hit", "hit"]


def test_for_others_there_is_no_such_page(world: World) -> None:
    _one, _two, hit = two_met(world)
    for role in ("other-officer", "coordinator", "prosecutor"):
        page(world.client(role), f"/hits/{hit}/", 404)
        page(world.client(role), f"/hits/{hit}/confirm/", 404)
        assert f"/hits/{hit}/" not in page(world.client(role), "/hits/?state=all")
    page(world.client("press"), f"/hits/{hit}/", 404)


@pytest.fixture
def analyst(world: World) -> Client:
    """An analyst of the same force, who reads leads and no people."""
    officer = perform(
        world.actor("administrator"), appoint_officer, name="A. Reader", service_number="N-77", role="analyst"
    )
    Account.objects.create_user("N-77", "correct horse battery", officer)
    assert Officer.objects.get(pk=officer).role == "analyst"
    world.actors["own-analyst"] = replace(world.actor("officer"), officer=officer, role="analyst")
    return world.client("own-analyst")


def test_a_role_that_reads_one_record_learns_the_kind_of_fact_and_no_more(
    world: World, analyst: Client
) -> None:
    person_id, _two, hit = two_met(world)
    lead = phone_lead(world)
    scored(world)
    partly = the_hit(world, f"lead:{lead}", f"person:{person_id}").pk
    text = page(analyst, f"/hits/{partly}/")
    assert "not for your role" in text and "Phone number: alike" in text
    assert "Whoever may read both decides" in text
    for word in (
        "Yulimar",
        Person.objects.get(pk=person_id).reference,
        "It is the same</a>",
        "Entry and signature",
    ):
        assert word not in text, word
    page(analyst, f"/hits/{partly}/confirm/", 404)
    page(analyst, f"/hits/{hit}/", 404)
    listed = page(analyst, "/hits/")
    assert f"/hits/{partly}/" in listed and f"/hits/{hit}/" not in listed and "Yulimar" not in listed
    for row in Hit.objects.filter(pk__in=(partly, hit)):
        for entry in Entry.objects.filter(compartment=row.compartment):
            opened_entry = node().understand(bytes(entry.header), entry.body)
            assert opened_entry is not None
            if opened_entry.verb.startswith("hit."):
                page(analyst, f"/entries/{opened_entry.id}/", 404)
                page(world.client("officer"), f"/entries/{opened_entry.id}/")


def test_reasons_are_for_who_may_read_both(world: World, analyst: Client) -> None:
    person_id, lead = person(world, "Yulimar Peña"), phone_lead(world)
    scored(world)
    hit = the_hit(world, f"lead:{lead}", f"person:{person_id}").pk
    world.perform("officer", confirm_hit, hit=hit, reasons="Yulimar says that it is hers")
    assert "Yulimar says" in page(world.client("officer"), f"/hits/{hit}/")
    text = page(analyst, f"/hits/{hit}/")
    assert "The reasons are for who may read both records" in text and "Yulimar" not in text


def test_a_decision_by_form_and_what_a_wrong_one_answers(world: World) -> None:
    _one, _two, hit = two_met(world)
    clock_at(world, 5, 15)
    client = world.client("officer")
    for act in ("confirm", "reject", "not-yet"):
        answer = client.post(f"/hits/{hit}/{act}/", {"reasons": ""})
        assert answer.status_code == 200 and "Fill this in: it is needed." in answer.content.decode()
    wrong = client.post(f"/hits/{hit}/not-yet/", {"reasons": "A photograph", "until_line": "2018-04-01"})
    assert "choose a day that lies ahead" in wrong.content.decode()
    done = client.post(f"/hits/{hit}/not-yet/", {"reasons": "A photograph", "until_line": "2018-04-09"})
    assert done.status_code == 302 and Hit.objects.get(pk=hit).state == "not-yet"
    assert "until 9 April 2018" in page(client, f"/hits/{hit}/")
    assert client.post(f"/hits/{hit}/undo/", {"reasons": "The photograph came"}).status_code == 302
    assert client.post(f"/hits/{hit}/confirm/", {"reasons": "The same scar"}).status_code == 302
    text = page(client, f"/hits/{hit}/")
    assert "Another officer who may link people reads it next" in text
    page(client, f"/hits/{hit}/read/", 404)
    lead = world.client("national-lead")
    assert "Read it as the second reader" in page(lead, f"/hits/{hit}/")
    assert lead.post(f"/hits/{hit}/read/", {"agrees": "yes", "reasons": "Both files"}).status_code == 302
    text = page(lead, f"/hits/{hit}/")
    assert "The second reader agrees" in text and "One person, several records" in text
    assert "Take the decision back" in text and "Take the decision back" not in page(client, f"/hits/{hit}/")
    assert lead.post(f"/hits/{hit}/undo/", {"reasons": "Sisters"}).status_code == 302
    assert Hit.objects.get(pk=hit).state == "open"


def test_the_owner_is_asked_and_answers_by_form(world: World) -> None:
    own_person, their_person = person(world, "Yulimar Peña"), person(world, "Yulimar Peña", "other-officer")
    share(world, their_person)
    scored(world)
    hit = the_hit(world, f"person:{own_person}", f"person:{their_person}").pk
    client, owner = world.client("officer"), world.client("other-officer")
    assert "Ask the owner" in page(client, f"/hits/{hit}/")
    values = {"record": f"person:{their_person}", "words": "Has she a scar?"}
    assert client.post(f"/hits/{hit}/ask/", values).status_code == 302
    question = Question.objects.get(hit=hit)
    assert "Has she a scar?" in page(owner, "/hits/") and "Has she a scar?" in page(owner, "/")
    reference = Person.objects.get(pk=own_person).reference
    text = page(owner, f"/hits/asked/{question.pk}/")
    assert "Has she a scar?" in text and "Yulimar" not in text and reference not in text
    page(client, f"/hits/asked/{question.pk}/", 404)
    values = {"answer": "same", "words": "On the left hand"}
    assert owner.post(f"/hits/asked/{question.pk}/", values).status_code == 302
    text = page(client, f"/hits/{hit}/")
    assert "The owner answers: It is the same" in text and "On the left hand" in text
    world.perform("officer", ask_owner, hit=hit, record=f"person:{their_person}", words="And a tattoo?")
    assert Question.objects.get(hit=hit).answer == ""


def test_a_hit_needs_its_officers_today_and_a_confirmed_one_reaches_the_field(world: World) -> None:
    clock_at(world, 5, 16)
    person_id, exhibit = person(world, "Yulimar Peña"), phone_exhibit(world)
    scored(world)
    hit = the_hit(world, f"exhibit:{exhibit}", f"person:{person_id}").pk
    assert f"/hits/{hit}/" in page(world.client("national-lead"), "/")
    world.perform("exhibits-officer", confirm_hit, hit=hit, reasons="Her photograph is on it")
    text = page(world.client("officer"), "/")
    assert "Confirmed: " in text and f"/hits/{hit}/" in text
    assert "A hit is confirmed: exhibit in Guyana and person in Guyana." in page(
        world.client("coordinator"), "/board/"
    )
    clock_at(world, 7, 16)
    assert f"/hits/{hit}/" not in page(world.client("officer"), "/")


def test_a_lead_says_that_it_is_fresh_and_since_when(world: World) -> None:
    person_id, lead = person(world, "Yulimar Peña"), phone_lead(world)
    scored(world)
    hit = the_hit(world, f"lead:{lead}", f"person:{person_id}").pk
    world.perform("officer", confirm_hit, hit=hit, reasons="She shows it")
    client = world.client("analyst")
    text = page(client, f"/leads/{lead}/")
    assert "Fresh" in text and "A confirmed hit leads here" in text and "She shows it" not in text
    assert "Fresh" in page(client, "/leads/")


def test_who_decides_or_reads_second_gets_to_both_records_and_to_what_speaks_for_it(world: World) -> None:
    first, second, hit = two_met(world)
    world.perform("officer", confirm_hit, hit=hit, reasons="The same scar.")
    for role, form in (("officer", "reject"), ("national-lead", "read")):
        text = page(world.client(role), f"/hits/{hit}/{form}/")
        for path in (f"/people/{first}/", f"/people/{second}/", f"/hits/{hit}/"):
            assert f'<li><a href="{path}"' in text, (role, path)
