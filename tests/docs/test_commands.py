"""Commands of the operators' pages: each is one that the program has, and each is run by a test.

What stands in the frames of deployment.md and nats.md is typed literally (`test_deployment.py`, and beside
this folder `setup/test_unit.py`, `exchange/test_nats_run.py`). What stands in a sentence or in a table is
read here as the program reads it, and named below with the test that runs it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer

from libertad.cli import app

ROOT = Path(__file__).parents[2]
PAGES = ("deployment.md", "backup.md", "cli.md", "nats.md", "watching.md", "upgrading.md", "faults.md")
PROGRAM = typer.main.get_command(app)
# Each command and the test that runs it: by its last word there, or by a frame of a page that is typed.
RUN_BY = {
    "tests/field/test_importing.py": ("import xlsform",),
    "tests/care/test_pages_walk.py": ("answer-page run", "answer-page keys"),
    "tests/docs/test_deployment.py": (
        "found",
        "user add",
        "exchange invite",
        "exchange join",
        "bundle write",
        "bundle read",
        "backup",
        "restore",
        "exchange enrol",
        "exchange peers",
        "doctor",
        "exchange status",
        "journal verify",
        "figures",
        "passphrase",
        "run",
    ),
    "tests/field/test_bundles.py": ("field read",),
    "tests/exchange/test_nats_run.py": (
        "nats users",
        "nats boxes",
        "exchange nkey",
        "exchange take-answer",
    ),
    "tests/commands/test_exchange.py": (
        "exchange suspend",
        "exchange resume",
        "exchange end",
        "exchange pull",
        "exchange repair",
        "exchange quarantine",
        "exchange renew",
        "exchange vouch",
        "exchange revoke-old",
    ),
    "tests/commands/test_bundle.py": ("exchange answer", "exchange bundle-key", "bundle show"),
    "tests/commands/test_cli.py": (
        "access-report",
        "journal erase",
        "journal stats",
        "user key",
        "user keys",
        "user end-key",
        "demo",
        "journal rebuild",
    ),
    "tests/journal/test_move.py": ("journal move",),
    "tests/commands/test_attack.py": ("attack",),
    "tests/commands/test_hits.py": ("hits ask", "hits explain", "hits batch"),
    "tests/commands/test_hits_tables.py": ("hits index", "hits link", "hits train"),
    "tests/commands/test_hits_check.py": ("hits cross-check",),
    "tests/commands/test_hits_private.py": (
        "hits private ask",
        "hits private answer",
        "hits private admit",
        "hits private dismiss",
        "hits private status",
    ),
    "tests/evidence/test_package_command.py": ("evidence verify",),
    "tests/scenarios/test_replay_private.py": ("replay",),
}
FRAMES = {"tests/docs/test_deployment.py": "deployment.md", "tests/exchange/test_nats_run.py": "nats.md"}
# Measures for minutes, and what it prints is asked for by tests/bench, by function.
MEASURES = {"bench", "hits bench"}


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Each command that does something, by its words."""
    inner = getattr(command, "commands", {})
    for name, subcommand in inner.items():
        yield from leaves(subcommand, (*path, name))
    if not inner:
        yield " ".join(path), command


COMMANDS = dict(leaves(PROGRAM))


def commands_on(page: str) -> Iterator[str]:
    """Every command on a page: in frames, in sentences, and in the first column of a table of commands."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    for script in re.findall(r"^```sh \S+\n(.*?)^```$", text, re.M | re.S):
        yield from re.findall(r"(?:^|[;&|(] ?)libertad ([a-z-]+\b.*?)(?=$|[;&|)>])", script, re.M)
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    yield from re.findall(r"`libertad ([^`]+)`", prose)
    if page == "cli.md":
        for cell in re.findall(r"^\| (`.*?) \| ", prose.replace("\\|", "/"), re.M):
            first, *siblings = re.findall(r"`([^`]+)`", cell)
            yield first
            group = read(first)[0].rpartition(" ")[0]
            for sibling in siblings:  # 'suspend PEER', 'resume': of the same group as the first
                yield sibling if read(sibling)[0] in COMMANDS else f"{group} {sibling}"


def read(words: str) -> tuple[str, list[str]]:
    """The command and the options that stand there; raises where the program has no such command."""
    parts = [part for part in shlex.split(re.sub(r"[\[\]()]|\.\.\.", " ", words)) if part]
    path: list[str] = []
    command: click.Command = PROGRAM
    while parts and (inner := getattr(command, "commands", {}).get(parts[0])) is not None:
        path.append(parts.pop(0))
        command = inner
    options = [part.partition("=")[0] for part in parts if part.startswith("--")]
    if not path:
        return "", options
    known = {option for each in command.params for option in (*each.opts, *each.secondary_opts)}
    unknown = [option for option in options if option not in known | {"--help"}]
    if unknown and path[-1:] != ["bench"]:  # whose further options are the benchmark's own
        raise ValueError(f"{' '.join(path)} has no {unknown}: {words}")
    return " ".join(path), options


@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_page_is_one_that_the_program_has(page: str) -> None:
    names = [read(words)[0] for words in commands_on(page)]
    groups = {" ".join(name.split()[:-1]) for name in COMMANDS}
    assert names and [name for name in names if name and name not in COMMANDS and name not in groups] == []
    with pytest.raises(ValueError, match="has no"):
        read("backup --too /x")


def test_every_command_is_in_the_table() -> None:
    assert set(COMMANDS) - {read(words)[0] for words in commands_on("cli.md")} == set()


def test_every_command_is_run_by_a_test() -> None:
    named = [command for commands in RUN_BY.values() for command in commands]
    assert len(named) == len(set(named)) and set(named) | MEASURES == set(COMMANDS)
    for file, commands in RUN_BY.items():
        text = (ROOT / file).read_text("utf-8")
        typed = {read(words)[0] for words in commands_on(FRAMES[file])} if file in FRAMES else set()
        for command in commands:
            assert command in typed or f'"{command.split()[-1]}"' in text, f"{file} does not run {command}"
