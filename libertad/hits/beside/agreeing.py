"""How far Splink, with our model, agrees with the matcher: what each finds, in which order, how far apart."""

from __future__ import annotations

from dataclasses import dataclass, replace

import msgspec
import numpy as np
from numpy.typing import NDArray

from libertad.hits.beside.splinked import Scored
from libertad.hits.matching.lexicon import Floats, Ints
from libertad.hits.matching.linking import CHUNK, Linked
from libertad.hits.matching.reasons import words

SHOWN = 10


class Apart(msgspec.Struct, frozen=True):
    """A pair that both compared, and the log-odds in bits that each gives it."""

    left: str
    right: str
    ours: float
    splink: float


class Agreement(msgspec.Struct, frozen=True):
    """Pairs from `bits` on that ours found, that Splink found, and that both did. `not_compared`: by the
    other, whose keys or rules did not bring the two together; `lost_by_our_keys`: of those, ours would have
    found so many. `rank_correlation`: Spearman's, over all pairs that both compared (None: fewer than three);
    `without_relatives`: the same with our scores before relatives are counted against, as Splink's are."""

    bits: float
    ours: int
    splink: int
    both: int
    only_splink: int
    only_splink_not_compared: int
    lost_by_our_keys: int
    only_ours: int
    only_ours_not_compared: int
    compared_by_both: int
    rank_correlation: float | None
    rank_correlation_without_relatives: float | None
    median_bits_apart: float | None
    most_apart: tuple[Apart, ...]

    @property
    def of_ours(self) -> float | None:
        """The share of our pairs that Splink finds as well."""
        return self.both / self.ours if self.ours else None

    @property
    def of_splink(self) -> float | None:
        """The share of Splink's pairs that ours finds as well."""
        return self.both / self.splink if self.splink else None


@dataclass(frozen=True)
class Joined:
    """Every pair that either compared; NaN where one did not."""

    one: Ints
    other: Ints
    ours: Floats
    splink: Floats

    @classmethod
    def of(cls, linked: Linked, scored: Scored) -> Joined:
        """Both by record numbers: those of the left table, then those of the right one."""
        shift = 0 if linked.alone else len(linked.left)
        size = shift + len(linked.right)
        mine, theirs = linked.one * size + linked.other + shift, scored.one * size + scored.other
        code = np.union1d(mine, theirs)
        ours, splink = np.full(len(code), np.nan), np.full(len(code), np.nan)
        ours[np.searchsorted(code, mine)] = linked.bits
        splink[np.searchsorted(code, theirs)] = scored.bits
        return cls(code // size, code % size - shift, ours, splink)


def agreement(linked: Linked, joined: Joined, bits: float, shown: int = SHOWN) -> Agreement:
    """Of pairs from so many bits on."""
    ours, splink = joined.ours >= bits, joined.splink >= bits  # never of what was not compared
    unseen, unasked = np.isnan(joined.ours), np.isnan(joined.splink)
    both = ~unseen & ~unasked
    apart = np.where(both & (ours | splink), np.abs(joined.ours - joined.splink), -1.0)
    most = [at for at in np.argsort(-apart, kind="stable")[:shown].tolist() if apart[at] > 0]
    return Agreement(
        bits=bits,
        ours=int(ours.sum()),
        splink=int(splink.sum()),
        both=int((ours & splink).sum()),
        only_splink=int((splink & ~ours).sum()),
        only_splink_not_compared=int((splink & unseen).sum()),
        lost_by_our_keys=int((_scored(linked, joined, splink & unseen) >= bits).sum()),
        only_ours=int((ours & ~splink).sum()),
        only_ours_not_compared=int((ours & unasked).sum()),
        compared_by_both=int(both.sum()),
        rank_correlation=spearman(joined.ours[both], joined.splink[both]),
        rank_correlation_without_relatives=spearman(
            _scored(linked, joined, both, relatives=False), joined.splink[both]
        ),
        median_bits_apart=round(float(np.median(apart[apart >= 0])), 2) if (apart >= 0).any() else None,
        most_apart=tuple(
            Apart(
                linked.left.ids[joined.one[at]], linked.right.ids[joined.other[at]],
                round(float(joined.ours[at]), 2), round(float(joined.splink[at]), 2),
            )
            for at in most
        ),
    )  # fmt: skip


def _scored(linked: Linked, joined: Joined, which: NDArray[np.bool_], relatives: bool = True) -> Floats:
    """What ours gives to pairs, whether it compared them or not; without `relatives`, before these are
    counted against."""
    one, other = joined.one[which], joined.other[which]
    found = np.zeros(len(one))
    for at in range(0, len(one), CHUNK):
        part = slice(at, at + CHUNK)
        compared = linked.context.compare(linked.left, linked.right, one[part], other[part], linked.model)
        found[part] = linked.model.score(compared, linked.prior)
        if not relatives:
            by_field = linked.model.by_field(compared)
            found[part] -= linked.model.kin(compared, by_field, linked.prior)
    return found


def spearman(one: Floats, other: Floats) -> float | None:
    """Rank correlation, equal values sharing their ranks; None where there is no order to speak of."""
    if len(one) < 3:
        return None
    mine, theirs = _ranks(one), _ranks(other)
    if mine.std() == 0 or theirs.std() == 0:
        return None
    return round(float(np.corrcoef(mine, theirs)[0, 1]), 4)


def _ranks(values: Floats) -> Floats:
    _values, which, many = np.unique(values, return_inverse=True, return_counts=True)
    last: Floats = np.cumsum(many).astype(np.float64)
    return (last - (many - 1) / 2)[which]


def listed(linked: Linked, joined: Joined, bits: float) -> list[list[str]]:
    """Every pair that either finds: ids, our bits and Splink's ('' where not compared), and why by ours."""
    found = np.flatnonzero((joined.ours >= bits) | (joined.splink >= bits))
    found = found[np.argsort(-np.fmax(joined.ours[found], joined.splink[found]), kind="stable")]
    told = replace(linked, one=joined.one[found], other=joined.other[found])
    why = told.reasons(np.arange(len(found)))
    return [
        [
            linked.left.ids[joined.one[at]], linked.right.ids[joined.other[at]],
            *("" if np.isnan(one) else f"{one:.2f}" for one in (joined.ours[at], joined.splink[at])),
            "; ".join(map(words, reasons)),
        ]
        for at, reasons in zip(found.tolist(), why, strict=True)
    ]  # fmt: skip
