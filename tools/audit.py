"""Known weaknesses in what we depend on. Exceptions expire: tools/audit-exceptions.yaml.

make audit
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


class Found(NamedTuple):
    """One weakness: the package, its public number, and what is said about it."""

    package: str
    number: str
    title: str


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


def unexcused(found: Iterable[Found], excused: set[str]) -> list[Found]:
    return [weakness for weakness in found if weakness.number not in excused]


def from_pip(report: dict[str, Any]) -> list[Found]:
    return [
        Found(package["name"], weakness["id"], weakness.get("description", "")[:100])
        for package in report["dependencies"]
        for weakness in package.get("vulns", [])
    ]


def from_npm(report: dict[str, Any]) -> list[Found]:
    return [
        Found(name, str(via.get("url", "")).rsplit("/", 1)[-1], via.get("title", ""))
        for name, weakness in report.get("vulnerabilities", {}).items()
        for via in weakness["via"]
        if isinstance(via, dict)
    ]


def _asked(command: list[str], folder: Path) -> dict[str, Any]:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except json.JSONDecodeError:
        sys.exit(f"{command[0]} gave no report: {done.stderr.strip()[-300:]}")
    if "error" in answer:
        sys.exit(f"{command[0]} gave no report: {answer['error']}")
    return answer


def main() -> int:
    today = datetime.datetime.now(datetime.UTC).date()
    excused = exceptions(EXCEPTIONS.read_text(encoding="utf-8"), today)
    audit = [
        sys.executable,
        "-m",
        "pip_audit",
        "--require-hashes",
        "--disable-pip",
        "-f",
        "json",
        "--progress-spinner=off",
    ]
    found = from_pip(_asked([*audit, "-r", "requirements/dev.txt"], ROOT))
    if (ROOT / "assets" / "package-lock.json").exists():
        found += from_npm(_asked(["npm", "audit", "--json"], ROOT / "assets"))
    for weakness in (left := unexcused(found, excused)):
        print(f"{weakness.package}: {weakness.number} {weakness.title}")
    print(f"{len(left)} known weaknesses, {len(found) - len(left)} excused until a date")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
