"""A form as XLSForm describes it (survey, choices, settings), read from an Excel file.

It is another maker's file: sizes are asked before anything is unpacked, XML may declare nothing. A form with
repeats is refused, because one submission is to be one person, lead, exhibit or visit.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from libertad.vocabulary import yamlfile

FILE = Path(__file__).with_suffix(".yaml")
LARGEST = {
    "rows": 1_000_000,
    "megabytes": 1000,
    "unpacked_megabytes": 1000,
    "columns": 10_000,
    "answer": 1_000_000,
    "kept_days": 365,
}
MEGABYTE = 1024 * 1024
SELECTS = re.compile(r"(select_one|select_multiple|rank)(?:_from_file|_external)?\s+(?:from\s+)?(\S+)")
SPACED = re.compile(r"^(select|begin|end) (one|multiple|group|repeat)\b")
# What Collect fills in by itself, by type; `username`, `start` and the like say who and when.
OWN = frozenset(
    {"start", "end", "today", "deviceid", "username", "email", "phonenumber", "simserial", "subscriberid"}
)


class Unreadable(ValueError):
    """The file cannot be used; says what to do."""


@cache
def limits() -> Mapping[str, int]:
    """The numbers of `xlsform.yaml`. Raises ValueError, which names what is wrong in it."""
    return yamlfile.numbers(FILE, LARGEST)


@dataclass(frozen=True)
class Question:
    """A question of the form. `path`: its groups and its name; `kind`: its type without the name of a list.

    `choices`: label by code, {} where the form lists none (a file of choices, a text).
    """

    path: tuple[str, ...]
    kind: str
    label: str
    choices: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.path[-1]


@dataclass(frozen=True)
class XlsForm:
    """`questions` in the order of the form."""

    form_id: str
    title: str
    version: str
    questions: tuple[Question, ...]


def read_form(path: Path) -> XlsForm:
    """The form of an Excel file. Raises Unreadable."""
    sheets = _sheets(path)
    if "survey" not in sheets:
        raise Unreadable(f"{path.name}: has no sheet 'survey', so it is no XLSForm")
    settings = next(iter(sheets.get("settings", [])), {})
    language = settings.get("default_language", "")
    form_id = settings.get("form_id") or settings.get("id_string") or path.stem
    questions = tuple(
        _questions(path, sheets["survey"], _choices(sheets.get("choices", []), language), language)
    )
    if not questions:
        raise Unreadable(f"{path.name}: the sheet 'survey' has no question")
    title = settings.get("form_title") or settings.get("title") or form_id
    return XlsForm(form_id, title, settings.get("version", ""), questions)


def _questions(
    path: Path, rows: list[dict[str, str]], lists: Mapping[str, Mapping[str, str]], language: str
) -> Iterator[Question]:
    groups: list[str] = []
    seen_paths: set[tuple[str, ...]] = set()
    for row in rows:
        kind = SPACED.sub(r"\1_\2", " ".join(row.get("type", "").split()))
        name = row.get("name", "")
        if kind == "begin_repeat":
            raise Unreadable(
                f"{path.name}: has the repeat '{name}'. One submission is to be one person, lead, exhibit or "
                "visit: make a form without repeats, and send it once for each"
            )
        if kind == "begin_group":
            groups.append(name or f"group{len(groups) + 1}")
        elif kind == "end_group":
            if not groups:
                raise Unreadable(f"{path.name}: a group ends in the sheet 'survey' that did not begin")
            groups.pop()
        elif kind and name and not kind.startswith("end_"):
            listed = SELECTS.match(kind)
            whole = (*groups, name)
            if whole in seen_paths:
                raise Unreadable(f"{path.name}: the question '{name}' stands twice in the same group")
            seen_paths.add(whole)
            yield Question(
                whole,
                listed[1] if listed else kind.split(" ")[0],
                _label(row, language) or name,
                lists.get(listed[2], {}) if listed else {},
            )


def _choices(rows: list[dict[str, str]], language: str) -> dict[str, dict[str, str]]:
    lists: dict[str, dict[str, str]] = {}
    for row in rows:
        list_name, code = row.get("list_name") or row.get("list name", ""), row.get("name", "")
        if list_name and code:
            lists.setdefault(list_name, {})[code] = _label(row, language) or code
    return lists


def _label(row: Mapping[str, str], language: str) -> str:
    """The label in the form's own language, else the one without a language, else the first."""
    labels = {name: text for name, text in row.items() if re.match(r"label(?:$|:)", name) and text}
    own = [
        text for name, text in labels.items() if language and name.partition(":")[2].strip(": ") == language
    ]
    ordered = [*own, *([labels["label"]] if "label" in labels else []), *labels.values()]
    return " ".join(ordered[0].split()) if ordered else ""


# -- the Excel file ----------------------------------------------------------------------------------


def check_size(path: Path) -> None:
    """Unreadable where there is no such file, or a larger one than is taken."""
    if not path.is_file():
        raise Unreadable(f"{path}: there is no such file")
    if path.stat().st_size > limits()["megabytes"] * MEGABYTE:
        raise Unreadable(f"{path.name}: has more than {limits()['megabytes']} MB; split it")


def _sheets(path: Path) -> dict[str, list[dict[str, str]]]:
    """The three sheets of a form, as rows by their headings (in small letters)."""
    from openpyxl import load_workbook

    check_size(path)
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > limits()["unpacked_megabytes"] * MEGABYTE:
            raise Unreadable(
                f"{path.name}: unpacks to more than {limits()['unpacked_megabytes']} MB, as no form does"
            )
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            names = {name.strip().lower(): name for name in book.sheetnames}
            return {
                sheet: list(_rows(book[names[sheet]], f"{path.name}, sheet '{sheet}'"))
                for sheet in ("survey", "choices", "settings")
                if sheet in names
            }
        finally:
            book.close()
    except Unreadable:
        raise
    except Exception as why:  # whatever openpyxl makes of a file that is none
        raise Unreadable(
            f"{path.name}: is not an Excel file (.xlsx) that can be read ({type(why).__name__})"
        ) from why


def _rows(sheet: Any, where: str) -> Iterator[dict[str, str]]:
    row_limit, column_limit = limits()["rows"], limits()["columns"]
    headings: list[str] | None = None
    for number, cells in enumerate(
        sheet.iter_rows(max_row=row_limit + 2, max_col=column_limit, values_only=True)
    ):
        if number > row_limit:
            raise Unreadable(f"{where}: has more than {row_limit:,} rows")
        texts = [_text(cell) for cell in cells]
        if headings is None:
            headings = [text.lower() for text in texts] if any(texts) else None
        elif any(texts):
            yield {name: text for name, text in zip(headings, texts, strict=False) if name and text}


def _text(cell: Any) -> str:
    """A cell as a person reads it: Excel holds the code 1 as the number 1.0."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()[: limits()["answer"]]
