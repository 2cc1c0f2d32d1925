"""What the room asks of the matching kernel, and where it gets it from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from libertad.hits.matching.record import NUMBERED, Hit

if TYPE_CHECKING:
    from libertad.hits.matching import Matcher

# Asked for down to here: one number in both records is worth a look, whatever else speaks against it.
LOWEST = -12.0
# Bits (2 to the power of it to 1, the prior included) from which a pair is put before a human: four to one.
LEAST = 2.0
# Two scores of one pair that are nearer to each other than this are the same: the index grew, no more.
MOVED = 1.0
# So many bits more than when an officer said no, and the pair comes back with its new facts.
BACK = 3.0


class Reason(Protocol):
    """One weight, of the kernel or as the journal has it: what was compared, how, and how rare it is."""

    @property
    def kind(self) -> str: ...
    @property
    def bits(self) -> float: ...
    @property
    def left(self) -> str: ...
    @property
    def right(self) -> str: ...
    @property
    def how(self) -> str: ...
    @property
    def share(self) -> float: ...


def worth(left: str, right: str, bits: float, reasons: Iterable[Reason]) -> bool:
    """Whether a pair is put before a human: likely enough; or not two people, and one number in both.

    Of two people it is asked whether they are one. Of a person and a phone it is asked whether they belong
    together, and there the number itself is the news.
    """
    if bits >= LEAST:
        return True
    persons = left.startswith("person:") and right.startswith("person:")
    return not persons and one_number(reasons)


def one_number(reasons: Iterable[Reason]) -> bool:
    """Whether both say the same document, phone, device, vehicle, vessel or account."""
    return any(reason.kind in NUMBERED and reason.how == "same" for reason in reasons)


def normalise_probabilities(hits: list[Hit]) -> list[Hit]:
    """Hits of one question, the best first, with chances that know of each other."""
    from libertad.hits.matching.matcher import normalise_probabilities as by_each_other  # late: numpy

    return by_each_other(hits)


def matcher() -> Matcher:
    """A new, empty index."""
    from libertad.hits.matching import Matcher  # late: numpy is not loaded by who only reads pages

    return Matcher()


def forget() -> None:
    """Let go of what the kernel remembers of words that it compared lately."""
    from libertad.hits.matching.text import forget as let_go

    let_go()
