"""What a picture does not show reaches no reader, and what makes the picture stays as it was."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st

from libertad.access.attaching import ABOUT, attach, opened_content
from libertad.access.clean_pictures import NotAPicture, without_hidden_data
from libertad.access.models import Attachment
from libertad.evidence.actions.seize import seize
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.take_property import take_property
from tests.support.pictures import camera_notes, chunk, jpeg, png, segment
from tests.support.world import World

CANARY = b"13.1600 N 61.2248 W, camera of R. Janga"
SAMPLES = b"\x12\xff\x00\x34" * 50
JPEG = jpeg(
    SAMPLES,
    camera_notes(6, CANARY),
    segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + CANARY),
    segment(0xED, b"Photoshop 3.0\x00" + CANARY),
    segment(0xFE, CANARY),
    segment(0xE2, b"MPF\x00" + CANARY),
    segment(0xE0, b"JFXX\x00" + CANARY),
    segment(0xE2, b"ICC_PROFILE\x00\x01\x01colours"),
    behind=b"PK\x03\x04" + CANARY,
)
PNG = png(
    chunk(b"tEXt", b"GPS\x00" + CANARY),
    chunk(b"eXIf", CANARY),
    chunk(b"tIME", CANARY),
    chunk(b"zzZz", CANARY),
    chunk(b"pHYs", bytes(9)),
    behind=b"%PDF-1.7" + CANARY,
)


def cleaned(content: bytes, media: str = "image/jpeg") -> bytes:
    return without_hidden_data(content, media)


def test_of_a_jpeg_what_it_shows_stays_and_nothing_else() -> None:
    clean = cleaned(JPEG)
    assert CANARY not in clean and b"PK\x03\x04" not in clean and b"adobe" not in clean
    assert SAMPLES in clean and b"colours" in clean and clean.endswith(b"\xff\xd9")
    assert clean.count(b"Exif") == 1 and cleaned(clean) == clean, "it lies as the camera was held"
    assert struct.unpack_from(">H", clean, clean.index(b"Exif") + 24)[0] == 6
    assert b"Exif" not in cleaned(jpeg(SAMPLES, camera_notes(1, CANARY)))


def test_of_a_png_what_it_shows_stays_and_nothing_else() -> None:
    clean = cleaned(PNG, "image/png")
    assert clean == png(chunk(b"pHYs", bytes(9)))


def test_a_small_copy_from_before_it_was_cut_goes() -> None:
    head = segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x48\x00\x48\x20\x20" + CANARY)
    clean = cleaned(b"\xff\xd8" + head + jpeg(SAMPLES)[2:])
    assert CANARY not in clean and b"JFIF\x00\x01\x01\x00\x00\x48\x00\x48\x00\x00\xff" in clean


def test_a_scan_of_several_parts_stays_whole() -> None:
    progressive = JPEG[: -len(b"\xff\xd9PK\x03\x04" + CANARY)]
    again = bytes.fromhex("ffda0008010100003f00") + b"\x77\xff\xd0\x78"
    clean = cleaned(progressive + again + b"\xff\xd9" + CANARY)
    assert SAMPLES in clean and clean.endswith(again + b"\xff\xd9")


def test_other_media_are_left_as_they_are() -> None:
    assert cleaned(b"%PDF-1.7 x", "application/pdf") == b"%PDF-1.7 x"


@pytest.mark.parametrize(
    ("content", "media"),
    [
        (b"\xff\xd8\xff picture", "image/jpeg"),
        (b"\xff\xd8", "image/jpeg"),
        (JPEG[:40], "image/jpeg"),
        (JPEG[: JPEG.index(SAMPLES) + 9], "image/jpeg"),
        (b"\xff\xd8\xff\xd9", "image/jpeg"),
        (b"\xff\xd8" + segment(0x02, b"x") + JPEG[2:], "image/jpeg"),
        (b"\xff\xd8\xff\xe0\x00\x01" + JPEG[2:], "image/jpeg"),
        (JPEG, "image/png"),
        (PNG.replace(b"tEXt", b"tEXu"), "image/png"),
        (PNG[:60], "image/png"),
        (png(chunk(b"ABCD", b"x")), "image/png"),
        (png(chunk(b"IHDR", bytes(13))), "image/png"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""), "image/png"),
        (b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 2**32 - 1) + b"IHDR" + bytes(20), "image/png"),
    ],
)
def test_what_is_not_built_as_pictures_are_is_none(content: bytes, media: str) -> None:
    with pytest.raises(NotAPicture):
        cleaned(content, media)


@settings(max_examples=400)
@given(st.data())
def test_whatever_is_changed_in_it_it_is_clean_or_no_picture(data: st.DataObject) -> None:
    media, content = data.draw(st.sampled_from([("image/jpeg", JPEG), ("image/png", PNG)]))
    changed = bytearray(content)
    for _change in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(changed) - 1))
        if data.draw(st.booleans()):
            changed[at] = data.draw(st.integers(0, 255))
        else:
            del changed[at : at + data.draw(st.integers(1, 40))]
    try:
        clean = cleaned(bytes(changed), media)
    except NotAPicture:
        return
    assert cleaned(clean, media) == clean and len(clean) <= len(changed) + 40
    if media == "image/png":
        assert CANARY not in clean


def test_a_long_picture_of_nothing_but_255_is_read_in_one_pass() -> None:
    clean = cleaned(jpeg(b"\xff\x00" * 5_000_000))
    assert len(clean) > 10_000_000
    with pytest.raises(NotAPicture):
        cleaned(b"\xff\xd8" + b"\xff" * 5_000_000)


def passport(world: World) -> tuple[str, str]:
    person = world.perform("officer", meet_person, country="GY", happened=world.at(5, 14))
    values = {"kind": "passport", "taken_by": "police", "state": "held", "happened": world.at(5, 15)}
    return person, world.perform("officer", take_property, person=person, **values)


def add(world: World, path: str, content: bytes) -> Any:
    data = {"file": SimpleUploadedFile("IMG_0412.jpg", content), "name": "First page"}
    return world.client("officer").post(path, data, follow=True)


def test_of_a_persons_papers_the_place_of_the_picture_is_never_stored(world: World) -> None:
    _person, key = passport(world)
    add(world, f"/attach/property/{key}/", JPEG)
    (row,) = Attachment.objects.all()
    stored = opened_content(world.actor("officer"), row.pk)
    assert stored == cleaned(JPEG), "no other authority's node is sent it either"
    answer = world.client("caseworker").get(f"/attachments/{row.pk}/?original=1")
    page = add(world, f"/attach/property/{key}/", PNG).content.decode()
    assert answer.content == stored and "As it was brought" not in page


def test_a_damaged_picture_of_a_persons_papers_is_refused_with_what_to_do(world: World) -> None:
    _person, key = passport(world)
    page = add(world, f"/attach/property/{key}/", b"\xff\xd8\xff picture").content.decode()
    assert "not built as pictures are: open it, save it anew" in page and not Attachment.objects.exists()


def test_evidence_is_kept_as_it_was_brought_and_shown_without_the_place(world: World) -> None:
    exhibit = world.perform(
        "officer", seize, happened=world.at(5, 14, 5), country="GY", kind="mobile-phone", description="Phone"
    )
    page = add(world, f"/attach/exhibit/{exhibit}/", JPEG).content.decode()
    (row,) = Attachment.objects.all()
    reader = world.client("prosecutor")
    assert reader.get(f"/attachments/{row.pk}/").content == cleaned(JPEG)
    assert f"/attachments/{row.pk}/?original=1" in page and "As it was brought" in page
    assert reader.get(f"/attachments/{row.pk}/?original=1").content == JPEG, "the court's, byte for byte"


def test_evidence_that_is_no_picture_inside_is_not_shown(world: World) -> None:
    exhibit = world.perform(
        "officer", seize, happened=world.at(5, 14, 5), country="GY", kind="mobile-phone", description="Phone"
    )
    officer = world.actor("officer")
    about = ABOUT["exhibit"](officer, exhibit)
    assert about is not None
    key = attach(officer, about, content=b"\xff\xd8\xff harm", name="x", happened=world.at(5, 15))
    answer = world.client("officer").get(f"/attachments/{key}/")
    assert (
        answer.status_code == 409
        and b"harm the device" in answer.content
        and b"\xff\xd8" not in answer.content
    )
    assert f"/attachments/{key}/?original=1" in answer.content.decode()
