"""`libertad hits`: as a named officer, over what that officer may read, recorded as a search."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from libertad.access.models import Opening
from libertad.cli import app
from libertad.commands import start
from libertad.hits import engine, index, scoring
from libertad.hits.references import reference_of
from libertad.hits.wording import odds_words
from libertad.journal.models import Entry
from libertad.journal.node import node
from libertad.people.actions.state_person import state_person
from libertad.people.models import Person
from tests.people.making import meet
from tests.support.exact import Exact
from tests.support.sealed_rows import opened
from tests.support.world import World


@pytest.fixture
def run_hits(world: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A question on the command line: (exit code, what it printed)."""
    monkeypatch.setattr(engine, "matcher", Exact)
    monkeypatch.setattr(start, "settings", lambda: None)
    index.forget()

    def ask(*arguments: str) -> tuple[int, str]:
        answer = CliRunner().invoke(app, ["hits", *arguments])
        return answer.exit_code, answer.output

    yield ask
    index.forget()


def test_a_question_finds_who_the_officer_may_read_and_is_recorded(world: World, run_hits: Any) -> None:
    person = meet(world, name="Yulimar Peña")
    before = Entry.objects.count()
    code, output = run_hits("ask", "--name", "Yulimar Peña", "--birth", "1999", "--json", "--as", "N-officer")
    (answer,) = json.loads(output)
    assert code == 0 and answer["id"] == f"person:{person}" and answer["bits"] == 9.0
    assert {reason["kind"] for reason in answer["reasons"]} == {"name", "birth"}
    assert Entry.objects.count() > before
    assert json.loads(run_hits("ask", "--name", "Yulimar Peña", "--json", "--as", "N-other-officer")[1]) == []
    assert json.loads(run_hits("ask", "--name", "Yulimar Peña", "--json", "--as", "N-prosecutor")[1]) == []


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
    run_hits: Any, arguments: tuple[str, ...], words: str
) -> None:
    code, output = run_hits("ask", *arguments, "--as", "N-officer")
    assert code == 1 and words in output


def test_explain_tells_each_weight_and_records_both_openings(world: World, run_hits: Any) -> None:
    first, two = (Person.objects.get(pk=meet(world, name=name)) for name in ("Yulimar Peña", "Yulimar Peña"))
    code, output = run_hits("explain", first.reference, two.reference.lower(), "--json", "--as", "N-officer")
    answer = json.loads(output)
    assert code == 0 and answer["bits"] == 9.0 and answer["before"] == -3.0
    assert {reason["kind"] for reason in answer["reasons"]} == {"name", "birth"}
    assert (
        answer["left"]["reference"] == first.reference and answer["right"]["facts"]["Name"] == "Yulimar Peña"
    )
    assert {row.subject for row in opened(Opening, page="hit")} == {first.pk, two.pk}
    plain = " ".join(run_hits("explain", first.reference, two.reference, "--as", "N-officer")[1].split())
    for words in (
        odds_words(answer["probability"]),
        "Siblings and people trafficked together",
        "+8.0",
        "-3.0",
    ):
        assert words in plain
    assert (answer["hit"], answer["said"], answer["changes"]) == ("", [], []), "no hit is on file yet"
    assert answer["curve"]["basis"] == "first" and answer["curve"]["decisions"] == 0
    assert "as such scores were right before: such odds follow a measured curve" in plain
    for role in ("N-other-officer", "N-prosecutor", "N-analyst"):
        code, output = run_hits("explain", first.reference, two.reference, "--as", role)
        assert code == 1 and "there is no such record" in output and "Yulimar" not in output
    assert run_hits("explain", first.reference, first.reference, "--as", "N-officer")[0] == 1


def test_explain_tells_what_was_said_on_earlier_days_and_why_it_is_other_now(
    world: World, run_hits: Any
) -> None:
    first, two = (Person.objects.get(pk=meet(world, name=name)) for name in ("Yulimar Peña", "Yulimar Peña"))
    scoring.catch_up(node())
    names = (first.reference, two.reference)
    answer = json.loads(run_hits("explain", *names, "--json", "--as", "N-officer")[1])
    [score] = answer["said"]
    hit = reference_of(f"person:{first.pk}", f"person:{two.pk}")
    assert (answer["hit"], score["bits"], answer["changes"]) == (hit, 9.0, [])
    assert score["words"].endswith("as reckoned that day.") and "as reckoned now" in answer["words"]
    for person in (first, two):
        world.perform("officer", state_person, person=person.pk, phone=("+592 611 4409",), source="said")
    plain = " ".join(run_hits("explain", *names, "--as", "N-officer")[1].split())
    assert f"Said of {hit} on {score['day']}: +9.0 bits" in plain
    assert "Why it is other now than on the first day: - " in plain and "compared since then, +15.0" in plain


def test_batch_is_all_against_all_of_what_the_officer_may_read(world: World, run_hits: Any) -> None:
    first, two = meet(world, name="Yulimar Peña"), meet(world, name="Yulimar Peña")
    meet(world, "other-officer", name="Yulimar Peña")
    code, output = run_hits("batch", "--json", "--as", "N-officer")
    (pair,) = json.loads(output)
    references = {Person.objects.get(pk=key).reference for key in (first, two)}
    assert code == 0 and {pair["left"], pair["right"]} == references and pair["bits"] == 9.0
    assert json.loads(run_hits("batch", "--json", "--as", "N-prosecutor")[1]) == []


def test_a_seized_phones_contacts_are_compared_and_not_stored(
    world: World, run_hits: Any, tmp_path: Path
) -> None:
    person = meet(world, name="Yulimar Peña")
    world.perform("officer", state_person, person=person, phone=("+592 611 4409",), source="said")
    file, out = tmp_path / "contacts.vcf", tmp_path / "pairs.csv"
    card = "BEGIN:VCARD\nVERSION:3.0\nFN:{}\nTEL:{}\nEND:VCARD\n"
    file.write_text(card.format("Yuli", "+592 611 4409") + card.format("Zebulon Quirk", "+592 600 0001"))
    code, output = run_hits("batch", str(file), "--json", "--as", "N-officer")
    (pair,) = json.loads(output)
    assert code == 0 and pair["left"] == "entry 1, Yuli +592 611 4409" and pair["bits"] == 12.0
    code, output = run_hits("batch", str(file), "--out", str(out), "--as", "N-officer")
    assert code == 0 and "1 pairs" in output and out.stat().st_mode & 0o077 == 0
    assert out.read_text().splitlines()[1].startswith('"entry 1, Yuli')
    assert Person.objects.count() == 1
    assert b"Quirk" not in b"".join(bytes(row.header) for row in Entry.objects.all())
    code, output = run_hits("batch", str(tmp_path / "none.vcf"), "--as", "N-officer")
    assert code == 1 and "there is no such file" in output
