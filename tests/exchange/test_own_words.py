"""Who reported a lead corrects it; another officer's word for it counts at no other node."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.access.acting import Act
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.operations.actions.correct_lead import correct_lead
from libertad.vocabulary.verbs.operations import LeadReport
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import LEAD, held_entries, lead, same
from tests.support.lawless import lawless
from tests.support.nodes import Party, settle

SECOND = "second-officer"
OTHER = "Nobody is there"


def second(party: Party) -> None:
    """Another officer of the same force."""
    party.officers[SECOND] = party.do(
        "administrator", appoint_officer, name="Second", service_number="GY-2", role="officer"
    )
    party.roles[SECOND] = "officer"


def reports(party: Party, of: str) -> list[str]:
    """The entries of a lead, in order."""
    rows = party.node.sql().all(
        "select t.entry from journal_touch t where t.key = ? order by t.entry", (f"operations.Lead:{of}",)
    )
    entries = party.node.writer.submit(lambda tx: [tx.entry(idx) for (idx,) in rows])
    return [entry.id for entry in entries if entry is not None and entry.verb == "lead.report"]


def forge(party: Party, role: str, of: str, old: list[str], **values: Any) -> None:
    """A correction by a node whose own checks were taken out."""

    def act_it(act: Act) -> None:
        place = act.compartment("police", f"{act.actor.operation}:GY")
        content = LeadReport(**{"summary": OTHER, "correction": "x", **values})
        names = list(values or ("summary",))
        act.say(place, content, subject=of, supersedes={name: tuple(old) for name in names if old})

    with lawless():
        party.do(role, act_it)


def summaries(party: Party) -> list[Any]:
    return party.rows("operations_lead", "id, shown, disputed")


def test_who_reported_it_corrects_it_and_every_node_believes_it(three: Three) -> None:
    lead_id = lead(three.guyana)
    three.guyana.do("officer", correct_lead, lead=lead_id, reasons="Heard wrongly.", summary=OTHER)
    settle(list(three))
    three.guyana.do("officer", correct_lead, lead=lead_id, reasons="Again.", summary="Two are there")
    three.guyana.do("officer", correct_lead, lead=lead_id, reasons="It was the hotline.", origin="hotline")
    settle(list(three))
    assert held_entries(three.centre) == []
    assert len(reports(three.centre, lead_id)) == 4
    same(three.centre, three.guyana, "operations_lead", "id, shown, origin")


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("first", [True, False])
def test_another_officer_s_correction_is_held_everywhere_else(three: Three, named: bool, first: bool) -> None:
    """Also by a device from which corrections of an own lead were believed a moment ago."""
    second(three.guyana)
    own_lead, other_lead = lead(three.guyana), three.guyana.do(SECOND, _report)
    if first:
        three.guyana.do(
            SECOND, correct_lead, lead=other_lead, reasons="Heard wrongly.", summary="Three are there"
        )
    settle(list(three))
    before = summaries(three.centre)
    forge(three.guyana, SECOND, own_lead, reports(three.guyana, own_lead) if named else [])
    settle(list(three))
    ((reason, detail),) = held_entries(three.centre)
    assert reason == "unauthorised" and "lead.report" in detail
    assert summaries(three.centre) == before


def test_a_lead_s_own_reporter_does_not_take_back_what_another_corrected(three: Three) -> None:
    lead_id = lead(three.guyana)
    three.guyana.do(
        "national-lead", correct_lead, lead=lead_id, reasons="Read again.", summary="Five are there"
    )
    settle(list(three))
    before = summaries(three.centre)
    forge(three.guyana, "officer", lead_id, reports(three.guyana, lead_id))
    settle(list(three))
    assert [reason for reason, _ in held_entries(three.centre)] == ["unauthorised"]
    assert summaries(three.centre) == before


def test_grades_are_not_the_reporter_s_to_supersede(three: Three) -> None:
    """A correction changes words. A second report of the same lead that names the first is none."""
    second(three.guyana)
    lead_id = lead(three.guyana)
    settle(list(three))
    before = summaries(three.centre)
    forge(
        three.guyana,
        SECOND,
        lead_id,
        reports(three.guyana, lead_id),
        correction="",
        reference="GY-0",
        **{name: value for name, value in LEAD.items() if name != "summary"},
        summary="Mine",
    )
    settle(list(three))
    assert [reason for reason, _ in held_entries(three.centre)] == ["unauthorised"]
    assert summaries(three.centre) == before


def _report(act: Act) -> str:
    from libertad.operations.actions.report_lead import report_lead

    return report_lead(act, **{**LEAD, "summary": "Another mine"})
