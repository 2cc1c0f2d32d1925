"""Pictures without what they do not show: where, when and by which device they were taken, comments, small
copies of before they were cut, and whatever stands behind their end.

Nothing is decoded or written anew: the parts that make the picture are copied as they are, in one pass, and
all others are left out. What is not built as its format says is no picture here. Of what a camera wrote only
the orientation stays, without which a picture lies on its side.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping

JPEG_START, JPEG_END = b"\xff\xd8", b"\xff\xd9"
SCAN = 0xDA
FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
TABLES = frozenset({0xC4, 0xCC, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF})
JFIF = 0xE0
# Application segments that say how the samples are to be read: how each begins.
READ_BY = {JFIF: b"JFIF\x00", 0xE2: b"ICC_PROFILE\x00", 0xEE: b"Adobe"}
LEFT_OUT = frozenset({*range(0xE0, 0xF0), 0xFE})
EXIF, ORIENTATION = b"Exif\x00\x00", 0x0112
# In the samples of a scan a sign of 255 is followed by 0, or counts (208 to 215); else a segment begins.
AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP bKGD pHYs acTL fcTL fdAT".split()
)


class NotAPicture(ValueError):
    """It is not built as its format says."""


def without_hidden_data(content: bytes, media: str) -> bytes:
    """The content without what a picture does not show; of other media as it is. NotAPicture."""
    clean = CLEANED.get(media)
    return content if clean is None else clean(content)


def _jpeg(content: bytes) -> bytes:
    kept, orientation, kinds = [JPEG_START], 0, set()
    for marker, segment, rest in _segments(content):
        body = segment[4:]
        if marker in FRAMES | TABLES or marker == SCAN:
            kept += [segment, rest]
            kinds.add("frame" if marker in FRAMES else "scan" if marker == SCAN else "table")
        elif marker not in LEFT_OUT:
            raise NotAPicture("a segment that no picture has")
        elif marker in READ_BY and body.startswith(READ_BY[marker]):
            kept.append(_without_small_copy(segment) if marker == JFIF else segment)
        elif marker == 0xE1 and body.startswith(EXIF) and not orientation:
            orientation = _orientation(body[len(EXIF) :])
    if not {"frame", "scan"} <= kinds:
        raise NotAPicture("no samples")
    if orientation > 1:
        kept.insert(1, _oriented(orientation))
    return b"".join((*kept, JPEG_END))


def _segments(content: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """(marker, segment, samples that follow it) until the end of the picture; nothing that stands behind."""
    if not content.startswith(JPEG_START):
        raise NotAPicture("no beginning")
    at = len(JPEG_START)
    while True:
        while content[at + 1 : at + 2] == b"\xff":  # fill
            at += 1
        if content[at : at + 1] != b"\xff" or at + 2 > len(content):
            raise NotAPicture("no segment where one begins")
        marker = content[at + 1]
        if marker == JPEG_END[1]:
            return
        if len(content) < at + 4:
            raise NotAPicture("a segment without a length")
        (length,) = struct.unpack_from(">H", content, at + 2)
        end = at + 2 + length
        if length < 2 or end > len(content):
            raise NotAPicture("a segment longer than the file")
        segment, rest = content[at:end], b""
        if marker == SCAN:
            following = AFTER_SCAN.search(content, end)
            if following is None:
                raise NotAPicture("samples without an end")
            rest, end = content[end : following.start()], following.start()
        yield marker, segment, rest
        at = end


def _without_small_copy(segment: bytes) -> bytes:
    """The head of a JFIF picture: units and density, and no small picture behind them."""
    body = segment[4:16].ljust(12, b"\x00") + b"\x00\x00"
    return b"\xff\xe0" + struct.pack(">H", 2 + len(body)) + body


def _orientation(tiff: bytes) -> int:
    """How the camera was held (1 to 8), by the first directory of its notes; 0 where they do not say."""
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(tiff[:4])
    try:
        if order is None:
            return 0
        (at,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, at)
        for number in range(min(count, 200)):
            tag, kind, _length, value = struct.unpack_from(f"{order}HHIH", tiff, at + 2 + 12 * number)
            if tag == ORIENTATION and kind == 3 and 1 <= value <= 8:
                return int(value)
    except struct.error:
        pass
    return 0


def _oriented(orientation: int) -> bytes:
    """A segment that says the orientation and nothing else."""
    notes = struct.pack(">4sIHHHIHHI", b"MM\x00*", 8, 1, ORIENTATION, 3, 1, orientation, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", 2 + len(EXIF) + len(notes)) + EXIF + notes


def _png(content: bytes) -> bytes:
    kept = [PNG_START]
    kinds: list[bytes] = []
    at = len(PNG_START)
    if not content.startswith(PNG_START):
        raise NotAPicture("no beginning")
    while not kinds or kinds[-1] != b"IEND":
        if len(content) < at + 12:
            raise NotAPicture("no end")
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content) or not kind.isalpha():
            raise NotAPicture("a chunk longer than the file")
        if zlib.crc32(content[at + 4 : end - 4]) != struct.unpack_from(">I", content, end - 4)[0]:
            raise NotAPicture("a chunk that was changed")
        kinds.append(kind)
        if kind in PNG_KEPT:
            kept.append(content[at:end])
        elif kind[:1].isupper():
            raise NotAPicture("a chunk without which it cannot be read")
        at = end
    if kinds[0] != b"IHDR" or kinds.count(b"IHDR") != 1 or b"IDAT" not in kinds:
        raise NotAPicture("no samples")
    return b"".join(kept)


CLEANED: Mapping[str, Callable[[bytes], bytes]] = {"image/jpeg": _jpeg, "image/png": _png}
