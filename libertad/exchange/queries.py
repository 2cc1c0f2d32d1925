"""Reading the exchange for its screens and the command line: peers, what waits, what was decided."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from libertad.access import guarded as access_guarded
from libertad.access.actor import Actor
from libertad.access.models import Authority
from libertad.access.queries import read_by
from libertad.exchange.models import (
    Cosigned,
    Decision,
    Erasure,
    Failure,
    Invitation,
    Peer,
    PeerAuthority,
    Released,
    Want,
)
from libertad.exchange.peering import member_removal
from libertad.exchange.peering.fetch_status import care_readers as care_readers
from libertad.exchange.peering.fetch_status import fetched as fetched
from libertad.exchange.peering.fetch_status import readers_elsewhere as readers_elsewhere
from libertad.exchange.peering.peers import ACTIVE
from libertad.exchange.peering.unsent import is_unsent as is_unsent
from libertad.exchange.protocol.failure_codes import TOLD_ALONE
from libertad.exchange.queries_erased import asked_to_erase as asked_to_erase
from libertad.exchange.queries_held import Promise as Promise
from libertad.exchange.queries_held import open_alarms
from libertad.exchange.queries_held import promises_of as promises_of
from libertad.exchange.queries_unreceived import not_received as not_received
from libertad.journal import trees
from libertad.journal.models import Held
from libertad.journal.node import node
from libertad.journal.sql import Sql

PREFIX = "libertad/"


@dataclass(frozen=True)
class Lives:
    """An authority that lives at a peer; `name` is '' while the operation has not told it."""

    id: str
    name: str
    kind: str
    country: str
    provenance: str


@dataclass(frozen=True)
class PeerSeen:
    """A peer and how far we are with it. Moments in ms of real time; 0: never.

    `condition`: cut, left, suspended, ended, files, new, failing or well. `behind`: its entries that we have
    not examined; `unconfirmed`: ours that it has not confirmed (most are not for it). For the command line
    only: `unconfirmed`, `cosigned` and `wants`. On a page they would tell one authority at this node that
    another writes.
    """

    origin: str
    public: bytes
    address: str
    state: str
    condition: str
    lives: tuple[Lives, ...]
    error: str
    contact: int
    heard: int
    tried: int
    taken: int
    behind: int
    unconfirmed: int
    bytes_in: int
    bytes_out: int
    cosigned: int
    cosigned_at: int
    wants: int

    @property
    def key(self) -> str:
        """Its name in an address."""
        return self.origin.removeprefix(PREFIX)

    @property
    def met(self) -> int:
        """When either last reached the other."""
        return max(self.contact, self.heard)

    @property
    def name(self) -> str:
        return ", ".join(resident.name for resident in self.lives if resident.name) or self.origin

    def silence(self, now: int) -> timedelta:
        """How old is what we know of it."""
        return timedelta(milliseconds=max(0, now - self.contact)) if self.contact else timedelta(0)


@dataclass(frozen=True)
class Waits:
    """What waits at this node: files being filled in, quarantine, alarms, promises not given yet."""

    wants: int
    held: int
    alarms: int
    unanswered: int


def now_ms() -> int:
    return int(time.time() * 1000)


def size() -> int:
    """Entries of this node's open tree."""
    return trees.size_of(Sql(), trees.OPEN)


def _cuts() -> frozenset[str]:
    """Peers to which the line is cut in this process."""
    from libertad.exchange.scheduler import running

    loop = running()
    return frozenset(loop.exchange.cuts) if loop is not None else frozenset()


def peers() -> list[PeerSeen]:
    """All peers: those that need somebody first, then by name."""
    rank = {"failing": 0, "cut": 0, "new": 1, "well": 2, "files": 2, "left": 3, "suspended": 3, "ended": 4}
    return sorted(_peer_views(list(Peer.objects.all())), key=lambda peer: (rank[peer.condition], peer.name))


def peer(key: str) -> PeerSeen | None:
    """The peer of an address, or None."""
    return next(iter(_peer_views(list(Peer.objects.filter(pk=PREFIX + key)))), None)


def _peer_views(rows: list[Peer]) -> list[PeerSeen]:
    lives, wants, own_size, cut = lives_at(), _wants(), size(), _cuts()
    failing = set(Failure.objects.exclude(code__in=TOLD_ALONE).values_list("origin", flat=True))
    signed, departed = {row.origin: row for row in Cosigned.objects.all()}, departed_peers()
    peers = []
    for row in rows:
        cosigned = signed.get(row.origin)
        peers.append(
            PeerSeen(
                origin=row.origin,
                public=bytes(row.public),
                address=row.address,
                state=row.state,
                condition=_condition(row, cut, failing, departed),
                error=row.error,
                lives=tuple(lives.get(row.origin, ())),
                contact=row.contact,
                heard=row.heard,
                tried=row.tried,
                taken=row.taken,
                behind=max(0, row.size - row.taken),
                unconfirmed=max(0, own_size - row.given),
                bytes_in=row.bytes_in,
                bytes_out=row.bytes_out,
                cosigned=cosigned.size if cosigned else 0,
                cosigned_at=cosigned.at if cosigned else 0,
                wants=wants.get(row.origin, 0),
            )
        )
    return peers


def departed_peers() -> set[str]:
    """Peers (origins) with which this node shares no operation any more: an authority here was removed from
    each. Whether it asks them still, for what it owes them, `sync/silent_peers.py` knows."""
    access_guarded.ready()
    return member_removal.departed_peers(node(), node().sql())


def _condition(row: Peer, cut: frozenset[str], failing: set[str], departed: set[str]) -> str:
    if row.state != ACTIVE:
        return row.state
    if row.origin in departed:
        return "left"
    if row.origin in cut:
        return "cut"
    if row.error or row.origin in failing:
        return "failing"
    if not row.address:
        return "files"
    return "well" if row.contact else "new"


def lives_at() -> Mapping[str, list[Lives]]:
    """By node: the authorities that live there, named by the operation, else by our invitation."""
    rows = list(PeerAuthority.objects.order_by("authority"))
    known = {row.pk: row for row in Authority.objects.filter(pk__in=[row.authority for row in rows])}
    missing = [row.authority for row in rows if row.authority not in known]
    invited = {row.authority: row for row in Invitation.objects.filter(authority__in=missing)}
    by_origin: dict[str, list[Lives]] = {}
    for row in rows:
        authority = known.get(row.authority) or invited.get(row.authority)
        by_origin.setdefault(row.origin, []).append(
            Lives(
                row.authority,
                authority.name if authority else "",
                authority.kind if authority else "",
                authority.country if authority else "",
                getattr(authority, "provenance", ""),
            )
        )
    return by_origin


def names(ids: Iterable[str]) -> dict[str, str]:
    """Names of authorities, as the operation tells them or our invitation did."""
    requested = set(ids)
    invited = Invitation.objects.filter(authority__in=requested).values_list("authority", "name")
    return dict(invited) | dict(Authority.objects.filter(pk__in=requested).values_list("id", "name"))


def _wants() -> dict[str, int]:
    counts: dict[str, int] = {}
    for origin in Want.objects.values_list("origin", flat=True):
        counts[origin] = counts.get(origin, 0) + 1
    return counts


def count_pending_fetches(actor: Actor, origin: str = "") -> int:
    """How much is still to be fetched (from one peer) of files that the actor's authority reads: of others
    nothing is told."""
    wants = Want.objects.filter(read_by(actor.authority))
    return (wants.filter(origin=origin) if origin else wants).count()


def waits(actor: Actor | None = None) -> Waits:
    """Counts of what waits; for nobody at the command line, the node's whole."""
    return Waits(
        wants=count_pending_fetches(actor) if actor else Want.objects.count(),
        held=Held.objects.count(),
        alarms=len(open_alarms()),
        unanswered=Erasure.objects.filter(answered=None).count(),
    )


@dataclass(frozen=True)
class Decided:
    """What somebody decided here about a peer or an alarm."""

    what: str
    reason: str
    officer: str
    authority: str
    at: int


def decisions(about: str) -> list[Decided]:
    """Newest first."""
    rows = Decision.objects.filter(about=about).order_by("-at", "-id")
    return [Decided(row.what, row.reason, row.officer, row.authority, row.at) for row in rows]


@dataclass(frozen=True)
class KeysGiven:
    """Keys of a file that another node's authority was given; `taken` is when it confirmed the last."""

    authority: str
    given: int
    taken: int | None


def keys_given(compartment: str) -> dict[str, KeysGiven]:
    """By authority: when this node gave it the keys of a file, and when it confirmed that it has them."""
    by_authority: dict[str, KeysGiven] = {}
    for row in Released.objects.filter(compartment=compartment).order_by("given"):
        before = by_authority.get(row.authority)
        confirmed = row.taken if before is None or (before.taken and row.taken) else None
        first = before.given if before else row.given
        by_authority[row.authority] = KeysGiven(row.authority, first, confirmed)
    return by_authority


def elsewhere() -> dict[str, str]:
    """By authority that lives at another node: that node's origin."""
    return dict(PeerAuthority.objects.values_list("authority", "origin"))
