"""`libertad hits private`: who decides about peers lets them ask; an officer asks for a case."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from libertad.cli import app
from libertad.commands import start
from libertad.exchange.models import Peer
from libertad.exchange.peering import peers
from libertad.hits import engine, index
from libertad.hits.private import service
from libertad.journal.models import Entry
from libertad.journal.node import node
from tests.exchange.transport.test_http import peer_of
from tests.people.making import meet
from tests.support.exact import Exact
from tests.support.world import World

ABROAD = "a" * 32


@pytest.fixture
def run_private(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A command: (exit code, what it printed)."""
    monkeypatch.setattr(engine, "matcher", Exact)
    monkeypatch.setattr(start, "settings", lambda: None)
    index.forget()
    signer, _ = peer_of(world, peers.ACTIVE)
    node().writer.submit(lambda tx: peers.save_peer(tx.sql, signer.origin, signer.public, "", (ABROAD,)))

    def say(*arguments: str) -> tuple[int, str]:
        service.stop()
        answer = CliRunner().invoke(app, ["hits", "private", *arguments])
        return answer.exit_code, answer.output

    yield say
    service.stop()
    index.forget()


def test_an_authority_answers_and_admits_by_whoever_decides_about_peers(
    world: World, run_private: Any
) -> None:
    assert run_private("answer", "--as", "N-officer")[0] == 1
    assert "whom to call" in run_private("answer", "--as", "BB-001")[1]
    code, output = run_private("answer", "--contact", "Duty desk", "--as", "BB-001")
    assert code == 0 and "A new epoch has begun" in output
    assert (
        "no authority at another node" in run_private("admit", "Nobody", "--reason", "x", "--as", "BB-001")[1]
    )
    assert run_private("admit", ABROAD, "--reason", "Same operation", "--as", "BB-001")[0] == 0
    status = json.loads(run_private("status", "--json", "--as", "BB-001")[1])
    assert status["answers"]["contact"] == "Duty desk"
    assert {quota["peer"] for quota in status["left"]} == {ABROAD}
    assert "Answers peers" in run_private("status", "--as", "BB-001")[1]
    assert run_private("dismiss", ABROAD, "--as", "BB-001")[0] == 0
    assert json.loads(run_private("status", "--json", "--as", "BB-001")[1])["left"] == []
    assert run_private("status", "--as", "N-officer")[0] == 1


def test_an_officer_asks_for_a_case_and_it_is_recorded(world: World, run_private: Any) -> None:
    meet(world, name="Yulimar Peña")
    before = Entry.objects.count()
    question = ("ask", "--name", "Yulimar Peña", "--birth", "1999", "--as", "N-officer")
    assert run_private(*question)[0] == 2  # no case
    assert "name the case" in run_private(*question, "--case", "x")[1]
    code, output = run_private(*question, "--case", "GY-2018-014", "--json")
    (answer,) = json.loads(output)
    assert (code, answer["owner"], answer["what"]) == (0, ABROAD, "unreachable")
    assert Entry.objects.count() > before
    assert "unreachable" in run_private(*question, "--case", "GY-2018-014", "--of", ABROAD)[1]
    assert run_private("ask", "--name", "Yulimar", "--case", "GY-2018-014", "--as", "N-officer")[0] == 1
    Peer.objects.all().delete()
    assert "nobody to ask" in run_private(*question, "--case", "GY-2018-014")[1]
