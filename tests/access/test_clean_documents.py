"""Of a PDF what its pages draw reaches a reader, and nothing else that is in it."""

from __future__ import annotations

import io
import subprocess
import sys
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from libertad.access import clean_documents, cleaning
from libertad.access.clean_documents import NotADocument, drawn
from libertad.access.cleaning import NotClean, cleaned
from libertad.access.models import Attachment
from libertad.evidence.actions.seize import seize
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.take_property import take_property
from tests.support.documents import page, pdf, stream
from tests.support.pictures import camera_notes, jpeg
from tests.support.world import World

CANARY = b"Written by R. Janga at 13.16 N"
SCRIPT = b"<< /S /JavaScript /JS (app.alert\\(%s\\)) >>" % CANARY
PHOTO = jpeg(b"\x12\xff\x00\x34" * 50, camera_notes(6, CANARY))
PHOTO_ENTRIES = (
    b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray"
)
PACKED = b" /Filter [/FlateDecode /DCTDecode]"
DRAWING = b"q 9 0 0 9 0 0 cm /A Do Q /F 12 Tf BT (Page 1) Tj ET"
LOOK = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]"


def harmful() -> dict[int, bytes]:
    """A page with a photograph and a font, and of each kind what a page does not draw."""
    objects = page(
        DRAWING,
        b"/Resources << /XObject << /A 5 0 R /B 14 0 R >> /Font << /F 6 0 R >> /Properties << /P 7 0 R >> >> "
        b"/AA << /O 8 0 R >> /Annots [9 0 R 10 0 R 11 0 R 12 0 R] /Metadata 7 0 R /Thumb 5 0 R "
        b"/PieceInfo << /X (%s) >> /Tabs /S" % CANARY,
        catalogue=b"/OpenAction 8 0 R /AA << /WC 8 0 R >> /Names << /JavaScript << /Names [(a) 8 0 R] >> "
        b"/EmbeddedFiles << /Names [(a) 13 0 R] >> >> /Metadata 7 0 R /Outlines << /Title (%s) >> "
        b"/AcroForm << /Fields [10 0 R] /XYZ (%s) >>" % (CANARY, CANARY),
    )
    return objects | {
        5: stream(
            zlib.compress(PHOTO), PHOTO_ENTRIES + b" /Filter [/FlateDecode /DCTDecode] /Metadata 7 0 R"
        ),
        6: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /PieceInfo << /X (%s) >> >>" % CANARY,
        7: stream(b"<x>%s</x>" % CANARY, b"/Type /Metadata /Subtype /XML"),
        8: SCRIPT,
        9: b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (http://%s) >> >>" % CANARY,
        10: b"<< /Type /Annot /Subtype /Widget /FT /Tx /V (Ana) /TU (%s) /Rect [0 0 9 9] /AA << /K 8 0 R >> "
        b"/AP << /N 15 0 R >> >>" % CANARY,
        11: b"<< /Type /Annot /Subtype /Stamp /F 2 /Rect [0 0 9 9] /AP << /N 16 0 R >> >>",
        12: b"<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS 13 0 R /AP << /N 16 0 R >> >>",
        13: b"<< /Type /Filespec /F (a.exe) /EF << /F 7 0 R >> >>",
        14: stream(b"", LOOK + b" /Ref << /F (%s) >> /Resources << /Font << /F 6 0 R >> >>" % CANARY),
        15: stream(b"BT (Ana) Tj ET", LOOK),
        16: stream(b"BT (%s) Tj ET" % CANARY, LOOK),
    }


HARMFUL = pdf(harmful(), b"/Info << /Author (%s) >>" % CANARY) + b"PK\x03\x04" + CANARY


def test_what_a_page_draws_stays_and_nothing_else() -> None:
    clean = drawn(HARMFUL)
    assert CANARY not in clean and b"PK\x03\x04" not in clean
    for word in (b"/JS", b"/JavaScript", b"/OpenAction", b"/AA", b"/URI", b"/EmbeddedFiles", b"/Metadata"):
        assert word not in clean, word
    (shown,) = PdfReader(io.BytesIO(clean), strict=True).pages
    resources: Any = shown["/Resources"]
    assert shown.get_contents().get_data() == DRAWING
    assert resources["/Font"]["/F"]["/BaseFont"] == "/Helvetica" and list(shown.mediabox) == [0, 0, 200, 200]
    photo = resources["/XObject"]["/A"]
    assert photo["/Filter"] == "/DCTDecode" and photo._data == cleaning.cleaned(PHOTO, "image/jpeg")
    (field,) = shown["/Annots"]
    assert field["/Subtype"] == "/Stamp" and set(field) == {"/Type", "/Subtype", "/F", "/AP", "/Rect"}
    assert field["/AP"]["/N"].get_data() == b"BT (Ana) Tj ET", "what was typed in a form is read"
    assert drawn(clean) == clean


def test_a_font_or_picture_may_have_any_name() -> None:
    names = b" ".join(b"%s 6 0 R" % name.encode() for name in sorted(clean_documents.LEFT_OUT))
    objects = page(entries=b"/Resources << /Font << %s >> >>" % names) | {6: harmful()[6]}
    (shown,) = PdfReader(io.BytesIO(drawn(pdf(objects)))).pages
    resources: Any = shown["/Resources"]
    assert set(resources["/Font"]) == clean_documents.LEFT_OUT


def test_of_a_ticked_box_the_tick_is_drawn() -> None:
    objects = page(entries=b"/Annots [5 0 R]") | {
        5: b"<< /Subtype /Widget /Rect [0 0 9 9] /AS /Yes /AP << /N << /Yes 6 0 R /Off 7 0 R >> >> >>",
        6: stream(b"(tick)", LOOK),
        7: stream(b"(none)", LOOK),
    }
    clean = drawn(pdf(objects))
    assert b"(tick)" in clean and b"(none)" not in clean


def protected(user: str) -> bytes:
    writer = PdfWriter()
    writer.append(io.BytesIO(pdf(page())))
    writer.encrypt(user, "owner", algorithm="AES-256")
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


def test_one_that_forbids_printing_is_read_and_one_with_a_password_is_told() -> None:
    assert b"99 99 l" in drawn(protected(""))
    with pytest.raises(NotClean) as why:
        cleaned(protected("a"), "application/pdf")
    assert why.value.rule is cleaning.PROTECTED


@pytest.mark.parametrize(
    "objects",
    [
        page(catalogue=b"/AcroForm << /XFA 4 0 R >>"),
        page(entries=b"/Annots [5 0 R]")
        | {5: b"<< /Subtype /Widget /FT /Tx /Rect [0 0 9 9] /Parent << /V (Ana) >> >>"},
    ],
)
def test_a_form_that_only_some_programs_draw_is_told_with_what_to_do(objects: dict[int, bytes]) -> None:
    with pytest.raises(NotClean) as why:
        cleaned(pdf(objects), "application/pdf")
    assert why.value.rule is cleaning.FORM


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7 x",
        b"%PDF-1.7\n" + b"x" * 1000,
        HARMFUL[:400],
        pdf(page() | {2: b"<< /Type /Pages /Kids [] /Count 0 >>"}),
        pdf(page() | {4: stream(b"", b"/F (http://evil)")}),
        pdf(page(entries=b"/Resources << /XObject << /A 5 0 R >> >>") | {5: stream(b"x", b"/Subtype /PS")}),
        pdf(page(entries=b"/Resources << /Font %s >>" % (b"<< /A " * 200 + b">>" * 200))),
    ],
)
def test_what_is_not_built_as_documents_are_is_none(content: bytes) -> None:
    with pytest.raises(NotADocument):
        drawn(content)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_is_changed_in_it_it_is_clean_or_no_document(data: st.DataObject) -> None:
    changed = bytearray(HARMFUL)
    for _change in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(changed) - 1))
        if data.draw(st.booleans()):
            changed[at] = data.draw(st.integers(0, 255))
        else:
            del changed[at : at + data.draw(st.integers(1, 40))]
    try:
        clean = drawn(bytes(changed))
    except NotADocument:
        return
    assert b"/JavaScript" not in clean and b"/OpenAction" not in clean and b"/EmbeddedFiles" not in clean
    assert PdfReader(io.BytesIO(clean)).pages


def test_one_that_takes_too_much_ends_its_own_process_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The photograph unpacks to more than the process may hold."""
    bomb = zlib.compress(bytes(400_000_000), 9)
    objects = page(entries=b"/Resources << /XObject << /A 5 0 R >> >>")
    objects[5] = stream(bomb, PHOTO_ENTRIES + PACKED)
    with pytest.raises(NotClean) as why:
        cleaned(pdf(objects), "application/pdf")
    assert why.value.rule is cleaning.DOCUMENT
    monkeypatch.setattr(cleaning, "SECONDS", 0.01)
    with pytest.raises(NotClean):
        cleaned(HARMFUL, "application/pdf")


def test_a_photograph_that_unpacks_to_more_than_the_node_takes_is_not_put_out() -> None:
    photo = jpeg(bytes(clean_documents.MOST_BYTES))
    objects = page(entries=b"/Resources << /XObject << /A 5 0 R >> >>")
    objects[5] = stream(zlib.compress(photo), PHOTO_ENTRIES + PACKED)
    command = [sys.executable, "-I", "-m", clean_documents.__name__]
    done = subprocess.run(command, input=pdf(objects), capture_output=True, env={}, cwd="/", check=False)
    assert (done.returncode, done.stdout) == (clean_documents.DAMAGED, b"")


def test_the_process_has_nothing_of_the_nodes_and_opens_no_file() -> None:
    script = (
        "import os, sys, libertad.access.clean_documents as d\n"
        "def tried(content):\n"
        "    try: return open('/etc/hostname', 'rb').read() or b'read'\n"
        "    except OSError: return repr([*os.environ, os.getcwd()]).encode()\n"
        "d.drawn = tried\n"
        "sys.exit(d.main())"
    )
    shell = [sys.executable, "-I", "-c", script]
    done = subprocess.run(shell, input=b"x", capture_output=True, env={}, cwd="/", check=True)
    assert done.stdout == b"['LC_CTYPE', '/']", "not even where it was started from"


def test_of_a_persons_papers_only_what_the_pages_draw_is_stored(world: World) -> None:
    person = world.perform("officer", meet_person, country="GY", happened=world.at(5, 14))
    values = {"kind": "passport", "taken_by": "police", "state": "held", "happened": world.at(5, 15)}
    key = world.perform("officer", take_property, person=person, **values)
    path, client = f"/attach/property/{key}/", world.client("officer")

    def add(content: bytes) -> str:
        file = SimpleUploadedFile("a.pdf", content)
        return str(client.post(path, {"file": file, "name": "Contract"}, follow=True).content.decode())

    assert "protected by a password: save it without one" in add(protected("a"))
    assert not Attachment.objects.exists()
    add(HARMFUL)
    (row,) = Attachment.objects.all()
    opened = client.get(f"/attachments/{row.pk}/")
    assert opened.content == drawn(HARMFUL) and opened["Content-Type"] == "application/pdf"


def test_evidence_is_kept_as_it_was_brought_and_shown_without_what_it_does(world: World) -> None:
    exhibit = world.perform(
        "officer", seize, happened=world.at(5, 14, 5), country="GY", kind="mobile-phone", description="Phone"
    )
    client = world.client("officer")
    locked = protected("a")
    for content in (HARMFUL, locked):
        file = SimpleUploadedFile("a.pdf", content)
        client.post(f"/attach/exhibit/{exhibit}/", {"file": file, "name": "Found"}, follow=True)
    originals = {
        client.get(f"/attachments/{row.pk}/?original=1").content: row.pk for row in Attachment.objects.all()
    }
    assert set(originals) == {HARMFUL, locked}, "the court's, byte for byte"
    assert client.get(f"/attachments/{originals[HARMFUL]}/").content == drawn(HARMFUL)
    answer = client.get(f"/attachments/{originals[locked]}/")
    assert answer.status_code == 409 and b"protected by a password" in answer.content
