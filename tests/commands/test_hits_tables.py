"""`hits link`, `index` and `ask --index`, as somebody without a node uses them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from libertad.cli import app

ROWS = [
    ("1", "Yulimar Peña Rojas", "1994-03-12", "VE", "+58 412 5550134"),
    ("2", "Deokie Persaud", "1988-07-30", "GY", ""),
    ("3", "Ketsia Joseph", "1997-08-17", "HT", "+509 3655 0199"),
    ("4", "Maria da Silva", "1999-05-21", "BR", ""),
]


def run(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["hits", *map(str, arguments)], env={"COLUMNS": "200"})
    return done.exit_code, done.output


@pytest.fixture
def people(tmp_path: Path) -> Path:
    return table(tmp_path / "people.csv", ROWS)


def table(
    path: Path, rows: list[tuple[str, ...]], header: str = "id,name,birth_date,nationality,phone"
) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(header + "\n")
        csv.writer(file).writerows(rows)
    return path


def pairs(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_two_tables_are_linked(people: Path, tmp_path: Path) -> None:
    second_table = table(tmp_path / "other.csv", [("x", "PENA, Julimar", "1994-12-03", "VE", "04125550134")])
    code, output = run("link", people, second_table, "--out", tmp_path / "pairs.csv", "--clusters")
    assert code == 0, output
    hits = pairs(tmp_path / "pairs.csv")
    assert [(row["left_id"], row["right_id"], row["cluster"]) for row in hits] == [("1", "x", "1")]
    assert "telephone number" in hits[0]["explanation"] and "bits" in hits[0]["explanation"]


def test_an_index_is_asked_and_says_how_long_it_took(people: Path, tmp_path: Path) -> None:
    code, output = run("index", people, "--out", tmp_path / "people.index")
    assert code == 0 and "4 records" in output
    questions = table(
        tmp_path / "asked.csv",
        [("q1", "Julimar Pena", "1994-12-03", "VE", ""), ("q2", "Wei Zhang", "", "", "")],
    )
    code, output = run(
        "ask",
        "--index",
        tmp_path / "people.index",
        questions,
        "--out",
        tmp_path / "hits.csv",
        "--stats",
        tmp_path / "stats.json",
    )
    assert code == 0, output
    hits = pairs(tmp_path / "hits.csv")
    assert [(row["left_id"], row["right_id"]) for row in hits] == [("q1", "1")]
    stats = json.loads((tmp_path / "stats.json").read_text())
    assert (stats["records"], stats["queries"], stats["hits"]) == (4, 2, 1)
    assert 0 < stats["p50_ms"] <= stats["p99_ms"] and stats["bytes_a_record"] > 0


def test_columns_can_be_told(tmp_path: Path) -> None:
    people = table(tmp_path / "odd.csv", ROWS + [("5", *ROWS[0][1:])], header="a,b,c,d,e")
    maps = [
        part for assignment in ("id=a", "name=b", "birth_date=c", "phone=e") for part in ("--map", assignment)
    ]
    code, output = run("link", people, "--out", tmp_path / "pairs.csv", *maps)
    assert code == 0 and "not compared: d" in output
    assert [(row["left_id"], row["right_id"]) for row in pairs(tmp_path / "pairs.csv")] == [("1", "5")]


def test_what_cannot_be_used_is_said_in_a_line(people: Path, tmp_path: Path) -> None:
    assert "no such file" in run("link", tmp_path / "none.csv")[1]
    assert "write FIELD=COLUMN" in run("link", people, "--map", "name")[1]
    assert "cannot be written" in run("link", people, "--out", tmp_path / "no" / "pairs.csv")[1]
    assert "cannot be written" in run("index", people, "--out", tmp_path / "no" / "index")[1]
    code, output = run("ask", "--index", people, people, "--out", tmp_path / "hits.csv")
    assert code == 1 and "no index of hits" in output
    assert "go together" in run("ask", "--index", people)[1]


def test_a_model_is_learnt_from_one_table_and_used_on_others(people: Path, tmp_path: Path) -> None:
    second_table = table(tmp_path / "other.csv", [("x", "PENA, Julimar", "1994-12-03", "VE", "04125550134")])
    model = tmp_path / "model.json"
    code, output = run("train", people, second_table, "--out", model)
    assert code == 0 and "are of its person" in output, output
    model_read = json.loads(model.read_text("utf-8"))
    assert model_read["records"] == 5 and model_read["fields"]["phone"][0]["level"] == "the same value"
    run("link", people, second_table, "--out", tmp_path / "learnt.csv")
    code, output = run("link", people, second_table, "--out", tmp_path / "pairs.csv", "--model", model)
    assert code == 0 and pairs(tmp_path / "pairs.csv") == pairs(tmp_path / "learnt.csv")
    run("index", people, "--out", tmp_path / "people.index")
    command_of_index = (
        "ask",
        "--index",
        tmp_path / "people.index",
        second_table,
        "--out",
        tmp_path / "hits.csv",
    )
    bits = []
    for options in ((), ("--model", model)):
        assert run(*command_of_index, *options)[0] == 0
        bits.append(pairs(tmp_path / "hits.csv")[0]["bits"])
    assert bits[0] != bits[1]
    for command in (("link", people), command_of_index):
        code, output = run(*command, "--model", people)
        assert code == 1 and "no model of hits train" in output
    assert "goes with --index" in run("ask", "--name", "Ana", "--model", model)[1]
    assert "nothing to learn from" in run("train", table(tmp_path / "one.csv", ROWS[:1]), "--out", model)[1]
    assert "cannot be written" in run("train", people, second_table, "--out", tmp_path / "no" / "m")[1]


def test_what_an_older_version_added_to_an_index_is_not_passed_over(people: Path, tmp_path: Path) -> None:
    """Until 0.2 `--add` wrote files beside an index: whoever was in these would be missing unseen."""
    index = tmp_path / "people.index"
    assert run("index", people, "--out", index)[0] == 0
    for name in ("people.index.1.log", "people.index.1"):
        (tmp_path / name).write_bytes(b"libertad-hits-log-1\n")
        for command in (("index", people, "--out", index), ("ask", "--index", index, people)):
            code, output = run(*command)
            assert code == 1 and name in output and "move it away" in output
        (tmp_path / name).unlink()
    assert run("index", people, "--out", index)[0] == 0
