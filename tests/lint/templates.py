"""Fails on template text that cannot be translated, and on script or style inside a page.

    python -m tests.lint.templates [FILE ...]

Text is fine inside {% translate %}, {% trans %}, {% blocktranslate %} and {% blocktrans %}. The policy of
every page forbids inline script and style, so <script> without src, <style>, style= and on...= are faults
too; a <script type="application/json"> carries data and is let through.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
# Folders that a build fills: their words are in its own sources.
BUILT = frozenset({"static", "app"})
SPOKEN = ("title", "alt", "placeholder", "aria-label", "aria-description", "data-label")
DATA_TYPES = ("application/json", "application/ld+json", "importmap")
# Names and units that are the same in every language.
SAME_EVERYWHERE = {"Libertad", "INTERPOL", "CSV", "JSON", "PDF", "UTC", "SHA-256", "km", "m²"}

_COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}", re.S)
# A block that only names style classes is no text.
_CLASSES = re.compile(r"\{%\s*block (?:main_class|body_class)\s*%\}[^{]*\{%\s*endblock[^%]*%\}")
_TRANSLATED = re.compile(r"\{%\s*(blocktrans(?:late)?)\b.*?%\}.*?\{%\s*end\1\s*%\}", re.S)
_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.S)
_WORD = re.compile(r"[^\W\d_]{2,}")


class Fault(NamedTuple):
    line: int
    rule: str
    text: str


def _blank(text: str, pattern: re.Pattern[str]) -> str:
    """Takes matches out and keeps the lines, so that a fault names the right one."""
    return pattern.sub(lambda match: "\n" * match.group().count("\n"), text)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[Fault] = []
        self.inside: str | None = None

    def _fault(self, rule: str, text: str) -> None:
        self.faults.append(Fault(self.getpos()[0], rule, " ".join(text.split())[:70]))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "script" and "src" not in attributes and attributes.get("type") not in DATA_TYPES:
            self._fault("inline script", f"<{tag}>")
        if tag == "style":
            self._fault("inline style", f"<{tag}>")
        for name, value in attrs:
            if name == "style":
                self._fault("style attribute", f"<{tag} style={value!r}>")
            elif re.fullmatch(r"on[a-z]+", name):
                self._fault("event attribute", f"<{tag} {name}=...>")
            elif name in SPOKEN and value and _speaks(value):
                self._fault("not translatable", f"{name}={value!r}")
        if tag in ("script", "style"):
            self.inside = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self.inside:
            self.inside = None

    def handle_data(self, data: str) -> None:
        if self.inside is None and _speaks(data):
            self._fault("not translatable", data)


def _speaks(text: str) -> bool:
    for same in SAME_EVERYWHERE:
        text = text.replace(same, " ")
    return bool(_WORD.search(text))


def faults(text: str) -> list[Fault]:
    """The faults of one template's text."""
    for pattern in (_COMMENT, _CLASSES, _TRANSLATED, _TAG):
        text = _blank(text, pattern)
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.faults


def templates() -> Iterator[Path]:
    pages = sorted((ROOT / "libertad").rglob("*.html"))
    return (path for path in pages if not BUILT.intersection(path.relative_to(ROOT).parts))


def main(names: list[str]) -> int:
    fault_count = 0
    for path in [Path(name) for name in names] or templates():
        for line, rule, text in faults(path.read_text(encoding="utf-8")):
            print(f"{path}:{line}: {rule}: {text}")
            fault_count += 1
    return 1 if fault_count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
