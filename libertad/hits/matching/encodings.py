"""Texts as people's programs save them: UTF-8, UTF-16 with a mark, and what older spreadsheets write."""

from __future__ import annotations

import codecs

WINDOWS = "libertad-windows-1252"  # for `errors=`: a byte that is no UTF-8 is read as Windows-1252


def encoding_of(beginning: bytes) -> str:
    """The encoding by a file's first two bytes; to be read with `errors=WINDOWS`."""
    return "utf-16" if beginning[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"


def _windows(why: UnicodeError) -> tuple[str, int]:
    if isinstance(why, UnicodeDecodeError) and why.encoding == "utf-8":
        return why.object[why.start : why.end].decode("cp1252", "replace"), why.end
    replacement = codecs.replace_errors(why)
    return str(replacement[0]), replacement[1]


codecs.register_error(WINDOWS, _windows)
