"""How a question and its answer are sealed: the host at rest opens neither.

The key of a question comes from the link's secret and the code together (Argon2id), and the host keeps
neither. It can open the question while it answers a request that brings both. The key of the answer lies in
the question: who never opened that can neither read an answer nor make one.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from typing import TypeVar

import msgspec
import nacl.pwhash
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libertad.answer_page.limits import page_limits
from libertad.answer_page.messages import Answer, Question
from libertad.vocabulary.decoding import prepared

S = TypeVar("S", bound=msgspec.Struct)
SALT, NONCE, KEY = nacl.pwhash.argon2id.SALTBYTES, 12, 32
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # 256 random bits
OPERATIONS, MEMORY = 3, 64 * 1024 * 1024
QUESTION, ANSWER, LINK = (
    b"libertad one-time page question v1",
    b"libertad one-time page answer v1",
    b"libertad one-time page link v1",
)
SIZES = {Question: 512, Answer: 2048}  # every one is as long as any other


class WrongCode(Exception):
    """Link and code together do not open the question."""


class Forged(Exception):
    """Nobody who opened the question has made this answer."""


def new_token() -> str:
    """A link's secret."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """A code for the telephone."""
    digits = page_limits().digits
    return f"{secrets.randbelow(10**digits):0{digits}}"


def plain_code(typed: str) -> str:
    """A code as it is compared: its digits, however they were grouped."""
    return re.sub(r"[\s.\-]", "", typed)


def grouped(code: str) -> str:
    """A code as it is read out: '1234 5678'."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def link_name(token: str) -> str:
    """By what the host knows a link (hex), which does not give the link back."""
    return hashlib.sha256(LINK + token.encode()).hexdigest()


def new_salt() -> bytes:
    return os.urandom(SALT)


def seal_question(question: Question, page: str, token: str, code: str, salt: bytes) -> bytes:
    """Sealed for who has the link and the code of this page."""
    return _seal(_stretched(token, code, salt), question, QUESTION + page.encode())


def open_question(sealed: bytes, page: str, token: str, code: str, salt: bytes) -> Question:
    """WrongCode where link, code or page are others. Takes a moment and 64 MiB, on purpose."""
    try:
        return _open(_stretched(token, code, salt), sealed, QUESTION + page.encode(), Question)
    except (InvalidTag, ValueError, msgspec.MsgspecError):
        raise WrongCode from None


def seal_answer(answer: Answer, page: str, key: str) -> bytes:
    """Sealed for the node that asked; `key` is the question's."""
    return _seal(bytes.fromhex(key), answer, ANSWER + page.encode())


def open_answer(sealed: bytes, page: str, key: str) -> Answer:
    """Forged where no question of this page led to it: made up, or another page's."""
    try:
        return _open(bytes.fromhex(key), sealed, ANSWER + page.encode(), Answer)
    except (InvalidTag, ValueError, msgspec.MsgspecError):
        raise Forged from None


def _stretched(token: str, code: str, salt: bytes) -> bytes:
    secret = f"{token} {plain_code(code)}".encode()
    return nacl.pwhash.argon2id.kdf(KEY, secret, salt, opslimit=OPERATIONS, memlimit=MEMORY)


def _seal(key: bytes, content: msgspec.Struct, about: bytes) -> bytes:
    plain, size = msgspec.json.encode(content), SIZES[type(content)]
    if len(plain) > size:
        raise ValueError("longer than any such page may be")
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain.ljust(size), about)


def _open(key: bytes, sealed: bytes, about: bytes, kind: type[S]) -> S:
    plain = AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], about)
    return msgspec.json.decode(plain, type=prepared(kind))
