"""The token of a monitor that does not run on the node's machine: a line in a file that the node alone reads.

It is read again at each look, so that it is changed without a new start; kept as a hash.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
from pathlib import Path

SHORTEST = 32  # characters; `openssl rand -hex 32` gives 64
_hash = b""


def refresh(file: str) -> str:
    """Read the token anew; returns what is wrong with its file, '' for nothing. A bad one opens nothing."""
    global _hash
    _hash, wrong = _read(file) if file else (b"", "")
    return wrong


def _read(file: str) -> tuple[bytes, str]:
    path = Path(file)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_mode & 0o077 or status.st_uid != os.geteuid():
            return b"", f"{path}, the monitor's token, may be read by others, or is not this user's"
        token = path.read_bytes().strip()
    except OSError as why:
        return b"", f"{path}, the monitor's token, cannot be read ({type(why).__name__})"
    if len(token) < SHORTEST:
        return b"", f"{path}, the monitor's token, has fewer than {SHORTEST} characters"
    return hashlib.sha256(token).digest(), ""


def opens(token: bytes) -> bool:
    """Whether what was given is the token; in a time that does not tell how much of it was right."""
    return bool(_hash) and hmac.compare_digest(hashlib.sha256(token).digest(), _hash)
