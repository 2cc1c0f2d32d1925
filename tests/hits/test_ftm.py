"""FollowTheMoney entities become records and records become results: nothing else is needed for it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from libertad.hits import ftm
from libertad.hits.matching.record import Birth, Name, Record
from libertad.hits.record_builder import Subject
from tests.support.exact import Exact

YULIMAR = Record(
    id="person:1",
    names=(Name(full="Yulimar Peña", given="Yulimar", family="Peña"),),
    birth=Birth.of_text("1999-04-23"),
    sex="female",
    facts=(
        ("nationality", "VE"),
        ("phone", "+592 611 4409"),
        ("document", "VE:C1234567"),
        ("phone", "+592 600 1"),
    ),
)


def subject(record: Record = YULIMAR) -> Subject:
    return Subject(record.id, record, "P-GY-001", "GY", "c" * 32, datetime(2018, 4, 5, tzinfo=UTC), "UTC")


def record_of_query(schema: str = "Person", **properties: Any) -> Record:
    body = {"queries": {"q": {"schema": schema, "properties": properties}}}
    return ftm.record(schema, ftm.understood(ftm.read(json.dumps(body).encode())["q"]))


def test_a_person_is_asked_for_by_all_that_the_model_has_for_it() -> None:
    record = record_of_query(
        name=["Yulimar Peña"],
        firstName=["Yulimar"],
        lastName=["Peña", "Rojas"],
        birthDate=["1999-04-23"],
        gender=["Female"],
        nationality=["ve"],
        country="gy",
        passportNumber=["C1234567"],
        idNumber=[7654321],
        phone=["+592 611 4409"],
        email=["y@example.org"],
        address=["12 Main St, Bartica"],
        birthPlace=["El Callao"],
        position=["cook"],
    )
    assert record.names == (Name(full="Yulimar Peña"), Name(given="Yulimar", family="Peña Rojas"))
    assert (record.birth, record.sex, record.where) == (Birth.of_text("1999-04-23"), "female", "GY")
    assert {value: kind for kind, value in record.facts} == {
        "VE": "nationality",
        "C1234567": "document",
        "7654321": "document",
        "+592 611 4409": "phone",
        "y@example.org": "handle",
        "12 Main St, Bartica": "address",
        "El Callao": "place",
    }


def test_a_first_name_alone_is_a_name_only_where_there_is_no_other() -> None:
    assert record_of_query(firstName="Yulimar").names == (Name(given="Yulimar"),)
    assert record_of_query(firstName="Yulimar", name="Yulimar Peña").names == (Name(full="Yulimar Peña"),)


def test_what_is_no_date_gender_or_country_is_left_out_of_question_and_echo() -> None:
    entity = ftm.Entity("Person", {"birthDate": ["no", "1999"], "gender": ["?"], "nationality": ["xx", ""]})
    assert ftm.understood(entity) == {"birthDate": ["1999"]}


def test_of_several_birth_dates_every_day_between_can_be_true() -> None:
    birth = record_of_query(name="A", birthDate=["1999", "2001-02-03"]).birth
    assert birth is not None and (birth.earliest, birth.latest) == (date(1999, 1, 1), date(2001, 2, 3))


def test_a_vessel_s_name_is_no_person_s() -> None:
    record = record_of_query("Vessel", name="Lady Essequibo", imoNumber="9074729", registrationNumber="GY 1")
    assert record.names == ()
    assert set(record.facts) == {("vessel", "Lady Essequibo"), ("vessel", "9074729"), ("vehicle", "GY 1")}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe{}", "not JSON"),
        (b'{"config": {"a": ' + b"[" * 100_000, "not JSON"),
        (b'{"queries": {"q": {"schema": "Person", "properties": {"name": ["\\ud800"]}}}}', "not JSON"),
        (b"[]", "Expected `object`"),
        (b"{}", "queries"),
        (b'{"queries": []}', "Expected `object`"),
        (b'{"queries": {}}', "from 1 to 100"),
        (b'{"queries": {"q": null}}', "from 1 to 100"),
        (b'{"queries": {"q": {"properties": {}}}}', "schema"),
        (b'{"queries": {"q": {"schema": "Person"}}}', "properties"),
        (b'{"queries": {"q": {"schema": "Company", "properties": {}}}}', "the schema is one of Person"),
        (b'{"queries": {"q": {"schema": "Person", "properties": {"name": [{"a": 1}]}}}}', "Expected"),
        (b'{"queries": {"q": {"schema": "Person", "properties": {"phone": [-1]}}}}', ">= 0"),
        (b'{"queries": {"q": {"schema": "Person", "properties": {}}}, "weights": {"x": 1}}', "weights"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_reason(body: bytes, words: str) -> None:
    with pytest.raises(ftm.Wrong, match=words):
        ftm.read(body)


def query_body(**properties: Any) -> bytes:
    return json.dumps({"queries": {"q": {"schema": "Person", "properties": properties}}}).encode()


def test_too_many_too_long_and_nothing_of_it_repeated() -> None:
    with pytest.raises(ftm.Wrong, match="from 1 to 100"):
        ftm.read(
            json.dumps(
                {"queries": {str(n): {"schema": "Person", "properties": {}} for n in range(10_000)}}
            ).encode()
        )
    for body, words in (
        (query_body(name=["Yulimar" * 600]), "at most 200 characters"),
        (query_body(name=["Yulimar"] * 101), "at most 100 values"),
        (query_body(strange=["x" * 201]), "at most 200 characters"),
    ):
        with pytest.raises(ftm.Wrong, match=words) as why:
            ftm.read(body)
        assert "Yulimar" not in str(why.value)


def test_a_result_tells_what_the_client_reads_and_of_numbers_only_those_that_were_asked_for() -> None:
    question = record_of_query(name="Yulimar Peña", passportNumber="C-123 4567")
    hit = Exact().compare(question, YULIMAR)
    result = ftm.result(subject(), hit, question, threshold=0.7)
    assert result["properties"] == {
        "name": ["Yulimar Peña"],
        "firstName": ["Yulimar"],
        "lastName": ["Peña"],
        "birthDate": ["1999-04-23"],
        "gender": ["female"],
        "nationality": ["ve"],
        "country": ["gy"],
        "notes": ["P-GY-001"],
        "idNumber": ["VE:C1234567"],
    }
    assert (result["id"], result["caption"], result["schema"]) == ("person:1", "Yulimar Peña", "Person")
    assert result["score"] == round(hit.probability, 4) and result["match"] is True
    assert result["features"] == {"name": 8.0} and result["explanations"]["name"]["score"] == 8.0
    assert result["explanations"]["name"]["detail"] == "Both are called yulimar peña"
    assert ftm.result(subject(), hit, question, threshold=1.0)["match"] is False
    assert "611" not in json.dumps(ftm.properties(subject(), record_of_query(name="Yulimar Peña")))


@pytest.mark.parametrize(
    ("text", "told"), [("1999-04-23", "1999-04-23"), ("1999-04", "1999-04"), ("1999", "1999")]
)
def test_a_birth_is_told_as_exactly_as_it_is_known(text: str, told: str) -> None:
    record = Record(id="person:1", birth=Birth.of_text(text))
    assert ftm.properties(subject(record), record_of_query(name="A"))["birthDate"] == [told]


def test_of_an_age_no_date_is_made_up_and_other_records_are_things() -> None:
    record = Record(id="person:1", birth=Birth.of_age(20, 25, date(2018, 4, 5)))
    assert "birthDate" not in ftm.properties(subject(record), record_of_query(name="A"))
    lead = Record(id="lead:1", facts=(("phone", "+592 611 4409"),))
    question = record_of_query("Thing", phone="+592 6114409")
    result = ftm.result(subject(lead), Exact().compare(question, lead), question, 0.7)
    assert (result["schema"], result["caption"]) == ("Thing", "P-GY-001")
    assert result["properties"] == {"country": ["gy"], "notes": ["P-GY-001"], "phone": ["+592 611 4409"]}
