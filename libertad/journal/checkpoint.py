"""Signed checkpoints: 'my tree had this size and this root'.

Text form of C2SP tlog-checkpoint in a C2SP signed-note (https://c2sp.org/tlog-checkpoint,
https://c2sp.org/signed-note), so that any witness of that family can read and cosign them. We sign with
Ed25519 (signature type 0x01) and write no extension lines. docs/journal-format.md §6.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from nacl.bindings import crypto_sign, crypto_sign_open, crypto_sign_seed_keypair
from nacl.exceptions import BadSignatureError

from libertad.journal import sides

ED25519 = b"\x01"
DASH = "— "
MOST_SIGNATURES = 64
MOST_BYTES = 64 * 1024
CONTROL = re.compile("[\x00-\x1f]")
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\ud800-\udfff]")
SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)

# All encodings of the eight points whose order divides 8: eight canonical ones, and six that a lenient
# decoder maps to the same points (y not below 2**255 - 19, or x = 0 with the sign bit set).
SMALL_ORDER = frozenset(
    bytes.fromhex(point)
    for point in (
        "0100000000000000000000000000000000000000000000000000000000000000",  # order 1
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  # order 2
        "0000000000000000000000000000000000000000000000000000000000000000",  # order 4
        "0000000000000000000000000000000000000000000000000000000000000080",  # order 4
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",  # order 8
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",  # order 8
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",  # order 8
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",  # order 8
        "0100000000000000000000000000000000000000000000000000000000000080",  # order 1, sign bit
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  # order 1, y = p + 1
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",  # order 1, both
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",  # order 2, sign bit
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  # order 4, y = p
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",  # order 4, y = p
    )
)


class BadCheckpoint(ValueError):
    """Text that is no checkpoint, or is not signed as asked; the message says what breaks it."""


class Checkpoint(NamedTuple):
    """Size and root of one node's tree; `origin` names the node's journal for ever."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The signed text: three lines, each ended by a newline."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


class Signature(NamedTuple):
    """One signature line: who (name and 4-byte key id) and the signature's bytes."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        return f"{DASH}{self.name} {base64.b64encode(self.key_id + self.signature).decode()}\n"


class Signer:
    """A node's own key. Its origin is derived from the key, so two nodes never share one."""

    def __init__(self, seed: bytes) -> None:
        self.seed = seed
        self.public: bytes = crypto_sign_seed_keypair(seed)[0]
        self.origin = origin_of(self.public)

    def line(self, tree: str = sides.OPEN) -> str:
        """The key as verifiers of signed notes take it: name+hash+key. For each tree there is one."""
        name = log_of(self.origin, tree)
        hashed = key_id(name, self.public).hex()
        return f"{name}+{hashed}+{base64.b64encode(ED25519 + self.public).decode()}"


class Signed(NamedTuple):
    """A parsed checkpoint with all its signature lines, known or not, in order."""

    checkpoint: Checkpoint
    signatures: tuple[Signature, ...]

    def note(self) -> str:
        return self.checkpoint.text() + "\n" + "".join(signature.line() for signature in self.signatures)


def origin_of(public: bytes) -> str:
    """The name of the node with this key, for ever."""
    return "libertad/" + hashlib.sha256(b"libertad node v1\x00" + public).hexdigest()[:16]


def log_of(origin: str, tree: str) -> str:
    """The name of a node's tree: origin and key name of its checkpoints. The open one's is the node's."""
    return origin if tree == sides.OPEN else f"{origin}/{tree}"


def refuse_small_order(public_key: bytes) -> None:
    """Raise ValueError for a key that some verifiers would accept for any message (at enrolment)."""
    if len(public_key) != 32:
        raise ValueError(f"public key: {len(public_key)} bytes, not 32")
    if public_key in SMALL_ORDER:
        raise ValueError("public key: a point of small order")


def key_id(name: str, public_key: bytes) -> bytes:
    """SHA-256(name || 0x0A || 0x01 || public key), first four bytes."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public_key).digest()[:4]


def sign(checkpoint: Checkpoint, name: str, seed: bytes) -> str:
    """The checkpoint as a note signed once; `seed` is the 32-byte Ed25519 seed."""
    _check_line("origin", checkpoint.origin)
    return Signed(checkpoint, (_signature(checkpoint, name, seed),)).note()


def cosign(note: str, name: str, seed: bytes) -> str:
    """Add a signature line and keep all that are there. Verify the note, and that it grew, before."""
    signed = parse(note)
    return Signed(signed.checkpoint, (*signed.signatures, _signature(signed.checkpoint, name, seed))).note()


def parse(note: str) -> Signed:
    """Read a note without trusting it; BadCheckpoint unless it has exactly this form."""
    if len(note.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise BadCheckpoint("checkpoint: too long")
    if CONTROLS.search(note):
        raise BadCheckpoint("checkpoint: not UTF-8 text without control characters")
    text, separator, below = note.rpartition("\n\n")
    lines = text.split("\n")
    if not separator or len(lines) != 3:
        raise BadCheckpoint("checkpoint: not three lines, a blank line and signatures")
    origin, size, root = lines
    _check_line("origin", origin)
    if not SIZE.fullmatch(size):
        raise BadCheckpoint("checkpoint: the size is no plain decimal number")
    digest = _base64(root)
    if len(digest) != 32:
        raise BadCheckpoint("checkpoint: the root is not 32 bytes")
    if not below.endswith("\n"):
        raise BadCheckpoint("checkpoint: the last line is not ended")
    signatures = tuple(_read_signature(line) for line in below[:-1].split("\n"))
    if len(signatures) > MOST_SIGNATURES:
        raise BadCheckpoint("checkpoint: too many signatures")
    return Signed(Checkpoint(origin, int(size), digest), signatures)


def verify(note: str, keys: Mapping[str, bytes] | Iterable[tuple[str, bytes]]) -> Signed:
    """Parse and check: at least one known key signed, and no known key's signature is wrong.

    `keys` are (name, public key) pairs. Lines of unknown keys are kept and ignored.
    """
    signed = parse(note)
    pairs = keys.items() if isinstance(keys, Mapping) else keys
    known = {(name, key_id(name, public)): public for name, public in pairs}
    text = signed.checkpoint.text().encode()
    verified = 0
    for signature in signed.signatures:
        public = known.get((signature.name, signature.key_id))
        if public is None:
            continue
        refuse_small_order(public)
        if not _right(signature.signature, text, public):
            raise BadCheckpoint(f"checkpoint: the signature of {signature.name} is wrong")
        verified += 1
    if not verified:
        raise BadCheckpoint("checkpoint: signed by no known key")
    return signed


def signers(signed: Signed, keys: Iterable[tuple[str, bytes]]) -> set[str]:
    """Names of the given keys whose signature is there and right (to count cosignatures)."""
    text = signed.checkpoint.text().encode()
    lines = {(signature.name, signature.key_id): signature.signature for signature in signed.signatures}
    return {
        name
        for name, public in keys
        if _right(lines.get((name, key_id(name, public)), b""), text, public) and public not in SMALL_ORDER
    }


def _signature(checkpoint: Checkpoint, name: str, seed: bytes) -> Signature:
    _check_name(name)
    public, secret = crypto_sign_seed_keypair(seed)
    return Signature(name, key_id(name, public), crypto_sign(checkpoint.text().encode(), secret)[:64])


def _right(signature: bytes, text: bytes, public: bytes) -> bool:
    if len(signature) != 64:
        return False
    try:
        crypto_sign_open(signature + text, public)
    except (BadSignatureError, ValueError):
        return False
    return True


def _check_line(part: str, line: str) -> None:
    if not line or CONTROL.search(line):
        raise BadCheckpoint(f"checkpoint: the {part} is empty or has control characters")


def _check_name(name: str) -> None:
    _check_line("key name", name)
    if "+" in name or name.split() != [name]:
        raise BadCheckpoint("checkpoint: a key name has no spaces and no plus")


def _read_signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH):
        raise BadCheckpoint("checkpoint: a line below the blank one is no signature")
    _check_name(name)
    data = _base64(encoded)
    if len(data) < 5:
        raise BadCheckpoint("checkpoint: a signature is too short")
    return Signature(name, data[:4], data[4:])


def _base64(text: str) -> bytes:
    """Standard base64 in its one canonical form."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as why:
        raise BadCheckpoint("checkpoint: not base64") from why
    if base64.b64encode(data).decode() != text:
        raise BadCheckpoint("checkpoint: base64 in another form than the canonical one")
    return data
