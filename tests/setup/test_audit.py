"""An audit's exceptions expire, give reasons and are never open-ended."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

import pytest

from tools.audit import (
    EXCEPTIONS,
    ROOT,
    BadException,
    Found,
    NoAnswer,
    audited,
    exceptions,
    from_npm,
    from_pip,
    main,
    unasked,
    unexcused,
)

TODAY = datetime.date(2026, 11, 25)
WEAK = Found("example", "GHSA-1", "a hole")


def entry(until: str, reason: str = "not reachable here") -> str:
    return f"- number: GHSA-1\n  reason: '{reason}'\n  until: {until}\n"


def test_a_valid_exception_excuses() -> None:
    assert unexcused([WEAK], exceptions(entry("2026-11-25"), TODAY)) == []


def test_an_expired_exception_fails_again() -> None:
    assert unexcused([WEAK], exceptions(entry("2026-11-24"), TODAY)) == [WEAK]


@pytest.mark.parametrize(
    "text", [entry("2028-01-01"), entry("never"), entry("2026-12-01", " "), "- number: X\n"]
)
def test_careless_exceptions_are_refused(text: str) -> None:
    with pytest.raises(BadException):
        exceptions(text, TODAY)


def test_the_exceptions_of_the_project_are_sound_and_none_has_expired() -> None:
    import yaml

    text = EXCEPTIONS.read_text(encoding="utf-8")
    today = datetime.datetime.now(datetime.UTC).date()
    assert len(exceptions(text, today)) == len(yaml.safe_load(text) or [])


def test_both_reports_are_read() -> None:
    pip = {"dependencies": [{"name": "a", "vulns": [{"id": "PYSEC-1", "description": "x"}]}, {"name": "b"}]}
    npm = {
        "vulnerabilities": {
            "c": {"via": [{"url": "https://github.com/advisories/GHSA-2", "title": "y"}, "d"]}
        }
    }
    assert [advisory.number for advisory in from_pip(pip) + from_npm(npm)] == ["PYSEC-1", "GHSA-2"]


def test_no_answer_is_not_a_clean_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    report = {"dependencies": [{"name": "a", "skip_reason": "not found on PyPI"}, {"name": "b", "vulns": []}]}
    assert unasked(report) == ["a"]
    monkeypatch.setattr("tools.audit.audited", lambda: ([], ["PyPI told nothing about 1 packages"], 0))
    assert main() == 2
    printed = capsys.readouterr()
    assert "0 known weaknesses" not in printed.out, "where nobody was asked, nothing is known"
    assert "NOT AUDITED: PyPI" in printed.err and "registry.npmjs.org" in printed.err
    monkeypatch.setattr("tools.audit.audited", lambda: ([WEAK], [], 9))
    assert main() == 1
    monkeypatch.setattr("tools.audit.audited", lambda: ([], [], 9))
    assert main() == 0
    assert "of 9 packages 0 known weaknesses" in capsys.readouterr().out


def test_every_locked_list_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []
    folders: set[Path] = set()

    def answer(command: list[str], folder: Path) -> dict[str, Any]:
        commands.append(command)
        if "npm" in command:
            folders.add(folder)
            raise NoAnswer("405")
        return {"dependencies": [{"name": "a", "skip_reason": "x"}, {"name": "b", "vulns": []}]}

    monkeypatch.setattr("tools.audit._run_audit", answer)
    weaknesses, silent, asked = audited()
    assert (weaknesses, asked) == ([], 1)
    told_nothing = ["npm audit, assets: 405", "npm audit, field-app: 405"]
    assert silent == ["PyPI told nothing about 1 of 2 packages, a first", *told_nothing]
    assert folders == {path.parent for path in ROOT.glob("*/package-lock.json")}
    named = {word for command in commands for word in command if word.startswith("requirements/")}
    locked = {f"requirements/{path.name}" for path in (ROOT / "requirements").glob("*.txt")}
    included = {f"requirements/{name}.txt" for name in ("run", "splink")}
    assert named | included == locked
    for inner, outer in (("run", "dev"), ("splink", "spark")):
        pins = [
            set(re.findall(r"^\S+==\S+", (ROOT / f"requirements/{name}.txt").read_text("utf-8"), re.M))
            for name in (inner, outer)
        ]
        assert pins[0] <= pins[1], f"{outer}.txt no longer has all of {inner}.txt: ask about it too"
