"""An evidence package: one file from which a court checks an exhibit's custody without us.

A zip, stored, of five files: `README.txt`, `chain.html` (who held it when), `entries.json` (the signed
entries, each with its own key and no other), `manifest.json` (what is in it, hashes, keys that signed) and
`manifest.sig` (over the manifest, by the device of the authority that made it). docs/journal-format.md §9.
Pure: no database, no home, no settings.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
from nacl.bindings import crypto_sign, crypto_sign_open
from nacl.exceptions import BadSignatureError

from libertad.vocabulary.body import Body, Verb
from libertad.vocabulary.decoding import prepared
from libertad.vocabulary.values import Happened, Refused

FORMAT = "libertad evidence package"
VERSION = 1
PASSKEYS = 2  # the version of a file that holds passkeys, which a program of before cannot read
PAGE = 1  # of `chain.html`: whoever says the same entries in other words raises it, and keeps how it was said
CONTEXT = b"libertad evidence package v1\x00"
README, READABLE, ENTRIES, MANIFEST, SIGNATURE = (
    "README.txt",
    "chain.html",
    "entries.json",
    "manifest.json",
    "manifest.sig",
)
HASHED = (README, READABLE, ENTRIES)
NAMES = (README, READABLE, ENTRIES, MANIFEST, SIGNATURE)
MOST_BYTES = 64 << 20  # of all files together, as they are when unpacked
MOST_ENTRIES = 20_000


class BadPackage(ValueError):
    """A file that is no evidence package, or not one that can be read; the message says why."""


class Key(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A device's public key (hex), and the authority for which it speaks, as whoever made the file says."""

    id: str
    public: str
    authority: str
    name: str = ""


class Maker(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who made the file: ids, the names to be read, and the role."""

    officer: str
    authority: str
    name: str = ""
    authority_name: str = ""
    role: str = ""


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is in a package. `file`: the case file's id; `signer`: the device that signed the manifest;
    `entries`: hashes, each once; `files`: SHA-256 by name (hex).
    `audits`: what audits of the store found of it, in the maker's words; their entries name other exhibits.
    """

    format: str
    version: int
    page: int
    made: datetime
    zone: str
    maker: Maker
    signer: str
    exhibit: str
    reference: str
    file: str
    operation: str
    keys: tuple[Key, ...]
    entries: tuple[str, ...]
    files: dict[str, str]
    audits: tuple[str, ...] = ()


class Packed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A signed entry as it lies in `entries.json` (base64), with the key of this one entry."""

    header: str
    signature: str
    body: str
    key: str


class SignedEntry(NamedTuple):
    """A signed entry's bytes, and the key of its body alone (`sealing.entry_key`)."""

    header: bytes
    signature: bytes
    body: bytes
    key: bytes


class Opened(NamedTuple):
    """An opened entry, as far as its order (`journal/causal.py`) and custody ask."""

    at: datetime
    clock: datetime
    id: str
    body: Body
    content: Verb
    compartment: str
    plain: bytes = b""  # the body's exact bytes, which a passkey signs a hash of

    @property
    def verb(self) -> str:
        return self.body.verb

    @property
    def subject(self) -> str:
        return self.body.subject

    @property
    def authority(self) -> str:
        return self.body.authority

    @property
    def officer(self) -> str:
        return self.body.officer

    @property
    def happened(self) -> Happened:
        return self.body.happened


class Package(NamedTuple):
    """An unpacked package: its files' bytes, its manifest and entries decoded, nothing verified."""

    files: Mapping[str, bytes]
    manifest: Manifest
    signature: bytes
    entries: Sequence[SignedEntry]


JSON = msgspec.json.Encoder(order="sorted")


def encode_entries(entries: Sequence[SignedEntry]) -> bytes:
    """`entries.json`: one entry a line, so that people can compare two files."""
    lines = [JSON.encode(Packed(*(base64.b64encode(part).decode() for part in entry))) for entry in entries]
    return b"[\n" + b",\n".join(lines) + b"\n]\n"


def pack(manifest: Manifest, files: Mapping[str, bytes], secret: bytes) -> bytes:
    """The package's bytes. `files`: those of HASHED; `secret`: the signing device's 64 bytes.

    The manifest that is given has no hashes yet; they are put in here.
    """
    hashes = {name: hashlib.sha256(files[name]).hexdigest() for name in HASHED}
    text = msgspec.json.format(JSON.encode(msgspec.structs.replace(manifest, files=hashes)), indent=1)
    signature = crypto_sign(CONTEXT + text, secret)[:64].hex().encode() + b"\n"
    return write_zip({name: files[name] for name in HASHED} | {MANIFEST: text, SIGNATURE: signature})


def write_zip(files: Mapping[str, bytes]) -> bytes:
    """The zip of the five files: to one content one sequence of bytes, whatever the machine and its clock.

    So nothing hides in a package that a program which reads zips otherwise would unpack.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as zipped:
        for name in NAMES:
            info = zipfile.ZipInfo(name)  # of 1980
            info.create_system, info.external_attr = 3, 0o600 << 16  # a plain file, of Unix on any machine
            zipped.writestr(info, files[name])
    return out.getvalue()


def unpack(data: bytes) -> Package:
    """Read a package without trusting it; BadPackage where it has not exactly this form."""
    files = _files(data)
    try:
        manifest = msgspec.json.decode(files[MANIFEST], type=prepared(Manifest))
        packed = msgspec.json.decode(files[ENTRIES], type=prepared(tuple[Packed, ...]))
        entries = [
            SignedEntry(*(base64.b64decode(part, validate=True) for part in msgspec.structs.astuple(entry)))
            for entry in packed
        ]
        signature = bytes.fromhex(files[SIGNATURE].decode("ascii").strip())
    except (msgspec.MsgspecError, ValueError) as why:
        raise BadPackage(
            "a part of it is not in the form of a package: it is damaged or was changed"
        ) from why
    try:
        Happened(at=manifest.made, zone=manifest.zone)
    except Refused as why:
        raise BadPackage("its manifest was altered: when it was made is no time") from why
    if manifest.format != FORMAT:
        raise BadPackage("its manifest is of something else")
    if manifest.version not in (VERSION, PASSKEYS):
        raise BadPackage(f"it is of version {manifest.version}: use a newer Libertad")
    if manifest.page != PAGE:  # or whoever signs it chooses that no page is compared
        raise BadPackage(f"its {READABLE} is of version {manifest.page}: use a newer Libertad")
    if max(len(entries), len(manifest.entries)) > MOST_ENTRIES:
        raise BadPackage(f"it has more than {MOST_ENTRIES} entries")
    return Package(files, manifest, signature, entries)


def _files(data: bytes) -> dict[str, bytes]:
    """The five files, each once, and no byte beside them; of anything else it is no package."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            listed = zipped.infolist()
            if sorted(info.filename for info in listed) != sorted(NAMES):
                raise BadPackage(f"it has to hold exactly {', '.join(NAMES)}")
            if sum(info.file_size for info in listed) > MOST_BYTES:
                raise BadPackage(f"it is above {MOST_BYTES >> 20} MB")
            if any(info.compress_type != zipfile.ZIP_STORED for info in listed):
                raise BadPackage("its files are compressed: it was packed anew; use the file as it came")
            files = {info.filename: zipped.read(info) for info in listed}
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, RuntimeError) as why:
        if isinstance(why, BadPackage):
            raise
        raise BadPackage("it is no zip, or a damaged one: fetch it again") from why
    if write_zip(files) != data:
        raise BadPackage(
            "something beside the five files is in it, or it was packed anew; use the file as it came"
        )
    return files


def manifest_signed(package: Package, public: bytes) -> bool:
    """Whether this device signed exactly the manifest that is here."""
    if len(package.signature) != 64:
        return False
    try:
        crypto_sign_open(package.signature + CONTEXT + package.files[MANIFEST], public)
    except (BadSignatureError, ValueError):
        return False
    return True
