"""A row is of the operation of the entry that begins it: no reader's word takes it out of its lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from unittest.mock import patch

import pytest

from libertad.access.acting import Act
from libertad.journal import folding
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.operations import LeadGrade
from tests.exchange.conftest import Three
from tests.exchange.conftest import three as three
from tests.exchange.test_exchange import lead
from tests.support.lawless import lawless
from tests.support.nodes import settle

pytestmark = [pytest.mark.django_db]
OTHER = "e" * 32
GRADE = LeadGrade(source_grade="3", information_grade="D", handling="P", reasons="forged")
EARLY = Happened(at=datetime(2018, 1, 1, tzinfo=UTC), zone="UTC")


def graded(three: Three) -> str:
    """The centre grades Guyana's lead in another operation's name, dated before it; returns the lead."""
    three.centre.appoint("analyst")
    said = lead(three.guyana)
    settle(list(three))
    ((place,),) = three.centre.rows("operations_lead", "compartment")
    actor = replace(three.centre.actor("analyst"), operation=OTHER)
    with lawless():
        three.centre.node.writer.submit(
            lambda tx: Act(tx, actor, EARLY).say(place, GRADE, subject=said, supersedes={})
        )
    settle(list(three))
    return said


def test_a_lead_does_not_leave_its_operation_by_a_readers_word(three: Three) -> None:
    said = graded(three)
    assert three.guyana.rows("operations_lead", "id, operation") == [(said, three.guyana.operation)]


def test_without_it_the_lead_would_vanish_from_every_list(three: Three) -> None:
    """Planted: as before, when the first entry of a row said of which operation it is."""
    with patch.object(folding, "_began", lambda projection, entries: entries[0]):
        said = graded(three)
        assert three.guyana.rows("operations_lead", "id, operation") == [(said, OTHER)]
