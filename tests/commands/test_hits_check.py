"""`hits cross-check` and `hits train --with splink`, as somebody without a node uses them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench import _said
from libertad.cli import app
from libertad.hits.beside import learning, splinked
from libertad.hits.beside.settings import Senseless

pytestmark = pytest.mark.xdist_group("beside")


def run(*arguments: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["hits", *map(str, arguments)], env={"COLUMNS": "200"})
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    _said.write(folder, 250, 1, 80)
    return folder


def test_two_tables_are_checked_and_the_pairs_written(folder: Path, tmp_path: Path) -> None:
    out, folder_kept = tmp_path / "pairs.csv", tmp_path / "kept"
    tables = (folder / "people.csv", folder / "queries.csv")
    code, output, errors = run("cross-check", *tables, "--out", out, "--keep", folder_kept, "--json")
    assert code == 0, errors
    report = json.loads(output)
    assert report["backend"] == "duckdb" and report["share_of_ours"] > 0.8
    assert report["rank_correlation_without_relatives"] > report["rank_correlation"] > 0.4
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == report["ours"] + report["splink"] - report["both"]
    assert "bits" in rows[0]["explanation"] and "it names people" in errors
    settings = json.loads((folder_kept / "settings.json").read_text("utf-8"))
    assert settings["link_type"] == "link_only" and folder_kept.stat().st_mode & 0o077 == 0
    assert {"people.parquet", "others.parquet", "common_given.parquet"} <= {
        path.name for path in folder_kept.iterdir()
    }


def test_doubles_of_one_table_are_told_in_words_by_their_ids(folder: Path, tmp_path: Path) -> None:
    both = tmp_path / "both.csv"
    lines = (folder / "queries.csv").read_text("utf-8").splitlines(keepends=True)[1:]
    both.write_text((folder / "people.csv").read_text("utf-8") + "".join(lines), "utf-8")
    code, output, errors = run("cross-check", both)
    assert code == 0, errors
    for words in ("found by both", "compared by both", "of ours Splink finds too", "before relatives"):
        assert words in output
    with (folder / "people.csv").open(encoding="utf-8", newline="") as file:
        surnames = {row["family_name"].split()[0] for row in csv.DictReader(file) if row["family_name"]}
    assert not [name for name in surnames if name in output]  # names stay in files


def test_splink_alone_writes_its_pairs(folder: Path, tmp_path: Path) -> None:
    tables, out = (folder / "people.csv", folder / "queries.csv"), tmp_path / "pairs.csv"
    assert "--out PAIRS.csv" in run("cross-check", *tables, "--only-splink")[2]
    code, output, errors = run("cross-check", *tables, "--only-splink", "--out", out, "--least", "0.9")
    assert code == 0 and "pairs of Splink's" in output and "it names people" in errors, errors
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = {(row["person"], row["id"]) for row in csv.DictReader(file) if row["person"]}
    assert min(float(row["probability"]) for row in rows) >= 0.9
    assert [float(row["bits"]) for row in rows] == sorted((float(row["bits"]) for row in rows), reverse=True)
    assert len(truth & {(row["left_id"], row["right_id"]) for row in rows}) > 0.8 * len(truth)


def test_splink_teaches_a_model_that_links(folder: Path, tmp_path: Path) -> None:
    model, tables = tmp_path / "model.json", (folder / "people.csv", folder / "queries.csv")
    code, output, errors = run("train", *tables, "--with", "splink", "--out", model)
    assert code == 0 and "are of its person" in output, errors
    assert run("link", *tables, "--model", model, "--out", tmp_path / "pairs.csv")[0] == 0
    own_model = tmp_path / "ours.json"
    run("train", *tables, "--out", own_model)
    assert own_model.read_bytes() != model.read_bytes()
    assert run("cross-check", *tables, "--model", model)[0] == 0


def test_what_splink_learnt_in_vain_is_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = tmp_path / "few.csv"
    alone.write_text("id,name\n1,Ana Perez\n2,Eva Rojas\n3,Ana Rojas\n", "utf-8")
    code, _said, errors = run("train", alone, "--with", "splink", "--out", tmp_path / "m.json")
    assert code == 1 and "is refused" in errors and not (tmp_path / "m.json").exists()

    def refuse(*_: object) -> None:
        raise Senseless("name: where values differ, it would speak for one person")

    monkeypatch.setattr(learning, "sensible", refuse)
    tables = (folder / "people.csv", folder / "queries.csv")
    code, _said, errors = run("train", *tables, "--with", "splink", "--out", tmp_path / "m.json")
    assert code == 1 and "speak for one person" in errors and not (tmp_path / "m.json").exists()


def test_without_splink_a_line_says_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splinked, "find_spec", lambda package: None)
    for command in (("cross-check",), ("train", "--with", "splink")):
        code, output, errors = run(*command, folder / "people.csv")
        assert code == 1 and output == "" and "make splink" in errors and errors.count("\n") == 1


def test_what_cannot_be_used_is_said_in_a_line(folder: Path, tmp_path: Path) -> None:
    people = folder / "people.csv"
    assert "no such file" in run("cross-check", tmp_path / "none.csv")[2]
    assert "no model of hits train" in run("cross-check", people, "--model", people)[2]
    for rows in ("", "1,f\n", "1,f\n2,f\n"):
        (tmp_path / "bare.csv").write_text(f"id,sex\n{rows}", "utf-8")
        code, _said, errors = run("cross-check", tmp_path / "bare.csv")
        assert code == 1 and "no two records could share" in errors
    assert "cannot be written" in run("cross-check", people, "--keep", people / "no")[2]
