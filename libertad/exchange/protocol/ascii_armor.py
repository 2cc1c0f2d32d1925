"""Text that carries bytes through mails, sticks and QR codes: marked ends, base64, a checksum.

`-----BEGIN LIBERTAD <WHAT>-----`, lines of base64, `-----END LIBERTAD <WHAT>-----`. The bytes end with the
first four of their SHA-256, so that a torn or mistyped copy is told from one that somebody changed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

from libertad.vocabulary.values import Refused

CHECK = 4
WIDTH = 64
MOST = 32 * 1024
QUOTED = re.compile(r"^[>\s]+", re.MULTILINE)  # as mail programs quote


def wrap(label: str, data: bytes) -> str:
    """The bytes as text; `label` is a word in capitals."""
    text = base64.b64encode(data + hashlib.sha256(data).digest()[:CHECK]).decode()
    lines = [text[at : at + WIDTH] for at in range(0, len(text), WIDTH)]
    return "\n".join([_line("BEGIN", label), *lines, _line("END", label), ""])


def unwrap(label: str, text: str) -> bytes:
    """The bytes of a text, whatever stands around it; Refused says what is wrong with the copy."""
    field = label.lower()
    if len(text) > MOST:
        raise Refused(field, "the text is too long; choose the file that you were given")
    begin, end = _line("BEGIN", label), _line("END", label)
    _, marker, rest = text.partition(begin)
    if not marker:
        raise Refused(field, "this is none: it begins with a line %(begin)s", begin=begin)
    inside, marker, _ = rest.partition(end)
    torn = Refused(field, "the copy is torn: copy all of it, down to the line %(end)s", end=end)
    if not marker:
        raise torn
    try:
        encoded = "".join(QUOTED.sub("", inside).split()).encode("ascii")
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise torn from None
    whole = base64.b64encode(data) == encoded  # the last sign has bits that say nothing
    if not whole or len(data) <= CHECK or hashlib.sha256(data[:-CHECK]).digest()[:CHECK] != data[-CHECK:]:
        raise Refused(
            field, "the copy is not as it was made: a part is missing or changed; copy it once more"
        )
    return data[:-CHECK]


def _line(end: str, label: str) -> str:
    return f"-----{end} LIBERTAD {label}-----"
