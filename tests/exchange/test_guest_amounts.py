"""Whose files they are learns that officers of another authority open many of them, and nothing of care."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from libertad.access import guest_amounts
from libertad.access.actions.open_file import open_file
from libertad.access.amount_limits import EXPORTS, PEOPLE, amount_limits
from libertad.access.bursts import Burst
from libertad.journal import clock
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary.values import PersonName
from tests.exchange.conftest import Three
from tests.support.nodes import Party, settle
from tests.support.sharing import share_person

LIMIT = amount_limits().guests


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    guest_amounts.forget()
    yield
    guest_amounts.forget()


@pytest.fixture
def people(three: Three) -> list[str]:
    """Whom Guyana met, and whose files it let Trinidad read."""
    _centre, guyana, trinidad = three
    met: list[str] = []
    for number in range(LIMIT[PEOPLE] + 1):
        name = (PersonName(text=f"Generated {number}"),)
        met.append(guyana.do("officer", meet_person, country="GY", name=name))
    for person in met:
        guyana.do(
            "national-lead", share_person, person=person, authority=trinidad.authority, reason="Met before"
        )
    settle(list(three))
    return met


def opened(party: Party, people: list[str], page: str = "person") -> None:
    """An officer's openings, as a screen says them."""
    for person in people:
        place = party.node.sql().all(
            "select id from access_compartment where kind = 'person' and about = ?", (person,)
        )[0][0]
        party.do("officer", open_file, compartment=str(place), subject=person, page=page)


def told(party: Party) -> list[Burst]:
    return guest_amounts.unusual(party.node, party.node.sql(), party.authority)


def test_the_owner_is_told_and_nobody_else(three: Three, people: list[str]) -> None:
    centre, guyana, trinidad = three
    opened(trinidad, people[: LIMIT[PEOPLE] - 1])
    settle(list(three))
    assert told(guyana) == [], "below the limit"
    opened(trinidad, people[LIMIT[PEOPLE] - 1 :])
    settle(list(three))
    burst = told(guyana)[0]
    assert len(told(guyana)) == 1 and burst.amount == PEOPLE and burst.count == LIMIT[PEOPLE] + 1
    assert (burst.authority, burst.officer) == (trinidad.authority, trinidad.officers["officer"])
    assert told(trinidad) == told(centre) == []
    guest_amounts.forget()
    assert told(guyana) == [burst], "a restart forgets nothing"


def test_the_own_officers_and_the_same_files_again_are_not_among_them(
    three: Three, people: list[str]
) -> None:
    _centre, guyana, trinidad = three
    opened(guyana, people)
    for _ in range(LIMIT[PEOPLE] + 1):
        opened(trinidad, people[:1])
    settle(list(three))
    assert told(guyana) == []


def test_what_is_spread_over_hours_is_usual(
    three: Three, people: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _centre, guyana, trinidad = three
    real = clock.now
    for number, person in enumerate(people):
        monkeypatch.setattr(clock, "now", lambda at=number: real() + timedelta(minutes=5 * at))
        opened(trinidad, [person])
    settle(list(three))
    assert told(guyana) == []


def test_documents_taken_out_are_told(three: Three, people: list[str]) -> None:
    _centre, guyana, trinidad = three
    opened(trinidad, people[:1] * LIMIT[EXPORTS], page="attachment")
    settle(list(three))
    assert [(burst.amount, burst.count) for burst in told(guyana)] == [(EXPORTS, LIMIT[EXPORTS])]


def test_what_is_held_is_not_counted(three: Three, people: list[str]) -> None:
    """Such as in the name of an officer whose access had ended."""
    _centre, guyana, trinidad = three
    opened(trinidad, people)
    settle(list(three))
    guest_amounts.forget()
    sql = guyana.node.sql()
    ids = sql.all(
        "select e.idx from journal_entry e join journal_device d on d.id = e.device where d.authority = ?",
        (trinidad.authority,),
    )
    for (idx,) in ids:
        sql.run("insert into journal_held (idx, reason, detail, since) values (?, 'revoked', '', 0)", (idx,))
    assert told(guyana) == []


def test_a_locked_ring_tells_nothing_and_an_open_one_all(three: Three, people: list[str]) -> None:
    _centre, guyana, trinidad = three
    opened(trinidad, people)
    settle(list(three))
    ring = guyana.node.rings.open.pop(guyana.authority)
    assert told(guyana) == []
    guyana.node.rings.open[guyana.authority] = ring
    assert len(told(guyana)) == 1
