"""A list of officers as CSV, read for a preview: what can be appointed, and each bad line with its reason.

What comes from a file is untrusted: its size and the number of its lines are limited, its encoding is found
out and said, and values that a spreadsheet would run, or that deceive the eye, are refused.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from libertad.look.words import words
from libertad.vocabulary.codelists import label
from libertad.vocabulary.written import unseen

MOST_LINES = 500
LONGEST = {"name": 120, "service_number": 40, "role": 60, "rank": 40}
HEADS = {
    "name": "name",
    "officer": "name",
    "service_number": "service_number",
    "service number": "service_number",
    "number": "service_number",
    "role": "role",
    "rank": "rank",
}
FORMULA = ("=", "+", "-", "@")
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class Unreadable(ValueError):
    """The file as a whole cannot be used; the message says what to do."""


@dataclass(frozen=True)
class Line:
    """A line of the file, counted as an editor counts; `wrong` is why it is left out, '' for a right one."""

    number: int
    name: str
    service_number: str
    role: str
    rank: str
    wrong: str = ""


@dataclass(frozen=True)
class Officers:
    """The lines of a file. `encoding`: '' for UTF-8, else as what it was read, for a person to check."""

    lines: list[Line] = field(default_factory=list)
    encoding: str = ""

    @property
    def right(self) -> list[Line]:
        return [line for line in self.lines if not line.wrong]

    @property
    def wrong(self) -> list[Line]:
        return [line for line in self.lines if line.wrong]


def read_officers(data: bytes, roles: Collection[str], in_use: Callable[[str], bool]) -> Officers:
    """Lines of a CSV file. `roles`: codes that the authority has; `in_use`: whether a number is in
    use. Unreadable where the file is none, has no heading, or is too long."""
    text, encoding = _decoded(data)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        heading = [HEADS.get(" ".join(cell.lower().split())) for cell in next(rows, [])]
        if not {"name", "service_number", "role"} <= set(heading):
            raise Unreadable(_("The first line names the columns: name, service number, role, rank."))
        lines: list[Line] = []
        begins = rows.line_num + 1
        for cells in rows:
            number, begins = begins, rows.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if len(lines) >= MOST_LINES:
                raise Unreadable(_("It has more than %(most)d lines: divide it.") % {"most": MOST_LINES})
            lines.append(_line(number, heading, cells, roles, in_use))
    except csv.Error:
        raise Unreadable(_("A quotation mark is not closed: save it as CSV once more.")) from None
    if not lines:
        raise Unreadable(_("Nobody is in it: write one officer a line, below the names of the columns."))
    bearers: dict[str, list[int]] = defaultdict(list)
    for line in lines:
        bearers[_same(line.service_number)].append(line.number)
    return Officers([_unless_doubled(line, bearers) for line in lines], encoding)


def _unless_doubled(line: Line, bearers: Mapping[str, Sequence[int]]) -> Line:
    """Of lines with one number each is left out: which of them is meant nobody can tell. `bearers`: by number
    as sign-ins compare it, the lines that have it."""
    same_number = [number for number in bearers[_same(line.service_number)] if number != line.number]
    if line.wrong or not same_number:
        return line
    return replace(line, wrong=_("Line %(line)d has the same number.") % {"line": same_number[0]})


def _decoded(data: bytes) -> tuple[str, str]:
    for mark, name in MARKS.items():
        if data.startswith(mark):
            try:
                return data.decode(name), ""
            except UnicodeDecodeError:
                raise Unreadable(_("It is no text: save the table as CSV, in UTF-8.")) from None
    if b"\x00" in data:
        raise Unreadable(_("It is no text: save the table as CSV, in UTF-8."))
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), "Windows-1252"


def _line(
    number: int,
    heading: list[str | None],
    cells: list[str],
    roles: Collection[str],
    in_use: Callable[[str], bool],
) -> Line:
    values = dict.fromkeys(LONGEST, "")
    for name, cell in zip(heading, cells, strict=False):
        if name:
            values[name] = cell.strip()
    role_text, role = values["role"], _role(values["role"], roles)
    wrong = _wrong(values, len(cells) > len(heading), role_text, role)
    if not wrong and in_use(values["service_number"]):
        wrong = _("Somebody has this number already.")
    return Line(number, values["name"], values["service_number"], role or role_text, values["rank"], wrong)


def _wrong(values: dict[str, str], has_extra: bool, role_text: str, role: str) -> str:
    for name, value in values.items():
        if deceives(value):
            return _("A sign in it does not show or turns the writing round: type it anew.")
        if value.startswith(FORMULA):
            return _("'%(value)s' begins as a formula does: leave out the first sign.") % {
                "value": value[:40]
            }
        if len(value) > LONGEST[name]:
            return _("Too long: at most %(most)d signs.") % {"most": LONGEST[name]}
    if has_extra:
        return _("It has more columns than the first line: put text with a comma in quotation marks.")
    if not values["name"]:
        return _("The name is missing.")
    if not values["service_number"]:
        return _("The service number is missing.")
    if not role:
        return (
            _("Your authority has no role '%(role)s'.") % {"role": role_text}
            if role_text
            else _("The role is missing: nobody gets one that was not written.")
        )
    return ""


def _same(number: str) -> str:
    """A number as sign-ins compare it."""
    return "".join(number.split()).upper()


def _role(role_text: str, roles: Collection[str]) -> str:
    """The code of a role that was written as its code or as its name, in English or the reader's language."""
    normalized = " ".join(role_text.lower().split())
    names = {name: code for code in roles for name in (code, label("roles", code), words("roles", code))}
    return {name.lower(): code for name, code in names.items()}.get(normalized, "")


def deceives(text: str) -> bool:
    """Whether a sign in it is not seen: control signs, or such as change the direction of the writing."""
    return any(unseen(sign) for sign in text)
