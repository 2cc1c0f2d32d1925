"""The unit of docs/deployment.md as systemd reads it; the container file as far as it can be read here."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from libertad.web.settings.base import BASE
from tests.support.databases import KIND
from tests.support.outside import ROOT
from tools import package

pytestmark = pytest.mark.skipif(KIND != "sqlite", reason="of files, not of the database")
PAGE = (ROOT / "docs" / "deployment.md").read_text("utf-8")
UNIT = PAGE.partition("libertad.service <<END\n")[2].partition("\nEND\n")[0]
IMAGE = (ROOT / "deploy" / "Containerfile").read_text("utf-8")
STEPS = re.findall(r"^([A-Z]+) (.*)$", IMAGE.replace("\\\n", " "), re.M)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
@pytest.mark.parametrize("changed", ("", "RuntimeDirectory"))
def test_systemd_finds_nothing_in_the_unit(tmp_path: Path, changed: str) -> None:
    """With the program that is here in place of the one to be installed; a name that systemd does not know is
    found."""
    text = UNIT.replace("/srv/libertad/app/.venv/bin/libertad", sys.executable)
    text = text.replace(changed, "RuntimDirectory") if changed else text
    file = tmp_path / "libertad.service"
    file.write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", str(file)], capture_output=True, text=True, check=False
    )
    assert bool(done.returncode or done.stderr) == bool(changed), done.stderr


def test_the_image_is_made_from_the_packages_folder_alone() -> None:
    names = [name for name, _ in STEPS]
    assert names[0] == "ARG" and names[1] == "FROM" and names[-1] == "CMD"
    assert names.count("RUN") == 1
    (script,) = [arguments for name, arguments in STEPS if name == "RUN"]
    done = subprocess.run(["sh", "-n", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    commands = [shlex.split(command) for command in script.split("&&")]
    programs = [command[0] for command in commands]
    assert programs[:3] == ["cd", "sha256sum", "pip"], "in the folder, and first the sums"
    copied = [arguments.split() for name, arguments in STEPS if name == "COPY"]
    assert copied == [[".", "/wheels/"]] and commands[0][1] == "/wheels"
    assert commands[1] == ["sha256sum", "--check", "--quiet", package.SUMS]
    assert {"--no-index", "--require-hashes"} < set(commands[2]) and commands[2][-1] == package.LIST
    assert programs.count("pip") == 1 and not {"curl", "wget", "apt-get"} & set(programs)


def test_the_image_runs_as_a_user_that_it_made() -> None:
    (script,) = [arguments for name, arguments in STEPS if name == "RUN"]
    users = [arguments for name, arguments in STEPS if name == "USER"]
    assert users[-1] == "libertad"
    (command,) = [words for words in map(shlex.split, script.split("&&")) if words[0] == "useradd"]
    assert command[-1] == users[-1] and "0" not in command


def test_the_image_names_settings_that_there_are() -> None:
    (settings,) = [arguments for name, arguments in STEPS if name == "ENV"]
    variables = dict(assignment.split("=", 1) for assignment in settings.split())
    module = variables.pop("DJANGO_SETTINGS_MODULE").replace(".", "/")
    assert (BASE / f"{module}.py").is_file()
    for name in variables:
        assert not name.startswith("LIBERTAD_") or name in PAGE, name
    (command,) = [arguments for name, arguments in STEPS if name == "CMD"]
    (run,) = re.findall(r"^ExecStart=\S+/(libertad .*)$", UNIT, re.M)
    assert command == str(run.split()).replace("'", '"'), "as the unit starts it"
