"""Between nodes: a forged definition of another's subject, dated 2001, moves nothing where it arrives.

Ids of before 0.2 prove nobody: there what was said at home, and what others built upon, stands before a date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest

from libertad.access.acting import Act
from libertad.journal import subjects
from libertad.journal.clock import now
from libertad.operations.actions.grade_lead import grade_lead
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.operations import LeadReport
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import LEAD, lead
from tests.support.lawless import lawless
from tests.support.nodes import Party, settle

LONG_AGO = dt.datetime(2001, 1, 1, tzinfo=dt.UTC)
COLUMNS = "id, authority, compartment, reference, workplace"


def forged(act: Act, *, place: str, subject: str) -> None:
    """The same id, said as another lead: its date and its device's clock both claim to be the first."""
    content = LeadReport(**{**LEAD, "reference": "L-TT-001", "country": "TT", "workplace": "farm"})
    at = Happened(at=LONG_AGO, zone="UTC")
    act.tx.caches.clock = LONG_AGO
    act.say(place, content, subject=subject, supersedes={}, happened=at)


def planted(
    three: Three, monkeypatch: pytest.MonkeyPatch, subject: str, parties: Sequence[Party] = ()
) -> None:
    """Trinidad's node forges it in Trinidad's own file, which the centre and (let in by it) Guyana read."""
    trinidad = three.trinidad
    readers = [three.centre.authority, three.guyana.authority]
    with lawless():
        about = f"{trinidad.operation}:TT"
        place = trinidad.do("national-lead", lambda act: act.open("police", about, readers))
        monkeypatch.setattr("libertad.journal.clock.now", lambda: LONG_AGO)
        trinidad.do("officer", forged, place=place, subject=subject)
        monkeypatch.setattr("libertad.journal.clock.now", now)
    settle(list(parties or three))


def row(party: Party, subject: str) -> list[Any]:
    return [lead_row for lead_row in party.rows("operations_lead", COLUMNS) if lead_row[0] == subject]


def test_a_forgery_dated_2001_replaces_nothing_anywhere(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_id = lead(three.guyana)
    settle(list(three))
    (before,) = row(three.guyana, lead_id)
    planted(three, monkeypatch, lead_id)
    assert row(three.guyana, lead_id) == row(three.centre, lead_id) == [before]


def test_an_id_of_before_stays_its_authoritys_at_home_and_where_others_built_on_it(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As 0.1 said it: nothing in the entry proves whose the id is.
    monkeypatch.setattr(subjects, "gives", lambda *_: False)
    lead_id = lead(three.guyana)
    settle(list(three))
    three.centre.appoint("analyst")
    three.centre.do(
        "analyst",
        grade_lead,
        lead=lead_id,
        source_grade="2",
        information_grade="B",
        handling="P",
        reasons="Heard twice",
        supersedes={},
    )
    settle(list(three))
    (before,) = row(three.guyana, lead_id)
    planted(three, monkeypatch, lead_id)
    assert row(three.guyana, lead_id) == row(three.centre, lead_id) == [before]


def test_the_true_definition_that_comes_after_the_forgery_takes_its_place(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_id = lead(three.guyana)
    planted(three, monkeypatch, lead_id, [three.centre, three.trinidad])
    assert [lead_row[1] for lead_row in row(three.centre, lead_id)] in ([], [three.trinidad.authority])
    settle(list(three))
    assert [lead_row[1] for lead_row in row(three.centre, lead_id)] == [three.guyana.authority]
    assert row(three.guyana, lead_id) == row(three.centre, lead_id)
