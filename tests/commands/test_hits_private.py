"""`libertad hits private`: who decides about peers lets them ask; an officer asks for a case."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from libertad.cli import app
from libertad.commands import start
from libertad.exchange import peers
from libertad.exchange.models import Peer
from libertad.hits import engine, index
from libertad.hits.private import service
from libertad.journal.models import Entry
from libertad.journal.node import node
from tests.exchange.test_http import peer_of
from tests.people.making import meet
from tests.support.exact import Exact
from tests.support.world import World

ABROAD = "a" * 32


@pytest.fixture
def said(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A command: (exit code, what it printed)."""
    monkeypatch.setattr(engine, "matcher", Exact)
    monkeypatch.setattr(start, "settings", lambda: None)
    index.forget()
    signer, _ = peer_of(world, peers.ACTIVE)
    node().writer.submit(lambda tx: peers.put(tx.sql, signer.origin, signer.public, "", (ABROAD,)))

    def say(*arguments: str) -> tuple[int, str]:
        service.stop()
        answer = CliRunner().invoke(app, ["hits", "private", *arguments])
        return answer.exit_code, answer.output

    yield say
    service.stop()
    index.forget()


def test_an_authority_answers_and_admits_by_whoever_decides_about_peers(world: World, said: Any) -> None:
    assert said("answer", "--as", "N-officer")[0] == 1
    assert "whom to call" in said("answer", "--as", "BB-001")[1]
    code, told = said("answer", "--contact", "Duty desk", "--as", "BB-001")
    assert code == 0 and "A new epoch has begun" in told
    assert "no authority at another node" in said("admit", "Nobody", "--reason", "x", "--as", "BB-001")[1]
    assert said("admit", ABROAD, "--reason", "Same operation", "--as", "BB-001")[0] == 0
    found = json.loads(said("status", "--json", "--as", "BB-001")[1])
    assert found["answers"]["contact"] == "Duty desk"
    assert {one["peer"] for one in found["left"]} == {ABROAD}
    assert "Answers peers" in said("status", "--as", "BB-001")[1]
    assert said("dismiss", ABROAD, "--as", "BB-001")[0] == 0
    assert json.loads(said("status", "--json", "--as", "BB-001")[1])["left"] == []
    assert said("status", "--as", "N-officer")[0] == 1


def test_an_officer_asks_for_a_case_and_it_is_recorded(world: World, said: Any) -> None:
    meet(world, name="Yulimar Peña")
    before = Entry.objects.count()
    question = ("ask", "--name", "Yulimar Peña", "--birth", "1999", "--as", "N-officer")
    assert said(*question)[0] == 2  # no case
    assert "name the case" in said(*question, "--case", "x")[1]
    code, told = said(*question, "--case", "GY-2018-014", "--json")
    (found,) = json.loads(told)
    assert (code, found["owner"], found["what"]) == (0, ABROAD, "unreachable")
    assert Entry.objects.count() > before
    assert "unreachable" in said(*question, "--case", "GY-2018-014", "--of", ABROAD)[1]
    assert said("ask", "--name", "Yulimar", "--case", "GY-2018-014", "--as", "N-officer")[0] == 1
    Peer.objects.all().delete()
    assert "nobody to ask" in said(*question, "--case", "GY-2018-014")[1]
