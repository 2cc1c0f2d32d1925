"""Pictures as cameras write them, by hand: which bytes are which is known."""

from __future__ import annotations

import struct
import zlib

FRAME = bytes.fromhex("ffc0000b080001000101011100")  # one grey dot
HUFFMAN = bytes.fromhex("ffc4001f0000010501010101010100000000000000000102030405060708090a0b")
SCAN = bytes.fromhex("ffda0008010100003f00")
NOTES = b"Exif\x00\x00"


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", 2 + len(body)) + body


def camera_notes(orientation: int = 1, words: bytes = b"") -> bytes:
    """What a camera writes: how it was held, and behind that whatever else."""
    tags = struct.pack("<4sIHHHIHHI", b"II*\x00", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    return segment(0xE1, NOTES + tags + words)


def jpeg(samples: bytes = b"\x55\xff\x00\xaa", *notes: bytes, behind: bytes = b"") -> bytes:
    """A picture whose samples are these (no 255), with further segments, and bytes behind its end."""
    table = segment(0xDB, bytes(65))
    beginning = segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
    parts = (b"\xff\xd8", beginning, *notes, table, FRAME, HUFFMAN, SCAN, samples, b"\xff\xd9", behind)
    return b"".join(parts)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*further: bytes, behind: bytes = b"") -> bytes:
    """One black dot, with further chunks before the samples."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    samples = chunk(b"IDAT", zlib.compress(b"\x00\x00"))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(further) + samples + chunk(b"IEND", b"") + behind
