"""What a care node and the host of the pages tell each other; nothing of it says whom it is about."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

ID = re.compile(r"[0-9a-f]{32}")
MOST = 256 * 1024  # bytes of a request
MOST_ITEMS = 100  # of one request
State = Literal["open", "answered", "dead", "expired", "recalled", "absent"]
ANSWERS = ("accepted", "declined", "call")


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the page shows once its code was entered, and no more: codes, a day, a telephone number.

    Neither name nor place, reference or operation. '' where the person withholds it. `key` (hex): under which
    the answer is sealed, for the node that asked.
    """

    service: str
    day: str
    sex: str
    age: str
    language: str
    line: str
    key: str


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a service says: a code of ANSWERS, the earliest day ('' for none), a few words."""

    answer: str
    earliest: str = ""
    words: str = ""


class Item(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One thing asked of the host about a page.

    'put': take it, for so many seconds; 'look': tell how it stands; 'recall': show it no more, and never
    again; 'forget': its answer is on file, delete it.
    """

    id: str
    op: Literal["put", "look", "recall", "forget"]
    link: str = ""  # SHA-256 (hex) of the link's secret
    salt: str = ""
    sealed: str = ""
    seconds: int = 0


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A node's request. `sent_at` (ms): an old one is not taken. `host`: whom it is for."""

    sender: str
    host: str
    sent_at: int
    nonce: str
    items: tuple[Item, ...]


class Standing(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How a page stands. `opened`: how many seconds ago each time; no clock of the host's is believed."""

    id: str
    state: State
    opened: tuple[int, ...] = ()
    sealed: str = ""


class Reply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The host's reply to one request, named by its nonce. `clock` (ms): what the host takes the time for."""

    nonce: str
    clock: int
    pages: tuple[Standing, ...]
