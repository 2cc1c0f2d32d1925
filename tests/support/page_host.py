"""A host of one-time pages for tests of a care node: in this process, or one of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nacl.signing import SigningKey

from libertad.answer_page import node_side, sealing, signing
from libertad.answer_page.messages import Answer, Question
from libertad.answer_page.store import Store
from libertad.care import page_host

ADDRESS = "http://localhost:1"


@dataclass
class Host:
    """What a node's requests reach. `down`: nothing answers. `lies`: replaces a reply's bytes."""

    store: Store
    key: SigningKey
    home: Path
    down: bool = False
    lies: Any = None
    requests: list[bytes] = field(default_factory=list)

    def post(self, message: bytes) -> bytes:
        self.requests.append(message)
        if self.down:
            raise ConnectionRefusedError
        node = signing.public(signing.signing_key(self.home / "secrets" / "answer-page"))
        reply = node_side.reply_to(message, self.store, frozenset({node}), self.key)
        return self.lies(message, reply) if self.lies else reply

    def open(self, token: str, code: str) -> tuple[Any, Question]:
        """As the page does when the right code is entered."""
        tried = self.store.begin_try(sealing.link_name(token))
        assert tried is not None
        question = sealing.open_question(tried.sealed, tried.id, token, code, tried.salt)
        self.store.end_try(tried, opening=True)
        return tried, question

    def answer(self, token: str, code: str, answer: Answer) -> bool:
        tried, question = self.open(token, code)
        return self.store.take_answer(tried, sealing.seal_answer(answer, tried.id, question.key))


@contextmanager
def hosted(monkeypatch: Any, settings: Any, folder: Path) -> Iterator[Host]:
    """A node of this process that has a host."""
    key = SigningKey.generate()
    host = Host(Store(folder / "answers" / "pages.sqlite3"), key, Path(settings.LIBERTAD_HOME))
    settings.LIBERTAD_ANSWER_HOST, settings.LIBERTAD_ANSWER_HOST_KEY = ADDRESS, signing.public(key)
    monkeypatch.setattr(page_host, "_post", host.post)
    yield host
    host.store.close()
