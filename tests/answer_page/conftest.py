"""A host of one-time pages in this process: its store, its keys, and a node that asks it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from libertad.answer_page import node_side, sealing, signing
from libertad.answer_page.messages import Item, Question, Reply, Request
from libertad.answer_page.store import Store


@dataclass
class Host:
    """The host, and the node's key by which it is asked."""

    store: Store
    path: Path
    key: SigningKey
    node: SigningKey

    def request(self, *items: Item, sent_at: int | None = None, host: str = "") -> bytes:
        request = Request(
            sender=signing.public(self.node),
            host=host or signing.public(self.key),
            sent_at=int(time.time() * 1000) if sent_at is None else sent_at,
            nonce=os.urandom(16).hex(),
            items=items,
        )
        return signing.sign_request(request, self.node)

    def send(self, message: bytes) -> Reply:
        nodes = frozenset({signing.public(self.node)})
        reply = node_side.reply_to(message, self.store, nodes, self.key)
        return signing.read_reply(reply, message, signing.public(self.key))

    def ask(self, *items: Item) -> Reply:
        return self.send(self.request(*items))


@dataclass(frozen=True)
class Made:
    """A page with its secrets."""

    id: str
    token: str
    code: str
    key: str
    put: Item


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    path = tmp_path / "answers" / "pages.sqlite3"
    store = Store(path)
    yield Host(store, path, SigningKey.generate(), SigningKey.generate())
    store.close()


def new_page(seconds: int = 3600, line: str = "+592 555 0101") -> Made:
    token, code, salt = sealing.new_token(), sealing.new_code(), sealing.new_salt()
    page, key = os.urandom(16).hex(), os.urandom(32).hex()
    question = Question(
        service="shelter", day="", sex="female", age="adult-18-24", language="wba", line=line, key=key
    )
    sealed = sealing.seal_question(question, page, token, code, salt)
    put = Item(page, "put", sealing.link_name(token), salt.hex(), sealed.hex(), seconds)
    return Made(page, token, code, key, put)
