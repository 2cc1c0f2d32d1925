"""A file of parcels that somebody carried from a phone: taken as if each had come by the network.

`libertad field bundle 1\\n`, then each request after its length (4 bytes, most significant first). Answers
go back in a file of the same form, in the same order; empty where a request could not be answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from libertad.field import hand_over, talk
from libertad.field.problems import Problem
from libertad.journal.node import Node
from libertad.vocabulary.values import Refused

FRONT = b"libertad field bundle 1\n"


class Parcel(NamedTuple):
    """A request of a bundle: its answer, or b'' and what a person is told."""

    answer: bytes
    problem: str


def take(here: Node, path: Path) -> Iterator[Parcel]:
    """Each parcel in its order, durable before the next. Refused for a file that is none, or is cut off: what
    came before the cut is taken."""
    with path.open("rb") as file:
        if file.read(len(FRONT)) != FRONT:
            raise Refused("file", "%(file)s is no bundle of a phone", file=path.name)
        for request in _requests(file, path.name):
            try:
                yield Parcel(hand_over.answer(here, request), "")
            except Problem as why:
                yield Parcel(b"", why.words)


def _requests(file: BinaryIO, name: str) -> Iterator[bytes]:
    while head := file.read(4):
        size = int.from_bytes(head, "big")
        request = file.read(size) if size <= talk.MOST else b""
        if len(head) < 4 or not size or len(request) < size:
            raise Refused("file", "%(file)s is cut off or damaged: copy it again from the phone", file=name)
        yield request


def write(path: Path, answers: Iterable[bytes]) -> None:
    """The answers, for the phone to read. OSError where they cannot be written."""
    path.write_bytes(FRONT + b"".join(len(answer).to_bytes(4, "big") + answer for answer in answers))
