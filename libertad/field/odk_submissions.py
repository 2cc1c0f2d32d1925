"""Submissions of a form: tables as ODK Central and KoBoToolbox export them, files as Collect keeps them.

Nothing that a submission says is left out without a word: an answer to no question of the form stays as a
line of its own, and what is not taken at all is told with its line or file and the reason.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

import msgspec
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import parse

from libertad.field.xlsform import Question, Unreadable, XlsForm, check_size, limits

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MANY = ("select_multiple", "rank")
FILES = frozenset({"image", "audio", "video", "file", "background-audio", "audit"})
TRUE = frozenset({"1", "true"})
# Columns that name a submission, the first that is filled in: an edit keeps these and changes the unasked.
NAMES = ("meta/rootuuid", "key", "meta/instanceid", "instanceid", "_uuid")
# Who and when: questions of these types before the server's columns.
BY, BY_SERVER = ("username",), ("submittername", "_submitted_by")
AT, AT_SERVER = ("start", "today", "end"), ("submissiondate", "_submission_time")
DELETED = ("deletedat", "__system/deletedat", "_deleted_at")
VALIDATION = "_validation_status"
ENCRYPTED = ("missingEncryptedFormData", "notDecrypted")
KEPT = frozenset((*NAMES, *BY_SERVER, *AT_SERVER, *DELETED, "reviewstate", "status", VALIDATION))
# Bookkeeping of the server, which says nothing about what was asked.
SYSTEM = re.compile(
    r"(key|parent_key|submissiondate|submitterid|submittername|attachmentspresent|attachmentsexpected|status"
    r"|reviewstate|deviceid|edits|formversion|deletedat|instanceid|instancename|meta/.*|__.*|set-of-.*"
    r"|_(id|uuid|submission_time|validation_status|notes|status|submitted_by|tags|index|xform_id_string"
    r"|deleted_at|attachments|bamboo_dataset_id))"
)
POINT = ("latitude", "longitude", "altitude", "accuracy", "precision")


class Answer(msgspec.Struct, frozen=True):
    """An answer. `question`: as the form asks it; `name`: of the question; `codes`: what was chosen or
    written, one or several; `words`: the same as a person reads it."""

    question: str
    name: str
    codes: tuple[str, ...]
    words: str


class Collected(msgspec.Struct, frozen=True):
    """One submission. `by`, `at` (as the phone or the server wrote it): who collected it, and when."""

    instance: str
    form: str
    by: str
    at: str
    answers: tuple[Answer, ...]


@dataclass
class Received:
    """What files hold: submissions, and what was not taken or not understood, each with where and why."""

    submissions: list[Collected] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def add(self, where: str, submission: Collected) -> None:
        """A submission, once. Unreadable beyond what one command takes."""
        if submission.instance in self.names:
            self.messages.append(f"{where}: stands in these files already")
            return
        if len(self.submissions) >= limits()["rows"]:
            raise Unreadable(f"{where}: more than {limits()['rows']:,} submissions; bring them in parts")
        self.names.add(submission.instance)
        self.submissions.append(submission)


def read_submissions(form: XlsForm, paths: Iterable[Path]) -> Received:
    """The submissions of these files and folders. Raises Unreadable for a file that is no such thing."""
    received = Received()
    for path in _files(paths):
        check_size(path)
        if path.suffix.lower() == ".xml":
            _instance(form, path, received)
        elif path.suffix.lower() in (".csv", ".tsv", ".txt"):
            _table(form, path, received)
        else:
            raise Unreadable(
                f"{path.name}: give tables (.csv) as Central and KoBoToolbox export them, unpacked, or "
                "Collect's files (.xml)"
            )
    return received


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files, and of a folder those below it: Collect keeps each submission in a folder of its own."""
    count = 0
    for path in paths:
        inside = path.rglob("*") if path.is_dir() else [path]
        for file in sorted(inside):
            if path.is_dir() and file.suffix.lower() not in (".xml", ".csv"):
                continue
            count += 1
            if count > limits()["rows"]:
                raise Unreadable(f"{path.name}: more than {limits()['rows']:,} files; bring them in parts")
            yield file


# -- tables ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """What a column holds: an answer, or with a `part` one of its several columns (a choice's code, or
    'latitude' of a place)."""

    question: Question
    part: str = ""


def _table(form: XlsForm, path: Path, received: Received) -> None:
    text = _decoded(path)
    known = _headings(form)
    first = text.partition("\n")[0]
    separator = max(",;\t", key=lambda sign: _fitting(first, sign, known))
    if not _fitting(first, separator, known):
        raise Unreadable(
            f"{path.name}: no column is called as a question of {form.form_id}. Export with the names of the "
            "questions as headings ('XML values and headers'), not with their labels"
        )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    headings: list[str] = []
    try:
        for cells in reader:
            if len(cells) > limits()["columns"]:
                raise Unreadable(f"{path.name}: has more than {limits()['columns']:,} columns")
            if not headings:
                headings = [cell.strip() for cell in cells]
                if "parent_key" in map(str.lower, headings):
                    raise Unreadable(
                        f"{path.name}: is the table of a repeat, and no submission; leave it out"
                    )
            elif any(cell.strip() for cell in cells):
                where = f"{path.name}, line {reader.line_num}"
                if len(cells) > len(headings):
                    received.messages.append(f"{where}: not taken, it has more values than there are columns")
                    continue
                _row(form, where, dict(zip(headings, cells, strict=False)), known, received)
    except csv.Error as why:
        raise Unreadable(f"{path.name}, line {reader.line_num}: is not written as a table ({why})") from why


def _decoded(path: Path) -> str:
    raw = path.read_bytes()
    try:
        return raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as why:
        raise Unreadable(f"{path.name}: is not UTF-8. Export it anew; do not save it from Excel") from why


def _fitting(line: str, sign: str, known: Mapping[str, Column]) -> int:
    """How many columns this separator makes that are called as something of the form."""
    headings = next(csv.reader([line.rstrip("\r")], delimiter=sign), [])
    return sum(heading.strip() in known for heading in headings)


def _headings(form: XlsForm) -> dict[str, Column]:
    """How the columns of each question may be called: with its groups before it, or without."""
    names = [question.name for question in form.questions]
    columns: dict[str, Column] = {}
    for question in form.questions:
        wholes = {"/".join(question.path), "-".join(question.path)}
        if names.count(question.name) == 1:
            wholes.add(question.name)
        for whole in wholes:
            columns.setdefault(whole, Column(question))
            if question.kind in MANY:
                for code in question.choices:
                    columns.setdefault(f"{whole}/{code}", Column(question, code))
            elif question.kind == "geopoint":
                group, slash, name = whole.rpartition("/")
                for part in POINT:
                    for heading in (
                        f"{whole}-{part.capitalize()}",
                        f"_{whole}_{part}",
                        f"{group}{slash}_{name}_{part}",
                    ):
                        columns.setdefault(heading, Column(question, part))
    return columns


def _row(
    form: XlsForm, where: str, row: Mapping[str, str], known: Mapping[str, Column], received: Received
) -> None:
    values: dict[tuple[str, ...], str] = {}
    parts: dict[tuple[str, ...], dict[str, str]] = {}
    system: dict[str, str] = {}
    unasked: list[Answer] = []
    for heading, cell in row.items():
        value = cell.strip()
        if not value:
            continue
        column, plain = known.get(heading), re.sub(r"^(meta|__system)-", r"\1/", heading.lower())
        if plain in KEPT:
            system[plain] = value
        if column is not None and column.part:
            parts.setdefault(column.question.path, {})[column.part] = value
        elif column is not None:
            values[column.question.path] = value
        elif not SYSTEM.fullmatch(plain):
            unasked.append(_unasked(heading, value, where, received))
    for question in form.questions:
        text = values.get(question.path) or _one_value(question, parts.get(question.path, {}))
        if text:
            values[question.path] = text
    _settle(form, where, system, values, unasked, received)


def _one_value(question: Question, parts: Mapping[str, str]) -> str:
    """One value of several columns: the codes that were chosen, or a place."""
    if question.kind == "geopoint":
        return " ".join(parts[part] for part in POINT if part in parts)
    return " ".join(code for code in question.choices if parts.get(code, "").lower() in TRUE)


# -- files of Collect --------------------------------------------------------------------------------


def _instance(form: XlsForm, path: Path, received: Received) -> None:
    try:
        root = parse(path, forbid_dtd=True).getroot()
    except (ParseError, DefusedXmlException, UnicodeDecodeError, ValueError, LookupError) as why:
        raise Unreadable(f"{path.name}: is no submission that can be read ({type(why).__name__})") from why
    if root.get("encrypted") == "yes":
        received.messages.append(
            f"{path.name}: not taken, it is encrypted. Export it from Central with its passphrase"
        )
        return
    if root.get("id") != form.form_id:
        received.messages.append(
            f"{path.name}: not taken, it is of the form '{root.get('id', '')}', and this one is "
            f"'{form.form_id}'"
        )
        return
    values: dict[tuple[str, ...], str] = {}
    repeated = ""
    waiting: list[tuple[tuple[str, ...], Element]] = [((), root)]
    while waiting:
        place, element = waiting.pop()
        names: set[str] = set()
        for child in element:
            name = str(child.tag).rpartition("}")[2]
            if name in names:
                repeated = name
            names.add(name)
            if len(child):
                waiting.append(((*place, name), child))
            elif child.text and child.text.strip():
                values[(*place, name)] = child.text.strip()
        if len(values) > limits()["columns"] or len(place) > 50:
            raise Unreadable(f"{path.name}: has more answers than are taken")
    if repeated:
        received.messages.append(
            f"{path.name}: not taken, '{repeated}' is repeated in it. One submission is to be one thing"
        )
        return
    known = {question.path for question in form.questions}
    system = {"/".join(at).lower(): text for at, text in values.items() if at not in known}
    unasked = [
        _unasked("/".join(at), text, path.name, received)
        for at, text in sorted(values.items())
        if at not in known and not SYSTEM.fullmatch("/".join(at).lower())
    ]
    _settle(form, path.name, system, values, unasked, received)


# -- both --------------------------------------------------------------------------------------------


def _settle(
    form: XlsForm,
    where: str,
    system: Mapping[str, str],
    values: Mapping[tuple[str, ...], str],
    unasked: list[Answer],
    received: Received,
) -> None:
    """A whole submission, unless it has no name, was deleted or was rejected where it comes from."""
    instance = _first(system, NAMES)
    if not instance:
        received.messages.append(
            f"{where}: not taken, it has no instanceID: it could not be told from a second one"
        )
    elif _first(system, DELETED):
        received.messages.append(f"{where}: not taken, it was deleted where it comes from")
    elif system.get("reviewstate") == "rejected" or "not_approved" in system.get(VALIDATION, ""):
        received.messages.append(f"{where}: not taken, it was rejected where it comes from")
    elif system.get("status") in ENCRYPTED:
        received.messages.append(
            f"{where}: not taken, it is encrypted. Export it from Central with its passphrase"
        )
    else:
        kinds = {
            question.kind: values[question.path] for question in form.questions if question.path in values
        }
        by = _first(kinds, BY) or _first(system, BY_SERVER)
        at = _first(kinds, AT) or _first(system, AT_SERVER)
        answers = [
            _answer(question, values[question.path], where, received)
            for question in form.questions
            if question.path in values
            and not (question.kind in (*BY, *AT) and values[question.path] in (by, at))
        ]
        if answers or unasked:
            named = instance if instance.startswith("uuid:") else f"uuid:{instance}"
            received.add(where, Collected(named, form.title, by, at, (*answers, *unasked)))
        else:
            received.messages.append(f"{where}: not taken, it has no answer")


def _first(values: Mapping[str, str], names: Iterable[str]) -> str:
    return next((values[name] for name in names if values.get(name)), "")


def _answer(question: Question, text: str, where: str, received: Received) -> Answer:
    """An answer in codes and in words; a code that the form does not list is told, and stays."""
    _check_length(text, where)
    codes = tuple(text.split()) if question.kind in MANY else (text,)
    for code in codes if question.choices else ():
        if code not in question.choices:
            received.messages.append(f"{where}: '{question.name}' has '{code}', which the form does not list")
    words = ", ".join(question.choices.get(code, code) for code in codes)
    if question.kind in FILES:
        words = f"{words} (the file itself is not brought)"
    return Answer(question.label, question.name, codes, words)


def _unasked(heading: str, text: str, where: str, received: Received) -> Answer:
    _check_length(text, where)
    received.messages.append(
        f"{where}: '{heading}' is no question of the form; it stays as a line of its own"
    )
    return Answer(heading, "", (text,), text)


def _check_length(text: str, where: str) -> None:
    limit = limits()["answer"]
    if len(text) > limit:
        raise Unreadable(f"{where}: has an answer of more than {limit:,} characters")
