"""A lead: who may say it, who reads it, and what a wrong one answers."""

from __future__ import annotations

import pytest

from libertad.access.acting import Forbidden
from libertad.access.queries import open_row, readable
from libertad.journal.node import node
from libertad.operations.actions.report_lead import report_lead
from libertad.operations.fold import first_report, graded
from libertad.operations.models import Lead
from libertad.vocabulary.values import Refused
from tests.support.world import World

LEAD = {
    "country": "GY",
    "summary": "Women are kept at a mine on the river.",
    "source_grade": "1",
    "information_grade": "B",
    "handling": "P",
    "workplace": "gold-mine",
}


def test_a_lead_is_read_by_its_police_and_the_centres_and_by_nobody_else(world: World) -> None:
    lead = world.perform("officer", report_lead, **LEAD)
    for role in ("officer", "national-lead", "coordinator", "analyst"):
        row = readable(world.actor(role), Lead).get(pk=lead)
        assert open_row(world.actor(role), row)["summary"] == LEAD["summary"]
    for role in ("other-officer", "caseworker", "prosecutor", "press", "administrator"):
        assert not readable(world.actor(role), Lead).exists()


def test_a_lead_is_not_said_by_care(world: World) -> None:
    with pytest.raises((Forbidden, Refused)):
        world.perform("caseworker", report_lead, **LEAD)


@pytest.mark.parametrize(
    ("field", "value"),
    [("source_grade", "9"), ("information_grade", "Z"), ("handling", "C"), ("summary", " ")],
)
def test_a_wrong_lead_names_field_and_leaves_nothing(world: World, field: str, value: str) -> None:
    with pytest.raises(Refused):
        world.perform("officer", report_lead, **{**LEAD, field: value})
    assert not Lead.objects.exists()


def test_the_form_reports_a_lead_and_shows_it(world: World) -> None:
    client = world.client("officer")
    answer = client.post("/leads/report/", {**LEAD, "origin": "hotline"}, follow=True)
    assert answer.status_code == 200
    assert "Women are kept at a mine" in answer.content.decode()
    assert world.client("caseworker").get(answer.request["PATH_INFO"]).status_code == 404


@pytest.mark.parametrize(
    "overrides", [{}, {"handling": "C", "handling_conditions": "Not to leave the country"}]
)
def test_a_lead_that_nobody_graded_anew_is_folded_as_any_other(
    world: World, overrides: dict[str, str]
) -> None:
    """The quick way and the whole way give the same row."""
    lead = world.perform("officer", report_lead, **{**LEAD, **overrides, "origin": "hotline"})
    entries = node().writer.submit(lambda tx: tx.entries(f"operations.Lead:{lead}"))
    assert len(entries) == 1
    assert first_report(entries[0]) == graded(entries[0], entries)
