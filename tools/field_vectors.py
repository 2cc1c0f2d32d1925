"""Test vectors of the journal's and the exchange's format, made by the node's own functions.

    python -m tools.field_vectors

Writes field-app/vectors/node.json; docs/journal-format.md §11 says what is in it. All keys in it are made
from fixed seeds and are nobody's. The same code gives the same bytes: what a library draws at random by
itself, or may pack otherwise in its next version, is kept as it stands there as long as the node opens it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import django

ROOT = Path(__file__).parents[1]
FILE = ROOT / "field-app" / "vectors" / "node.json"
FORMAT = ROOT / "field-app" / "src" / "codec" / "format.json"  # what the app tells: it comes with its node
CARE, POLICE, OFFICER, OPERATION = "c" * 32, "a" * 32, "0f" * 16, "0e" * 16
ZONE = "America/Guyana"
Json = dict[str, Any]


def bytes_of(label: str, size: int = 32) -> bytes:
    """Bytes of a vector: SHA-256 in counter mode over its name, so that nobody's secret is among them."""
    blocks = (hashlib.sha256(f"libertad vector {label} {n}".encode()).digest() for n in range(size // 32 + 1))
    return b"".join(blocks)[:size]


@contextmanager
def drawing(*drawn: bytes) -> Iterator[None]:
    """What the node draws at random meanwhile: these, in this order."""
    left = list(drawn)

    def draw(size: int) -> bytes:
        value = left.pop(0)
        assert len(value) == size
        return value

    with patch.object(os, "urandom", draw):
        yield
    assert not left


def write(before: Json) -> str:
    """The file's text, anew. `before`: what it holds now, or nothing."""
    from libertad.journal import header, sealing
    from libertad.vocabulary.formats import TODAY
    from tools import field_vectors_exchange as exchange
    from tools import field_vectors_journal as journal

    vectors = {
        "what": "docs/journal-format.md, section 11. Bytes are in hexadecimal. Keys are nobody's.",
        "format": TODAY,
        "classes": list(header.CLASSES),
        "headers": journal.headers(),
        "refused": journal.refused(),
        "signing": journal.signing(),
        "padding": [{"size": n, "padded": sealing.padded_length(n + 1)} for n in journal.SIZES],
        "bodies": journal.bodies(),
        "entries": journal.entries(),
        "ids": journal.ids(),
        "recipient": exchange.recipient(),
        "wrap": exchange.wrap(before),
        "channel": exchange.channel(),
        "parcel": exchange.parcel(before),
        "task": exchange.task(),
    }
    return json.dumps(vectors, indent=1, ensure_ascii=False) + "\n"


def format_text() -> str:
    """What the app states as its format, as a file."""
    from libertad.vocabulary.formats import TODAY

    return json.dumps({"format": TODAY}) + "\n"


def read() -> Json:
    """What the file holds now; nothing where there is none."""
    held: Json = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    return held


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "libertad.web.settings.test")
    django.setup()
    FILE.write_text(write(read()), encoding="utf-8")
    FORMAT.write_text(format_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
