"""The key that bundles for this node are encrypted to: age X25519, in `keys/` as the rings' parts are.

It protects who exchanges with whom and how much; entries inside are sealed once more, by compartment.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from pyrage import x25519

NAME = "bundle.key"


def bundle_identity(home: Path) -> x25519.Identity:
    """This node's bundle key, made at first use: 0600 in home/keys. Two processes get the same one.

    ValueError when the file holds no key (it is never replaced: bundles on their way need the old one).
    """
    path = home / "keys" / NAME
    if not path.exists():
        _make(path)
    try:
        return x25519.Identity.from_str(path.read_text(encoding="ascii").strip())
    except Exception as error:
        raise ValueError(f"{path} holds no bundle key: restore it from the backup of keys/") from error


def bundle_recipient(home: Path) -> str:
    """What others encrypt to ('age1...'), given to them with the invitation."""
    return str(bundle_identity(home).to_public())


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{NAME}.{secrets.token_hex(4)}")
    fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(fd, "w", encoding="ascii") as out:
            out.write(f"{x25519.Identity.generate()}\n")
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(fresh, path)  # fails when another process was first: then its key is the key
        except FileExistsError:
            return
        sync_folder(path.parent)
    finally:
        fresh.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make renames in `folder` durable."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
