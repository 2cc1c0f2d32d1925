"""Records of one person together: the nearest groups are joined as long as their records agree on average.

Not every chain is a person: A like B and B like C makes one of them only if A and C do not speak against it.
Pairs that were never compared (they share nothing) count a little against it.
"""

from __future__ import annotations

import heapq

import numpy as np

from libertad.hits.matching.lexicon import Ints
from libertad.hits.matching.model import Bits

STRANGERS = -1.0  # bits for two records that were not compared
AGAINST, FOR = -3.5, 8.0  # one pair says no more than this: 11 to 1 against, 250 to 1 for


def clusters(size: int, left_rows: Ints, right_rows: Ints, bits: Bits) -> Ints:
    """For each of `size` records the smallest record of its group. `bits`: log-odds, the prior included."""
    excess = np.clip(bits, AGAINST, FOR) - STRANGERS
    links: list[dict[int, float]] = [{} for _ in range(size)]
    heap = []
    for a, b, value in zip(left_rows.tolist(), right_rows.tolist(), excess.tolist(), strict=True):
        links[a][b] = links[b][a] = value
        if value + STRANGERS > 0:
            heap.append((-(value + STRANGERS), a, b, 0, 0))
    heapq.heapify(heap)
    weight, turn, into = [1] * size, [0] * size, list(range(size))
    while heap:
        _, a, b, before, then = heapq.heappop(heap)
        if into[a] != a or into[b] != b or (turn[a], turn[b]) != (before, then):
            continue
        if len(links[a]) < len(links[b]):
            a, b = b, a
        _join(links, a, b)
        into[b], weight[a], turn[a] = a, weight[a] + weight[b], turn[a] + 1
        for c, total in links[a].items():
            mean = total / (weight[a] * weight[c]) + STRANGERS
            if mean > 0:
                heapq.heappush(heap, (-mean, a, c, turn[a], turn[c]))
    return _smallest(np.array([_root(into, at) for at in range(size)], np.int64))


def _join(links: list[dict[int, float]], a: int, b: int) -> None:
    """All that b was linked with is a's."""
    a_links = links[a]
    a_links.pop(b, None)
    for c, value in links[b].items():
        if c != a:
            c_links = links[c]
            c_links.pop(b, None)
            a_links[c] = c_links[a] = a_links.get(c, 0.0) + value
    links[b] = {}


def _root(into: list[int], at: int) -> int:
    while into[at] != at:
        into[at] = into[into[at]]
        at = into[at]
    return at


def _smallest(root: Ints) -> Ints:
    smallest = np.full(len(root), len(root))
    np.minimum.at(smallest, root, np.arange(len(root)))
    group: Ints = smallest[root]
    return group
