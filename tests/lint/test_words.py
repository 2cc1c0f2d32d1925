"""The words on screens are those of the glossary, and none of those that it tells not to write."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tools.messages import messages

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "docs" / "glossary.md"
QUOTED = re.compile(r"(?<!\w)'([^'|]+)'(?!\w)|\"([^\"|]+)\"")
# The phone's own words, beside those that it takes from the vocabulary.
PHONE = ROOT / "field-app" / "src"


def rows() -> list[list[str]]:
    """The cells of each row of the glossary's table: term, meaning, what it is not, what not to write."""
    lines = [line for line in GLOSSARY.read_text("utf-8").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def banned() -> set[str]:
    return {first or second for row in rows() for first, second in QUOTED.findall(row[3])}


def said_on_screens() -> list[tuple[str, str]]:
    """(file, message): each form of each message, and the phone's words in every language it has."""
    said = [
        (file, form)
        for file, _line, message, _comments, _context in messages()
        for form in (message if isinstance(message, tuple) else (message,))
        if form
    ]
    for path in sorted(PHONE.rglob("*")):
        if path.suffix in {".ts", ".tsx"}:
            said += [
                (path.name, text) for text in re.findall(r'"((?:[^"\\\n]|\\.)+)"', path.read_text("utf-8"))
            ]
        elif path.name == "forms.json":
            said += [(path.name, text) for text in _texts(json.loads(path.read_text("utf-8")))]
    return said


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for part in value.values() for text in _texts(part)]
    return [text for part in value for text in _texts(part)] if isinstance(value, list) else []


def test_every_term_has_its_meaning_and_what_it_is_not() -> None:
    assert len(rows()) > 30
    for row in rows():
        assert len(row) == 4, row
        assert all(row), row
        assert row[3] == "—" or QUOTED.search(row[3]), row
    assert len(banned()) > 25


def test_no_screen_says_what_the_glossary_tells_not_to_write() -> None:
    words = {word: re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.I) for word in banned()}
    found = [
        f"{file}: {message!r} says {word!r}"
        for file, message in said_on_screens()
        for word, pattern in words.items()
        if pattern.search(message)
    ]
    assert found == []


@pytest.mark.parametrize(
    "message", ["Found alike: 3 bits", "Two words that crossed", "Ways in", "It was let go"]
)
def test_what_was_said_before_would_be_found(message: str) -> None:
    assert any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", message, re.I) for word in banned())
