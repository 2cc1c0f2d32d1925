"""What may be looked for, as people type it: accents, two surnames, numbers with blanks and dashes.

`catalog` finds it. Nothing here reads anything: what is handed over has been read by the reader's own rights.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

NEARLY = 80.0
LEAST_NEAR = 4  # letters of a word that may be spelt nearly
LEAST_END = 4  # signs of a number by whose end it is found
SPELT = str.maketrans(
    {
        "đ": "d",
        "ð": "d",
        "ø": "o",
        "ł": "l",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "'": None,
        "’": None,
        "ʼ": None,
        "`": None,
        "´": None,
    }
)


def words_of(text: str) -> list[str]:
    """Lower-case words without accents: "María José Ibáñez O'Neill" -> maria, jose, ibanez, oneill.

    Other scripts stay as they are written, for here somebody looks for what stands on a form. The matcher, in
    a room above this one, reads them in Latin letters; of Latin ones both make the same (`test_names.py`).
    """
    plain = unicodedata.normalize("NFKD", text.casefold().translate(SPELT))
    return "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c)).split()


def number_of(text: str) -> str:
    """A document's, a phone's, a seal's, a plate's or a file's number without its blanks and dashes."""
    return "".join(words_of(text))


NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z+ ./-]*[0-9][0-9A-Za-z+ ./-]*")


def numbers_in(text: str) -> tuple[str, ...]:
    """Plates, phones and other numbers that stand in a text, as far as they can be told from its words."""
    numbers: list[str] = []
    for run in NUMBER.findall(text):
        parts = run.split()
        for start in range(len(parts)):
            joined = [" ".join(parts[start:end]) for end in range(start + 1, min(start + 4, len(parts)) + 1)]
            numbers += [number for number in joined if any(sign.isdigit() for sign in number)]
    return tuple(dict.fromkeys(numbers))


@dataclass(frozen=True)
class Findable:
    """One thing that its reader may find. `texts` are words, `numbers` references, seals, plates, phones.

    `kind` is what it is shown under, `route` its page's. `shown`: a number that is shown when it matched.
    """

    kind: str
    id: str
    reference: str
    label: str
    route: str
    texts: Sequence[str] = ()
    numbers: Sequence[str] = ()
    provenance: str = ""
    words: frozenset[str] = field(init=False, repr=False)
    plain: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        listed = (word for text in (self.reference, *self.texts) for word in words_of(text))
        object.__setattr__(self, "words", frozenset(listed))
        numbers = (number_of(number) for number in (self.reference, *self.numbers))
        object.__setattr__(self, "plain", tuple(dict.fromkeys(filter(None, numbers))))
