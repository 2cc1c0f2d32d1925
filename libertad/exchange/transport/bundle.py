"""Parcels carried by hand: one age file, cut into parts that fit a stick or a message.

Rule: a bundle is taken whole or not at all. Every part is measured, hashed and its signature verified, and
the age file is walked to its end, before the first parcel is given out. Encrypted to the reader's bundle
key; each part signed by the writing node's key. Memory does not grow with the bundle.

Inside the age file: the line of this format, the writer's origin, parcels each after its length, an end
mark with their number, zeros up to a step. docs/exchange-format.md, 'Bundle files'.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pyrage
from django.utils.translation import gettext as _
from pyrage import x25519

from libertad.exchange.peering.bundle_key import bundle_identity, bundle_recipient, sync_folder

from . import bundle_format as form
from .bundle_format import HEAD, BadBundle, Head
from .bundle_stream import MOST_PARCEL, Cutter, Joined, Packed, unpacked

__all__ = [
    "MOST_PARCEL",
    "BadBundle",
    "Described",
    "Reading",
    "bundle_identity",
    "bundle_recipient",
    "describe",
    "fresh_name",
    "read",
    "write",
]

LEAST_PART = 16 * 1024
MOST_FAT32 = 4 * 1024**3 - 1
"""The biggest file of a FAT32 stick: pass it as `most_bytes` when the stick's format is not known."""
SUFFIX = ".bundle"
NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)


class Described(NamedTuple):
    """What the file at `path` says of itself, unverified; `problem` is a sentence, or '' when none shows."""

    path: Path
    bundle: str
    part: int
    of: int
    size: int
    total: int
    problem: str


def fresh_name() -> str:
    """A name for the files of a bundle that tells nothing: 'parcel-' and six random letters."""
    letters = "abcdefghjkmnpqrstuvwxyz"
    return "parcel-" + "".join(secrets.choice(letters) for _letter in range(6))


def write(
    parcels: Iterable[bytes],
    *,
    sender_origin: str,
    sender_seed: bytes,
    reader_key: str,
    folder: Path,
    name: str,
    most_bytes: int | None,
) -> list[Path]:
    """Write the parcels for one reader; returns the files in order, durable under their names, mode 0600.

    `name` must tell nothing (see `fresh_name`): lower-case letters, digits, hyphens. `most_bytes` limits
    each file, head included. Until all parts are durable they stand under temporary names that are removed
    when anything fails. BadBundle when the stick is full or a file of that name is there; ValueError for a
    bad argument. An error of the iterable `parcels` comes through.
    """
    if not NAME.fullmatch(name):
        raise ValueError("name: lower-case letters, digits and hyphens only, at most 40")
    if most_bytes is not None and most_bytes < LEAST_PART:
        raise ValueError(f"most_bytes: at least {LEAST_PART:,}")
    try:
        recipient = x25519.Recipient.from_str(reader_key)
    except Exception as error:
        raise ValueError("reader_key: not an age recipient") from error
    packed = Packed(parcels, sender_origin)
    cutter = Cutter(folder, None if most_bytes is None else most_bytes - HEAD)
    try:
        try:
            pyrage.encrypt_io(packed, cutter, [recipient])
            cutter.end()
        except Exception as error:
            raise packed.error or cutter.error or error from None
        heads = _heads(cutter)
        paths = [folder / _file_name(name, number, len(heads)) for number in range(1, len(heads) + 1)]
        for path in paths:
            if path.exists():
                raise BadBundle(_("%(file)s is there already: choose another name.") % {"file": path.name})
        for head, part in zip(heads, cutter.parts, strict=True):
            _set_head(part.path, head.signed(sender_seed))
        for part, path in zip(cutter.parts, paths, strict=True):
            os.replace(part.path, path)
        sync_folder(folder)
        return paths
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT):
            raise
        raise BadBundle(
            _(
                "%(folder)s has no room after %(bytes)s bytes: make room, or write smaller parts to "
                "several sticks. Nothing was left on it."
            )
            % {"folder": folder, "bytes": f"{cutter.total:,}"}
        ) from error
    finally:
        cutter.clear()


def _file_name(name: str, number: int, count: int) -> str:
    return f"{name}{SUFFIX}" if count == 1 else f"{name}-{number}-of-{count}{SUFFIX}"


def _heads(cutter: Cutter) -> list[Head]:
    bundle, count, begins, heads = secrets.token_bytes(16), len(cutter.parts), 0, []
    if count > form.MOST_PARTS:
        raise BadBundle(_("More than %(most)s parts: allow bigger ones.") % {"most": form.MOST_PARTS})
    for number, part in enumerate(cutter.parts, 1):
        heads.append(Head(bundle, number, count, part.size, begins, cutter.total, part.digest.digest()))
        begins += part.size
    return heads


def _set_head(path: Path, raw: bytes) -> None:
    with path.open("r+b") as out:
        out.write(raw)
        out.flush()
        os.fsync(out.fileno())


class Reading:
    """A bundle that was found whole: iterate it once for its parcels. `sender` is the origin that signed."""

    def __init__(self, sender: str, bundle: str, parcels: int, stream: Iterator[bytes]) -> None:
        self.sender = sender
        self.bundle = bundle
        self.parcels = parcels
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._stream)


def read(paths: Sequence[Path], *, identity: x25519.Identity, known_senders: Mapping[str, bytes]) -> Reading:
    """The parcels of the bundle in `paths` (its parts in any order, each possibly more than once).

    `known_senders` is origin -> Ed25519 public key of the nodes that we take bundles from. Raises BadBundle
    before the first parcel, with a sentence that names the part and what to do: torn, missing, changed,
    of another bundle, signed by a stranger, for another reader. A file that changes between that check and
    the reading ends the iteration with BadBundle; the parcels until there are still those that were signed.
    """
    if not paths:
        raise BadBundle(_("No file was given: choose all parts of a bundle."))
    heads: dict[str, Head] = {}
    parts: dict[int, tuple[Path, Head]] = {}
    signatures: dict[int, bytes] = {}
    for path in paths:
        head, signature = form.parse(_front(path), path.name)
        heads[str(path) if path.name in heads else path.name] = head
        if (
            parts.get(head.part, (path, head))[1] != head
            and len({parsed.bundle for parsed in heads.values()}) == 1
        ):
            raise BadBundle(
                _("There are two different parts %(part)s of this bundle: ask for it again.")
                % {"part": head.part}
            )
        _check_size(path, head)
        parts.setdefault(head.part, (path, head))
        signatures[head.part] = signature
    form.refuse_mixed(heads)
    senders = {form.signer(head, signatures[part], known_senders) for part, (_path, head) in parts.items()}
    if None in senders:
        raise BadBundle(
            _(
                "No node that we exchange with has signed this bundle: it is a stranger's, or its sender "
                "has not joined here yet. Ask who gave you the files."
            )
        )
    if len(senders) > 1:
        raise BadBundle(_("The parts of this bundle are signed by different nodes: refuse the files."))
    form.refuse_missing({number: head for number, (_path, head) in parts.items()})
    ordered = [parts[number] for number in sorted(parts)]
    for path, head in ordered:
        _check_content(path, head)
    sender = str(senders.pop())
    count = sum(1 for _parcel in unpacked(Joined(ordered), identity, sender))
    bundle = ordered[0][1].bundle.hex()
    return Reading(sender, bundle, count, unpacked(Joined(ordered), identity, sender))


def describe(paths: Iterable[Path]) -> list[Described]:
    """What each file says of itself and whether it is whole; no key needed, nothing verified by signature."""
    descriptions = []
    for path in paths:
        try:
            head, _signature = form.parse(_front(path), path.name)
        except BadBundle as error:
            descriptions.append(Described(path, "", 0, 0, 0, 0, str(error)))
            continue
        problem = ""
        try:
            _check_size(path, head)
            _check_content(path, head)
        except BadBundle as error:
            problem = str(error)
        descriptions.append(
            Described(path, head.bundle.hex(), head.part, head.of, head.size, head.total, problem)
        )
    return descriptions


def _front(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise BadBundle(_("%(file)s is no file: choose the parts themselves.") % {"file": path.name})
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError as error:
        raise BadBundle(
            _("%(file)s cannot be read (%(why)s): copy it again.")
            % {"file": path.name, "why": error.strerror or error}
        ) from error


def _check_size(path: Path, head: Head) -> None:
    have, want = path.stat().st_size, HEAD + head.size
    words = {"part": head.part, "count": head.of, "have": f"{have:,}", "want": f"{want:,}"}
    if have < want:
        raise BadBundle(
            _("Part %(part)s of %(count)s ends after %(have)s of %(want)s bytes: copy it again.") % words
        )
    if have > want:
        raise BadBundle(
            _("Part %(part)s of %(count)s has %(have)s instead of %(want)s bytes: copy it again.") % words
        )


def _check_content(path: Path, head: Head) -> None:
    try:
        with path.open("rb") as file:
            file.seek(HEAD)
            digest = hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise BadBundle(
            _("Part %(part)s of %(count)s cannot be read (%(why)s): copy it again.")
            % {"part": head.part, "count": head.of, "why": error.strerror or error}
        ) from error
    if digest != head.digest:
        raise BadBundle(
            _("Part %(part)s of %(count)s was changed on its way: copy it again.")
            % {"part": head.part, "count": head.of}
        )
