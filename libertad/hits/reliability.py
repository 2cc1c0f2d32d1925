"""How far a score can be trusted: what officers decided about hits that scored so, per pair of authorities.

`queries.trust` makes it from the hits on file each time, so that whatever is erased or taken back counts no
more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import msgspec

from libertad.hits.matching.record import Hit

if TYPE_CHECKING:
    from libertad.hits.matching.calibration import Calibration

ENOUGH = 20  # decisions from which a pair of authorities, or an authority, has a curve of its own
Decision = tuple[float, bool]  # bits when it was decided; whether it is the same


@dataclass(frozen=True)
class Curve:
    """What bits of a pair are worth. `at`: bits -> probability; `decided`: how many decisions make it.

    `basis`: as `Trust.basis`, or 'own': decisions about pairs of the authority's own records.
    """

    at: Callable[[float], float]
    basis: str
    decided: int


@dataclass(frozen=True)
class Trust:
    """An authority's decisions by the owner of the other record; '' where that is no single authority."""

    authority: str
    decisions: Mapping[str, Sequence[Decision]]

    @cached_property
    def every(self) -> list[Decision]:
        return [decision for listed in self.decisions.values() for decision in listed]

    def basis(self, owner: str) -> str:
        """Whose decisions make the curve: 'pair', 'authority', or 'first' where too few have decided."""
        if owner and len(self.decisions.get(owner, ())) >= ENOUGH:
            return "pair"
        return "authority" if len(self.every) >= ENOUGH else "first"

    def of(self, owner: str) -> Curve:
        """The curve for hits with one authority's records, and whose decisions make it."""
        basis = self.basis(owner)
        decisions = {"pair": self.decisions.get(owner, ()), "authority": self.every, "first": ()}[basis]
        own = basis == "pair" and owner == self.authority
        return Curve(partial(self.at, owner=owner), "own" if own else basis, len(decisions))

    @cached_property
    def _curves(self) -> dict[str, Calibration]:
        return {}

    def curve(self, owner: str = "") -> Calibration:
        """The curve for hits between this authority's records and another's; '': for all of them."""
        from libertad.hits.matching.calibration import Calibration, first  # late: loads numpy

        basis = self.basis(owner)
        if basis == "first":
            return first()
        name = owner if basis == "pair" else ""
        if name not in self._curves:
            decided = self.decisions[owner] if basis == "pair" else self.every
            self._curves[name] = Calibration.of(decided, before=first())
        return self._curves[name]

    def chance(self, bits: float, owners: Iterable[str]) -> float:
        """How often a pair with so many bits is the same; `owners`: of both records."""
        return self.at(bits, other_owner(self.authority, owners))

    def at(self, bits: float, owner: str = "") -> float:
        import numpy as np

        return float(self.curve(owner)(np.array([bits]))[0])

    def calibrate(self, hit: Hit, owners: Iterable[str]) -> Hit:
        """The kernel's hit with the probability that these decisions give it."""
        return msgspec.structs.replace(hit, probability=self.chance(hit.bits, owners))


def other_owner(authority: str, owners: Iterable[str]) -> str:
    """The authority beside this one; itself where both records are its own; '' where that is not one."""
    peers = set(owners) - {authority}
    return authority if not peers else peers.pop() if len(peers) == 1 else ""
