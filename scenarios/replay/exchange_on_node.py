"""The exchange within a node process of the replay: start, joining, restored, robbed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from libertad.access.acting import perform
from libertad.access.actor import Actor
from libertad.exchange import scheduler
from libertad.exchange.onboarding import admission, invitations, key_replacement
from libertad.exchange.onboarding.invitation import invite, read, write
from libertad.exchange.onboarding.key_replacement import NewKeys
from libertad.exchange.peering import peers
from libertad.exchange.transport import http
from libertad.journal import trees
from libertad.journal.checkpoint import log_of
from libertad.journal.node import node
from libertad.journal.sides import TREES
from libertad.journal.sql import Sql
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
    admission.register()
    on_node.listen(port)
    if scheduler._loop is None:
        scheduler._loop = scheduler.Scheduler(node(), every=every, longest=every * 4, processes=False).start()


def _lead() -> Actor:
    """The coordinator of this node's operation."""
    own = node().rings.authorities()
    marks = ", ".join("?" * len(own))
    row = Sql().first(
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
    perform(lead, admission.announce_self, address=address)
    row = Sql().first(
        "select name, kind, country, zone, part from access_authority where id = ?", (authority,)
    )
    if row is None:
        raise Refused("authority", "it is not on the roster")
    name, kind, country, zone, part = row
    device = here.rings.device(lead.authority)
    invitation = invite(
        operation=lead.operation,
        inviter=lead.authority,
        node=here.key,
        device=device,
        address=address,
        name=name,
        kind=kind,
        country=country,
        zone=zone,
        part=part,
        authority=authority,
        now=moment,
    )
    here.writer.submit(lambda tx: invitations.remember(tx.sql, invitation, moment, lead.officer))
    return write(invitation, here.key, device)


def answered(text: str, address: str) -> None:
    """On the invited node: answer; its loop hands the answer over."""
    admission.answer(node(), read(text, datetime.now(UTC)), address)
    scheduler.start().wake()


def record_local_authority(authority: str, address: str) -> None:
    """An authority on the lead's own node: its device and node are said in the journal."""
    here = node()
    device = here.rings.device(authority)[0]
    key_replacement.vouch(_lead(), NewKeys(here.key.public, address, {bytes.fromhex(authority): device}))


def wake() -> None:
    scheduler.start().wake()


# What has not reached a peer yet, whatever the cursors say: older entries that are wanted, files that it was
# not told of, keys that it has not confirmed, those that wait for its recipient key included.
OPEN = """
select (select count(*) from exchange_want w
        join exchange_peer p on w.origin in (p.origin, p.origin || '/care') where p.state = 'active')
     + (select count(*) from exchange_offered o join exchange_peer p on p.origin = o.origin
        where p.state = 'active' and o.word > 0)
     + (select count(*) from access_reader r
        join exchange_peer_authority a on a.authority = r.authority
        join exchange_peer p on p.origin = a.origin and p.state = 'active'
        where r.kind <> 'authority' and r."by" in ({own}) and r.authority not in ({own})
        and not exists (select 1 from exchange_released x where x.authority = r.authority
                        and x.compartment = r.compartment and x.taken is not null))
"""
JOINING = "+ (select count(*) from exchange_joining)"


@dataclass(frozen=True)
class Standing:
    """How far a node is. `sizes`: of its own trees, by name; `taken`: how far it is in each tree that an
    active peer shares with it; `open`: what is on its way beside that; `errors`: by peer, what went wrong."""

    origin: str
    sizes: dict[str, int]
    taken: dict[str, int]
    open: int
    errors: dict[str, str]


def standing(everybody: bool = False) -> Standing:
    """`everybody`: peers without an address as well, who get letters and sticks; answers went in files."""
    sql, here = Sql(), node()
    active = [peer for peer in peers.every(sql) if peer.state == peers.ACTIVE and (peer.address or everybody)]
    own = here.rings.authorities()
    statement = OPEN if everybody else OPEN + JOINING
    left = sql.first(statement.format(own=", ".join("?" * len(own)) or "null"), (*own, *own))
    shared = [peers.at_tree(sql, peer, tree) for peer in active for tree in peers.trees_with(here, sql, peer)]
    return Standing(
        here.key.origin,
        {log_of(here.key.origin, tree): trees.size_of(sql, tree) for tree in TREES},
        {peer.log: peer.taken for peer in shared},
        int(left[0]) if left else 0,
        {peer.origin: peer.error for peer in active if peer.error},
    )


def renew(address: str) -> str:
    """After a theft: new keys for this node and its authorities; the text that says which."""
    return key_replacement.renew(node(), address)


def vouch(text: str) -> None:
    """On the lead's node: the coordinator says that these are the keys of those authorities' node now."""
    key_replacement.vouch(_lead(), key_replacement.read(text))


def revoke_old() -> None:
    """Whoever looks after each authority's devices revokes all but the new one."""
    for authority in node().rings.authorities():
        row = Sql().first(
            "select o.id, a.operation, o.role from access_officer o join access_authority a "
            "on a.id = o.authority where o.authority = ? and o.role in ('administrator', 'coordinator') "
            "and not o.withdrawn order by o.role",
            (authority,),
        )
        if row is None:
            raise Refused("authority", "nobody here speaks for its devices")
        # Now: the driver has waited for what was lost, and some nodes are off.
        key_replacement.revoke_old(
            Actor(row[0], authority, row[2], row[1]), "The server was stolen", now=True
        )
