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
        our_codes, splink_codes = linked.one * size + linked.other + shift, scored.one * size + scored.other
        code = np.union1d(our_codes, splink_codes)
        our_bits, splink = np.full(len(code), np.nan), np.full(len(code), np.nan)
        our_bits[np.searchsorted(code, our_codes)] = linked.bits
        splink[np.searchsorted(code, splink_codes)] = scored.bits
        return cls(code // size, code % size - shift, our_bits, splink)


def agreement(linked: Linked, joined: Joined, bits: float, limit: int = SHOWN) -> Agreement:
    """Of pairs from so many bits on."""
    is_ours, splink = joined.ours >= bits, joined.splink >= bits  # never of what was not compared
    unseen, unasked = np.isnan(joined.ours), np.isnan(joined.splink)
    both = ~unseen & ~unasked
    apart = np.where(both & (is_ours | splink), np.abs(joined.ours - joined.splink), -1.0)
    widest = [at for at in np.argsort(-apart, kind="stable")[:limit].tolist() if apart[at] > 0]
    return Agreement(
        bits=bits,
        ours=int(is_ours.sum()),
        splink=int(splink.sum()),
        both=int((is_ours & splink).sum()),
        only_splink=int((splink & ~is_ours).sum()),
        only_splink_not_compared=int((splink & unseen).sum()),
        lost_by_our_keys=int((_scored(linked, joined, splink & unseen) >= bits).sum()),
        only_ours=int((is_ours & ~splink).sum()),
        only_ours_not_compared=int((is_ours & unasked).sum()),
        compared_by_both=int(both.sum()),
        rank_correlation=spearman(joined.ours[both], joined.splink[both]),
        rank_correlation_without_relatives=spearman(
            _scored(linked, joined, both, relatives=False), joined.splink[both]
        ),
        median_bits_apart=round(float(np.median(apart[apart >= 0])), 2) if (apart >= 0).any() else None,
        most_apart=tuple(
            Apart(
                linked.left.ids[joined.one[at]],
                linked.right.ids[joined.other[at]],
                round(float(joined.ours[at]), 2),
                round(float(joined.splink[at]), 2),
            )
            for at in widest
        ),
    )


def _scored(linked: Linked, joined: Joined, which: NDArray[np.bool_], relatives: bool = True) -> Floats:
    """What ours gives to pairs, whether it compared them or not; without `relatives`, before these are
    counted against."""
    left, right = joined.one[which], joined.other[which]
    bits = np.zeros(len(left))
    for at in range(0, len(left), CHUNK):
        part = slice(at, at + CHUNK)
        compared = linked.context.compare(linked.left, linked.right, left[part], right[part], linked.model)
        bits[part] = linked.model.score(compared, linked.prior)
        if not relatives:
            by_field = linked.model.by_field(compared)
            bits[part] -= linked.model.kin(compared, by_field, linked.prior)
    return bits


def spearman(left: Floats, right: Floats) -> float | None:
    """Rank correlation, equal values sharing their ranks; None where there is no order to speak of."""
    if len(left) < 3:
        return None
    left_ranks, right_ranks = _ranks(left), _ranks(right)
    if left_ranks.std() == 0 or right_ranks.std() == 0:
        return None
    return round(float(np.corrcoef(left_ranks, right_ranks)[0, 1]), 4)


def _ranks(values: Floats) -> Floats:
    _values, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    last: Floats = np.cumsum(counts).astype(np.float64)
    return (last - (counts - 1) / 2)[which]


def listed(linked: Linked, joined: Joined, bits: float) -> list[list[str]]:
    """Every pair that either finds: ids, our bits and Splink's ('' where not compared), and why by ours."""
    pairs = np.flatnonzero((joined.ours >= bits) | (joined.splink >= bits))
    pairs = pairs[np.argsort(-np.fmax(joined.ours[pairs], joined.splink[pairs]), kind="stable")]
    selected = replace(linked, one=joined.one[pairs], other=joined.other[pairs])
    why = selected.reasons(np.arange(len(pairs)))
    return [
        [
            linked.left.ids[joined.one[at]],
            linked.right.ids[joined.other[at]],
            *("" if np.isnan(score) else f"{score:.2f}" for score in (joined.ours[at], joined.splink[at])),
            "; ".join(map(words, reasons)),
        ]
        for at, reasons in zip(pairs.tolist(), why, strict=True)
    ]
