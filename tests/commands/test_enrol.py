"""`libertad exchange enrol`: what was enrolled by name, and of what was not, why and what to do."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from libertad.access.models import Member
from libertad.cli import app
from libertad.commands import start, unlocking
from libertad.journal.node import node
from tests.support.world import AUTHORITIES, World

NAMES = {key: name for key, (name, *_rest) in AUTHORITIES.items()}


@pytest.fixture
def enrol(world: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    """(exit code, what it printed) as this officer."""
    monkeypatch.setattr(start, "settings", lambda: None)
    monkeypatch.setattr(unlocking, "open_rings", lambda *_given: None)

    def ask(number: str) -> tuple[int, str]:
        answer = CliRunner().invoke(app, ["exchange", "enrol", "--as", number])
        return answer.exit_code, " ".join(answer.output.split())

    return ask


def test_a_coordinator_enrols_all_and_they_are_named(world: World, enrol: Any) -> None:
    code, output = enrol("BB-001")
    assert code == 0 and "7 authorities of this node are enrolled at no address" in output
    assert all(name in output for name in NAMES.values())


def test_another_administrator_enrols_the_own_one_and_reads_who_enrols_the_others(
    world: World, enrol: Any
) -> None:
    code, output = enrol("POLICE-ADM")
    assert code == 0 and "1 authority of this node is enrolled" in output and NAMES["police"] in output
    assert f"{NAMES['care']}: a coordinator enrols it, or its own administrator" in output


def test_a_locked_ring_is_named_with_what_to_do(world: World, enrol: Any, monkeypatch: Any) -> None:
    for number in ("POLICE-ADM", "BB-001"):
        open_rings = node().rings.open
        monkeypatch.setattr(
            node().rings, "open", {k: v for k, v in open_rings.items() if k != world.authorities["police"]}
        )
        code, output = enrol(number)
        monkeypatch.setattr(node().rings, "open", open_rings)
        if number == "POLICE-ADM":
            assert "0 authorities" not in output and "Nothing was enrolled." in output
        assert code == 1, output
        assert f"{NAMES['police']}: its ring is locked. Give its passphrase" in output


def test_before_the_operation_has_arrived_it_says_that_and_what_to_wait_for(world: World, enrol: Any) -> None:
    Member.objects.filter(pk=f"{world.operation}:{world.authorities['police']}").delete()
    code, output = enrol("POLICE-ADM")
    assert code == 1 and "Nothing was enrolled." in output
    assert f"{NAMES['police']} is in no operation on this node yet" in output
    assert "libertad exchange status" in output
