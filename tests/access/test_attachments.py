"""Pictures and documents through the screens: sealed at once, opened only after it is on file."""

from __future__ import annotations

import errno
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import StopFutureHandlers, StopUpload
from django.test import RequestFactory

from libertad.access.clean_documents import drawn
from libertad.access.models import Attachment, Opening
from libertad.access.uploads import InMemory
from libertad.evidence.actions.seize import seize
from libertad.journal import chunks
from libertad.journal.models import Chunk
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.take_property import take_property
from libertad.vocabulary.values import Birth, PersonName, Refused
from tests.support.documents import page, pdf
from tests.support.pictures import jpeg
from tests.support.sealed_rows import opened
from tests.support.world import World

JPEG = jpeg(b"a picture of Marisol at the gate " * 6000)
PDF = drawn(pdf(page()))


@pytest.fixture
def phone(world: World) -> str:
    return str(
        world.perform(
            "officer",
            seize,
            happened=world.at(5, 14, 5),
            country="GY",
            kind="mobile-phone",
            description="Mobile phone",
        )
    )


def send(world: World, phone: str, content: bytes = JPEG, role: str = "officer", **fields: str) -> Any:
    data = {"file": SimpleUploadedFile("IMG_0412 Marisol.jpg", content), "name": "The screen", **fields}
    return world.client(role).post(f"/attach/exhibit/{phone}/", data, follow=True)


def masked(page: str) -> str:
    """Without the form's token and without what the clock shows."""
    return re.sub(r'value="(?:[A-Za-z0-9]{64}|[A-Za-z0-9_-]{22})"|\d\d:\d\d(:\d\d)?', "", page)


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.status_code
    return " ".join(answer.content.decode().split())


def test_a_picture_is_added_listed_and_opened(world: World, phone: str) -> None:
    client = world.client("officer")
    assert "Nothing is attached yet" in text(client.get(f"/exhibits/{phone}/"))
    assert 'enctype="multipart/form-data"' in text(client.get(f"/attach/exhibit/{phone}/"))
    page = text(send(world, phone))
    assert "The screen" in page and "Picture (JPEG)" in page and ">here<" in page.replace("> ", ">")
    row = Attachment.objects.get()
    before = len(opened(Opening, page="attachment"))
    answer = world.client("prosecutor").get(f"/attachments/{row.pk}/")
    assert answer.content == JPEG
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"] == f'attachment; filename="attachment-{row.pk[:8]}.jpg"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert len(opened(Opening, page="attachment", subject=phone)) == before + 1


def test_no_bytes_are_sent_when_the_opening_cannot_be_recorded(
    world: World, phone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from libertad.access import attaching
    from libertad.journal.writer import NotStored

    send(world, phone)

    def full(*_: Any, **__: Any) -> None:
        raise NotStored("store: the disk is full")

    monkeypatch.setattr(attaching, "perform", full)
    answer = world.client("officer").get(f"/attachments/{Attachment.objects.get().pk}/")
    assert answer.status_code == 503 and JPEG[:20] not in answer.content


def test_others_do_not_learn_that_there_is_one(world: World, phone: str) -> None:
    send(world, phone)
    key = Attachment.objects.get().pk
    nothing = "0" * 64
    for role in ("other-officer", "caseworker", "deciding-authority"):
        client = world.client(role)
        real_page, missing_page = (text(client.get(f"/attachments/{name}/"), 404) for name in (key, nothing))
        assert masked(real_page) == masked(missing_page)
    assert world.client("other-officer").get(f"/attach/exhibit/{phone}/").status_code == 404
    assert world.client("officer").get(f"/attach/lead/{phone}/").status_code == 404
    assert world.client("other-officer").post(f"/attach/exhibit/{phone}/", {"name": "x"}).status_code == 404
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"MZ\x90\x00 an executable", "is no picture"),
        (b"<svg onload=alert(1)>\x00", "is no picture"),
        (b"\xff\xd8\xff" + b"x" * (20 * 1024 * 1024), "above 20 MB"),
        (b"", "empty"),
    ],
)
def test_what_is_no_picture_or_document_is_refused(
    world: World, phone: str, content: bytes, says: str
) -> None:
    page = text(send(world, phone, content))
    assert says in page
    assert Attachment.objects.count() == 0
    assert stored_attachments(world) == []


def stored_attachments(world: World) -> list[Path]:
    return [path for path in (world.home / "attachments").rglob("*") if path.is_file()]


def test_a_page_is_a_text_and_never_shown_as_a_page(world: World, phone: str) -> None:
    send(world, phone, b"<html><script>alert(1)</script></html>")
    answer = world.client("officer").get(f"/attachments/{Attachment.objects.get().pk}/")
    assert answer["Content-Type"] == "text/plain; charset=utf-8", (
        "signs of a text are UTF-8, as `kind_of` read them"
    )
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_nothing_personal_is_on_the_disk(world: World, phone: str, tmp_path: Path) -> None:
    send(world, phone, JPEG)
    files = [path for path in world.home.rglob("*") if path.is_file()]
    assert len(stored_attachments(world)) == 5  # four chunks and their list
    for path in files:
        data = path.read_bytes()
        for secret in (b"Marisol", b"The screen", b"IMG_0412"):
            assert secret not in data, path
    for path in stored_attachments(world):
        assert path.stat().st_mode & 0o777 == 0o600


def test_an_upload_is_never_put_on_the_disk_unsealed(world: World, phone: str) -> None:
    from django.conf import settings

    assert settings.FILE_UPLOAD_HANDLERS == ["libertad.access.uploads.InMemory"]


def test_an_upload_is_read_no_further_than_the_limit(world: World, phone: str) -> None:
    """20 MB where something is attached, 64 KiB anywhere else."""
    for path, limit in ((f"/attach/exhibit/{phone}/", 20 * 1024 * 1024), (f"/exhibits/{phone}/seal/", 65536)):
        request = RequestFactory().get(path)
        handler = InMemory(request)
        handler.handle_raw_input(None, {}, 0, b"", None)
        with suppress(StopFutureHandlers):
            handler.new_file("file", "a", "", 0, None, None)
        piece = bytes(65536)
        for start in range(0, limit, len(piece)):
            handler.receive_data_chunk(piece, start)
        assert not getattr(request, "too_large", False)
        with pytest.raises(StopUpload):
            handler.receive_data_chunk(b"x", limit)
        assert request.too_large  # type: ignore[attr-defined]


def test_nothing_is_left_of_a_file_that_is_refused(
    world: World, phone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from libertad.access import attaching

    def refused(*_: Any, **__: Any) -> None:
        raise Refused("name", "is refused")

    monkeypatch.setattr(attaching, "perform", refused)
    assert "is refused" in text(send(world, phone))
    assert stored_attachments(world) == []


def test_a_full_disk_is_said_and_leaves_nothing(
    world: World, phone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, count = os.replace, iter(range(100))

    def full(*paths: Any) -> None:
        if next(count) > 2:  # in the midst of it
            raise OSError(errno.ENOSPC, "No space left on device")
        replace(*paths)

    monkeypatch.setattr("libertad.journal.chunks.os.replace", full)
    assert "full" in text(send(world, phone), 503)
    monkeypatch.undo()
    assert stored_attachments(world) == []
    assert Attachment.objects.count() == 0


def test_one_that_is_on_its_way_says_so(world: World, phone: str) -> None:
    send(world, phone)
    Chunk.objects.filter(place__gt=0).update(here=False)
    for row in Chunk.objects.filter(place__gt=0):
        chunks.remove(world.home, [row.hash])
    assert "arriving, 1 of 4" in text(world.client("officer").get(f"/exhibits/{phone}/"))
    key = Attachment.objects.get().pk
    before = len(opened(Opening, page="attachment"))
    assert "1 of 4 parts" in text(world.client("officer").get(f"/attachments/{key}/"), 409)
    assert len(opened(Opening, page="attachment")) == before


def test_a_damaged_one_is_not_sent_and_is_wanted_again(world: World, phone: str) -> None:
    send(world, phone)
    row = Chunk.objects.get(place=2)
    path = world.home / "attachments" / row.hash[:2] / row.hash
    content = path.read_bytes()
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    key = Attachment.objects.get().pk
    assert "not here yet" in text(world.client("officer").get(f"/attachments/{key}/"), 409)
    assert not Chunk.objects.get(place=2).here


def test_a_document_of_a_persons_property_is_in_the_persons_file(world: World) -> None:
    person = world.perform(
        "officer",
        meet_person,
        country="GY",
        name=[PersonName(text="Marisol P.")],
        birth=Birth(date="1994"),
        happened=world.at(5, 14),
    )
    property_id = world.perform(
        "officer",
        take_property,
        person=person,
        kind="passport",
        taken_by="police",
        state="held",
        happened=world.at(5, 15),
    )
    client = world.client("officer")
    page = text(client.get(f"/people/{person}/property/"))
    assert f"/attach/property/{property_id}/" in page
    data = {"file": SimpleUploadedFile("a.pdf", PDF), "name": "First page", "urgent": "on"}
    assert "First page" in text(client.post(f"/attach/property/{property_id}/", data, follow=True))
    row = Attachment.objects.get()
    assert row.priority == 7
    assert world.client("caseworker").get(f"/attachments/{row.pk}/").content == PDF
    assert world.client("prosecutor").get(f"/attachments/{row.pk}/").status_code == 404
    # erasing the person destroys it
    from libertad.access.actions.erase_person import erase_person

    assert stored_attachments(world)
    world.perform("caseworker", erase_person, person=person, reason="the purpose is fulfilled")
    assert stored_attachments(world) == []
    assert Attachment.objects.count() == 0
    assert client.get(f"/attachments/{row.pk}/").status_code == 404
