"""Erasing asks every other reader; an officer there decides; the answer is a promise and is kept."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.access.actions.erase_person import erase_person
from libertad.exchange.control.erasure_requests import erase_as_asked, refuse_to_erase
from libertad.exchange.protocol.erasure_messages import NEEDED
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary.values import Refused
from tests.exchange.conftest import Three
from tests.support.nodes import Party, settle


def shared(three: Three) -> tuple[str, str]:
    """A person whom Guyana met and whose file Trinidad reads too; (person, file)."""
    from tests.support.sharing import share_person

    person = three.guyana.do("officer", meet_person, country="GY")
    three.guyana.do(
        "officer", share_person, person=person, authority=three.trinidad.authority, reason="met there before"
    )
    settle(list(three))
    ((place,),) = three.guyana.node.sql().all(
        "select id from access_compartment where kind = 'person' and about = ?", (person,)
    )
    assert (person,) in three.trinidad.rows("people_person", "id")
    return person, place


def erasure_rows(party: Party) -> list[tuple[Any, ...]]:
    return party.rows("exchange_erasure", "request, authority, answer")


def test_every_other_reader_is_asked_and_its_promise_kept(three: Three) -> None:
    person, place = shared(three)
    three.guyana.do("national-lead", erase_person, person=person, reason="the person asked for it")
    ((request, reader, answer),) = erasure_rows(three.guyana)
    assert (reader, answer) == (three.trinidad.authority, "")
    settle(list(three))
    assert (person,) in three.trinidad.rows("people_person", "id")  # a request erases nothing by itself
    assert erasure_rows(three.trinidad) == [(request, three.trinidad.authority, "")]
    key = three.trinidad.node.rings.newest[bytes.fromhex(place)][2]
    assert three.trinidad.do("national-lead", erase_as_asked, request=request, reason="as asked") == 1
    settle(list(three))
    assert erasure_rows(three.guyana) == [(request, three.trinidad.authority, "1")]
    assert (person,) not in three.trinidad.rows("people_person", "id")
    for path in three.trinidad.node.home.rglob("*"):
        if path.is_file():
            assert key not in path.read_bytes(), path.name


def test_a_legal_hold_is_answered(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    person, _ = shared(three)
    three.guyana.do("national-lead", erase_person, person=person, reason="the person asked for it")
    settle(list(three))
    ((request, _, _),) = erasure_rows(three.trinidad)
    monkeypatch.setattr(
        "libertad.access.acting.Act.find",
        lambda *_, **__: [{"active": True, "kind": "person", "about": person}],
    )
    with pytest.raises(Refused, match="hold"):
        three.trinidad.do("national-lead", erase_as_asked, request=request, reason="as asked")
    monkeypatch.undo()
    three.trinidad.do("national-lead", refuse_to_erase, request=request)
    settle(list(three))
    assert erasure_rows(three.guyana) == [(request, three.trinidad.authority, "refused: legal hold")]
    assert (person,) in three.trinidad.rows("people_person", "id")
    with pytest.raises(Refused, match="answered"):
        three.trinidad.do("national-lead", erase_as_asked, request=request, reason="after all")


def test_another_reason_than_a_hold_is_answered_as_such(three: Three) -> None:
    """The answer is signed, and shown for years: it does not tell of a hold that nobody placed."""
    person, _ = shared(three)
    three.guyana.do("national-lead", erase_person, person=person, reason="the person asked for it")
    settle(list(three))
    ((request, _, _),) = erasure_rows(three.trinidad)
    three.trinidad.do("national-lead", refuse_to_erase, request=request, outcome=NEEDED)
    settle(list(three))
    assert erasure_rows(three.guyana) == [(request, three.trinidad.authority, "refused: needed")]
    assert (person,) in three.trinidad.rows("people_person", "id")


def test_what_was_erased_does_not_come_back_from_a_peer(three: Three) -> None:
    person, place = shared(three)
    three.guyana.do("national-lead", erase_person, person=person, reason="the person asked for it")
    settle(list(three))
    assert (person,) not in three.guyana.rows("people_person", "id")
    rows = three.guyana.node.sql().all(
        "select 1 from journal_entry where compartment = ? and body is not null", (place,)
    )
    assert rows == []


def waits(three: Three) -> list[tuple[Any, ...]]:
    """Requests that nobody has answered, on any node."""
    return [row for party in three for row in erasure_rows(party) if row[2] == ""]


def test_nothing_waits_once_all_have_erased(three: Three) -> None:
    """Whoever erases as asked does not ask the asker, and who has erased already says so by itself."""
    person, _place = shared(three)
    three.guyana.do("national-lead", erase_person, person=person, reason="the person asked for it")
    settle(list(three))
    ((request, _, _),) = erasure_rows(three.trinidad)
    three.trinidad.do("national-lead", erase_as_asked, request=request, reason="as asked")
    settle(list(three))
    assert waits(three) == []


def test_who_erases_without_an_answer_answers_by_it(three: Three) -> None:
    person, _place = shared(three)
    three.guyana.do("national-lead", erase_person, person=person, reason="the person asked for it")
    settle(list(three))
    three.trinidad.do("national-lead", erase_person, person=person, reason="our own order")
    settle(list(three))
    assert waits(three) == []


def test_both_erase_before_either_hears(three: Three) -> None:
    person, _place = shared(three)
    for party in (three.guyana, three.trinidad):
        party.do("national-lead", erase_person, person=person, reason="the person asked for it")
    settle(list(three))
    assert waits(three) == []
