"""Who answers an officer's suspension is judged wherever the word arrives, not by who says it."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from libertad.access.acting import Act, Forbidden
from libertad.access.actions.suspend_officer import (
    lapse_suspension,
    restore_officer,
    suspend_officer,
    uphold_suspension,
)
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.access.actor import itself
from libertad.vocabulary.body import Verb
from libertad.vocabulary.verbs.access import OfficerRestore, OfficerSuspend, OfficerUphold
from tests.exchange.conftest import Three
from tests.exchange.test_appointments import reason
from tests.support.lawless import lawless
from tests.support.nodes import Party, settle


def suspend(party: Party, role: str = "administrator", whom: str = "officer") -> tuple[str, str]:
    """The officer whom somebody suspended, and the suspension's hash."""
    officer = party.officers[whom]
    return officer, party.do(role, suspend_officer, officer=officer, reason="generated")


def say(party: Party, role: str, officer: str, content: Verb) -> str:
    """A word alone, from a node whose checks were taken out."""

    def said(act: Act) -> str:
        return act.say(act.operation_compartment, content, subject=officer, supersedes={})

    with lawless():
        return party.do(role, said)


def state(party: Party, officer: str) -> Any:
    row = party.node.sql().first("select state from access_officersuspension where id = ?", (officer,))
    return row[0] if row is not None else ""


def test_every_node_knows_how_it_stands(three: Three) -> None:
    _centre, guyana, _trinidad = three
    officer, entry = suspend(guyana)
    settle(list(three))
    assert [state(party, officer) for party in three] == ["alone"] * 3
    guyana.do("national-lead", uphold_suspension, officer=officer, entry=entry, reason="generated")
    settle(list(three))
    assert [state(party, officer) for party in three] == ["upheld"] * 3
    guyana.do("administrator", restore_officer, officer=officer, entry=entry, reason="generated")
    settle(list(three))
    assert [state(party, officer) for party in three] == ["lifted"] * 3
    assert all(party.rows("exchange_alarm") == party.rows("journal_held") == [] for party in three)


def test_the_nodes_own_word_that_it_lapsed_counts_and_upheld_before_it_does_not(three: Three) -> None:
    _centre, guyana, _trinidad = three
    officer, entry = suspend(guyana)

    def lapse(tx: Any) -> bool:
        own = itself(guyana.authority, guyana.operation, "UTC")
        return lapse_suspension(Act(tx, own), officer=officer)

    assert guyana.node.writer.submit(lapse)
    settle(list(three))
    assert [state(party, officer) for party in three] == ["lapsed"] * 3
    assert all(party.rows("exchange_alarm") == party.rows("journal_held") == [] for party in three)
    say(guyana, "national-lead", officer, OfficerUphold(entry=entry, reason="late"))
    settle(list(three))
    assert [state(party, officer) for party in three] == ["lapsed"] * 3, "what is over is upheld by nobody"


def test_who_coordinates_answers_where_nobody_of_the_authority_can(three: Three) -> None:
    centre, guyana, trinidad = three
    officer, entry = suspend(guyana)
    settle(list(three))
    values = {"officer": officer, "entry": entry, "reason": "generated"}
    with pytest.raises(Forbidden, match="another person of the officer's own authority"):
        centre.do("coordinator", uphold_suspension, **values)
    guyana.do("administrator", withdraw_officer, officer=guyana.officers["national-lead"], reason="Left")
    settle(list(three))
    with pytest.raises(Forbidden):
        trinidad.do("national-lead", uphold_suspension, **values)
    centre.do("coordinator", uphold_suspension, **values)
    settle(list(three))
    assert [state(party, officer) for party in three] == ["upheld"] * 3


@pytest.mark.parametrize(
    ("who", "verb"),
    [
        *product(("another authority", "the suspended"), (OfficerUphold, OfficerRestore)),
        ("who suspended", OfficerUphold),  # who may lift it
    ],
)
def test_a_word_of_nobody_who_may_is_held_and_an_alarm(three: Three, who: str, verb: type) -> None:
    _centre, guyana, trinidad = three
    officer, entry = suspend(guyana)
    settle(list(three))
    speaker, role = {
        "another authority": (trinidad, "national-lead"),
        "the suspended": (guyana, "officer"),
        "who suspended": (guyana, "administrator"),
    }[who]
    word = say(speaker, role, officer, verb(entry=entry, reason="forged"))
    settle(list(three))
    for party in three:
        if party is not speaker:
            assert reason(party, word) == "about" and state(party, officer) == "alone"
            assert len(party.rows("exchange_alarm")) == 1
    assert state(guyana, officer) == "alone", "at home it counts for nothing either"


def test_another_authority_suspends_nobody(three: Three) -> None:
    _centre, guyana, trinidad = three
    officer = guyana.officers["officer"]
    settle(list(three))
    word = say(trinidad, "national-lead", officer, OfficerSuspend(reason="forged"))
    settle(list(three))
    for party in (three[0], guyana):
        assert reason(party, word) == "about" and state(party, officer) == ""
    assert guyana.rows("exchange_alarm")


def test_an_answer_that_arrives_before_the_suspension_counts_with_it(three: Three) -> None:
    centre, guyana, trinidad = three
    guyana.do("administrator", withdraw_officer, officer=guyana.officers["national-lead"], reason="Left")
    settle(list(three))
    officer, entry = suspend(guyana)
    settle([guyana, centre])
    values = {"officer": officer, "entry": entry, "reason": "generated"}
    centre.do("coordinator", uphold_suspension, **values)
    settle([centre, trinidad])
    assert state(trinidad, officer) == ""
    settle(list(three))
    assert [state(party, officer) for party in three] == ["upheld"] * 3
    assert trinidad.rows("journal_held") == [] == trinidad.rows("exchange_alarm")
