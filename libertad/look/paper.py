"""A page as a PDF for paper: tagged, so that a screen reader can read it, and without scripts.

Typst sets it in this process from a template of ours. What people said comes as data and is never read as
markup. Letters that no font of this machine has are refused, and not printed as boxes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from unicodedata import category

import typst

from libertad.look.page_objects import Table

STANDARD: Final = "ua-1"  # PDF/UA-1: what a reader of the screen needs, and every letter must be there
MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')


class NoFont(Exception):
    """`letters`: what no font here can show."""

    def __init__(self, letters: str) -> None:
        self.letters = letters
        super().__init__(f"no font for {letters}")


def pdf(template: Path, language: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of a Typst template, which finds `data` as `sys.inputs.data` (JSON). NoFont, where letters are
    missing."""
    inputs = {"data": json.dumps({**data, "language": language[:2]}, ensure_ascii=False)}
    try:
        document = typst.compile(template.read_bytes(), sys_inputs=inputs, pdf_standards=[STANDARD])
    except typst.TypstError as why:
        letters = "".join(dict.fromkeys(MISSING.findall(f"{why} {why.diagnostic}")))
        unseen = "".join(dict.fromkeys(sign for sign in inputs["data"] if category(sign) == "Cf"))
        if letters or unseen:
            raise NoFont(letters or unseen.encode("unicode_escape").decode()) from None
        raise
    if not isinstance(document, bytes):
        raise TypeError("a PDF of several files")
    return document


def tables(listed: Sequence[Table]) -> list[dict[str, Any]]:
    """Tables as the templates take them: captions, headings, and cells as (text, second line)."""
    return [
        {
            "caption": table.caption,
            "columns": [column.label for column in table.columns],
            "rows": [[[cell.text, cell.second] for cell in row.cells] for row in table.rows],
            "note": table.note,
        }
        for table in listed
    ]
