"""Known weaknesses in what we depend on. Exceptions expire: tools/audit-exceptions.yaml.

make audit

Asked are PyPI (`/pypi/NAME/VERSION/json`) and npm (`/-/npm/v1/security/advisories/bulk`). A mirror often has
neither, and then nothing is known: it ends with 2 and says so, never with 0.
"""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).parents[1]
EXCEPTIONS = ROOT / "tools" / "audit-exceptions.yaml"
LONGEST = datetime.timedelta(days=90)
LISTS = ("dev", "spark", "node", "uv")  # `dev` has what a node runs in it, `spark` what Splink brings
PACKAGES = ("assets", "field-app")  # folders with a list of npm's
WHAT_TO_DO = """\
What is not audited may have any weakness. Run it where pypi.org and registry.npmjs.org answer by themselves:
a mirror of packages has no lists of weaknesses. It reads nothing but the locked lists of this checkout."""


class Found(NamedTuple):
    """One weakness: the package, its public number, and what is said about it."""

    package: str
    number: str
    title: str


class NoAnswer(Exception):
    """An audit that could not be made. It is never taken for a clean one."""


class BadException(Exception):
    """An exception without a reason, without an end, or with an end too far away."""


def exceptions(text: str, today: datetime.date) -> set[str]:
    """The numbers excused today. An expired exception excuses nothing; a careless one is an error."""
    excused = set()
    for entry in yaml.safe_load(text) or []:
        missing = {"number", "reason", "until"} - set(entry)
        if missing or not str(entry["reason"]).strip():
            raise BadException(f"exception {entry.get('number', '?')} needs number, reason and until")
        until = entry["until"]
        if not isinstance(until, datetime.date) or until > today + LONGEST:
            raise BadException(
                f"exception {entry['number']}: 'until' is a date at most {LONGEST.days} days away"
            )
        if until >= today:
            excused.add(entry["number"])
    return excused


def unexcused(weaknesses: Iterable[Found], excused: set[str]) -> list[Found]:
    return [weakness for weakness in weaknesses if weakness.number not in excused]


def from_pip(report: dict[str, Any]) -> list[Found]:
    return [
        Found(package["name"], weakness["id"], weakness.get("description", "")[:100])
        for package in report["dependencies"]
        for weakness in package.get("vulns", [])
    ]


def unasked(report: dict[str, Any]) -> list[str]:
    """Packages of which pip-audit learned nothing: no answer is not a clean answer."""
    return [package["name"] for package in report["dependencies"] if "skip_reason" in package]


def from_npm(report: dict[str, Any]) -> list[Found]:
    return [
        Found(name, str(via.get("url", "")).rsplit("/", 1)[-1], via.get("title", ""))
        for name, weakness in report.get("vulnerabilities", {}).items()
        for via in weakness["via"]
        if isinstance(via, dict)
    ]


def _run_audit(command: list[str], folder: Path) -> dict[str, Any]:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except json.JSONDecodeError:
        answer = {"message": done.stderr.strip()[-300:]}
    if "dependencies" not in answer and "vulnerabilities" not in answer:
        raise NoAnswer(answer.get("message") or done.stderr.strip()[-300:])
    return answer


def audited() -> tuple[list[Found], list[str], int]:
    """What is known to be weak, which of our lists could not be asked about, and how many packages were."""
    weaknesses, silent, asked = [], [], 0
    command = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip"]
    command += ["-f", "json", "--progress-spinner=off"]
    for name in LISTS:
        command += ["-r", f"requirements/{name}.txt"]
    try:
        report = _run_audit(command, ROOT)
        weaknesses += from_pip(report)
        skipped, listed = unasked(report), len(report["dependencies"])
        asked += listed - len(skipped)
        if skipped:
            silent.append(f"PyPI told nothing about {len(skipped)} of {listed} packages, {skipped[0]} first")
    except NoAnswer as none:
        silent.append(f"pip-audit: {none}")
    for folder in PACKAGES:
        try:
            report = _run_audit(["npm", "audit", "--json"], ROOT / folder)
            weaknesses += from_npm(report)
            asked += report.get("metadata", {}).get("dependencies", {}).get("total", 0)
        except NoAnswer as none:
            silent.append(f"npm audit, {folder}: {none}")
    return weaknesses, silent, asked


def main() -> int:
    today = datetime.datetime.now(datetime.UTC).date()
    excused = exceptions(EXCEPTIONS.read_text(encoding="utf-8"), today)
    weaknesses, silent, asked = audited()
    for weakness in (left := unexcused(weaknesses, excused)):
        print(f"{weakness.package}: {weakness.number} {weakness.title}")
    if asked:
        excepted = len(weaknesses) - len(left)
        print(f"of {asked} packages {len(left)} known weaknesses, {excepted} excused until a date")
    for why in silent:
        print(f"NOT AUDITED: {why}", file=sys.stderr)
    if silent:
        print(WHAT_TO_DO, file=sys.stderr)
    return 1 if left else 2 if silent else 0


if __name__ == "__main__":
    sys.exit(main())
