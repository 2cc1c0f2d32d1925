"""A passkey without a browser: makes keys, signs challenges, and lies where a test wants it to."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import dataclass, field
from html import unescape
from re import search
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


def text(plain: bytes) -> str:
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()


def options_on(page: str) -> dict[str, Any]:
    """The challenge that a page holds for the browser."""
    match = search(r'data-options="([^"]+)"', page)
    assert match is not None, "the page asks for no passkey"
    options: dict[str, Any] = json.loads(unescape(match[1]))
    return options


@dataclass
class Passkey:
    """One key for one name. What it says of itself can be changed between two uses."""

    name: str = "localhost"
    origin: str = "http://localhost"
    counter: int = 0
    verified: bool = True
    id: bytes = field(default_factory=lambda: os.urandom(32))
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def public(self) -> bytes:
        """Its public key, as COSE."""
        numbers = self.private.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        return cbor2.dumps(key)

    def create(self, options: dict[str, Any]) -> str:
        """What a browser sends for `navigator.credentials.create`."""
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + self.public
        said = {"fmt": "none", "attStmt": {}, "authData": self._data(WITH_KEY) + attested}
        client = self._client("webauthn.create", options)
        return self._sent({"clientDataJSON": text(client), "attestationObject": text(cbor2.dumps(said))})

    def sign(self, options: dict[str, Any], kind: str = "webauthn.get") -> str:
        """What a browser sends for `navigator.credentials.get`."""
        self.counter += 1
        client, data = self._client(kind, options), self._data()
        signature = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._sent(
            {
                "clientDataJSON": text(client),
                "authenticatorData": text(data),
                "signature": text(signature),
            }
        )

    def _data(self, flags: int = 0) -> bytes:
        name = hashlib.sha256(self.name.encode()).digest()
        return (
            name
            + bytes([PRESENT | (VERIFIED if self.verified else 0) | flags])
            + self.counter.to_bytes(4, "big")
        )

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {
            "type": kind,
            "challenge": options["challenge"],
            "origin": self.origin,
            "crossOrigin": False,
        }
        return json.dumps(said).encode()

    def _sent(self, response: dict[str, str]) -> str:
        return json.dumps(
            {
                "id": text(self.id),
                "rawId": text(self.id),
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {},
            }
        )
