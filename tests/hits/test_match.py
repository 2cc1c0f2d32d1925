"""POST /match/default: whom it answers, what each may see of it, what is recorded, what it refuses."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from django.test import Client

from libertad.access import keys
from libertad.access.models import ApiKey
from libertad.journal.writer import NotStored
from tests.hits.making import PHONE, person, phone_exhibit, phone_lead, share
from tests.people.test_protections import searches
from tests.support.keys import program as with_key
from tests.support.world import World


def program(world: World, role: str = "officer") -> Client:
    """A client with a key and no session."""
    return with_key(world.actor(role))


def query_of(schema: str = "Person", **properties: Any) -> dict[str, Any]:
    return {"queries": {"q1": {"schema": schema, "properties": properties}}}


def post(client: Client, body: Any, query: str = "", dataset: str = "default") -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(f"/match/{dataset}{query}", data, content_type="application/json")


def results(client: Client, body: Any, query: str = "") -> list[dict[str, Any]]:
    answer = post(client, body, query)
    assert answer.status_code == 200, answer.content
    hits: list[dict[str, Any]] = answer.json()["responses"]["q1"]["results"]
    return hits


def test_a_person_is_found_and_the_question_recorded_before_the_answer(world: World) -> None:
    person_id = person(world, "Yulimar Peña")
    client = program(world)
    answer = post(
        client, query_of(name=["Yulimar Peña"], phone=[PHONE]), "?limit=3&threshold=0.9&algorithm=best"
    )
    reply = answer.json()
    assert answer.status_code == 200 and reply["limit"] == 3 and "phone" in reply["matcher"]
    first = reply["responses"]["q1"]
    assert first["status"] == 200 and first["total"] == {"value": 1, "relation": "eq"}
    assert first["query"]["properties"] == {"name": ["Yulimar Peña"], "phone": [PHONE]}
    [hit] = first["results"]
    assert hit["id"] == f"person:{person_id}" and hit["match"] and hit["datasets"] == ["default"]
    assert hit["properties"]["phone"] == [PHONE] and set(hit["features"]) == {"name", "phone"}
    assert answer["Cache-Control"] == "no-store"
    search = searches(world, "officer")[-1]
    assert (search.words, search.found) == (f"Yulimar Peña, {PHONE}", 1)
    assert ApiKey.objects.get().asked == 1


def test_each_question_of_many_is_answered_under_its_name_and_recorded_whole(world: World) -> None:
    person(world, "Yulimar Peña")
    before = len(searches(world, "officer"))
    long = [f"{letter * 150} Peña" for letter in "abc"]
    body = {
        "queries": {
            "a": {"schema": "Person", "properties": {"name": [*long, "Yulimar Peña"]}},
            "b": {"schema": "Person", "properties": {"name": "Nobody Like That"}},
            "c": {"schema": "Person", "properties": {"nationality": ["ve"]}},
        }
    }
    responses = post(program(world), body).json()["responses"]
    assert {name: len(response["results"]) for name, response in responses.items()} == {
        "a": 1,
        "b": 0,
        "c": 0,
    }
    assert (responses["b"]["status"], responses["c"]["status"]) == (200, 400) and "a name" in responses["c"][
        "detail"
    ]
    recorded = [words for search in searches(world, "officer")[before:] for words in search.words.split(", ")]
    assert recorded == [*long, "Yulimar Peña", "Nobody Like That"]


def test_without_the_journal_there_is_no_answer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from libertad.hits import search_log

    def full(*args: Any) -> None:
        raise NotStored("the disk is full")

    person(world, "Yulimar Peña")
    monkeypatch.setattr(search_log, "perform_together", full)
    answer = post(program(world), query_of(name="Yulimar Peña"))
    assert answer.status_code == 503 and answer.json() == {"detail": "the disk is full"}


def test_only_what_the_officer_s_role_and_authority_read_is_in_the_answer(world: World) -> None:
    person_id = person(world, "Yulimar Peña")
    foreign = person(world, "Yulimar Pena", "other-lead")
    lead = phone_lead(world)
    exhibit = phone_exhibit(world)
    everything = query_of("Thing", phone=[PHONE])

    def refs(role: str) -> set[str]:
        return {hit["id"] for hit in results(program(world, role), everything)}

    assert refs("officer") == {f"person:{person_id}", f"lead:{lead}", f"exhibit:{exhibit}"}
    assert refs("other-lead") == {f"person:{foreign}"}
    for role in ("analyst", "coordinator", "prosecutor", "other-officer"):
        assert f"person:{person_id}" not in refs(role), role
    share(world, foreign)
    assert f"person:{foreign}" in refs("officer")


def test_a_person_that_care_alone_met_is_as_if_nobody_were_there(world: World) -> None:
    person_id = person(world, "Yulimar Peña", "caseworker")
    question = query_of(name="Yulimar Peña", phone=PHONE)
    assert [hit["id"] for hit in results(program(world, "caseworker"), question)] == [f"person:{person_id}"]
    for role in ("officer", "national-lead", "coordinator", "analyst"):
        known, nobody = (
            post(program(world, role), question),
            post(program(world, role), query_of(name="No One")),
        )
        one_, two = known.json()["responses"]["q1"], nobody.json()["responses"]["q1"]
        assert (one_["results"], one_["total"]) == (two["results"], two["total"]), role


def test_a_question_for_people_is_answered_with_people_and_others_with_all_that_carry_it(
    world: World,
) -> None:
    person_id, lead = person(world, "Yulimar Peña"), phone_lead(world)
    client = program(world)
    assert [hit["id"] for hit in results(client, query_of(phone=PHONE))] == [f"person:{person_id}"]
    assert {f["id"] for f in results(client, query_of("Thing", phone=PHONE))} == {
        f"person:{person_id}",
        f"lead:{lead}",
    }
    left = results(client, query_of("Thing", phone=PHONE), f"?exclude_entity_ids=person:{person_id}")
    assert [hit["id"] for hit in left] == [f"lead:{lead}"]


def test_limit_threshold_and_cutoff(world: World) -> None:
    for name in ("Ana Díaz", "Ana Díaz", "Ana Díaz"):
        person(world, name, phone="+592 600 0000")
    client, question = program(world), query_of(name="Ana Díaz")
    answer = post(client, question, "?limit=2").json()["responses"]["q1"]
    assert len(answer["results"]) == 2 and answer["total"]["value"] == 3
    for threshold in ("0.2", "0.75", "0.999"):
        for hit in results(client, question, f"?threshold={threshold}&cutoff=0"):
            assert hit["match"] == (hit["score"] >= float(threshold))
    assert not any(result["match"] for result in results(client, question, "?threshold=0.999"))
    assert results(client, question, "?threshold=0.999&cutoff=0.999") == []


@pytest.mark.parametrize("header", [None, "ApiKey ", "ApiKey wrong", "Bearer x"])
def test_without_a_key_there_is_nothing_and_a_session_is_none(world: World, header: str | None) -> None:
    for client in (Client(), world.client("officer")):
        headers = {} if header is None else {"Authorization": header}
        answer = client.post("/match/default", b"{}", content_type="application/json", headers=headers)
        assert answer.status_code == 401 and answer["WWW-Authenticate"] == "ApiKey"
        assert "detail" in answer.json()


def test_a_role_that_reads_no_hits_and_other_methods_are_refused_in_json(world: World) -> None:
    for role in ("press", "administrator", "deciding-authority"):
        answer = post(program(world, role), query_of(name="Yulimar Peña"))
        assert answer.status_code == 404 and "detail" in answer.json()
    answer = program(world).get("/match/default")
    assert answer.status_code == 405 and answer["Allow"] == "POST" and "detail" in answer.json()


def test_another_dataset_bad_addresses_and_bad_bodies_are_refused_in_json(world: World) -> None:
    client, question = program(world), query_of(name="Yulimar Peña")
    assert post(client, question, dataset="sanctions").status_code == 404
    for query in (
        "limit=0",
        "limit=51",
        "limit=x",
        "limit=%C2%B2",
        "threshold=2",
        "threshold=nan",
        "cutoff=x",
        "topics=crime",
        "exclude_dataset=x",
        "exclude_entity_ids=a" + "&exclude_entity_ids=a" * 50,
    ):
        answer = post(client, question, f"?{query}")
        assert answer.status_code == 400 and "detail" in answer.json(), query
    queries = {str(n): question["queries"]["q1"] for n in range(10_000)}
    for body in (b"no", {"queries": queries}, query_of("Company", name="X"), query_of(name="X" * 4000)):
        answer = post(client, body)
        assert answer.status_code == 400 and "detail" in answer.json()
    answer = post(client, b" " * 3_000_000)
    assert answer.status_code == 413 and "detail" in answer.json()
    assert ApiKey.objects.get().asked == 0 and searches(world, "officer") == []


def test_a_key_that_guesses_is_stopped_and_told_when_to_come_back(world: World) -> None:
    client = program(world)
    ApiKey.objects.update(asked=keys.AN_HOUR)
    answer = post(client, query_of(name="Yulimar Peña"))
    assert answer.status_code == 429 and answer["Retry-After"] == "3600"
    assert searches(world, "officer") == []


def test_names_of_every_shape_break_nothing(world: World) -> None:
    person(world, "Yulimar Peña")
    names = ["\u200b\u202e", "\x00", "李小龍", "x", "-", "N/A", "'; drop table", "a " * 99]
    assert (
        post(program(world), query_of(name=names, phone=["0000000"], birthDate=["1999-81-81"])).status_code
        == 200
    )


def test_no_name_is_in_a_log_or_in_a_refusal(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = program(world)
    for body in (
        query_of(name="Yulimar Peña"),
        query_of("Company", name="Yulimar Peña"),
        query_of(name={"x": "Yulimar"}),
    ):
        answer = post(client, body)
        if answer.status_code != 200:
            assert b"Yulimar" not in answer.content
    own_records = [record for record in caplog.records if not record.name.startswith("asyncio")]
    assert not any("Yulimar" in record.getMessage() for record in own_records)
