"""Cursors of the live stream: a place in the journal, sealed for one account, the same length for all.

The journal's index itself would tell a reader, by its gaps, how much others write and when.
"""

from __future__ import annotations

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

CONTEXT = b"libertad board cursor v1:"


class Sealer:
    """Makes and opens the cursors of one account."""

    def __init__(self, account: int) -> None:
        self.cipher = AESGCM(bytes.fromhex(settings.LIBERTAD_CURSOR_KEY))
        self.whose = CONTEXT + str(account).encode()

    def seal(self, index: int) -> str:
        """The cursor after the entry of that index."""
        nonce = os.urandom(12)
        sealed = self.cipher.encrypt(nonce, index.to_bytes(8, "big", signed=True), self.whose)
        return base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, cursor: str) -> int | None:
        """The index, or None for what is no cursor of this account."""
        try:
            data = base64.urlsafe_b64decode(cursor.encode())
            return int.from_bytes(self.cipher.decrypt(data[:12], data[12:], self.whose), "big", signed=True)
        except (ValueError, InvalidTag):
            return None
