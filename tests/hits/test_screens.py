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
from tests.support.world import World


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def test_the_queue_shows_what_waits_the_likeliest_first(world: World) -> None:
    client = world.client("officer")
    assert "There is no hit yet" in page(client, "/hits/") and "Show all hits" not in page(client, "/hits/")
    one, _two, hit = two_met(world)
    lead = phone_lead(world)
    scored(world)
    told = page(client, "/hits/")
    assert told.index("Yulimar Peña") and f"/hits/{hit}/" in told and "Likeliest first" in told
    first = queries.hits_page(world.actor("officer"), 1, 9, order="bits")[0][0]
    assert first.id == hit
    only = page(client, "/hits/?kind=lead")
    assert the_hit(world, f"lead:{lead}", f"person:{one}").pk in only and f"/hits/{hit}/" not in only
    assert "No hit like that" in page(client, "/hits/?state=confirmed")
    assert f"?record=person:{one}" in page(client, f"/people/{one}/")
    own = page(client, f"/hits/?record=person:{one}")
    assert "Hits of one record" in own and f"/hits/{hit}/" in own
    assert "No hit like that" in page(client, f"/hits/?record=site:{'0' * 32}")
    assert f"/hits/{hit}/" in page(client, "/hits/?state=strange&order=drop+table&page=x&kind=strange")


def said_alike(world: World, one: str, two: str, bits: float, *weights: Weight) -> str:
    """A hit with so many bits, as the node says it."""
    node_itself = itself(world.authorities["police"], world.operation, "America/Guyana")
    given = {"one": one, "two": two, "bits": bits, "probability": 0.9, "reasons": weights}
    return str(perform(node_itself, find_hit, **given))


def test_weak_hits_stand_apart_from_strong_ones_and_are_not_hidden(world: World) -> None:
    people = [f"person:{person(world, f'Annette {n}', phone=f'+592 600 000{n}')}" for n in range(4)]
    lead = f"lead:{phone_lead(world, phone='+592 611 9999')}"
    name = Weight(kind="name", bits=7.0, left="a", right="a", how="same")
    other = Weight(kind="birth", bits=-2.0, left="a", right="b", how="different")
    phone = Weight(kind="phone", bits=9.0, left="a", right="a", how="same")
    strong = said_alike(world, people[0], people[1], 9.0, name)
    weak = said_alike(world, people[2], people[3], 2.5, name, other)
    number = said_alike(world, people[0], lead, -1.0, phone, other)
    client = world.client("officer")
    told = page(client, "/hits/")
    first, after = told.index("Look at these first"), told.index("Weak hits")
    assert first < told.index(strong) < after < told.index(weak) and first < told.index(number) < after
    assert "3 hits wait for a decision." in told and "+2.5 bits, weak" in told
    assert "Against it: birth" in told and "to 1 against it" in told
    for path in ("/hits/?order=age", "/hits/?state=all"):
        told = page(client, path)
        assert "Look at these first" not in told and "+2.5 bits, weak" in told and strong in told
    today = page(client, "/")
    assert today.index(strong) < today.index(weak) and "weak:" in today
    said = queries.hits_page(world.actor("officer"), 1, 9, state="to-decide")[0]
    assert [wording.weak(one) for one in said] == [False, True, False]


def test_what_an_address_chose_is_kept_by_the_filters(world: World) -> None:
    one, _two, hit = two_met(world)
    client = world.client("officer")
    assert 'name="country"' not in page(client, "/hits/"), "all hits are of one country"
    for query, name, value in (
        (f"record=person:{one}", "record", f"person:{one}"), ("country=GY", "country", "GY"),
    ):  # fmt: skip
        told = page(client, f"/hits/?{query}&state=open")
        assert f'name="{name}"' in told and f'<option value="{value}" selected>' in told
        assert '<option value="open" selected>' in told and f"/hits/{hit}/" in told
    none = page(client, "/hits/?country=TT")
    assert "No hit like that" in none and '<option value="TT" selected>' in none


def test_an_empty_queue_says_whether_there_are_others(world: World) -> None:
    _one, _two, hit = two_met(world)
    client = world.client("officer")
    perform(world.actor("officer"), reject_hit, hit=hit, reasons="Both were seen")
    told = page(client, "/hits/")
    assert "Nothing waits for a decision" in told and "1 hit is decided" in told
    assert 'href="/hits/?state=all"' in told and hit not in told
    assert hit in page(client, "/hits/?state=all")
    assert "There is no hit yet" in page(world.client("coordinator"), "/hits/?state=all")


def test_the_page_shows_both_records_each_weight_and_who_can_see_it(world: World) -> None:
    one, two, hit = two_met(world)
    told = page(world.client("officer"), f"/hits/{hit}/")
    for words in (
        "Yulimar Peña", "Yulimar Pena Díaz", PHONE, "+15.0", "+16.0", "over 1,000 to 1 for it",
        "Who can see this", "Siblings, and people who were trafficked together, score high",
        "It is one person", "Not yet",
        "Guyana police", "every hit of that person goes with it", "This node",
    ):  # fmt: skip
        assert words in told, words
    assert "Ask the owner" not in told, "both records are ours"
    assert "<title>Hit" in told.replace("\n", "")
    opened = Opening.objects.filter(subject__in=[one, two])
    assert {row.page for row in opened} == {"hit"} and opened.count() == 2


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
    one, _two, hit = two_met(world)
    lead = phone_lead(world)
    scored(world)
    partly = the_hit(world, f"lead:{lead}", f"person:{one}").pk
    told = page(analyst, f"/hits/{partly}/")
    assert "not for your role" in told and "Phone number: alike" in told
    assert "Whoever may read both decides" in told
    for word in (
        "Yulimar",
        Person.objects.get(pk=one).reference,
        "It is the same</a>",
        "Entry and signature",
    ):
        assert word not in told, word
    page(analyst, f"/hits/{partly}/confirm/", 404)
    page(analyst, f"/hits/{hit}/", 404)
    listed = page(analyst, "/hits/")
    assert f"/hits/{partly}/" in listed and f"/hits/{hit}/" not in listed and "Yulimar" not in listed
    for row in Hit.objects.filter(pk__in=(partly, hit)):
        for entry in Entry.objects.filter(compartment=row.compartment):
            said = node().understand(bytes(entry.header), entry.body)
            assert said is not None
            if said.verb.startswith("hit."):
                page(analyst, f"/entries/{said.id}/", 404)
                page(world.client("officer"), f"/entries/{said.id}/")


def test_reasons_are_for_who_may_read_both(world: World, analyst: Client) -> None:
    one, lead = person(world, "Yulimar Peña"), phone_lead(world)
    scored(world)
    hit = the_hit(world, f"lead:{lead}", f"person:{one}").pk
    world.perform("officer", confirm_hit, hit=hit, reasons="Yulimar says that it is hers")
    assert "Yulimar says" in page(world.client("officer"), f"/hits/{hit}/")
    told = page(analyst, f"/hits/{hit}/")
    assert "The reasons are for who may read both records" in told and "Yulimar" not in told


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
    told = page(client, f"/hits/{hit}/")
    assert "Another officer who may link people reads it next" in told
    page(client, f"/hits/{hit}/read/", 404)
    lead = world.client("national-lead")
    assert "Read it as the second reader" in page(lead, f"/hits/{hit}/")
    assert lead.post(f"/hits/{hit}/read/", {"agrees": "yes", "reasons": "Both files"}).status_code == 302
    told = page(lead, f"/hits/{hit}/")
    assert "The second reader agrees" in told and "One person, several records" in told
    assert "Take the decision back" in told and "Take the decision back" not in page(client, f"/hits/{hit}/")
    assert lead.post(f"/hits/{hit}/undo/", {"reasons": "Sisters"}).status_code == 302
    assert Hit.objects.get(pk=hit).state == "open"


def test_the_owner_is_asked_and_answers_by_form(world: World) -> None:
    mine, theirs = person(world, "Yulimar Peña"), person(world, "Yulimar Peña", "other-officer")
    share(world, theirs)
    scored(world)
    hit = the_hit(world, f"person:{mine}", f"person:{theirs}").pk
    client, owner = world.client("officer"), world.client("other-officer")
    assert "Ask the owner" in page(client, f"/hits/{hit}/")
    given = {"record": f"person:{theirs}", "words": "Has she a scar?"}
    assert client.post(f"/hits/{hit}/ask/", given).status_code == 302
    question = Question.objects.get(hit=hit)
    assert "Has she a scar?" in page(owner, "/hits/") and "Has she a scar?" in page(owner, "/")
    reference = Person.objects.get(pk=mine).reference
    told = page(owner, f"/hits/asked/{question.pk}/")
    assert "Has she a scar?" in told and "Yulimar" not in told and reference not in told
    page(client, f"/hits/asked/{question.pk}/", 404)
    given = {"answer": "same", "words": "On the left hand"}
    assert owner.post(f"/hits/asked/{question.pk}/", given).status_code == 302
    told = page(client, f"/hits/{hit}/")
    assert "The owner answers: It is the same" in told and "On the left hand" in told
    world.perform("officer", ask_owner, hit=hit, record=f"person:{theirs}", words="And a tattoo?")
    assert Question.objects.get(hit=hit).answer == ""


def test_a_hit_needs_its_officers_today_and_a_confirmed_one_reaches_the_field(world: World) -> None:
    clock_at(world, 5, 16)
    who, exhibit = person(world, "Yulimar Peña"), phone_exhibit(world)
    scored(world)
    hit = the_hit(world, f"exhibit:{exhibit}", f"person:{who}").pk
    assert f"/hits/{hit}/" in page(world.client("national-lead"), "/")
    world.perform("exhibits-officer", confirm_hit, hit=hit, reasons="Her photograph is on it")
    told = page(world.client("officer"), "/")
    assert "Confirmed: " in told and f"/hits/{hit}/" in told
    assert "A hit is confirmed: exhibit in Guyana and person in Guyana." in page(
        world.client("coordinator"), "/board/"
    )
    clock_at(world, 7, 16)
    assert f"/hits/{hit}/" not in page(world.client("officer"), "/")


def test_a_lead_says_that_it_is_fresh_and_since_when(world: World) -> None:
    who, lead = person(world, "Yulimar Peña"), phone_lead(world)
    scored(world)
    hit = the_hit(world, f"lead:{lead}", f"person:{who}").pk
    world.perform("officer", confirm_hit, hit=hit, reasons="She shows it")
    client = world.client("analyst")
    told = page(client, f"/leads/{lead}/")
    assert "Fresh" in told and "A confirmed hit leads here" in told and "She shows it" not in told
    assert "Fresh" in page(client, "/leads/")


def test_who_decides_or_reads_second_gets_to_both_records_and_to_what_speaks_for_it(world: World) -> None:
    one, two, hit = two_met(world)
    world.perform("officer", confirm_hit, hit=hit, reasons="The same scar.")
    for role, form in (("officer", "reject"), ("national-lead", "read")):
        told = page(world.client(role), f"/hits/{hit}/{form}/")
        for path in (f"/people/{one}/", f"/people/{two}/", f"/hits/{hit}/"):
            assert f'<li><a href="{path}"' in told, (role, path)
