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


def wrap(what: str, data: bytes) -> str:
    """The bytes as text; `what` is a word in capitals."""
    text = base64.b64encode(data + hashlib.sha256(data).digest()[:CHECK]).decode()
    lines = [text[at : at + WIDTH] for at in range(0, len(text), WIDTH)]
    return "\n".join([_line("BEGIN", what), *lines, _line("END", what), ""])


def unwrap(what: str, text: str) -> bytes:
    """The bytes of a text, whatever stands around it; Refused says what is wrong with the copy."""
    field = what.lower()
    if len(text) > MOST:
        raise Refused(field, "the text is too long; choose the file that you were given")
    begin, end = _line("BEGIN", what), _line("END", what)
    _, found, rest = text.partition(begin)
    if not found:
        raise Refused(field, "this is none: it begins with a line %(begin)s", begin=begin)
    inside, found, _ = rest.partition(end)
    torn = Refused(field, "the copy is torn: copy all of it, down to the line %(end)s", end=end)
    if not found:
        raise torn
    try:
        said = "".join(QUOTED.sub("", inside).split()).encode("ascii")
        data = base64.b64decode(said, validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise torn from None
    whole = base64.b64encode(data) == said  # the last sign has bits that say nothing
    if not whole or len(data) <= CHECK or hashlib.sha256(data[:-CHECK]).digest()[:CHECK] != data[-CHECK:]:
        raise Refused(
            field, "the copy is not as it was made: a part is missing or changed; copy it once more"
        )
    return data[:-CHECK]


def _line(end: str, what: str) -> str:
    return f"-----{end} LIBERTAD {what}-----"
