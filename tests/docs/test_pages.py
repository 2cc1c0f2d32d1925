"""The documentation keeps its promises: two commands, links that lead somewhere, every room explained."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")


def test_the_readme_has_exactly_two_commands() -> None:
    commands = re.findall(r"^    (\S.*)$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M)
    assert commands == ["make run", "make test"]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page: Path) -> None:
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


NAMED = re.compile(r"`((?:tests|bench|tools|deploy|scenarios|assets|field-app)/[\w./-]*\w)/?(?:: \w+)?`")


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_test_and_script_that_a_page_names_is_there(page: Path) -> None:
    named = set(NAMED.findall(page.read_text(encoding="utf-8")))
    assert {name for name in named if not (ROOT / name).exists()} == set()
    tests = set(re.findall(r"`(test_\w+)`", page.read_text(encoding="utf-8")))
    defined = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        if tests
        for name in (path.stem, *re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.M))
    }
    assert tests <= defined


# A file with what is in it: `libertad/journal/checking.py` (`check`).
HOLDS = re.compile(r"`([\w/]+\.py)` \(`(\w+)`\)")


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_every_function_that_shows_the_way_is_in_the_file_that_is_named(page: str) -> None:
    """A file is named with its folders, or by its end where the line has named the folder before."""
    named = HOLDS.findall((ROOT / page).read_text(encoding="utf-8"))
    files = {path: path.read_text("utf-8") for path in (ROOT / "libertad").rglob("*.py")}
    missing = [
        (end, name)
        for end, name in named
        if not any(
            re.search(rf"^(?:async )?(?:def|class) {name}\b", text, re.M)
            for path, text in files.items()
            if str(path).endswith(f"/{end}")
        )
    ]
    assert missing == []
    if page == "CONTRIBUTING.md":
        assert len(named) >= 4


ROOMS_OF_WORK = ("operations", "people", "evidence", "care", "hits", "figures")


@pytest.mark.parametrize("room", ROOMS_OF_WORK)
def test_a_room_of_work_has_the_furniture_that_the_architecture_says(room: str) -> None:
    furniture = (
        "models.py",
        "fold.py",
        "actions",
        "queries.py",
        "forms.py",
        "screens.py",
        "urls.py",
        "templates",
    )
    assert [name for name in furniture if not (ROOT / "libertad" / room / name).exists()] == []
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    assert f"The rooms of work ({', '.join(f'`{name}`' for name in ROOMS_OF_WORK)})" in text


def test_every_room_is_in_the_table_of_rooms() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    table = " ".join(line for line in text.splitlines() if line.startswith("| `"))
    rooms = {path.parent.name for path in (ROOT / "libertad").glob("*/__init__.py")}
    assert {room for room in rooms if f"`{room}`" not in table} == set()


def test_every_module_says_what_it_is_for() -> None:
    modules = [
        path
        for path in (ROOT / "libertad").rglob("*.py")
        if "migrations" not in path.parts and path.read_text(encoding="utf-8").strip()
    ]
    silent = [
        str(path.relative_to(ROOT))
        for path in modules
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []
