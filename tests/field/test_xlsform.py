"""A form as XLSForm describes it: what is understood of it, and what is refused before it takes memory."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from libertad.field import xlsform
from libertad.field.xlsform import Unreadable, read_form
from tests.support.odk import SURVEY, write_form


def test_a_form_is_read_with_groups_lists_and_the_label_of_its_own_language(tmp_path: Path) -> None:
    form = read_form(write_form(tmp_path / "form.xlsx"))
    assert (form.form_id, form.title, form.version) == ("person.meet", "Met at the river", "3")
    by_name = {question.name: question for question in form.questions}
    assert by_name["needs"].path == ("first", "needs")
    assert by_name["needs"].kind == "select_multiple"
    assert by_name["danger"].label == "Is anyone in danger?"
    assert by_name["danger"].choices == {"yes": "Yes", "no": "No", "1": "Not sure"}
    assert "thanks" in by_name


def test_a_form_without_settings_is_called_as_its_file_and_types_may_have_blanks(tmp_path: Path) -> None:
    survey = [["type", "name", "label"], ["begin group", "g", "G"], ["select one yes_no", "danger", "D"]]
    path = write_form(tmp_path / "lead.report.xlsx", [*survey, ["end group", "", ""]], settings=None)
    form = read_form(path)
    assert form.form_id == "lead.report"
    assert [(question.path, question.kind) for question in form.questions] == [
        (("g", "danger"), "select_one")
    ]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (["begin_repeat", "people", "People"], "make a form without repeats"),
        (["begin repeat", "people", "People"], "make a form without repeats"),
        (["end_group", "", ""], "that did not begin"),
        (["text", "danger", "Again"], "stands twice"),
    ],
)
def test_what_is_no_single_thing_is_refused_in_words(tmp_path: Path, row: list[str], words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read_form(write_form(tmp_path / "form.xlsx", [*SURVEY[:2], ["text", "danger", "A"], row]))


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "form.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(65 * xlsform.MEGABYTE))
    assert path.stat().st_size < 100_000
    monkeypatch.setattr("openpyxl.load_workbook", lambda *args, **options: pytest.fail("it was opened"))
    with pytest.raises(Unreadable, match="unpacks to more than 64 MB"):
        read_form(path)


def test_a_sheet_with_more_rows_than_are_taken_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsform, "limits", lambda: {**dict(LIMITS), "rows": 3})
    with pytest.raises(Unreadable, match="more than 3 rows"):
        read_form(write_form(tmp_path / "form.xlsx"))


LIMITS = xlsform.limits()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04nothing", b"<html>", b"type,name,label\n"])
def test_what_is_no_excel_file_is_refused_and_not_a_trace(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match="Excel"):
        read_form(path)


def test_xml_that_declares_anything_is_refused(tmp_path: Path) -> None:
    made, path = write_form(tmp_path / "made.xlsx"), tmp_path / "form.xlsx"
    with zipfile.ZipFile(made) as before, zipfile.ZipFile(path, "w") as archive:
        for name in before.namelist():
            content = before.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + content.replace(b"danger", b"&a;", 1)
            archive.writestr(name, content)
    with pytest.raises(Unreadable):
        read_form(path)
