"""Two care authorities each keep a protection file of one person: neither file is in the other's place."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from libertad.access.acting import perform
from libertad.access.actor import Actor
from libertad.access.models import Account, Compartment
from libertad.care import overview, queries
from libertad.care.actions.assign_interpreter import assign_interpreter
from libertad.care.actions.decide_return import decide_return
from libertad.care.actions.identify import identify
from libertad.care.actions.open_care import open_care
from libertad.care.actions.plan_safety import plan_safety
from libertad.care.actions.read_identification import read_identification
from libertad.care.actions.record_consent import record_consent
from libertad.care.actions.record_wish import record_wish
from libertad.care.models import CareFile, Interpreters, ReturnDecision, Safety
from libertad.care.queries_interpreters import interpreters
from libertad.journal import upgrade
from libertad.journal.node import node
from libertad.journal.sql import Sql
from libertad.vocabulary import formats
from libertad.vocabulary.values import Refused
from tests.care.people import met
from tests.care.test_screens import WHEN
from tests.care.test_wall import another_care
from tests.support.care_rows import care_rows
from tests.support.closing import closed_before
from tests.support.shuffling import assert_order_free
from tests.support.world import World

DECIDING = "deciding-authority"
RETURN = {
    "decision": "stay",
    "wish": "stay",
    "circumstances": ["debt"],
    "resources": ["permit"],
    "reasons": "She has a claim for wages.",
}


@pytest.fixture
def second(world: World) -> Actor:
    """A caseworker of a second care authority of the country, which reads the identity files as well."""
    return another_care(world, country="GY")


@pytest.fixture
def person(world: World, second: Actor) -> Iterator[str]:
    """Somebody of whom both authorities keep a file; the first has identified the person, the second not."""
    known, _counting = met(world)
    for actor, name, reach in ((world.actor("caseworker"), "I-01", "By day"), (second, "I-02", "At night")):
        perform(actor, open_care, person=known)
        perform(actor, plan_safety, person=known, reach=reach)
        perform(
            actor,
            assign_interpreter,
            person=known,
            name=name,
            language="spa",
            way="in-person",
            briefed="yes",
        )
    ask_to_decide(world, second, known)
    perform(world.actor("caseworker"), record_wish, person=known, wish="stay", words="Here.")
    perform(second, record_wish, person=known, wish="return", words="Home.")
    decide(world, world.actor("caseworker"), known)
    yield known


def ask_to_decide(world: World, second: Actor, person: str) -> None:
    """As the world does for its own care authority: the deciding authority is let into the file."""
    deciding = world.authorities["deciding"]
    perform(second, lambda act: act.widen(file_of(second, person), [deciding], "it decides"))


def decide(world: World, actor: Actor, person: str) -> None:
    done = perform(actor, identify, person=person, status="presumed", reasons="What was said.")
    world.perform(DECIDING, read_identification, identification=done, agrees="yes")


def client_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(Account.objects.get(officer=actor.officer), backend="libertad.web.signing_in.Backend")
    return client


def file_of(actor: Actor, person: str, kind: str = "care") -> str:
    return Compartment.objects.get(kind=kind, about=person, owner=actor.authority).pk


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_each_authority_finds_its_own_file(world: World, second: Actor, person: str) -> None:
    first = world.actor("caseworker")
    for model, kind in ((CareFile, "care"), (Safety, "desk"), (Interpreters, "desk")):
        assert {row.pk for row in care_rows(model, person=person)} == {
            file_of(first, person, kind),
            file_of(second, person, kind),
        }
    expected = ((first, "presumed", "stay", "By day", "I-01"), (second, "", "return", "At night", "I-02"))
    for actor, status, wish, reach, interpreter in expected:
        file = queries.file(actor, person)
        assert file is not None and (file.status, file.wish, file.kept_by) == (status, wish, "")
        assert [known.compartment for known in queries.files(actor)] == [file_of(actor, person)]
        plan = queries.safety(actor, person)
        assert plan is not None and plan[1]["reach"] == reach
        assert [seen.name for seen in interpreters(actor, person)] == [interpreter]
        place = queries.places(actor, [person])[person]
        assert place.owner == actor.authority and place.officer == actor.officer
        page = text(client_of(actor), reverse("care-file", args=[person]))
        assert "Police do not read it" in page and "Another care authority keeps" not in page
        assert reach in text(client_of(actor), reverse("care-safety", args=[person]))
    assert_order_free(world)


def test_the_second_closes_reopens_and_agrees_in_its_own_alone(
    world: World, second: Actor, person: str
) -> None:
    closed_before(
        second,
        person,
        reason="other",
        afterwards="The duty line.",
        despite="Nothing more to do here.",
    )
    with pytest.raises(Refused, match="closed"):
        perform(second, record_wish, person=person, wish="stay", words="Again.")
    world.perform("caseworker", record_wish, person=person, wish="undecided", words="Not sure.")
    agreement = {"purpose": "doctor", "recipient": "Clinic", "agreed": "yes"}
    world.perform("caseworker", record_consent, person=person, **agreement)
    mine, others = queries.file(world.actor("caseworker"), person), queries.file(second, person)
    assert mine is not None and others is not None
    assert (mine.closed, mine.wish) == (None, "undecided") and others.closed and others.wish == "return"


def test_who_decides_sees_both_files_told_apart_by_authority(
    world: World, second: Actor, person: str
) -> None:
    actor, client = world.actor(DECIDING), world.client(DECIDING)
    files = queries.files(actor)
    assert {(file.kept_by, file.status) for file in files} == {
        ("Care authority, Guyana", "presumed"),
        ("Care authority, Saint Vincent", ""),
    }
    listed = text(client, reverse("care"))
    assert "2 protection files" in listed
    assert "Kept by Care authority, Guyana" in listed and "Kept by Care authority, Saint Vincent" in listed
    for file in files:
        assert (
            f"{reverse('care-file', args=[person])}{file.query}"
            in client.get(reverse("care")).content.decode()
        )
        assert file.kept_by in text(client, "/")
    asked = text(client, reverse("care-return", args=[person]))
    assert "Which protection file?" in asked and "Not yet identified" in asked and "Here." not in asked
    for file, words, silent in zip(
        sorted(files, key=lambda known: known.kept_by), ("Here.", "Home."), ("Home.", "Here."), strict=True
    ):
        for route in ("care-file", "care-screening", "care-return", "care-consent", "care-family"):
            page = text(client, reverse(route, args=[person]) + file.query)
            assert f"Protection file that {file.kept_by} keeps" in page
            assert silent not in page
        assert words in text(client, reverse("care-return", args=[person]) + file.query)
        links = re.findall(
            rf'href="({re.escape(reverse("care-file", args=[person]))}[^"]*)"',
            client.get(reverse("care-return", args=[person]) + file.query).content.decode(),
        )
        assert links and all(link.endswith(file.query) for link in links)


def test_who_decides_decides_in_the_file_that_is_named(world: World, second: Actor, person: str) -> None:
    actor = world.actor(DECIDING)
    with pytest.raises(Refused, match="each keep a protection file"):
        perform(actor, decide_return, person=person, **RETURN)
    client = world.client(DECIDING)
    assert "Which protection file?" in text(client, reverse("care-decide", args=[person]))
    place = file_of(world.actor("caseworker"), person)
    address = f"{reverse('care-decide', args=[person])}?file={place}"
    assert "the file that Care authority, Guyana keeps" in text(client, address)
    answer = client.post(address, {**WHEN, **RETURN})
    assert answer.status_code == 302 and answer["location"].endswith(f"?file={place}")
    ruling = ReturnDecision.objects.get()
    assert ruling.compartment == place
    mine, others = (
        queries.file(world.actor("caseworker"), person),
        queries.file(second, person),
    )
    assert mine is not None and others is not None
    assert (mine.return_waiting, others.return_waiting) == (ruling.pk, "")
    page = client.get(reverse("care-return-reading", args=[person, ruling.pk]))
    assert "Care authority, Guyana keeps" in page.content.decode(), "a part says which file it is of"
    for stranger in (f"?file={'0' * 32}", f"?file={person}"):
        assert "Which protection file?" in text(client, reverse("care-return", args=[person]) + stranger)


def test_what_waits_in_each_file_waits_for_who_decides(world: World, second: Actor, person: str) -> None:
    perform(second, identify, person=person, status="presumed", reasons="What was said.")
    actor, client = world.actor(DECIDING), world.client(DECIDING)
    todos = {(todo.kind, todo.query) for todo in queries.care_todos(actor)}
    place = file_of(second, person)
    assert ("second-reading", f"?file={place}") in todos
    assert ("return", f"?file={file_of(world.actor('caseworker'), person)}") in todos
    assert "Read and decide" in text(client, "/")
    index = next(i for (authority, *_), i in overview._indexes.items() if authority == actor.authority)
    fresh = set(index.lines)
    overview.forget()
    text(client, reverse("care"))
    again = next(i for (authority, *_), i in overview._indexes.items() if authority == actor.authority)
    assert (
        set(again.lines)
        == fresh
        == {f"{person}:{file_of(a, person)}" for a in (world.actor("caseworker"), second)}
    )


def test_a_second_file_is_seen_as_it_comes_and_as_it_goes(world: World, second: Actor) -> None:
    from libertad.access.actions.erase_person import erase_person

    known, _counting = met(world)
    world.perform("caseworker", open_care, person=known)
    actor = world.actor(DECIDING)
    assert "1 protection file" in text(world.client(DECIDING), reverse("care"))
    perform(second, open_care, person=known)
    ask_to_decide(world, second, known)
    assert "2 protection files" in text(world.client(DECIDING), reverse("care"))
    assert len(queries.files(actor, [known])) == 2
    done = {"person": known, "reason": "The person asks for it.", "hosted": False}
    perform(second, erase_person, **done)
    assert [file.kept_by for file in queries.files(actor, [known])] == [""]
    assert "1 protection file" in text(world.client(DECIDING), reverse("care"))
    assert "Kept by" not in text(world.client(DECIDING), reverse("care"))


def test_a_node_made_by_the_version_before_has_each_file_after_its_first_start(
    world: World, second: Actor, person: str
) -> None:
    """Rows were named by the person, so that the file which began first took the place of both."""
    sql = Sql()
    tables = ("care_carefile", "care_safety", "care_interpreters")
    rows = {table: sql.all(f"select * from {table} order by id") for table in tables}
    first = file_of(world.actor("caseworker"), person)

    def older(tx: object) -> None:
        for table in tables:
            sql_of = tx.sql  # type: ignore[attr-defined]
            sql_of.run(f"delete from {table} where id <> ?", (first,))
            sql_of.run(f"update {table} set id = ?, person = '' where id = ?", (person, first))
        sql_of.run("update journal_rules set number = ?", (formats.RULES - 1,))

    node().writer.submit(older)
    assert queries.file(second, person) is None and upgrade.bring_up(node())
    assert {table: len(sql.all(f"select id from {table}")) for table in tables} == dict.fromkeys(tables, 2)
    assert {table: [row[0] for row in sql.all(f"select * from {table} order by id")] for table in tables} == {
        table: [row[0] for row in listed] for table, listed in rows.items()
    }
    assert queries.file(second, person) is not None
