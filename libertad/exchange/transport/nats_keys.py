"""How a node shows a NATS server who it is: an nkey made from the node key, or a credentials file.

An nkey is an Ed25519 key in base32 with a type and a checksum
(https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/nkey_auth). Ours is
derived, never the node key itself: what a broker may ask it to sign can never be a checkpoint.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from pathlib import Path
from typing import NamedTuple

from nacl.signing import SigningKey

USER, SEED = 20 << 3, 18 << 3
CREDENTIALS = re.compile(
    r"-+BEGIN NATS USER JWT-+\s+(?P<jwt>\S+)\s+-+END NATS USER JWT-+.*?"
    r"-+BEGIN USER NKEY SEED-+\s+(?P<seed>\S+)\s+-+END USER NKEY SEED-+",
    re.DOTALL,
)


class Credentials(NamedTuple):
    """An nkey's raw seed and, from a credentials file, the operator's JWT for it ('' without)."""

    seed: bytes
    jwt: str = ""

    @property
    def public(self) -> str:
        """The user's public nkey, 'U...': what the operator of the hub enters."""
        return _text(bytes([USER]) + bytes(SigningKey(self.seed).verify_key))

    def secret(self) -> str:
        """The seed as nkey text, 'SU...', for a leaf server's own file."""
        return _text(bytes([SEED | USER >> 5, (USER & 31) << 3]) + self.seed)

    def sign(self, nonce: str) -> bytes:
        return base64.b64encode(SigningKey(self.seed).sign(nonce.encode()).signature)


def node_credentials(node_seed: bytes) -> Credentials:
    """The nkey of the node whose Ed25519 seed this is."""
    return Credentials(hashlib.blake2b(b"libertad nats nkey v1", key=node_seed, digest_size=32).digest())


def read_credentials(path: Path) -> Credentials:
    """A credentials file ('nsc generate creds'). ValueError when it is none."""
    match = CREDENTIALS.search(path.read_text(encoding="ascii"))
    if match is None:
        raise ValueError(f"{path} is no NATS credentials file")
    raw = _raw(match["seed"])
    if len(raw) != 34 or raw[0] & 0xF8 != SEED:
        raise ValueError(f"{path} holds no nkey seed")
    return Credentials(raw[2:], match["jwt"])


def read_seed(path: Path) -> Credentials:
    """A file with a user's seed as text ('SU...'). ValueError when it is none."""
    try:
        raw = _raw(path.read_text(encoding="ascii").strip())
    except ValueError as why:
        raise ValueError(f"{path} holds no nkey seed ({why})") from None
    if len(raw) != 34 or raw[0] & 0xF8 != SEED:
        raise ValueError(f"{path} holds no nkey seed")
    return Credentials(raw[2:])


def _text(raw: bytes) -> str:
    return base64.b32encode(raw + binascii.crc_hqx(raw, 0).to_bytes(2, "little")).decode().rstrip("=")


def _raw(text: str) -> bytes:
    try:
        raw = base64.b32decode(text + "=" * (-len(text) % 8))
    except binascii.Error as error:
        raise ValueError("not an nkey") from error
    if binascii.crc_hqx(raw[:-2], 0) != int.from_bytes(raw[-2:], "little"):
        raise ValueError("an nkey with a typing error")
    return raw[:-2]
