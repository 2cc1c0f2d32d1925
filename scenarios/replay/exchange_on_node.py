"""The exchange within a node process of the replay: start, joining, restored, robbed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from libertad.access.acting import Actor, perform
from libertad.access.actions.announce_node import announce_node
from libertad.access.actions.enrol_device import enrol_device
from libertad.access.actions.revoke_device import revoke_device
from libertad.exchange import http, invitations, joined, loop, peers, taking
from libertad.exchange.invitation import invite, read, write
from libertad.exchange.session import JOIN, WELCOME
from libertad.journal import ingest
from libertad.journal.header import device_id
from libertad.journal.node import node
from libertad.journal.sql import Sql
from libertad.journal.writer import Transaction
from libertad.vocabulary.values import Refused
from scenarios.replay import on_node

_trip = http.trip
_routes: dict[str, str] = {}


def routed(address: str, *args: Any, **kwargs: Any) -> Any:
    """A trip by this node's own link to that address."""
    return _trip(_routes.get(address, address), *args, **kwargs)


def begin(port: int, routes: Mapping[str, str], every: float) -> None:
    """Serve, and pull from every peer by its link. No second process for signatures: nodes are many."""
    _routes.update(routes)
    http.trip = routed
    joined.register()
    on_node.listen(port)
    if loop._loop is None:
        loop._loop = loop.Loop(node(), every=every, longest=every * 4, processes=False).start()


def _lead() -> Actor:
    """The coordinator of this node's operation."""
    own = node().rings.authorities()
    marks = ", ".join("?" * len(own))
    row = Sql().one(
        "select o.id, o.authority, a.operation from access_officer o join access_authority a "  # noqa: S608
        "on a.id = o.authority where o.role = 'coordinator' and not o.withdrawn "
        f"and o.authority in ({marks}) order by o.id",
        own,
    )
    if row is None:
        raise Refused("lead", "there is no coordinator here")
    return Actor(row[0], row[1], "coordinator", row[2])


def invited(authority: str, address: str) -> str:
    """On the lead's node: the invitation of an authority that is on the roster already, as text."""
    lead, here, moment = _lead(), node(), datetime.now(UTC)
    perform(lead, joined.announce_self, address=address)
    row = Sql().one("select name, kind, country, zone, part from access_authority where id = ?", (authority,))
    if row is None:
        raise Refused("authority", "it is not on the roster")
    name, kind, country, zone, part = row
    device = here.rings.device(lead.authority)
    made = invite(
        operation=lead.operation, inviter=lead.authority, node=here.key, device=device, address=address,
        name=name, kind=kind, country=country, zone=zone, part=part, authority=authority, now=moment,
    )  # fmt: skip
    here.writer.submit(lambda tx: invitations.remember(tx.sql, made, moment, lead.officer))
    return write(made, here.key, device)


def answered(text: str, address: str, within: float = 30.0) -> None:
    """On the invited node: answer, and hand it over at once: the loop of one that is a peer already does
    not."""
    found = read(text, datetime.now(UTC))
    answer = joined.answer(node(), found, address)
    until = time.monotonic() + within
    while True:
        try:
            if list(http.trip(found.address)(JOIN + answer)) == [WELCOME]:
                break
        except ConnectionError:
            if time.monotonic() > until:
                raise
        time.sleep(0.1)
    loop.start().wake()


def beside(authority: str, address: str) -> None:
    """An authority on the lead's own node: its device and node are said in the journal."""
    lead, here = _lead(), node()
    public = here.rings.device(authority)[0].hex()
    perform(lead, enrol_device, public=public, authority=authority)
    perform(lead, announce_node, public=here.key.public.hex(), address=address, authority=authority)


def wake() -> None:
    loop.start().wake()


def announce_again() -> None:
    """Tell every peer our recipient keys once more."""
    running = loop.start()
    for memory in list(running.exchange.memories.values()):
        memory.announced = memory.announcing = 0
    running.wake()


@dataclass(frozen=True)
class Standing:
    """How far a node is. `taken`: by active peer, how far we are in its journal; `open`: older entries still
    wanted and keys not confirmed; `errors`: by peer, what went wrong last."""

    origin: str
    size: int
    taken: dict[str, int]
    open: int
    errors: dict[str, str]


def standing() -> Standing:
    sql, here = Sql(), node()
    found = [one for one in peers.every(sql) if one.state == peers.ACTIVE and one.address]
    wanted = sql.one(
        "select (select count(*) from exchange_want), (select count(*) from exchange_released "
        "where taken is null)"
    ) or (0, 0)
    size = sql.one("select size from journal_head where id = 1")
    return Standing(
        here.key.origin,
        int(size[0]) if size else 0,
        {one.origin: one.taken for one in found},
        int(wanted[0]) + int(wanted[1]),
        {one.origin: one.error for one in found if one.error},
    )


def recover() -> int:
    """After a restore: ask the other readers for whole files: what this node had given away and lost.

    Files that came after the copy are known by their keys alone: every peer is asked for those. Returns how
    many files are asked for.
    """
    here = node()

    def job(tx: Transaction) -> int:
        kept = {place.hex() for ring in here.rings.open.values() for place in ring.current}
        readers: dict[str, set[str]] = {place: set() for place in kept}
        for place, authority in tx.sql.all("select compartment, authority from access_reader"):
            readers.setdefault(place, set()).add(authority)
        for peer in peers.every(tx.sql):
            if peer.state == peers.ACTIVE:
                theirs = set(peers.authorities(tx.sql, peer.origin))
                taking.want(tx, peer.origin, {p for p in kept if not readers[p] or readers[p] & theirs}, 0)
        return len(kept)

    found = here.writer.submit(job)
    loop.start().wake()
    return found


def renew(authority: str) -> str:
    """A new device key for an authority here; returns its public half. Believed once enrolled."""
    here = node()
    public = here.rings.renew_device(authority)
    here.writer.submit(lambda tx: ingest.enrol(tx, public, authority))
    return public.hex()


def enrol(authority: str, public: str) -> None:
    """On the lead's node: the coordinator enrols a device, whose own cannot speak for itself yet."""
    perform(_lead(), enrol_device, public=public, authority=authority)


def revoke(authority: str, device: str) -> None:
    """The authority's administrator revokes a device, by its public key."""
    row = Sql().one(
        "select o.id, a.operation from access_officer o join access_authority a on a.id = o.authority "
        "where o.authority = ? and o.role = 'administrator' and not o.withdrawn",
        (authority,),
    )
    if row is None:
        raise Refused("authority", "it has no administrator here")
    administrator = Actor(row[0], authority, "administrator", row[1])
    stolen = device_id(bytes.fromhex(device)).hex()
    perform(administrator, revoke_device, device=stolen, reason="The device was stolen")
