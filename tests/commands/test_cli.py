"""The command line: every help has an example, every error says what to do, machines get JSON."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click
import pytest
import typer

from libertad.cli import app
from libertad.commands import start
from tests.support import warm

ROOT = Path(__file__).parents[2]


def commands(group=None, path=("libertad",)):
    group = group or typer.main.get_command(app)
    for name, command in group.commands.items():
        where = (*path, name)
        if hasattr(command, "commands"):
            yield where, command
            yield from commands(command, where)
        else:
            yield where, command


@pytest.mark.parametrize(
    ("path", "command"), list(commands()), ids=lambda v: " ".join(v) if isinstance(v, tuple) else ""
)
def test_every_help_has_an_example_of_that_command(path, command):
    text = command.get_help(click.Context(command, info_name=" ".join(path)))
    assert f"Example: {' '.join(path)}" in " ".join(text.split())


def libertad(home, *arguments, **variables):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("LIBERTAD_", "DJANGO_"))}
    environment |= {"LIBERTAD_HOME": str(home), "PYTHONPATH": str(ROOT), "COLUMNS": "200"} | variables
    command = [sys.executable, "-m", "libertad.cli", *arguments]
    return warm.run(command, cwd=home.parent, env=environment, timeout=300)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    home = tmp_path_factory.mktemp("cli") / "node"
    process = libertad(home, "demo")
    assert process.returncode == 0, process.stderr
    return home


def test_the_demo_verifies_and_its_figures_are_the_fixed_points(demo):
    verified = libertad(demo, "journal", "verify", "--json")
    report = json.loads(verified.stdout)
    assert verified.returncode == 0 and report["clean"] and report["size"] > 1000
    assert report["checkpoint"] == report["size"]
    figures = json.loads(libertad(demo, "figures", "--json").stdout)
    assert (figures["potential_victims"], figures["arrests"], figures["sites"], figures["hits"]) == (
        347,
        22,
        60,
        30,
    )
    assert figures["police_and_interpol_authorities"] == 16


def test_rebuild_stats_and_what_we_can_decrypt_speak_json(demo):
    assert json.loads(libertad(demo, "journal", "rebuild", "--json").stdout)["changed"] == 0
    stats = json.loads(libertad(demo, "journal", "stats", "--json").stdout)
    assert stats["size"] > 1000 and stats["verifier"].startswith("libertad/")
    opens = json.loads(libertad(demo, "doctor", "--what-we-can-decrypt", "--json").stdout)
    police = [opening for opening in opens if opening["kind"] == "police"]
    assert police and all("care" not in opening["opens"] for opening in police)


def test_the_doctor_finds_what_is_wrong_and_says_how_to_mend_it(demo):
    assert libertad(demo, "doctor").stdout.strip() == "Nothing is wrong."
    part = next((demo / "keys").glob("*.part"))
    part.chmod(0o644)
    doctor = libertad(demo, "doctor")
    assert doctor.returncode == 1 and f"chmod 600 {part}" in doctor.stdout.replace("\n", "")
    part_bytes = part.read_bytes()
    part.unlink()
    assert "missing" in libertad(demo, "doctor").stdout
    part.write_bytes(part_bytes)
    part.chmod(0o600)
    mark = (demo / "mark").read_text()
    (demo / "mark").write_text(json.dumps({"size": 10**6, "root": "00" * 32}))
    doctor = json.loads(libertad(demo, "doctor", "--json").stdout)
    assert any("accept-restore" in problem["mend"] for problem in doctor)
    (demo / "mark").write_text(mark)
    assert libertad(demo, "doctor").returncode == 0


def test_the_officer_named_has_that_officers_rights_and_nobody_is_made_up(demo):
    refused = libertad(demo, "figures", "--as", "NOBODY-1")
    assert refused.returncode == 1 and "no officer" in refused.stderr
    refused = libertad(demo, "journal", "erase", "P-XX-999", "--reason", "r", "--yes")
    assert refused.returncode == 1 and "there is no such file" in refused.stderr
    refused = libertad(demo, "user", "add", "X", "--number", "N-9", "--role", "emperor")
    assert refused.returncode == 1 and "role" in refused.stderr


def test_a_person_is_told_what_is_kept_in_a_file_that_is_not_written_over(demo, tmp_path):
    to = tmp_path / "answer.html"
    done = libertad(demo, "access-report", "P-VC-001", "--to", str(to))
    assert done.returncode == 0, done.stderr
    assert "What is kept about you, and who has read it" in to.read_text("utf-8")
    again = libertad(demo, "access-report", "P-VC-001", "--to", str(to))
    assert again.returncode == 1 and "is there already" in again.stderr
    nobody = libertad(demo, "access-report", "P-XX-999", "--to", str(tmp_path / "nobody.html"))
    assert nobody.returncode == 1 and "reads no identity file" in nobody.stderr


def test_a_key_of_a_program_is_shown_once_listed_and_ended(demo):
    process = libertad(demo, "user", "key", "--days", "3", "--program", "Matching desk")
    secret = process.stdout.splitlines()[1]
    assert process.returncode == 0 and len(secret) == 43
    listed = libertad(demo, "user", "keys", "--json").stdout
    [[key, program]] = [[row["key"], row["program"]] for row in json.loads(listed)]
    assert program == "Matching desk"
    assert secret not in listed and key in process.stdout
    assert libertad(demo, "user", "end-key", key, "--reason", "not used").returncode == 0
    again = libertad(demo, "user", "end-key", key)
    assert again.returncode == 1 and "no such key" in again.stderr
    assert json.loads(libertad(demo, "user", "keys", "--json").stdout) == []


def test_a_second_demo_is_not_made_over_the_first_and_a_real_node_is_never_taken_for_one(demo, tmp_path):
    again = libertad(demo, "demo")
    assert again.returncode == 1 and "--reset" in again.stderr
    real = tmp_path / "real"
    real.mkdir()
    (real / "libertad.sqlite3").write_bytes(b"")
    for command in (("run", "--port", "8999"), ("demo", "--reset"), ("journal", "verify")):
        refused = libertad(real, *command)
        assert refused.returncode == 1 and "demo" in refused.stderr
    assert (real / "libertad.sqlite3").exists()


def test_a_folder_with_other_things_in_it_is_not_emptied(tmp_path):
    home = tmp_path / "node"
    home.mkdir()
    (home / "thesis.txt").write_text("mine")
    refused = libertad(home, "demo", "--reset")
    assert refused.returncode == 1 and "thesis.txt" in refused.stderr and (home / "thesis.txt").exists()


def test_an_empty_home_may_become_the_demo_and_a_database_elsewhere_may_not(tmp_path, monkeypatch):
    monkeypatch.delenv("LIBERTAD_DATABASE_URL", raising=False)
    assert start.demo_home(tmp_path)
    monkeypatch.setenv("LIBERTAD_DATABASE_URL", "postgresql://elsewhere/x")
    assert not start.demo_home(tmp_path)
