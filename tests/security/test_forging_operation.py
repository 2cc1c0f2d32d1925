"""An entry is of the operation that its file is of: whoever names another moves nothing there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from libertad.access import about
from libertad.access.acting import Act, Forbidden
from libertad.journal import folding
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.operations import LeadGrade, OperationClock
from tests.exchange.conftest import Three
from tests.exchange.conftest import three as three
from tests.exchange.test_exchange import lead
from tests.security.test_forging_access import alarmed, operation_file
from tests.support.lawless import lawless
from tests.support.nodes import Party, settle

pytestmark = [pytest.mark.django_db]
OTHER = "e" * 32
GRADE = LeadGrade(source_grade="3", information_grade="D", handling="P", reasons="forged")
EARLY = Happened(at=datetime(2018, 1, 1, tzinfo=UTC), zone="UTC")


def say_elsewhere(party: Party, content: Any, place: str, subject: str, role: str = "coordinator") -> str:
    """As a node without checks: the entry names another operation than its file's, and an early date."""
    actor = replace(party.actor(role), operation=OTHER)
    with lawless():
        return party.node.writer.submit(
            lambda tx: Act(tx, actor, EARLY).say(place, content, subject=subject, supersedes={})
        )


def graded(three: Three) -> tuple[str, str]:
    """The centre grades Guyana's lead in another operation's name; returns the lead and the entry."""
    three.centre.appoint("analyst")
    lead_id = lead(three.guyana)
    settle(list(three))
    ((place,),) = three.centre.rows("operations_lead", "compartment")
    entry = say_elsewhere(three.centre, GRADE, place, lead_id, "analyst")
    settle(list(three))
    return lead_id, entry


def test_a_lead_does_not_leave_its_operation_by_a_readers_word(three: Three) -> None:
    """A lead, a person or a team would vanish from every list of the operation."""
    lead_id, _entry = graded(three)
    assert three.guyana.rows("operations_lead", "id, operation") == [(lead_id, three.guyana.operation)]
    assert alarmed(three.guyana) == [("about", three.centre.authority)]


def test_without_the_judging_the_row_stays_where_it_began(three: Three) -> None:
    """Also where such a word is believed: a row is of the operation of the entry that begins it."""
    with patch.object(about, "judge_operation", lambda *_: None):
        lead_id, _entry = graded(three)
        assert three.guyana.rows("operations_lead", "id, operation") == [(lead_id, three.guyana.operation)]


def test_without_either_the_lead_would_vanish(three: Three) -> None:
    """Planted: as before, when the first entry of a row said of which operation it is."""
    with (
        patch.object(about, "judge_operation", lambda *_: None),
        patch.object(folding, "_began", lambda projection, entries: entries[0]),
    ):
        lead_id, _entry = graded(three)
        assert three.guyana.rows("operations_lead", "id, operation") == [(lead_id, OTHER)]


def test_who_coordinates_one_operation_sets_no_other_ones_clock(three: Three) -> None:
    moment = datetime.now(UTC) + timedelta(days=2)
    content = OperationClock(reads=moment, set_at=moment, rate=0)
    say_elsewhere(three.centre, content, operation_file(three.centre), OTHER)
    settle(list(three))
    assert three.guyana.rows("access_clock", "id") == []
    assert alarmed(three.guyana) == [("about", three.centre.authority)]


def test_a_node_refuses_its_own_officers_the_same(three: Three) -> None:
    lead_id = lead(three.guyana)
    settle(list(three))
    ((place,),) = three.centre.rows("operations_lead", "compartment")
    actor = replace(three.guyana.actor("national-lead"), operation=OTHER)
    with pytest.raises(Forbidden, match="of another operation"):
        three.guyana.node.writer.submit(
            lambda tx: Act(tx, actor).say(place, GRADE, subject=lead_id, supersedes={})
        )


@pytest.mark.parametrize("kind", ["police", "case", "person"])
def test_a_file_is_opened_in_the_operation_that_it_is_about(three: Three, kind: str) -> None:
    about_what = {"police": f"{OTHER}:GY", "case": f"{OTHER}:GY", "person": "d" * 32}[kind]
    actor = three.guyana.actor("national-lead")
    if kind == "person":  # of an operation that its authority is no member of
        actor = replace(actor, operation=OTHER)
    readers = [three.guyana.authority, three.centre.authority]
    with lawless():
        three.guyana.node.writer.submit(lambda tx: Act(tx, actor).open(kind, about_what, readers))
    settle(list(three))
    assert three.centre.rows("access_compartment", "about").count((about_what,)) == 0
