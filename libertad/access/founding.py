"""Founding: an authority's ring, device, own compartment and first officer on this node."""

from __future__ import annotations

from dataclasses import dataclass

from libertad.access import accounts
from libertad.access.acting import Act, new_id, perform
from libertad.access.actor import FOUNDERS, Actor
from libertad.access.models import Account, Authority, Officer
from libertad.journal.header import device_id
from libertad.journal.node import node
from libertad.journal.transaction import Transaction
from libertad.vocabulary.body import Provenance, build
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import AuthorityInvite, OfficerAppoint


@dataclass(frozen=True)
class Founded:
    """A founded authority, its administrator, and the enrolment code that is shown once."""

    authority: str
    officer: str
    code: str


def make_ring(authority: str, passphrase: str | None = None, kind: str = "") -> None:
    """Create an authority's ring on this node and put its device's public key on file.

    In production `kind` is asked for: police and care never share a node (`journal.guard`).
    """
    here = node()
    public = here.rings.create(authority, passphrase, kind)

    def enrol(tx: Transaction) -> None:
        tx.sql.run(
            "insert into journal_device (id, public, authority) values (?, ?, ?) on conflict (id) do nothing",
            (device_id(public), public, authority),
        )

    here.writer.submit(enrol)


def establish_authority(
    *,
    name: str,
    kind: str,
    country: str,
    zone: str,
    administrator: str,
    service_number: str,
    passphrase: str | None,
) -> Founded:
    """Found an authority of a production node: ring, own compartment, what it is, its administrator.

    Everything that can be refused is refused before the ring is made.
    """
    values = {"name": name, "kind": kind, "country": country, "zone": zone}
    content = build(AuthorityInvite, values)
    free(administrator, service_number)
    actor = found_authority(
        name=administrator,
        rank="",
        service_number=service_number,
        zone=zone,
        passphrase=passphrase,
        what=content,
    )
    return Founded(actor.authority, actor.officer, accounts.first_code(service_number, actor.officer))


def check_invited(authority: str) -> Authority:
    """The authority of this id, invited on this node and without an officer; else Refused."""
    row = Authority.objects.filter(pk=authority).first()
    if row is None or authority not in node().rings.open:
        raise Refused("authority", "no invited authority with this id has its ring open on this node")
    if Officer.objects.filter(authority=authority).exists():
        raise Refused("authority", "it has officers already: its administrator appoints others")
    return row


def without_officers() -> list[str]:
    """Authorities that were invited on this node and whose first administrator is not set up yet, by id."""
    hosted = Authority.objects.filter(pk__in=node().rings.authorities())
    settled = Officer.objects.values("authority")
    return list(hosted.exclude(pk__in=settled).order_by("pk").values_list("pk", flat=True))


def found_invited(
    authority: str, *, administrator: str, service_number: str, passphrase: str | None = None
) -> Founded:
    """The first administrator of an authority that was invited on this node and has no officer.

    With a passphrase its ring, which opened by its key file until now, opens by that from now on; no other
    process may have the node open then.
    """
    row = check_invited(authority)
    free(administrator, service_number)
    if passphrase is not None:
        node().rings.change_passphrase(authority, passphrase)
    actor = found_authority(
        name=administrator, rank="", service_number=service_number, zone=row.zone, authority=authority
    )
    return Founded(authority, actor.officer, accounts.first_code(service_number, actor.officer))


def free(administrator: str, service_number: str) -> None:
    """Refused when an administrator cannot be appointed under this name and number."""
    if not administrator.strip():
        raise Refused("administrator", "give the administrator's name")
    if not service_number.strip():
        raise Refused("number", "give the number with which the administrator signs in")
    if Account.objects.of(service_number) is not None:
        raise Refused("number", "this number has a sign-in already")


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
    what: AuthorityInvite | None = None,
) -> Actor:
    """Make a ring and the first officer; returns that officer as an actor (no operation yet)."""
    body = authority or new_id()
    if body not in node().rings.open:
        make_ring(body, passphrase, what.kind if what is not None else "")
    actor = Actor(officer=new_id(), authority=body, role=role, zone=zone)
    FOUNDERS.add((body, actor.officer))
    try:
        perform(
            actor,
            _first,
            name=name,
            rank=rank,
            service_number=service_number,
            what=what,
            provenance=provenance,
        )
    finally:
        FOUNDERS.discard((body, actor.officer))
    return actor


def _first(act: Act, *, name: str, rank: str, service_number: str, what: AuthorityInvite | None) -> None:
    own = act.find_compartment("authority", act.actor.authority) or act.open(
        "authority", act.actor.authority, ()
    )
    if what is not None:
        act.say(own, what, subject=act.actor.authority)
    act.say(
        own,
        OfficerAppoint(name=name, rank=rank, service_number=service_number, role=act.actor.role),
        subject=act.actor.officer,
    )
