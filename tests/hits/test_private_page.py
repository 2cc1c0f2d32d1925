"""Asking in private from a page: the command's rights, refusals and logs, and no more for who is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from libertad.access.matrix import matrix, roles
from libertad.access.submissions import new_submission
from libertad.exchange.peering import peers
from libertad.hits import private, screens_private
from libertad.hits.matching.record import Birth, Name, Record
from libertad.hits.private import queries, service
from libertad.hits.private.asking import Answer
from libertad.hits.private.private_score import Weight
from libertad.journal.node import node
from tests.exchange.transport.test_http import peer_of
from tests.hits.making import fresh
from tests.support.forms import lose_answer
from tests.support.world import World

ADDRESS = "/hits/private/"
ABROAD = "a" * 32
GIVEN = {
    "case": "GY-2018-014",
    "name": "Yulimar Peña",
    "birth_line": "23 apr 1999",
    "sex": "female",
    "nationality": "VE",
    "phone": "+592 622 4477",
}
RECORD = Record(
    "question",
    (Name(full="Yulimar Peña"),),
    Birth.of_text("1999-04-23"),
    "female",
    (("phone", "+592 622 4477"), ("nationality", "VE")),
)


@pytest.fixture
def here(world: World) -> Iterator[service.Private]:
    """A node that exchanges with one authority abroad, whose node answers nobody."""
    fresh()
    service.stop()
    signer, _ = peer_of(world, peers.ACTIVE)
    node().writer.submit(lambda tx: peers.save_peer(tx.sql, signer.origin, signer.public, "", (ABROAD,)))
    yield service.private()
    service.stop()


def test_whoever_works_with_hits_may_ask_and_nobody_else(world: World, here: service.Private) -> None:
    for role in roles():
        allowed = matrix().may_ask(role, "hits", "get")
        client = world.client(role)
        assert (client.get(ADDRESS).status_code == 200) == allowed, role
        assert (client.post(ADDRESS, GIVEN).status_code == 200) == allowed, role
    assert Client().get(ADDRESS).status_code == 302


def test_the_page_asks_what_the_command_asks(
    world: World, here: service.Private, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the asked side can learn no more by it: the one way out is `private.ask`, with the same record."""
    calls: list[Any] = []
    monkeypatch.setattr(private, "ask", lambda *arguments: calls.append(arguments) or {})
    world.client("officer").post(ADDRESS, {**GIVEN, "of": [ABROAD]})
    world.client("officer").post(ADDRESS, GIVEN)
    (actor, case, record, of, _before), (_actor, _case, _record, every, _again) = calls
    assert (actor.officer, case, record, of) == (
        world.actor("officer").officer,
        "GY-2018-014",
        RECORD,
        [ABROAD],
    )
    assert every is None


def test_an_authority_that_cannot_be_reached_is_told_and_the_question_is_in_both_records(
    world: World, here: service.Private
) -> None:
    page = world.client("officer").post(ADDRESS, GIVEN).content.decode()
    assert "Not reached" in page
    police = world.authorities["police"]
    (query,) = queries.asks_made(node().sql(), police)
    assert (query.case, query.owner, query.what, query.officer) == (
        "GY-2018-014",
        ABROAD,
        "unreachable",
        world.actor("officer").officer,
    )
    assert "Yulimar" not in str(queries.asks_made(node().sql(), police))


def test_a_hit_says_whom_to_call_and_how_each_kind_weighs_without_any_value(
    world: World, here: service.Private, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = (Weight("name", 12.1, "same"), Weight("birth", -6.0, "different"))
    hit = Answer(ABROAD, "hit", 6.1, 0.98, weights, "Duty desk, +1 868 555 0100", "ab12cd34", ask="x")
    monkeypatch.setattr(private, "ask", lambda *_given: {ABROAD: [hit]})
    page = world.client("officer").post(ADDRESS, GIVEN).content.decode()
    for words in ("Duty desk", "ab12cd34", "Name: the same", "Birth or age: different", "GY-2018-014"):
        assert words in page
    for value in ("Yulimar", "1999", "622 4477"):
        assert value not in page


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"case": "x"}, "case"),
        ({"case": ""}, "case"),
        ({"name": "", "phone": ""}, "name"),
        ({"birth_line": "yesterday"}, "birth"),
        ({"birth_line": "03/04/1999"}, "birth"),
        ({"birth_line": "", "age": "old"}, "age"),
        ({"birth_line": "", "age": "30-20"}, "age"),
        ({"name": "Yulimar", "phone": "", "birth_line": ""}, None),
        ({"of": ["b" * 32]}, "of"),
    ],
)
def test_what_the_command_refuses_is_refused_on_its_field_and_nobody_is_asked(
    world: World, here: service.Private, change: dict[str, Any], field: str | None
) -> None:
    answer = world.client("officer").post(ADDRESS, {**GIVEN, **change})
    form = answer.context["form"]
    assert form.non_field_errors() if field is None else form.errors.get(field)
    assert queries.asks_made(node().sql(), world.authorities["police"]) == []


def test_nothing_of_a_question_is_in_the_address_or_kept_on_the_way_back(
    world: World, here: service.Private, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screens_private.private, "ask", lambda *_given: {})
    answer = world.client("officer").post(ADDRESS, GIVEN)
    assert answer["Cache-Control"] == "no-store"
    assert world.client("officer").get(ADDRESS + "?name=Yulimar").content.decode().count("Yulimar") == 0


def test_where_nobody_exchanges_the_page_says_so(world: World) -> None:
    fresh()
    service.stop()
    page = world.client("officer").get(ADDRESS).content.decode()
    assert "There is nobody to ask" in page
    service.stop()


def test_posted_twice_the_question_goes_out_once(world: World, here: service.Private) -> None:
    client, police = world.client("officer"), world.authorities["police"]
    values = {**GIVEN, "submission": new_submission()}
    first, reloaded = client.post(ADDRESS, values), client.post(ADDRESS, values)
    assert "Not reached" in first.content.decode()
    assert "Saved already" in reloaded.content.decode(), "who had the answers reads them once"
    assert len(queries.asks_made(node().sql(), police)) == 1


def test_posted_twice_at_once_the_answers_reach_who_did_not_get_the_first(
    world: World, here: service.Private
) -> None:
    """An impatient hand: the browser drops the first answer, and with it the mark that it was shown."""
    client, police = world.client("officer"), world.authorities["police"]
    values = {**GIVEN, "submission": new_submission()}
    first = client.post(ADDRESS, values)
    lose_answer(client)
    again = client.post(ADDRESS, values)
    assert "Not reached" in first.content.decode()
    assert again.content == first.content
    assert len(queries.asks_made(node().sql(), police)) == 1


@pytest.mark.parametrize(
    ("answered", "words"),
    [
        (("unreachable",), "Nobody answered, so nothing is known"),
        (("unreachable", "refused"), "Nobody answered, so nothing is known"),
        (("none", "unreachable"), "No hit at those that answered; 1 did not answer"),
        (("none", "none"), ">No hit.<"),
    ],
)
def test_who_did_not_answer_has_not_said_that_there_is_no_hit(
    world: World,
    here: service.Private,
    monkeypatch: pytest.MonkeyPatch,
    answered: tuple[str, ...],
    words: str,
) -> None:
    answers = {
        f"owner-{n}": [Answer(f"owner-{n}", outcome, words="[Errno -2] Name or service not known")]
        for n, outcome in enumerate(answered)
    }
    monkeypatch.setattr(private, "ask", lambda *_given: answers)
    text = world.client("officer").post(ADDRESS, GIVEN).content.decode()
    assert words in text and (">No hit.<" in text) == (words == ">No hit.<")
    assert ("Its node could not be reached." in text) == ("unreachable" in answered)
    assert text.count("Errno") == len(answered) - answered.count("unreachable"), "what it said itself stays"
