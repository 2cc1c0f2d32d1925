"""Founding: an authority's ring, device, own compartment and first officer on this node."""

from __future__ import annotations

from libertad.access.acting import FOUNDERS, Act, Actor, new_id, perform
from libertad.journal.header import device_id
from libertad.journal.node import node
from libertad.journal.writer import Transaction
from libertad.vocabulary.body import Provenance
from libertad.vocabulary.verbs.access import OfficerAppoint


def make_ring(authority: str, passphrase: str | None = None) -> None:
    """Create an authority's ring on this node and put its device's public key on file."""
    here = node()
    public = here.rings.create(authority, passphrase)

    def enrol(tx: Transaction) -> None:
        tx.sql.run(
            "insert into journal_device (id, public, authority) values (?, ?, ?) on conflict (id) do nothing",
            (device_id(public), public, authority),
        )

    here.writer.submit(enrol)


def found_authority(
    *,
    name: str,
    rank: str,
    service_number: str,
    role: str = "administrator",
    zone: str = "UTC",
    authority: str | None = None,
    provenance: Provenance = "",
    passphrase: str | None = None,
) -> Actor:
    """Make a ring and the first officer; returns that officer as an actor (no operation yet)."""
    body = authority or new_id()
    if body not in node().rings.open:
        make_ring(body, passphrase)
    actor = Actor(officer=new_id(), authority=body, role=role, zone=zone)
    FOUNDERS.add((body, actor.officer))
    try:
        perform(actor, _first, name=name, rank=rank, service_number=service_number, provenance=provenance)
    finally:
        FOUNDERS.discard((body, actor.officer))
    return actor


def _first(act: Act, *, name: str, rank: str, service_number: str) -> None:
    own = act.find_compartment("authority", act.actor.authority) or act.open(
        "authority", act.actor.authority, ()
    )
    act.say(
        own,
        OfficerAppoint(name=name, rank=rank, service_number=service_number, role=act.actor.role),
        subject=act.actor.officer,
    )
