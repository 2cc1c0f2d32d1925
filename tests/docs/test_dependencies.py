"""Every direct dependency has a line in docs/dependencies.md, and every locked file its hash."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
LISTS = ("run", "splink", "spark", "dev", "node")
PACKAGES = ("assets", "field-app")


def direct() -> set[str]:
    names = set()
    for list_name in LISTS:
        for line in (ROOT / "requirements" / f"{list_name}.in").read_text(encoding="utf-8").splitlines():
            if line.strip() and line[0] not in "#-":
                names.add(re.split(r"[\[=<>~!; ]", line.strip())[0])
    for folder in PACKAGES:
        names |= packages(folder).keys()
    return names


def packages(folder: str) -> dict[str, str]:
    """What a folder's package.json names, with the version that it asks for."""
    listed = json.loads((ROOT / folder / "package.json").read_text(encoding="utf-8"))
    versions: dict[str, str] = listed.get("dependencies", {}) | listed.get("devDependencies", {})
    return versions


def unexplained(page: str) -> set[str]:
    return {name for name in direct() if f"| `{name}` |" not in page}


def test_every_direct_dependency_is_explained() -> None:
    assert unexplained(PAGE) == set(), "add a line to docs/dependencies.md: why, licence, maintained"


def test_a_missing_line_is_noticed() -> None:
    assert unexplained(PAGE.replace("| `django` |", "|")) == {"django"}


@pytest.mark.parametrize("wanted", LISTS)
def test_every_locked_package_has_a_hash(wanted: str) -> None:
    locked = (ROOT / "requirements" / f"{wanted}.txt").read_text(encoding="utf-8")
    pins = re.findall(r"^\S+==\S+.*\\\n((?:    --hash=sha256:[0-9a-f]{64}.*\n)+)", locked, re.M)
    assert pins
    assert len(pins) == len(re.findall(r"^[A-Za-z0-9].*==", locked, re.M))


@pytest.mark.parametrize("wanted", LISTS)
def test_every_direct_dependency_is_locked(wanted: str) -> None:
    locked = (ROOT / "requirements" / f"{wanted}.txt").read_text(encoding="utf-8").lower()
    for line in (ROOT / "requirements" / f"{wanted}.in").read_text(encoding="utf-8").splitlines():
        if line.strip() and line[0] not in "#-":
            name = re.split(r"[\[=<>~!; ]", line.strip())[0].lower()
            assert re.search(rf"^{re.escape(name)}(\[.*\])?==", locked, re.M), f"{name}: run `make lock`"


def test_the_field_app_asks_for_exact_versions_of_known_licences() -> None:
    """What signs and seals on a phone changes by a commit of ours alone."""
    lock = json.loads((ROOT / "field-app" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert [
        version for version in packages("field-app").values() if not re.fullmatch(r"\d+\.\d+\.\d+", version)
    ] == []
    locked = {path: entry for path, entry in lock.items() if path}
    assert [path for path, entry in locked.items() if "integrity" not in entry] == []
    delivered = {entry["license"] for entry in locked.values() if not entry.get("dev")}
    assert delivered <= {"MIT", "Apache-2.0", "(MIT OR Apache-2.0)", "ISC", "0BSD", "BSD-3-Clause"}
