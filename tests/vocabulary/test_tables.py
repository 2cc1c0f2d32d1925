"""No cell of an exported table is calculated by a spreadsheet, and none is lost."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from libertad.vocabulary.tables import Rows, safe

ROOT = Path(__file__).parents[2]
# Tables that only this program reads again.
OWN = {"libertad/vocabulary/tables.py"}


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1+1",
        "-1+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\ufeff=1",
        "\u200b@x",
        "＝1",
        "＋1",
        '=HYPERLINK("http://x","y")',
        "-",
        "--1",
        "-1,5",
        "- 1",
    ],
)
def test_what_would_be_calculated_is_text(text: str) -> None:
    out = io.StringIO()
    Rows(out).writerow([text, "next"])
    (read,) = csv.reader(io.StringIO(out.getvalue()))
    assert read == ["'" + text, "next"]


@pytest.mark.parametrize(
    "text", ["", "Operation Libertad", "398", "-3.25", "+2", "0.0001", "A-1", 'say "so", then']
)
def test_all_else_stays(text: str) -> None:
    out = io.StringIO()
    Rows(out).writerow([text])
    assert list(csv.reader(io.StringIO(out.getvalue()))) == [[text]] or text == ""
    assert safe(text) == text


def test_no_other_writer_of_tables_is_used() -> None:
    used = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "libertad").rglob("*.py")
        if re.search(r"csv\.(writer|DictWriter)\(", path.read_text("utf-8"))
    }
    assert used == OWN
