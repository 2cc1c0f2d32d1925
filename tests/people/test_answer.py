"""A person asks what is kept about them: authorities, roles, nothing across the wall."""

from __future__ import annotations

import re
import resource
import stat
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import typer
from django.utils import translation
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from libertad.access.models import Opening, Reader
from libertad.care.actions.assign_interpreter import assign_interpreter
from libertad.care.actions.identify import identify
from libertad.care.actions.open_care import open_care
from libertad.care.actions.record_consent import record_consent
from libertad.care.actions.record_exploitation import record_exploitation
from libertad.care.actions.refer import refer
from libertad.care.actions.take_person import take_person
from libertad.commands import access_report, start
from libertad.look import paper
from libertad.people import queries
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.view_exploitation import view_exploitation
from libertad.people.queries_answer import files_about, openings_by
from libertad.vocabulary.values import PersonName
from tests.support.accessibility import axe
from tests.support.browsing import signed_in
from tests.support.deciding import let_in
from tests.support.sealed_rows import opened
from tests.support.world import World

CLINIC = "Clinic of the river town"
NAME = "Ana Lucía Muñoz Peña"


def meet(world: World) -> str:
    names = (PersonName(text=NAME),)
    return str(
        world.perform("officer", meet_person, country="GY", source="said", name=names, language=("spa",))
    )


def page(world: World, role: str, person: str) -> str:
    answer = world.client(role).get(f"/people/{person}/answer/")
    assert answer.status_code == 200
    return answer.content.decode()


def sheet(text: str) -> str:
    """What is on the paper."""
    return text[text.index('<div class="identity">') : text.index("</main>")]


def test_a_caseworkers_answer_tells_what_is_kept_read_and_agreed_to(world: World) -> None:
    person = meet(world)
    consent = world.perform(
        "caseworker",
        record_consent,
        person=person,
        purpose="doctor",
        recipient=CLINIC,
        agreed="yes",
        withheld=("photograph",),
    )
    world.perform("caseworker", refer, person=person, service="medical", to=CLINIC, consent=consent)
    world.client("officer").get(f"/people/{person}/")
    let_in(world)
    told = sheet(page(world, "caseworker", person))
    for words in (
        NAME,
        "Who you are and how you were met",
        "Your protection file",
        "Guyana police",
        "Care authority, Guyana",
        "Deciding authority, Guyana",
        CLINIC,
        "Photograph",
        "Not answered",
    ):
        assert words in told, words
    assert re.search(r"Guyana police<br><span class=\"second\">Officer", told)


def test_no_officer_is_named_on_it(world: World) -> None:
    """Whoever harmed the person may find the paper."""
    person = meet(world)
    for role in ("officer", "national-lead", "caseworker", "supervisor"):
        world.client(role).get(f"/people/{person}/")
    names = [f"N-{role}" for role in world.actors] + ["Sgt."]
    for role in ("national-lead", "caseworker"):
        told = sheet(page(world, role, person))
        assert not [name for name in names if name in told]


def test_openings_are_summed_by_authority_and_role(world: World) -> None:
    person = meet(world)
    for role in ("officer", "officer", "national-lead", "exhibits-officer"):
        world.client(role).get(f"/people/{person}/")
    actor = world.actor("national-lead")
    seen = queries.person(actor, person)
    assert seen is not None
    summed = {
        (row.role, row.kind): (row.count, row.officers)
        for row in openings_by(actor, seen, files_about(actor, seen))
    }
    assert summed == {
        ("officer", "person"): (2, 1),
        ("national-lead", "person"): (1, 1),
        ("exhibits-officer", "person"): (1, 1),
    }
    assert sum(count for count, _officers in summed.values()) == Opening.objects.count()


def test_police_answer_the_same_whether_or_not_there_is_a_protection_file(world: World) -> None:
    """What care did in between changes nothing of it but the openings that police themselves made."""
    protected, alone = meet(world), meet(world)
    world.perform(
        "caseworker", record_consent, person=protected, purpose="doctor", recipient=CLINIC, agreed="yes"
    )
    world.perform("caseworker", identify, person=protected, status="presumed", reasons="Wages were withheld.")
    page(world, "caseworker", protected)

    def masked(person: str) -> str:
        text = sheet(page(world, "national-lead", person))
        return re.sub(r"P-GY-\d+|\d\d?:\d\d", "", text.replace(person, ""))

    assert masked(protected) == masked(alone)
    assert "protection file" not in masked(protected).replace("cannot read a protection file", "")


def test_giving_it_is_an_opening_on_record_on_the_own_side(world: World) -> None:
    person = meet(world)
    place = queries.person(world.actor("officer"), person).compartment  # type: ignore[union-attr]
    page(world, "national-lead", person)
    assert [row.page for row in opened(Opening, compartment=place)] == ["answer"]
    world.perform(
        "caseworker", record_consent, person=person, purpose="doctor", recipient=CLINIC, agreed="yes"
    )
    page(world, "caseworker", person)
    assert Opening.objects.filter(compartment=place).count() == 1
    pages = {row.page for row in opened(Opening) if row.compartment != place}
    assert pages == {"person", "answer"}


def test_who_reads_no_such_file_gets_the_answer_for_nobody(world: World) -> None:
    person = meet(world)
    for role in ("other-lead", "coordinator", "analyst", "officer", "prosecutor", "press", "administrator"):
        client = world.client(role)
        for key in (person, "0" * 32):
            assert client.get(f"/people/{key}/answer/").status_code == 404
    assert not Opening.objects.exists()


def test_a_reader_that_somebody_wrote_into_the_database_reads_no_answer(world: World) -> None:
    person = meet(world)
    row = Reader.objects.filter(kind="person", authority=world.authorities["police"]).get()
    other = world.authorities["other-police"]
    Reader.objects.filter(pk=row.pk).update(id=row.pk.replace(row.authority, other), authority=other)
    assert world.client("other-lead").get(f"/people/{person}/answer/").status_code == 404


def test_the_page_says_when_it_is_not_in_the_persons_language(world: World) -> None:
    person = meet(world)
    told = page(world, "caseworker", person)
    assert "The person speaks Spanish" in told and "Have it read aloud to the person in Spanish" in told
    assert "Read aloud to me in Spanish" in sheet(told) and "Nobody is assigned" not in told
    world.perform("caseworker", open_care, person=person)
    told = page(world, "caseworker", person)
    assert "Nobody is assigned who interprets" in told
    interpreter = {"name": "I. Peña Ruiz", "language": "spa", "way": "in-person", "briefed": "yes"}
    world.perform("caseworker", assign_interpreter, person=person, **interpreter)
    told = page(world, "caseworker", person)
    assert "Who interprets: I. Peña Ruiz." in told and "I. Peña Ruiz" not in sheet(told)
    assert "I. Peña Ruiz" not in page(world, "national-lead", person)


def test_it_comes_in_the_persons_language_where_a_catalogue_is_there(
    world: World, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """On the page and as a PDF; what is for the officer alone stays in the officer's language."""
    settings.LANGUAGES = [("en", "English"), ("es", "Spanish")]
    told = {"What is kept about you, and who has read it": "Qué se guarda sobre usted"}
    real = translation.gettext

    def translated(text: str) -> str:
        return told.get(text, text) if translation.get_language() == "es" else real(text)

    monkeypatch.setattr("libertad.people.answer._", translated)
    person = meet(world)
    shown = page(world, "caseworker", person)
    assert '<div lang="es">' in shown and "Qué se guarda sobre usted" in sheet(shown)
    assert "Before you hand it over" in shown and "Have it read aloud" not in shown
    paper = world.client("caseworker").get(f"/people/{person}/answer/pdf/").content
    assert "Qué se guarda sobre usted" in printed(paper)
    assert PdfReader(BytesIO(paper)).trailer["/Root"]["/Lang"] == "es"


@pytest.mark.look
def test_on_paper_there_is_no_officer_either(
    world: World, live_server: Any, open_page: Callable[..., Page]
) -> None:
    """The bar that says who works here stays on the screen, and so does what only the caseworker reads."""
    person = meet(world)
    for size in ({"width": 320, "height": 640}, {"width": 1280, "height": 900}):
        shown = signed_in(world, "caseworker", open_page(viewport=size), live_server.url)
        shown.goto(f"{live_server.url}/people/{person}/answer/")
        assert (
            shown.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        )
        assert not axe(shown)
        expect(shown.locator(".who")).to_be_visible()
        shown.emulate_media(media="print")
        expect(shown.locator(".who")).to_be_hidden()
        expect(shown.get_by_text("Before you hand it over")).to_be_hidden()
        expect(shown.get_by_role("heading", name="Who has read it", exact=True)).to_be_visible()


# -- as a PDF ----------------------------------------------------------------------------------------


def printed(content: bytes) -> str:
    """The words of a PDF, a word as the next however its lines are parted."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def test_the_pdf_tells_what_the_page_tells_and_is_tagged(world: World) -> None:
    """Markup in what somebody said stays words; nothing of it is in the file's name or its properties."""
    person = meet(world)
    world.perform(
        "caseworker", record_consent, person=person, purpose="doctor", recipient="#image(1) $x$", agreed="yes"
    )
    answer = world.client("caseworker").get(f"/people/{person}/answer/pdf/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == 'attachment; filename="answer.pdf"'
    content = b"".join(answer) if answer.streaming else answer.content
    words = printed(content)
    for expected in (NAME, "Guyana police", "#image(1) $x$", "Who has read it", "What you can ask for"):
        assert expected in words, expected
    assert not [name for name in world.actors if f"N-{name}" in words] and "Sgt." not in words
    reader = PdfReader(BytesIO(content))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "en" and "/StructTreeRoot" in root
    assert NAME not in str(reader.metadata)
    assert [row.page for row in opened(Opening) if row.page == "answer"] == ["answer"]
    assert world.client("other-lead").get(f"/people/{person}/answer/pdf/").status_code == 404


def test_letters_that_cannot_be_printed_are_refused_and_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As boxes they would hand somebody a paper without their name."""
    monkeypatch.setattr(paper.typst, "compile", partial(paper.typst.compile, ignore_system_fonts=True))
    names = (PersonName(text="\u9673\u5c0f\u660e"),)
    person = str(world.perform("officer", meet_person, country="GY", source="said", name=names))
    answer = world.client("caseworker").get(f"/people/{person}/answer/pdf/")
    assert answer.status_code == 422
    assert "this node has no font for \u9673\u5c0f\u660e" in answer.content.decode()


def test_a_sign_that_nobody_sees_is_refused_and_told(world: World) -> None:
    names = (PersonName(text="Ana\ufeff Luc\u00eda"),)
    person = str(world.perform("officer", meet_person, country="GY", source="said", name=names))
    answer = world.client("caseworker").get(f"/people/{person}/answer/pdf/")
    assert answer.status_code == 422 and "ufeff" in answer.content.decode()


def test_it_tells_the_form_of_exploitation_to_each_side_as_it_may_know(world: World) -> None:
    person = meet(world)
    view = {"forms": ("forced-labour",), "recruitment": ("refused",)}
    world.perform("officer", view_exploitation, person=person, **view)
    world.perform("caseworker", open_care, person=person)
    told = {"forms": ("servitude",), "recruitment": ("not-known",)}
    world.perform("caseworker", record_exploitation, person=person, source="said", **told)
    police, care = (sheet(page(world, role, person)) for role in ("national-lead", "caseworker"))
    assert "Servitude" in care and "Servitude" not in police and "What you told" not in police
    for shown in (police, care):
        assert "A first view of whoever met you" in shown


# -- as a command ------------------------------------------------------------------------------------


def test_the_command_writes_a_sheet_that_its_owner_alone_reads(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(access_report.start, "existing", lambda: None)
    person, to = meet(world), tmp_path / "answer.html"
    access_report.access_report(person, to, "N-caseworker", "en")
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    text = to.read_text()
    assert NAME in text and "Guyana police" in text and "<script" not in text
    assert len(opened(Opening, page="answer")) == 1
    assert "Destroy the file" in capsys.readouterr().err
    with pytest.raises(typer.Exit):
        access_report.access_report(person, to, "N-caseworker", "en")
    assert "is there already" in capsys.readouterr().err
    with pytest.raises(typer.Exit):
        access_report.access_report(person, tmp_path / "other.html", "N-other-lead", "en")
    assert "reads no identity file" in capsys.readouterr().err
    with pytest.raises(typer.Exit):
        access_report.access_report(person, tmp_path / "other.html", "N-caseworker", "xx")
    assert "pages are in: en" in capsys.readouterr().err
    assert not (tmp_path / "other.html").exists()


def test_the_command_writes_a_pdf(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(access_report.start, "existing", lambda: None)
    person, to = meet(world), tmp_path / "answer.pdf"
    access_report.access_report(person, to, "N-caseworker", "en")
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    assert NAME in printed(to.read_bytes())
    assert PdfReader(to).trailer["/Root"]["/Lang"] == "en"


def test_a_colleagues_task_is_answered_by_the_colleague(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(access_report.start, "existing", lambda: None)
    person, to = meet(world), tmp_path / "answer.html"
    world.perform("caseworker", take_person, person=person)
    world.perform(
        "caseworker", record_consent, person=person, purpose="doctor", recipient=CLINIC, agreed="yes"
    )
    with pytest.raises(typer.Exit):
        access_report.access_report(person, to, "N-second-caseworker", "en")
    assert "a colleague's task" in capsys.readouterr().err and not to.exists()
    access_report.access_report(person, to, "N-supervisor", "en")
    assert CLINIC in to.read_text()


def test_a_disk_that_is_full_leaves_no_sheet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    to, (soft, hard) = tmp_path / "answer.html", resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3, hard))
    try:
        with pytest.raises(OSError), start.new_file(to) as write:
            write("words")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not to.exists()
    with pytest.raises(typer.Exit), start.new_file(tmp_path / "none" / "answer.html"):
        pass
    assert "cannot be written" in capsys.readouterr().err
