"""Secrets of a node that are no key ring: made at first use, readable by this user alone."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path


def secret(home: Path, name: str) -> str:
    """64 hex digits from `home/secrets/<name>`, made when it is not there (O_EXCL, mode 600)."""
    folder = home / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fd, "w") as out:
            out.write(secrets.token_hex(32))
    except FileExistsError:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise SystemExit(f"{path} may be read by others (mode {mode:o}): run chmod 600 {path}") from None
    return path.read_text()
