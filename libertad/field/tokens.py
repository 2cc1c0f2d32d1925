"""Codes of new phones: 100 bits, typed as 20 signs without those that are mistaken for others."""

from __future__ import annotations

import base64
import hashlib
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
LENGTH, GROUP = 20, 5
CONTEXT = b"libertad field token v1\x00"


def new_code() -> str:
    """A fresh code, 20 signs."""
    return "".join(secrets.choice(ALPHABET) for _sign in range(LENGTH))


def grouped(code: str) -> str:
    """As it is read aloud and typed: four groups."""
    return "-".join(code[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def read(text: str) -> str:
    """The code in what somebody typed: case, hyphens and blanks do not matter. '' for what is none."""
    signs = "".join(sign for sign in text.upper() if sign not in "- \t")
    return signs if len(signs) == LENGTH and set(signs) <= set(ALPHABET) else ""


def scanned(code: str, node: bytes) -> str:
    """What the app reads by the camera: the code, and which node it is of."""
    return f"LFE1:{code}:{base64.urlsafe_b64encode(node).decode().rstrip('=')}"


def seed(code: str) -> bytes:
    """The seed of the Ed25519 key that a code stands for."""
    return hashlib.sha256(CONTEXT + code.encode("ascii")).digest()
