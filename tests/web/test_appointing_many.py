"""Appointing from a file: a preview first, bad lines by number and reason, nothing written before."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from libertad.access.accounts import appoint
from libertad.access.acting import perform
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.models import Account, Officer
from libertad.journal.models import Entry
from libertad.vocabulary.values import Refused
from libertad.web.officer_list import MOST_LINES, Unreadable, read_officers
from tests.support.world import World

ROLES = ["administrator", "national-lead", "officer", "press"]
ADDRESS = "/officers/from-file/"


def nobody(_number: str) -> bool:
    return False


def read(text: str, encoding: str = "utf-8") -> Any:
    return read_officers(text.encode(encoding), ROLES, nobody)


def upload(world: World, text: str | bytes, role: str = "administrator") -> Any:
    data = text.encode() if isinstance(text, str) else text
    return world.client(role).post(ADDRESS, {"file": SimpleUploadedFile("officers.csv", data)})


def page_text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


LIST = (
    "Name,Service number,Role,Rank\n"
    "Ana Ríos,GY-501,Officer,Cpl.\n"
    "=cmd|' /C calc'!A1,GY-502,officer,\n"
    "\n"
    "Bob Lee,GY-503,,\n"
    "Cy Young,GY-504,Emperor,\n"
    "Di Fox,gy-508,officer,\n"
    ",GY-505,officer,\n"
    "Ed\u202eyob,GY-506,officer,\n"
    "Flo Ray,ADMINISTRATOR-1,officer,\n"
    "Gus Roe,GY-508,officer,\n"
)


def test_each_bad_line_is_named_by_its_number_and_reason_and_nothing_is_written(world: World) -> None:
    appoint(world.actor("administrator"), name="G", service_number="ADMINISTRATOR-1", role="officer")
    before = (Entry.objects.count(), Account.objects.count())
    answer = upload(world, LIST)
    page_text = page_text_of(answer)
    for number, reason in (
        (3, "begins as a formula"),
        (5, "nobody gets one that was not written"),
        (6, "no role 'Emperor'"),
        (7, "Line 11 has the same number"),
        (8, "name is missing"),
        (9, "turns the writing round"),
        (10, "Somebody has this number"),
        (11, "Line 7 has the same number"),
    ):
        assert re.search(rf" {number} .*?{re.escape(reason)}", page_text), (number, reason, page_text)
    assert "1 right, 8 left out." in page_text and "Nothing has been written yet" in page_text
    assert (Entry.objects.count(), Account.objects.count()) == before


def test_a_number_that_another_officer_bears_is_given_to_nobody(world: World) -> None:
    administrator = world.actor("administrator")
    perform(
        administrator, appoint_officer, name="H", service_number="GY-901", role="officer", source="decision"
    )
    with pytest.raises(Refused, match="another officer of your authority has this number"):
        appoint(administrator, name="Other", service_number="gy-901", role="officer")
    answer = upload(world, "name,service number,role\nOther,GY-901,officer\n")
    assert "Somebody has this number already" in page_text_of(
        answer
    ) and "0 right, 1 left out." in page_text_of(answer)


def confirm(world: World, answer: Any, role: str = "administrator") -> Any:
    match = re.search(r'name="shown" value="([^"]+)"', answer.content.decode())
    assert match is not None
    return world.client(role).post(ADDRESS, {"shown": html.unescape(match[1])})


def test_what_was_shown_is_appointed_once_confirmed_and_each_code_is_shown_once(world: World) -> None:
    before = Officer.objects.count()
    answer = upload(world, LIST)
    done = confirm(world, answer)
    codes = re.findall(r"[2-9A-Z]{4}(?:-[2-9A-Z]{4}){3}", page_text_of(done))
    assert len(codes) == 2 and Officer.objects.count() == before + 2  # one number was free here
    assert "Ana Ríos" in page_text_of(done)
    again = confirm(world, answer)  # sent twice: nobody is appointed twice
    assert Officer.objects.count() == before + 2 and "not appointed" in page_text_of(again)


def test_a_preview_that_was_changed_or_is_anothers_appoints_nobody(world: World) -> None:
    before = Officer.objects.count()
    answer = upload(world, LIST)
    match = re.search(r'name="shown" value="([^"]+)"', answer.content.decode())
    assert match is not None
    client = world.client("administrator")
    assert client.post(ADDRESS, {"shown": html.unescape(match[1])[:-2] + "xx"})["Location"] == ADDRESS
    assert confirm(world, answer, "coordinator")["Location"] == ADDRESS
    assert Officer.objects.count() == before


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_usual_encodings_and_delimiters_are_read(encoding: str, delimiter: str) -> None:
    text = "name,service number,role\r\nAna Ríos,1,national lead\r\n".replace(",", delimiter)
    officers_read = read(text, encoding)
    assert [line.name for line in officers_read.right] == ["Ana Ríos"] and officers_read.encoding == ""
    assert officers_read.right[0].role == "national-lead" and officers_read.right[0].number == 2


def test_an_old_encoding_is_read_and_said(world: World) -> None:
    text = "name,number,role\nAna Ríos,GY-900,officer\n".encode("cp1252")
    assert read_officers(text, ROLES, nobody).encoding == "Windows-1252"
    assert "check the accents" in page_text_of(upload(world, text))


def test_a_line_number_counts_lines_as_an_editor_does() -> None:
    officers_read = read('name,number,role\n"Ana\nRíos",1,officer\nBob,2,emperor\n')
    assert [(line.number, bool(line.wrong)) for line in officers_read.lines] == [(2, True), (4, True)]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "first line names"),
        ("name,role\nA,officer\n", "first line names"),
        ("name,number,role\n", "Nobody is in it"),
        ('name,number,role\n"A,1,officer\n', "quotation mark"),
        ("name,number,role\n" + "A,1,officer\n" * (MOST_LINES + 1), "more than"),
        ("PK\x03\x04\x00\x00", "no text"),
    ],
)
def test_a_file_that_is_no_such_list_is_refused_whole(text: str, rule: str) -> None:
    with pytest.raises(Unreadable, match=rule):
        read(text)


def test_a_file_that_is_too_large_is_refused_and_a_file_is_asked_for(world: World) -> None:
    answer = upload(world, b"x" * 70_000)
    assert answer.status_code == 422 and "divide it" in page_text_of(answer)
    assert world.client("administrator").post(ADDRESS, {}).status_code == 422
    assert world.client("officer").get(ADDRESS).status_code == 404


def test_no_role_is_preselected_when_one_officer_is_appointed(world: World) -> None:
    page = world.client("administrator").get("/officers/appoint/").content.decode()
    assert '<option value="" selected>Choose a role' in page
