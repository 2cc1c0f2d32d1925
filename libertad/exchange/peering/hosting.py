"""Authorities that live on this node are made known to the others; and which are not enrolled or announced.

A node believes an entry by the device that signed it, and learns of devices from the operation's file alone.
An authority that was invited onto its inviter's node has to be enrolled there like any other, or all that it
says stays unread elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from libertad.access.acting import Act
from libertad.access.actions.announce_node import announce_node
from libertad.access.actions.enrol_device import enrol_device
from libertad.access.actions.invite_authority import invite_authority
from libertad.access.actor import Actor
from libertad.access.models import Node as Announced
from libertad.journal.header import device_id
from libertad.journal.node import Node, node
from libertad.journal.sql import Sql


@dataclass(frozen=True)
class NotEnrolled:
    """An authority of this node that the operation's other nodes cannot read."""

    authority: str
    name: str


@dataclass(frozen=True)
class Unreadable:
    """A device of a peer's tree that nobody has enrolled: what it signed is not taken. `since`: ms, UTC."""

    device: str
    origin: str
    since: int


def own_address(authority: str) -> str:
    """Where this node was last said to answer; '' where that was never said."""
    rows = Announced.objects.filter(pk=authority, origin=node().key.origin)
    return rows.values_list("address", flat=True).first() or ""


def enrol_hosted(act: Act, address: str) -> list[str]:
    """Enrol and announce what of the operation lives on this node; returns the authorities.

    A coordinator speaks for all of them, anybody else for the own one. A ring that is locked cannot sign its
    enrolment and is left out. What stands already is not said again. Without an operation nothing is said.
    """
    if not act.actor.operation:
        return []
    authorities = [
        authority
        for authority, _name in _members(act.node, act.tx.sql, act.actor.operation)
        if authority in act.node.rings.open
        and (act.actor.role == "coordinator" or authority == act.actor.authority)
    ]
    for authority in authorities:
        enrol_device(act, public=act.node.rings.device(authority)[0].hex(), authority=authority)
        announce_node(act, public=act.node.key.public.hex(), address=address, authority=authority)
    return authorities


@dataclass(frozen=True)
class LeftOut:
    """An authority with a ring on this node that this officer does not enrol.

    `why`: 'no-operation', 'locked', or 'others': a coordinator's or its own administrator's to do.
    """

    authority: str
    name: str
    why: str


def omitted_authorities(here: Node, sql: Sql, actor: Actor) -> list[LeftOut]:
    """What `enrol_hosted` leaves out for this officer, by name; nothing of what is in another operation."""
    own = here.rings.authorities()
    marks = ", ".join("?" * len(own)) or "null"
    rows = sql.all(f"select id, name from access_authority where id in ({marks}) order by name", own)
    members = {authority for authority, _name in _members(here, sql)}
    own_members = (
        {authority for authority, _name in _members(here, sql, actor.operation)} if actor.operation else set()
    )
    omitted = []
    for authority, name in ((str(authority), str(name)) for authority, name in rows):
        if authority not in members:
            omitted.append(LeftOut(authority, name, "no-operation"))
        elif authority not in own_members:
            continue
        elif actor.role != "coordinator" and authority != actor.authority:
            omitted.append(LeftOut(authority, name, "others"))
        elif authority not in here.rings.open:
            omitted.append(LeftOut(authority, name, "locked"))
    return omitted


def invite_hosted(act: Act, /, *, address: str, **arguments: object) -> str:
    """Invite an authority whose ring is on this node, and enrol it in the same act. Returns its id."""
    subject = invite_authority(act, **arguments)  # type: ignore[arg-type]
    enrol_hosted(act, address)
    return subject


def not_enrolled(here: Node, sql: Sql) -> list[NotEnrolled]:
    """Authorities of this node, members of an operation, whose device or node is not on file there.

    None while the node exchanges with nobody: with the first invitation all of them are enrolled.
    """
    if sql.first("select 1 from exchange_peer limit 1") is None:
        return []
    rows = sql.all("select id, authority from access_device where not revoked")
    devices = {(str(device), str(authority)) for device, authority in rows}
    announced = {row[0] for row in sql.all("select id from access_node where origin = ?", (here.key.origin,))}
    missing = []
    for authority, name in _members(here, sql):
        public = here.rings.device_public(authority)
        enrolled = public is not None and (device_id(public).hex(), authority) in devices
        if not enrolled or authority not in announced:
            missing.append(NotEnrolled(authority, name))
    return missing


def _members(here: Node, sql: Sql, operation: str = "") -> list[tuple[str, str]]:
    """Authorities (id, name) with a ring here that are in an operation (in this one, where it is named)."""
    own = here.rings.authorities()
    marks = ", ".join("?" * len(own)) or "null"
    rows = sql.all(
        "select distinct a.id, a.name from access_member m join access_authority a on a.id = m.authority "
        f"where a.id in ({marks}) and (m.operation = ? or ? = '') order by a.id",
        (*own, operation, operation),
    )
    return [(str(authority), str(name)) for authority, name in rows]


def unreadable(sql: Sql) -> list[Unreadable]:
    """Devices that signed what peers hold for this node, and that nobody has enrolled yet."""
    rows = sql.all(
        "select device, origin, since from exchange_unread u "
        "where not exists (select 1 from access_device d where d.id = u.device) order by since, device"
    )
    return [Unreadable(*row) for row in rows]
