"""A world of many authorities, counted and not run: what each node keeps, checks and asks for.

An operation is resampled from one that was really played: its compartments, their readers, who said how much
in them. Operations are regional: 13 of 24 neighbouring countries and three of the nearest centres take part.
Each authority's devices are spread over its operations and enrolled there, so that every member reads of
them.

A node pulls from each author's node what it may read, in chunks of 64 KB, each with one proof. Model of a
proof: log2(n) hashes that the peer's tree of n entries only grew, and for each entry the hashes beside it
that it shares with no other, log2 of how many of the peer's entries come on one that may travel.
"""

from __future__ import annotations

import math
import random
from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

COUNTRIES, CENTRES, NEAR = 13, 3, 24
KINDS = ("police", "care", "prosecution", "deciding")  # of each country, beside the centres
SLOTS = COUNTRIES * len(KINDS) + CENTRES  # members of an operation: country by country, then the centres
CHUNK = 64 * 1024
HASH = 32
VARIANTS = 16
BUSY = 3  # every third country takes part more often than the others
WEIGHT = 3.0


@dataclass(frozen=True)
class Compartment:
    """One compartment as it was played: its readers, and by author how many entries of how many bytes."""

    kind: str
    readers: tuple[int, ...]
    said: Mapping[int, tuple[int, int]]


@dataclass(frozen=True)
class Measured:
    """Of a real run on this machine: a played operation, and what it cost to take its entries in."""

    compartments: Sequence[Compartment]
    enrolment_bytes: float  # an entry that enrols a device
    disk_bytes: float  # of the database, an entry, with its rows and indices
    seconds: float  # an entry, checked, opened, folded and committed by one process

    @property
    def entries(self) -> int:
        return sum(count for compartment in self.compartments for count, _ in compartment.said.values())


@dataclass(frozen=True)
class Size:
    """How large a world is; `copies` of it lie beside each other, so that nobody's part grows with them."""

    authorities: int
    devices: int  # an authority
    entries: int
    copies: int = 1

    @property
    def all_authorities(self) -> int:
        return self.authorities * self.copies

    @property
    def all_entries(self) -> int:
        return self.entries * self.copies


@dataclass(frozen=True)
class Cost:
    """Of one node. `checks` are signatures of entries by others and of the checkpoint of each chunk."""

    kind: str
    stored: float
    checks: float
    requests: float  # that carry entries; an idle poll a peer comes on top
    carried: float  # bytes received, with proofs
    disk: float
    seconds: float
    peers: int


COSTS = ("stored", "checks", "requests", "carried", "disk", "seconds", "peers")
Pairs = list[list[tuple[int, int]]]  # [reader][author] -> entries, bytes


def resampled(measured: Measured, rng: random.Random) -> Pairs:
    """As many compartments of each kind, drawn with replacement from those of the same country."""
    groups: dict[tuple[str, int], list[Compartment]] = defaultdict(list)
    for compartment in measured.compartments:
        groups[compartment.kind, min(compartment.readers, default=0)].append(compartment)
    pairs = [[(0, 0)] * SLOTS for _ in range(SLOTS)]
    for group in groups.values():
        for compartment in rng.choices(group, k=len(group)):
            for reader in compartment.readers:
                row = pairs[reader]
                for author, (count, size) in compartment.said.items():
                    row[author] = (row[author][0] + count, row[author][1] + size)
    return pairs


class World:
    """Authorities by number: four a country, then the centres. `regional`: neighbours work together."""

    def __init__(self, size: Size, measured: Measured, seed: int, *, regional: bool = True) -> None:
        self.size, self.measured, self.regional = size, measured, regional
        self.rng = random.Random(seed)
        per = len(KINDS)
        self.countries = round(size.authorities * COUNTRIES / SLOTS) * size.copies
        self.centres = size.all_authorities - self.countries * per
        if self.countries < NEAR or self.centres < CENTRES:
            raise ValueError(f"authorities: {size.authorities} are too few for regions of {NEAR} countries")
        operation_entries = size.all_entries - size.all_authorities * size.devices
        self.operations = round(operation_entries / measured.entries)
        if self.operations < 1:
            raise ValueError("entries: fewer than the devices alone need")

    def kind(self, node: int) -> str:
        country, rest = divmod(node, len(KINDS))
        return KINDS[rest] if country < self.countries else "centre"

    def busy(self, node: int) -> bool:
        """Whether the node's country takes part more often than others."""
        return node // len(KINDS) < self.countries and (node // len(KINDS)) % BUSY == 0

    def members(self) -> list[int]:
        """Who takes part in one more operation, slot by slot."""
        rng, per = self.rng, len(KINDS)
        home = rng.randrange(self.countries)
        reach = NEAR if self.regional else self.countries
        near = [(home + step) % self.countries for step in range(reach)]
        drawn = {c: rng.random() ** (1 / (WEIGHT if c % BUSY == 0 else 1.0)) for c in near}
        chosen = sorted(near, key=drawn.__getitem__)[-COUNTRIES:]
        rng.shuffle(chosen)
        first = home * self.centres // self.countries
        reach = min(CENTRES + 1, self.centres) if self.regional else self.centres
        around = [(first + step) % self.centres for step in range(reach)]
        slots = [country * per + kind for country in chosen for kind in range(per)]
        return slots + [self.countries * per + centre for centre in rng.sample(around, CENTRES)]

    def run(self) -> list[Cost]:
        """Play all operations, then what every node has to bear."""
        size = self.size.all_authorities
        variants = [resampled(self.measured, self.rng) for _ in range(VARIANTS)]
        played = [self.members() for _ in range(self.operations)]
        part = [0] * size
        for members in played:
            for node in members:
                part[node] += 1
        entries, octets = array("d", bytes(8 * size * size)), array("d", bytes(8 * size * size))
        each = self.measured.enrolment_bytes
        for members in played:
            enrolled = [self.size.devices / part[node] for node in members]
            pairs = self.rng.choice(variants)
            for reader, row in zip(members, pairs, strict=True):
                base = reader * size
                for author, (count, length), enrolments in zip(members, row, enrolled, strict=True):
                    entries[base + author] += count + enrolments
                    octets[base + author] += length + enrolments * each
        return [self._cost(node, entries, octets) for node in range(size)]

    def _cost(self, node: int, entries: array[float], octets: array[float]) -> Cost:
        size, measured = self.size.all_authorities, self.measured
        cells = range(node * size, (node + 1) * size)
        stored = sum(entries[at] for at in cells)
        foreign = requests = carried = 0.0
        peers = 0
        for author, at in enumerate(cells):
            count = entries[at]
            if author == node or not count:
                continue
            total = sum(entries[author * size : (author + 1) * size])
            chunks = math.ceil(octets[at] / CHUNK)
            hashes = chunks * math.log2(total) + count * math.log2(max(1.0, total / count))
            peers += 1
            foreign += count
            requests += chunks
            carried += octets[at] + hashes * HASH
        return Cost(
            self.kind(node),
            stored,
            foreign + requests,
            requests,
            carried,
            stored * measured.disk_bytes,
            foreign * measured.seconds,
            peers,
        )


def mean(costs: Sequence[Cost], name: str, kind: str) -> float:
    """Of one cost over all nodes of a kind."""
    return fmean(getattr(cost, name) for cost in costs if cost.kind == kind)


def heavy(costs: Sequence[Cost], name: str, kind: str) -> float:
    """Of one cost, what all but a tenth of the nodes of a kind stay below."""
    ordered = sorted(getattr(cost, name) for cost in costs if cost.kind == kind)
    return float(ordered[len(ordered) * 9 // 10])


def growth(before: Sequence[Cost], after: Sequence[Cost], kind: str) -> tuple[str, float]:
    """The cost of this kind of node that changed most, on average or for those who bear most; the factor."""
    factors = {
        f"{name}, {words}": of(after, name, kind) / of(before, name, kind)
        for name in COSTS
        for words, of in (("average", mean), ("heaviest tenth", heavy))
    }
    return max(factors.items(), key=lambda factor: abs(math.log(factor[1])))
