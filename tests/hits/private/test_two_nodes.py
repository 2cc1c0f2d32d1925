"""A person met and a phone known on one node are found from another that shares nothing else with it."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import pytest

from libertad.hits.matching.record import Record
from libertad.hits.private import queries, wire
from libertad.hits.private.asking import Answer, bond
from tests.support.private_sides import CASE, Side, Two, record

HERS = record(
    "person:1",
    "Yulimar del Carmen González Rojas",
    "1999-03-04",
    "female",
    phone="+58 412 555 7391",
    document="VE:V27654321",
    nationality="VE",
)
OTHERS = [
    record("person:2", "Maria Fernanda Perez Soto", "1997-11-30", "female", nationality="VE"),
    record("person:3", "Shanice Baptiste", "2000-01-21", "female", phone="+592 622 4477"),
    record("exhibit:4", phone="+1 868 477 1234", device="35 209900 176148 1"),
]


def ask(two: Two, about: Record, case: str = CASE) -> list[Answer]:
    asking, actor = two.guyana.asking, two.guyana.party.actor("officer")
    return asking.ask(actor, case, about, [two.trinidad.authority])


def test_a_person_met_is_found_by_the_name_as_it_was_told_elsewhere(two: Two) -> None:
    two.trinidad.upsert(HERS, *OTHERS)
    (answer,) = ask(two, record("person:9", "Gonsales, YULIMAR", "1999-04-03", "female", nationality="VE"))
    assert (answer.what, answer.owner, answer.contact) == (
        "hit",
        two.trinidad.authority,
        "Duty desk, +1 868 555 0100",
    )
    assert {weight.kind: weight.how for weight in answer.weights} == {
        "name": "same",
        "birth": "swapped",
        "sex": "same",
        "nationality": "same",
    }
    assert answer.probability > 0.99


@pytest.mark.parametrize(
    ("kind", "said", "ref"),
    [
        ("phone", "868-477-1234", "exhibit:4"),
        ("device", "352099001761481", "exhibit:4"),
        ("document", "V-27654321", "person:1"),
    ],
)
def test_a_number_alone_is_found(two: Two, kind: str, said: str, ref: str) -> None:
    two.trinidad.upsert(HERS, *OTHERS)
    (answer,) = ask(two, record("exhibit:9", **{kind: said}))
    assert answer.what == "hit"
    assert [(weight.kind, weight.how) for weight in answer.weights] == [(kind, "same")]
    assert queries.answered(two.trinidad.party.node.sql(), two.trinidad.authority)[0].met == (ref,)


def test_who_is_not_there_is_not_found_and_nothing_is_opened(two: Two) -> None:
    two.trinidad.upsert(HERS, *OTHERS)
    for about in (
        record("person:9", "Yulimar Contreras", "1992-07-08"),
        record("person:9", "Beatriz Souza Lima", "1999-03-04", phone="+592 600 0000"),
    ):
        (answer,) = ask(two, about)
        assert (answer.what, answer.weights, answer.contact) == ("none", (), "")
    assert all(not row.met for row in queries.answered(two.trinidad.party.node.sql(), two.trinidad.authority))


def test_both_ends_have_it_in_their_logs_and_only_the_askers_names_the_officer(two: Two) -> None:
    two.trinidad.upsert(HERS)
    (answer,) = ask(two, record("person:9", "Yulimar Gonzalez", "1999-03-04", phone="0412 5557391"))
    guyana, trinidad = two.guyana.party, two.trinidad.party
    (query,) = queries.asks_made(guyana.node.sql(), guyana.authority)
    assert (query.officer, query.case, query.owner, query.what) == (
        guyana.officers["officer"],
        CASE,
        trinidad.authority,
        "hit",
    )
    assert query.counts == {"person": 4, "phone": 2}
    assert (query.id, query.bits) == (answer.ask, answer.bits)
    (logged,) = queries.answered(trinidad.node.sql(), trinidad.authority)
    assert (logged.peer, logged.case, logged.counts, logged.met) == (
        guyana.authority,
        CASE,
        {"person": 4, "phone": 2, "field": 12},
        ("person:1",),
    )
    bonds = trinidad.node.sql().all("select bond from hits_private_answered")
    (salt,) = guyana.node.sql().first("select salt from hits_private_asked") or (b"",)
    assert {bytes(row[0]) for row in bonds} == {bond(bytes(salt), query.officer, CASE)}
    assert not [row for row in trinidad.rows("hits_private_answered") if query.officer in map(str, row)]


def test_the_handle_of_an_answer_is_its_record_to_the_owner_and_to_nobody_else(two: Two) -> None:
    two.trinidad.upsert(HERS, *OTHERS)
    (answer,) = ask(two, record("exhibit:9", device="352099001761481"))
    trinidad = two.trinidad.party
    named = queries.met(trinidad.node.sql(), trinidad.authority, answer.handle)
    assert named is not None
    assert (named.ref, named.peer, named.case) == ("exhibit:4", two.guyana.authority, CASE)
    assert queries.met(trinidad.node.sql(), two.guyana.authority, answer.handle) is None
    assert queries.met(two.guyana.party.node.sql(), trinidad.authority, answer.handle) is None


def overheard_and_stored(side: Side) -> dict[Path, bytes]:
    """All that a node has on its disk, and what was said to it and by it."""
    home = side.party.node.home
    contents = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    return {**contents, **{Path(f"heard {at}"): data for at, data in enumerate(side.heard)}}


def parts(about: Record) -> list[bytes]:
    """What would betray a record: words of names, birth, numbers, as they are and as they are compared."""
    from libertad.hits.private.tokens import fields, tokens_of

    words = [word for name in about.names for word in name.text.split() if len(word) > 3]
    words += [value for _, value in about.facts if len(value) > 4]
    words += [value for _, value in fields(about) if len(value) > 4]
    words += [data.decode() for values in tokens_of(about).values() for data in values]
    return [word.encode() for word in words] + [word.casefold().encode() for word in words]


def betrayed(side: Side, about: list[Record]) -> list[tuple[str, bytes]]:
    leaks = []
    for path, data in overheard_and_stored(side).items():
        for word in {part for person in about for part in parts(person)}:
            if word in data or word.hex().encode() in data or zlib.compress(word) in data:
                leaks.append((str(path), word))
    return leaks


def test_neither_nodes_files_nor_the_line_hold_the_others_names_or_numbers(two: Two) -> None:
    our_records = [
        record("person:9", "Yulimar Gonzalez", "1999-03-04", phone="+592 600 8812"),
        record("person:8", "Radhika Persaud", "1988-12-09", document="GY:R0456789"),
    ]
    two.trinidad.upsert(HERS, *OTHERS)
    two.guyana.upsert(*our_records)
    for about in our_records:
        ask(two, about)
    two.trinidad.holding.begin(two.trinidad.party.actor("officer"))
    for about in our_records:
        ask(two, about)
    assert betrayed(two.trinidad, [*our_records, HERS, *OTHERS]) == []
    assert betrayed(two.guyana, [*our_records, HERS, *OTHERS]) == []


def test_the_search_finds_what_is_there(two: Two) -> None:
    two.trinidad.upsert(HERS)
    (two.trinidad.party.node.home / "log").write_bytes(b"asked for V27654321")
    assert [word for _, word in betrayed(two.trinidad, [HERS])] == [b"V27654321"]


def test_whoever_is_asked_cannot_tell_that_years_beside_the_birth_were_asked(two: Two) -> None:
    """Every opening has as many blinded fields, and none of them is seen twice."""
    two.trinidad.upsert(HERS)
    opened: list[wire.Open] = []
    spied = two.guyana.asking.talk.talk

    def spy(owner: str, kind: Any, say: Any, *rest: Any, **options: Any) -> Any:
        question = say(1)
        if isinstance(question, wire.Open):
            opened.append(question)
        return spied(owner, kind, say, *rest, **options)

    two.guyana.asking.talk.talk = spy  # type: ignore[method-assign]
    for born in ("1999-03-04", "1998-03-04", ""):
        phone = "+58 412 555 7391"
        ask(two, record("person:9", "Yulimar Gonzalez Rojas", born, "female", phone=phone))
    assert [len(opening.fields) for opening in opened] == [12, 12, 12]
    elements = [element for opening in opened for element in opening.fields]
    assert len(set(elements)) == len(elements)
