"""What a node cannot sign in or be known by without, in a backup: sealed to its rings, opened by any of them.

Everything in `secrets/`, and of `keys/` the node's own key, its successions and the key of its bundles. Not
the parts (they lie elsewhere) and not the key of the rows' seals (a restored node seals its rows anew).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from libertad.journal.backup.pool import Wrong
from libertad.journal.ringfile import seal, unseal
from libertad.journal.safe import sealer_secret
from libertad.vocabulary.decoding import prepared

FOLDERS = ("secrets", "keys")
LEFT_OUT = (".part", ".next", ".new", "rows.key")
CONTEXT = b"libertad backup secrets v1\x00"


class Sealed(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Authority -> the key, sealed to its ring; and the files under that key."""

    keys: dict[str, bytes]
    files: bytes


def gather(home: Path) -> dict[str, bytes]:
    """Path within the home -> bytes."""
    return {
        f"{folder}/{path.name}": path.read_bytes()
        for folder in FOLDERS
        for path in sorted((home / folder).glob("*"))
        if path.is_file() and not path.name.endswith(LEFT_OUT) and not path.name.startswith(".")
    }


def sealed(home: Path, sealers: Mapping[str, bytes]) -> bytes:
    """The node's secrets, for a backup. Needs no ring open."""
    if not sealers:
        raise Wrong("no ring of this node was opened by this version yet: start the node once, then back up")
    key = os.urandom(32)
    files = seal(key, msgspec.msgpack.encode(gather(home)), CONTEXT)
    boxes = {name: SealedBox(PublicKey(public)).encrypt(key) for name, public in sealers.items()}
    return msgspec.msgpack.encode(Sealed(boxes, files))


def unseal_files(data: bytes, roots: Mapping[str, bytes]) -> dict[str, bytes]:
    """Path -> bytes, with whichever root (authority -> root) opens them."""
    try:
        container = msgspec.msgpack.decode(data, type=prepared(Sealed))
        for name, root in roots.items():
            if name in container.keys:
                key = SealedBox(PrivateKey(sealer_secret(root))).decrypt(container.keys[name])
                files: dict[str, bytes] = msgspec.msgpack.decode(
                    unseal(key, container.files, CONTEXT), type=prepared(dict[str, bytes])
                )
                return files
    except (msgspec.MsgspecError, CryptoError, InvalidTag):
        raise Wrong(
            "the secrets of the backup were changed, or are of other rings: take another copy"
        ) from None
    raise Wrong("no ring that opens here opens the secrets of the backup")


def put_back(files: Mapping[str, bytes], home: Path) -> None:
    """Write them into a home; of mode 600, and nowhere else than in its two folders."""
    for name, data in files.items():
        folder, _, file = name.partition("/")
        if folder not in FOLDERS or not file or "/" in file or file.startswith("."):
            raise Wrong("the secrets of the backup name a file that is none of a node's: take another copy")
        (home / folder).mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(
            os.open(home / folder / file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb"
        ) as out:
            out.write(data)
