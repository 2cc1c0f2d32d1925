"""Of sound and video what is seen and heard reaches a reader, and nothing else that is in the file."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import av
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libertad.access import clean_recordings, cleaning, recording_limits
from libertad.access.clean_recordings import NotARecording, copied
from libertad.access.cleaning import NotClean, cleaned
from libertad.access.media_kinds import ENDINGS, kind_of
from libertad.access.models import Attachment
from libertad.evidence.actions.seize import seize
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.take_property import take_property
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.values import Refused
from tests.support.pictures import png
from tests.support.recordings import (
    CANARY,
    LYING,
    UPRIGHT,
    amr,
    elsewhere,
    enormous,
    sound,
    streams,
    video,
)
from tests.support.world import World

LIMITS = recording_limits.read(recording_limits.FILE)
PLANTED = re.compile(rb"Janga|St Elizabeth|\+13\.16|061\.23|Lavf\d|Lavc\d|x264")
COVER = (
    b"ID3\x03\x00\x00\x00\x00\x02\x00" + b"APIC" + (230).to_bytes(4) + b"\0\0" + b"\0image/png\0\3\0" + png()
).ljust(266, b"\0")


def test_each_kind_is_told_by_its_first_bytes_and_named() -> None:
    kinds = {
        "video/mp4": video("mp4"),
        "video/quicktime": video("mov"),
        "video/3gpp": video("mp4").replace(b"ftypisom", b"ftyp3gp4", 1),
        "video/webm": video("webm"),
        "audio/mpeg": sound("mp3"),
        "audio/ogg": sound("ogg"),
        "audio/vnd.wave": sound("wav"),
        "audio/aac": sound("adts"),
        "audio/mp4": sound("ipod"),
        "audio/AMR": amr(1),
    }
    for media, content in kinds.items():
        assert kind_of(content) == media
    assert kind_of(sound("mp3")[sound("mp3").index(b"\xff\xfb") :]) == "audio/mpeg", "without titles"
    assert set(kinds) == set(clean_recordings.READERS), "each has the one that reads it"
    assert set(ENDINGS) == set(codelist("media"))
    for other in (b"\0\0\0\x18ftypheic\0\0", b"RIFF\0\0\0\0AVI LIST", b"OggS" + bytes(24) + b"\x80theora"):
        with pytest.raises(Refused):
            kind_of(other)


@pytest.mark.parametrize(
    ("media", "content", "kinds"),
    [
        ("video/mp4", video("mp4"), {"video": "vp8", "audio": "opus"}),
        ("video/quicktime", video("mov"), {"video": "vp8", "audio": "opus"}),
        ("video/webm", video("webm"), {"video": "vp8", "audio": "opus"}),
        ("audio/mpeg", sound("mp3"), {"audio": "opus"}),
        ("audio/mpeg", COVER + sound("mp3"), {"audio": "opus"}),
        ("audio/ogg", sound("ogg"), {"audio": "opus"}),
        ("audio/vnd.wave", sound("wav"), {"audio": "opus"}),
        ("audio/aac", sound("adts"), {"audio": "opus"}),
        ("audio/mp4", sound("ipod"), {"audio": "opus"}),
        ("audio/AMR", amr(1), {"audio": "opus"}),
    ],
)
def test_what_is_seen_and_heard_stays_and_nothing_else(
    media: str, content: bytes, kinds: Mapping[str, str]
) -> None:
    assert kind_of(content) == media
    if media not in ("audio/AMR", "audio/aac"):
        assert PLANTED.search(content), "the test plants nothing"
    clean = cleaned(content + b"PK\x03\x04" + CANARY.encode(), media)
    assert kind_of(clean) == ("video/webm" if "video" in kinds else "audio/ogg")
    assert not PLANTED.search(clean) and b"PK\x03\x04" not in clean
    with av.open(io.BytesIO(clean)) as copy:
        assert {stream.type: stream.codec_context.name for stream in copy.streams} == kinds
        assert set(copy.metadata) <= {"encoder"}
        assert copy.duration is not None and 0.9 < copy.duration / av.time_base < 1.3
        heard = [abs(frame.to_ndarray()).max() for frame in copy.decode(audio=0)]
    assert media == "audio/AMR" or max(heard) > 0.1, "the tone is heard"


def test_pictures_stand_as_the_device_was_held() -> None:
    """The white corner is at the left above; a quarter to the right, it is at the right above."""
    for turned, size, corner in ((LYING, (320, 180), (0.1, 0.1)), (UPRIGHT, (180, 320), (0.9, 0.1))):
        content = video("mp4")
        head = content.index(b"tkhd")
        content = content[:head] + content[head:].replace(LYING, turned, 1)
        clean = copied(content, "video/mp4", LIMITS)
        with av.open(io.BytesIO(clean)) as copy:
            picture = next(copy.decode(video=0))
        assert (picture.width, picture.height) == size
        bright = picture.to_ndarray(format="gray")
        across, down = int(corner[0] * size[0]), int(corner[1] * size[1])
        assert bright[down, across] > 200 and bright[size[1] - 10, across] < 100


def test_a_large_picture_is_made_smaller_and_many_are_made_fewer() -> None:
    limits = {**LIMITS, "long": 160, "short": 64, "rate": 5}
    with av.open(io.BytesIO(copied(video("mp4"), "video/mp4", limits))) as copy:
        pictures = list(copy.decode(video=0))
    assert {(picture.width, picture.height) for picture in pictures} == {(114, 64)} and len(pictures) <= 6


def test_attached_files_covers_and_further_streams_are_left_out() -> None:
    content = video("webm", attached=True).replace(b"\x42\x82\x88matroska", b"\x42\x82\x88webm\0\0\0\0", 1)
    assert kind_of(content) == "video/webm" and "attachment" in streams(content)
    clean = cleaned(content, "video/webm")
    assert set(streams(clean)) == {"video", "audio"} and not PLANTED.search(clean)
    with pytest.raises(NotARecording):
        copied(content, "video/webm", {**LIMITS, "streams": 2})


def test_one_whose_pictures_lie_in_another_file_opens_none(tmp_path: Path) -> None:
    """Not even without the sandbox: the reader does not follow it."""
    mute = video("mp4")
    other = tmp_path / "other"
    other.write_bytes(mute)
    outside = elsewhere(mute, str(other))
    path = tmp_path / "outside"
    path.write_bytes(outside)
    with av.open(str(path), options={"enable_drefs": "1", "use_absolute_path": "1"}) as source:
        assert list(source.decode(video=0)), "whoever follows it is shown the other file's pictures"
    with pytest.raises(NotARecording):
        copied(outside, "video/mp4", LIMITS)


@pytest.mark.parametrize(
    ("media", "content"),
    [
        ("video/mp4", b"\0\0\0\x18ftypisom"),
        ("video/mp4", b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/hostname\n"),
        ("audio/mpeg", b"ffconcat version 1.0\nfile /etc/hostname\n"),
        ("video/mp4", video("mp4")[:2000]),
        ("video/mp4", video("mp4").replace(b"moov", b"none")),
        ("video/mp4", video("mp4").replace(b"avc1", b"mjpg")),
        ("video/webm", video("webm")[:60]),
        ("video/webm", b"\x1a\x45\xdf\xa3webm" + bytes(500)),
        ("audio/ogg", sound("mp3")),
    ],
)
def test_what_is_not_built_as_recordings_are_is_none(media: str, content: bytes) -> None:
    with pytest.raises(NotClean) as why:
        cleaned(content, media)
    assert why.value.rule is cleaning.RECORDING


def test_a_cut_one_is_shown_as_far_as_it_goes() -> None:
    with av.open(io.BytesIO(cleaned(sound("mp3")[:-4000], "audio/mpeg"))) as copy:
        assert copy.duration is not None and 0.3 < copy.duration / av.time_base < 1


def test_pictures_beyond_all_measure_are_not_made() -> None:
    began = time.monotonic()
    for side, rule in ((8_192, cleaning.LARGE), (20_000, cleaning.RECORDING)):
        with pytest.raises(NotClean) as why:
            cleaned(enormous(video("mp4"), side), "video/mp4")
        assert why.value.rule is rule
    assert time.monotonic() - began < LIMITS["patience"]
    with pytest.raises(NotARecording) as small:
        copied(video("mp4"), "video/mp4", {**LIMITS, "pixels": 320 * 180 - 1})
    assert small.value.code == clean_recordings.TOO_LARGE


def test_length_counts_by_what_is_in_it_and_not_by_what_its_head_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    short = {**LIMITS, "sound_seconds": 5, "video_seconds": 5}
    monkeypatch.setattr(cleaning, "recording_limits", lambda: short)
    for content, media in ((amr(3700), "audio/AMR"), (video("mp4", seconds=6), "video/mp4")):
        with pytest.raises(NotClean) as why:
            cleaned(content, media)
        assert why.value.rule is cleaning.LONG
    head = video("mp4").index(b"mvhd") + 20
    endless = video("mp4")[:head] + b"\xff\xff\xff\xff" + video("mp4")[head + 4 :]
    with av.open(io.BytesIO(endless)) as source, av.open(io.BytesIO(cleaned(endless, "video/mp4"))) as copy:
        assert source.streams and copy.duration is not None and copy.duration / av.time_base < 1.3


def test_a_copy_beyond_its_measure_is_given_up() -> None:
    with pytest.raises(NotARecording) as why:
        copied(sound("wav", 4), "audio/vnd.wave", {**LIMITS, "copy_bytes": 4000})
    assert why.value.code == clean_recordings.TOO_LONG


# -- the process -----------------------------------------------------------------------------


def ran(instead: str, monkeypatch: pytest.MonkeyPatch, **limits: int) -> tuple[int, bytes]:
    """The process with something else in the place of its work."""
    script = (
        "import os, sys, socket, time, signal, libertad.access.clean_recordings as r\n"
        f"def tried(content, media, limits):\n    {instead}\n"
        "r.copied = tried\nsys.exit(r.main())"
    )
    command = [sys.executable, "-I", "-c", script]
    monkeypatch.setattr(cleaning, "_command", lambda media, held: [*command, media, json.dumps(dict(held))])
    return cleaning._run(b"x" * 2_000_000, "audio/mpeg", {**LIMITS, **limits})


@pytest.mark.parametrize(
    "harm",
    [
        "os.close(0); open('/etc/hostname').read()",
        "os.close(0); socket.socket()",
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "os.kill(os.getppid(), 0)",
        "os.unlink('/tmp/whatever')",
        "os.listdir('/proc')",
    ],
)
def test_whoever_takes_the_process_over_reaches_nothing(harm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = f"try: {harm}\n    except PermissionError: return b'refused'\n    return b'done'"
    assert ran(tried, monkeypatch) == (0, b"refused")


def test_it_has_nothing_of_the_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    code, told = ran("return repr([*os.environ]).encode()", monkeypatch)
    assert (code, told) == (0, b"['LC_CTYPE']")


def test_the_process_dies_within_its_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.monotonic()
    busy, _ = ran("while True: pass", monkeypatch, work=2)
    asleep, _ = ran("time.sleep(600)", monkeypatch, patience=3)
    assert cleaning.TOLD[busy] is cleaning.TOLD[asleep] is cleaning.SLOW
    large, _ = ran("return bytes(2_000_000_000)", monkeypatch)
    assert large == 1
    assert ran("return bytes(500_000)", monkeypatch, copy_bytes=400_000) == (clean_recordings.TOO_LONG, b"")
    assert ran("os._exit(0)", monkeypatch) == (0, b"")
    assert time.monotonic() - began < LIMITS["patience"]


def test_without_a_sandbox_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "_run", lambda *_: (clean_recordings.NO_SANDBOX, b""))
    with pytest.raises(NotClean) as why:
        cleaned(sound("mp3"), "audio/mpeg")
    assert why.value.rule is cleaning.NO_SANDBOX
    monkeypatch.undo()
    other = "import libertad.access.sandbox as s; s.platform.machine = lambda: 'x'"
    command = [
        sys.executable,
        "-I",
        "-c",
        f"import sys, libertad.access.clean_recordings as r\n{other}\nsys.exit(r.main())",
        "audio/mpeg",
        json.dumps(dict(LIMITS)),
    ]
    done = subprocess.run(command, input=sound("mp3"), capture_output=True, env={}, cwd="/", check=False)
    assert (done.returncode, done.stdout) == (clean_recordings.NO_SANDBOX, b"")


def test_others_wait_for_a_turn_and_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "recording_limits", lambda: {**LIMITS, "turn": 0.1})
    for _turn in range(LIMITS["at_once"]):
        cleaning.TURNS.acquire()
    try:
        with pytest.raises(NotClean) as why:
            cleaned(sound("mp3"), "audio/mpeg")
        assert why.value.rule is cleaning.BUSY
    finally:
        cleaning.TURNS.release(LIMITS["at_once"])
    assert cleaned(sound("mp3"), "audio/mpeg")


def test_the_node_itself_never_loads_a_decoder() -> None:
    script = "import sys, libertad.access.cleaning; sys.exit('av' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_whatever_is_changed_in_it_it_is_clean_or_no_recording(data: st.DataObject) -> None:
    media, content = data.draw(
        st.sampled_from(
            [("video/mp4", video("mp4")), ("video/webm", video("webm")), ("audio/mpeg", sound("mp3"))]
        )
    )
    changed = bytearray(content)
    for _change in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(changed) - 1))
        if data.draw(st.booleans()):
            changed[at] = data.draw(st.integers(0, 255))
        else:
            del changed[at : at + data.draw(st.integers(1, 40))]
    try:
        clean = cleaned(bytes(changed), media)
    except NotClean:
        return
    assert not PLANTED.search(clean)
    assert set(streams(clean)) <= {"video", "audio"}


@pytest.mark.parametrize(
    ("name", "value"), [("work", 0), ("pixels", 10**9), ("patience", 281), ("rate", "30"), ("assumed", "yes")]
)
def test_a_limit_that_is_none_is_refused_at_the_start(tmp_path: Path, name: str, value: object) -> None:
    lines = [
        f"{name}: {value!r}" if line.startswith(f"{name}:") else line
        for line in recording_limits.FILE.read_text("utf-8").splitlines()
    ]
    changed = tmp_path / "recordings.yaml"
    changed.write_text("\n".join(lines), "utf-8")
    with pytest.raises(ValueError, match=name):
        recording_limits.read(changed)


# -- on the screens --------------------------------------------------------------------------


def add(client: Any, path: str, content: bytes) -> str:
    file = SimpleUploadedFile("VID_2026 Marisol.mp4", content)
    return str(client.post(path, {"file": file, "name": "What was said"}, follow=True).content.decode())


def test_of_a_persons_recordings_only_the_copy_is_stored(world: World) -> None:
    person = world.perform("officer", meet_person, country="GY", happened=world.at(5, 14))
    values = {"kind": "passport", "taken_by": "police", "state": "held", "happened": world.at(5, 15)}
    key = world.perform("officer", take_property, person=person, **values)
    path, client = f"/attach/property/{key}/", world.client("officer")
    assert "is damaged, or not built as sound" in add(client, path, video("mp4")[:2000])
    assert not Attachment.objects.exists()
    page = add(client, path, video("mp4"))
    assert "Video (WebM)" in page and "A minute of video may take a minute" in page
    (row,) = Attachment.objects.all()
    opened = client.get(f"/attachments/{row.pk}/")
    assert opened["Content-Type"] == "video/webm" and ".webm" in opened["Content-Disposition"]
    assert not PLANTED.search(opened.content) and "sandbox" in opened["Content-Security-Policy"]


def test_evidence_is_kept_as_it_was_brought_and_shown_as_a_copy(world: World) -> None:
    exhibit = world.perform(
        "officer", seize, happened=world.at(5, 14, 5), country="GY", kind="mobile-phone", description="Phone"
    )
    client, cut = world.client("officer"), video("mp4")[:2000]
    assert "Video (MP4)" in add(client, f"/attach/exhibit/{exhibit}/", video("mp4"))
    (row,) = Attachment.objects.all()
    original = client.get(f"/attachments/{row.pk}/?original=1")
    assert original.content == video("mp4"), "the court's, byte for byte"
    assert original["Content-Type"] == "video/mp4" and ".mp4" in original["Content-Disposition"]
    opened = client.get(f"/attachments/{row.pk}/")
    assert opened["Content-Type"] == "video/webm" and not PLANTED.search(opened.content)
    add(client, f"/attach/exhibit/{exhibit}/", cut)
    (damaged,) = Attachment.objects.exclude(pk=row.pk)
    answer = client.get(f"/attachments/{damaged.pk}/")
    assert answer.status_code == 409 and b"not built as recordings are" in answer.content


def test_while_others_are_served_the_page_says_to_try_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    exhibit = world.perform(
        "officer", seize, happened=world.at(5, 14, 5), country="GY", kind="mobile-phone", description="Phone"
    )
    client = world.client("officer")
    add(client, f"/attach/exhibit/{exhibit}/", sound("mp3"))
    monkeypatch.setattr(cleaning, "recording_limits", lambda: {**LIMITS, "turn": 0.1})
    for _turn in range(LIMITS["at_once"]):
        cleaning.TURNS.acquire()
    try:
        answer = client.get(f"/attachments/{Attachment.objects.get().pk}/")
    finally:
        cleaning.TURNS.release(LIMITS["at_once"])
    assert answer.status_code == 503 and b"Try again in a minute" in answer.content
