"""What a file is, by its first bytes and never by its name: the kinds that are taken (`codes/media.yaml`)."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping

from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.attachments import USUAL_BYTES

MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
    (b"ID3", "audio/mpeg"),
    (b"#!AMR\n", "audio/AMR"),
    (b"#!AMR-WB\n", "audio/AMR"),
)
# What a file says that begins as QuickTime's do; pictures (HEIC, AVIF) begin so too, and are none of these.
BRANDS = {
    **dict.fromkeys((b"M4A ", b"M4B "), "audio/mp4"),
    b"qt  ": "video/quicktime",
    **dict.fromkeys(
        (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash"),
        "video/mp4",
    ),
}
OGG_CODECS = (b"OpusHead", b"\x01vorbis")
# Signs that no text holds: in UTF-8 a byte below 32 is a sign of its own.
CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f]")
PIECE = 64 * 1024
OTHER = marked(
    "is no picture (JPEG, PNG), PDF, text, sound or video that is read here: save it as one of these"
)
ENDINGS: Mapping[str, str] = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/pdf": "pdf",
    "text/plain": "txt",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/AMR": "amr",
    "audio/ogg": "ogg",
    "audio/vnd.wave": "wav",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/3gpp": "3gp",
    "video/webm": "webm",
}


def kind_of(content: bytes) -> str:
    """The media type; Refused for any that is not taken."""
    for magic, media in MAGIC:
        if content.startswith(magic):
            return media
    if recording := _recording(content[:64]):
        return recording
    if content and len(content) <= USUAL_BYTES and CONTROL.search(content) is None and _is_utf8(content):
        return "text/plain"
    raise Refused("file", OTHER)


def _is_utf8(content: bytes) -> bool:
    """Read in pieces: a text of many megabytes takes no multiple of that in memory."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(content), PIECE):
            decoder.decode(content[start : start + PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _recording(head: bytes) -> str:
    """Sound or video by its head; '' for anything else."""
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return BRANDS.get(brand, "video/3gpp" if brand[:3] in (b"3gp", b"3g2") else "")
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "audio/vnd.wave"
    if head.startswith(b"OggS"):
        return "audio/ogg" if head[28:].startswith(OGG_CODECS) else ""
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "video/webm" if b"webm" in head else ""
    if (
        len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0
    ):  # a frame of MPEG sound, of layer 3 or AAC
        layer = head[1] & 0x06
        return "audio/mpeg" if layer == 0x02 else "audio/aac" if head[1] & 0xF6 == 0xF0 else ""
    return ""
