"""The node itself: it says what the matrix gives it and nothing else, and nobody can become it."""

from __future__ import annotations

import inspect
from dataclasses import replace

import pytest
import yaml

from libertad.access.acting import RESERVED, Act, Forbidden, action, perform
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actor import itself
from libertad.access.matrix import NODE, PATH, MatrixError, matrix, parse, roles
from libertad.operations.actions.report_lead import report_lead
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import SearchMade
from tests.operations.test_leads import LEAD
from tests.support.world import World


def test_it_says_little_reads_and_supersedes_nothing_and_asks_for_no_page() -> None:
    law = matrix()
    assert {verb for verb, right in law.entries.items() if NODE in right.say} == {
        "change.cut",  # what it had of a suspended authority when it heard
        "compartment.open",
        "hit.found",
        "officer.restore",  # that a suspension by one has lapsed
        "officer.appoint",  # once more to an operation that came after its own officers were appointed
        "operation.begin",  # the first action day has come
        "page.result",  # what the host of one-time pages tells of one: nobody has called back yet
        # Numbers of care's, at a fixed hour: nobody who works at it says when.
        "late.batch",
        "late.sum",
        "protection.batch",
        "protection.block",
        "protection.kept",
        "protection.linked",
    }
    assert not any(NODE in right.read | right.supersede for right in law.entries.values())
    assert not any(NODE in allowed for row in law.routes.values() for allowed in row.values())


def test_it_is_no_role_and_nobody_is_appointed_to_it(world: World) -> None:
    assert NODE not in roles()
    with pytest.raises(Refused):
        world.perform("administrator", appoint_officer, name="A", service_number="9", role=NODE)


def test_an_officer_who_says_to_be_it_says_nothing(world: World) -> None:
    """As whoever could make up an actor: the role without an officer, or an officer with the role."""
    authority = world.authorities["police"]
    node = itself(authority, world.operation, "UTC")
    false = replace(world.actor("officer"), role=NODE)

    def searched(act: Act) -> None:
        act.say(act.compartment("authority", authority), SearchMade(words="x", found=0), subject="a" * 32)

    def open_own_file(act: Act) -> None:
        act.open("authority", "b" * 32, ())

    for actor in (node, false):
        with pytest.raises(Forbidden):
            perform(actor, searched)
        with pytest.raises((Forbidden, Refused)):
            perform(actor, report_lead, **LEAD)
    perform(node, open_own_file)
    with pytest.raises(Forbidden):
        perform(false, open_own_file)


@pytest.mark.parametrize("column", ["read", "supersede"])
def test_the_matrix_gives_it_nothing_to_read(column: str) -> None:
    data = yaml.safe_load(PATH.read_text("utf-8"))
    data["entries"]["hit.found"][column] = [NODE]
    with pytest.raises(MatrixError, match="neither a role nor a group"):
        parse(data)


@pytest.mark.parametrize("parameter", sorted(RESERVED))
def test_an_action_takes_no_parameter_that_its_act_swallows(parameter: str) -> None:
    """`perform(actor, action, source=...)` gives it to the act: the action itself would never have it."""

    def swallowing(act: Act) -> None: ...

    reserved = inspect.Parameter(parameter, inspect.Parameter.KEYWORD_ONLY)
    swallowing.__signature__ = inspect.Signature([reserved])  # type: ignore[attr-defined]
    with pytest.raises(MatrixError, match=parameter):
        action("lead.report")(swallowing)
