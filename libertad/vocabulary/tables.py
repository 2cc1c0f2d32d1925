"""Tables that leave the program as CSV: a cell is text, in whatever program it is opened."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import IO

# With these a spreadsheet begins a formula; a tab and a line's end lead up to one.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe(cell: object) -> str:
    """A cell as text. What a spreadsheet would calculate gets an apostrophe before it; a number stays one."""
    text = str(cell)
    if text.lstrip(" \ufeff\u200b").startswith(FORMULA) and not _number(text):
        return "'" + text
    return text


def _number(text: str) -> bool:
    if not text.isascii():
        return False
    try:
        float(text)
    except ValueError:
        return False
    return text.strip() == text and text[1:2].isdigit()


class Rows:
    """As a `csv.writer`, of safe cells."""

    def __init__(self, out: IO[str]) -> None:
        self._writer = csv.writer(out)

    def writerow(self, cells: Iterable[object]) -> None:
        self._writer.writerow([safe(cell) for cell in cells])

    def writerows(self, rows: Iterable[Iterable[object]]) -> None:
        for row in rows:
            self.writerow(row)
