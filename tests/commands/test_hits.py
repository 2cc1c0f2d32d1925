"""`libertad hits`: as a named officer, over what that officer may read, recorded as a search."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from libertad.cli import app
from libertad.commands import start
from libertad.hits import engine, index
from libertad.journal.models import Entry
from tests.people.making import meet
from tests.support.exact import Exact
from tests.support.world import World


@pytest.fixture
def asked(world: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A question on the command line: (exit code, what it printed)."""
    monkeypatch.setattr(engine, "matcher", Exact)
    monkeypatch.setattr(start, "settings", lambda: None)
    index.forget()

    def ask(*arguments: str) -> tuple[int, str]:
        answer = CliRunner().invoke(app, ["hits", *arguments])
        return answer.exit_code, answer.output

    yield ask
    index.forget()


def test_a_question_finds_who_the_officer_may_read_and_is_recorded(world: World, asked: Any) -> None:
    person = meet(world, name="Yulimar Peña")
    before = Entry.objects.count()
    code, told = asked("ask", "--name", "Yulimar Peña", "--birth", "1999", "--json", "--as", "N-officer")
    (found,) = json.loads(told)
    assert code == 0 and found["id"] == f"person:{person}" and found["bits"] == 9.0
    assert {reason["kind"] for reason in found["reasons"]} == {"name", "birth"}
    assert Entry.objects.count() > before
    assert json.loads(asked("ask", "--name", "Yulimar Peña", "--json", "--as", "N-other-officer")[1]) == []
    assert json.loads(asked("ask", "--name", "Yulimar Peña", "--json", "--as", "N-prosecutor")[1]) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "say by what the record could be known"),
        (("--nationality", "VE"), "say by what the record could be known"),
        (("--name", "A", "--birth", "yesterday"), "--birth is a year"),
        (("--name", "A", "--age", "30-20"), "the lower age first"),
        (("--name", "A", "--age", "old"), "--age is a number"),
    ],
)
def test_a_question_that_is_none_says_what_to_give(
    asked: Any, arguments: tuple[str, ...], words: str
) -> None:
    code, told = asked("ask", *arguments, "--as", "N-officer")
    assert code == 1 and words in told
