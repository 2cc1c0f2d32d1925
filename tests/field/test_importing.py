"""`libertad import xlsform`: what ODK collected, into the list, with that officer's rights."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from libertad.cli import app
from libertad.commands import start
from libertad.field.brought_models import Brought
from libertad.people.models import Person
from tests.support.odk import central, central_row, collect, write_form
from tests.support.world import World

Run = Callable[..., Result]


@pytest.fixture
def run(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.setattr(start, "settings", lambda: None)
    form = write_form(tmp_path / "met.xlsx")

    def running(*arguments: str, number: str = "N-officer") -> Result:
        return CliRunner().invoke(app, ["import", "xlsform", str(form), *arguments, "--as", number])

    return running


def test_a_table_and_a_phones_files_are_brought_once_and_nothing_is_recorded(
    run: Run, tmp_path: Path
) -> None:
    table, file = tmp_path / "met.csv", tmp_path / "river.xml"
    table.write_text(central(central_row("uuid:1"), central_row("uuid:2", **{"first-needs": "boots"})))
    file.write_text(collect("uuid:1", "<first><danger>no</danger></first>"))
    answer = run(str(table), str(file), "--json")
    assert answer.exit_code == 0, answer.output
    content = json.loads(answer.stdout)
    assert (content["verb"], content["brought"], content["known"]) == ("person.meet", 2, 0)
    assert content["messages"][0] == "river.xml: stands in these files already"
    assert content["messages"][1].startswith("uuid:2: Needs now: Boots (")
    again = run(str(table), str(file))
    assert "0 brought, 2 were here already." in again.output
    assert "Nothing of it is recorded yet" in again.output and "within 30 days" in again.output
    assert "keeps drafts and pictures in clear" in again.output
    assert (Brought.objects.count(), Person.objects.count()) == (2, 0)


@pytest.mark.parametrize(
    ("arguments", "number", "words"),
    [
        (["met.csv"], "N-analyst", "your role has no list of what ODK brought"),
        (["met.csv"], "N-nobody", "there is no officer with this service number"),
        (["met.csv", "--verb", "person.erase"], "N-officer", "say with --verb what the form records"),
        (["none.csv"], "N-officer", "there is no such file"),
        (["met.xlsx"], "N-officer", "give tables (.csv)"),
    ],
)
def test_what_cannot_be_brought_is_told_in_one_line(
    run: Run, tmp_path: Path, arguments: list[str], number: str, words: str
) -> None:
    (tmp_path / "met.csv").write_text(central(central_row("uuid:1")))
    answer = run(str(tmp_path / arguments[0]), *arguments[1:], number=number)
    assert answer.exit_code == 1 and words in " ".join(answer.output.split())
    assert not Brought.objects.exists()


def test_what_others_wrote_does_nothing_to_a_terminal(run: Run, tmp_path: Path) -> None:
    (tmp_path / "met.csv").write_text("KEY,danger,\x1b[2Jcolumn\nuuid:1,no,[bold]x[/]\n")
    answer = run(str(tmp_path / "met.csv"))
    assert answer.exit_code == 0 and "\x1b" not in answer.output and "\\u001b[2Jcolumn" in answer.output
