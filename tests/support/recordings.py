"""Sound and video as telephones record them, with what a reader is not to get planted in them."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from fractions import Fraction
from functools import cache

import av
import numpy as np

CANARY = "Janga of St Elizabeth +13.1600-061.2300/"
HIDDEN = dict.fromkeys(("title", "comment", "location", "make", "com.apple.quicktime.make"), CANARY)
CODECS = {"mp4": ("libx264", "aac"), "webm": ("libvpx", "libopus"), "mov": ("libx264", "aac")}
SOUND_CODECS = {"mp3": "libmp3lame", "ogg": "libopus", "wav": "pcm_s16le", "adts": "aac", "ipod": "aac"}
# How a telephone that was held upright says so, and one that was not.
UPRIGHT = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
LYING = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)


@cache
def video(
    kind: str = "mp4", seconds: float = 1, size: tuple[int, int] = (320, 180), attached: bool = False
) -> bytes:
    """Pictures of one corner that is white, and a tone."""
    content, (width, height) = io.BytesIO(), size
    picture_codec, sound_codec = CODECS[kind]
    options = {"movflags": "use_metadata_tags"} if kind != "webm" else {}
    with av.open(content, "w", format="matroska" if attached else kind, options=options) as sink:
        sink.metadata.update(HIDDEN)
        pictures = sink.add_stream(picture_codec, rate=10)
        pictures.width, pictures.height, pictures.pix_fmt = width, height, "yuv420p"
        pictures.metadata.update({"title": CANARY, "handler_name": CANARY})
        sounds = sink.add_stream(sound_codec, rate=48_000)
        if attached:
            sink.add_attachment(CANARY, "text/plain", CANARY.encode() * 4)
        grey = np.full((height * 3 // 2, width), 128, np.uint8)
        grey[:height] = 40
        grey[: height // 2, : width // 2] = 235
        for number in range(int(seconds * 10)):
            frame = av.VideoFrame.from_ndarray(grey, format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, 10)
            sink.mux(pictures.encode(frame))
        sink.mux(pictures.encode(None))
        tone(sink, sounds, seconds)
    return content.getvalue()


@cache
def sound(kind: str = "mp3", seconds: float = 1) -> bytes:
    content = io.BytesIO()
    with av.open(content, "w", format=kind) as sink:
        if kind != "adts":
            sink.metadata.update(HIDDEN)
        tone(sink, sink.add_stream(SOUND_CODECS[kind], rate=48_000), seconds)
    return content.getvalue()


def tone(sink: av.container.OutputContainer, stream: av.AudioStream, seconds: float) -> None:
    for at in range(0, int(seconds * 48_000), 960):
        wave = (np.sin(np.arange(at, at + 960) * 0.06) * 8000).astype(np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(np.repeat(wave, 2, 1), format="s16", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, at, Fraction(1, 48_000)
        sink.mux(stream.encode(frame))
    sink.mux(stream.encode(None))


def amr(seconds: int) -> bytes:
    """Silence of any length: 13 bytes for each fiftieth of a second."""
    return b"#!AMR\n" + (b"\x04" + bytes(12)) * (50 * seconds)


def with_box(content: bytes, path: tuple[bytes, ...], old: bytes, new: bytes) -> bytes:
    """An MP4 whose `moov` stands at the end, with a part of the first box at that path changed."""
    places, at, end = [], 0, len(content)
    for name in path:
        while content[at + 4 : at + 8] != name:
            at += int.from_bytes(content[at : at + 4])
            assert at < end, name
        places.append(at)
        end = at + int.from_bytes(content[at : at + 4])
        at += 8 + {b"dref": 8, b"stsd": 8, b"avc1": 78}.get(name, 0)
    box = content[places[-1] : end]
    assert old in box, path
    changed = bytearray(content[: places[-1]] + box.replace(old, new, 1) + content[end:])
    for place in places:
        (size,) = struct.unpack_from(">I", changed, place)
        struct.pack_into(">I", changed, place, size + len(new) - len(old))
    return bytes(changed)


def elsewhere(content: bytes, path: str) -> bytes:
    """A video whose pictures are said to lie in another file."""
    name = path.encode()
    record = bytes(10) + b"\x01v" + bytes(26) + bytes(12) + b"\x01f" + bytes(62) + bytes(16)
    record += struct.pack(">hh", 1, 1) + bytes(16) + struct.pack(">hH", 2, len(name)) + name
    record += bytes(len(name) % 2) + struct.pack(">hH", -1, 0)
    record = bytes(4) + record + bytes(max(0, 160 - len(record)))
    alias = struct.pack(">I", 8 + len(record)) + b"alis" + record
    boxes = (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref")
    return with_box(content, boxes, b"\0\0\0\x0curl \0\0\0\1", alias)


def enormous(content: bytes, side: int = 20_000) -> bytes:
    """A video that says of its pictures that they are `side` by `side`, in its head and in its codec's."""
    bits = "".join(("01000010", "00000000", "00111110"))  # baseline, of the highest level
    blocks = side // 16 - 1
    for number in (
        0,
        0,
        2,
        1,
    ):  # its id, of how many pictures it counts, in which order, by how many it looks back
        bits += golomb(number)
    bits += "0" + golomb(blocks) + golomb(blocks) + "1100" + "1"
    head = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8))
    head = b"\x67" + head.replace(b"\0\0\1", b"\0\0\3\1")
    boxes = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"avc1", b"avcC")
    at = content.index(b"avcC") + 4
    length = int.from_bytes(content[at + 6 : at + 8])
    old = content[at + 6 : at + 8 + length]
    changed = with_box(content, boxes, old, struct.pack(">H", len(head)) + head)
    place = changed.index(b"avc1", changed.index(b"stsd")) + 28
    return changed[:place] + struct.pack(">HH", side, side) + changed[place + 4 :]


def golomb(number: int) -> str:
    digits = f"{number + 1:b}"
    return "0" * (len(digits) - 1) + digits


def streams(content: bytes) -> Mapping[str, av.stream.Stream]:
    with av.open(io.BytesIO(content)) as source:
        return {stream.type: stream for stream in source.streams}
