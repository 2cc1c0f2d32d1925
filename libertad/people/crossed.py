"""Two words of a detention or of a piece of property that cross."""

from __future__ import annotations

from libertad.access import crossed_words
from libertad.access.actor import Actor
from libertad.access.conflicting import Doubt
from libertad.access.queries import readable
from libertad.journal.folding import Value
from libertad.look.page_objects import Pair
from libertad.look.words import words
from libertad.people.models import Detention, Property

Dated = type[Detention] | type[Property]


def _values(actor: Actor, model: Dated, key: str) -> list[Value]:
    row = readable(actor, model, [key]).first()
    return crossed_words.crossed_words(actor, row, "state") if row else []


def crossed_codes(actor: Actor, model: Dated, key: str) -> list[str]:
    """The states that the two words say."""
    return [str(value.value) for value in _values(actor, model, key)]


def crossed_doubts(actor: Actor, model: Dated, key: str, codes: str) -> tuple[Doubt, ...]:
    """The two words, with who said them and when; `codes` is the list that their states are of."""
    return crossed_words.doubts(actor, _values(actor, model, key), lambda code: words(codes, code))


def crossed_state(actor: Actor, model: Dated, key: str, codes: str) -> list[Pair]:
    """A line for each of the two words."""
    return crossed_words.pairs(crossed_doubts(actor, model, key, codes))
