"""A node's exchange with something of everything, without a second node: what its pages are tested on."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass

from libertad.exchange.authorization.settling_rules import PROPOSED, standing_of
from libertad.exchange.models import (
    Alarm,
    Cosigned,
    Decision,
    Erasure,
    Failure,
    Invitation,
    Peer,
    PeerAuthority,
    Released,
    Settlement,
    Want,
)
from libertad.exchange.peering.peers import now_ms
from libertad.exchange.protocol import failure_codes
from libertad.journal.checkpoint import Checkpoint, Signer, sign
from libertad.journal.models import Entry, Held
from libertad.journal.node import node
from tests.support.sealed import believe_all

ABROAD = "a" * 32
HOUR = 3_600_000


@dataclass(frozen=True)
class Exchanged:
    """Keys of what was made, as they stand in addresses."""

    failing: str
    suspended: str
    node_alarm: str
    device_alarm: str
    invitation: str
    authority: str


def exchanged(operation: str, inviter: str, officer: str, compartment: str = "") -> Exchanged:
    """Peers (one fails, one is suspended), both kinds of alarm, quarantine, an invitation, promises."""
    now = now_ms()
    keys = [Signer(os.urandom(32)) for _one in range(2)]
    for place, key in enumerate(keys):
        Peer.objects.create(
            origin=key.origin,
            public=key.public,
            address=f"http://127.0.0.1:{place + 1}",
            state="suspended" if place else "active",
            taken=1200,
            size=1290,
            given=4,
            contact=now - 3 * HOUR,
            tried=now - 1000,
            heard=now - 2 * HOUR,
            bytes_in=1_234_567,
            bytes_out=20_480,
            peaks=b"",
            error="" if place else "no answer in time: the line is slow or cut",
        )
    Invitation.objects.create(
        id="b" * 32,
        operation=operation,
        inviter=inviter,
        officer=officer,
        authority=ABROAD,
        name="Trinidad and Tobago police",
        kind="police",
        country="TT",
        zone="America/Port_of_Spain",
        part="member",
        token=bytes(32),
        made=now,
        expires=now + 48 * HOUR,
    )
    PeerAuthority.objects.create(authority=ABROAD, origin=keys[0].origin)
    Cosigned.objects.create(origin=keys[0].origin, size=640, note="", at=now - HOUR)
    Want.objects.create(origin=keys[0].origin, compartment="c" * 32)
    Decision.objects.create(
        id="d" * 32,
        about=keys[1].origin,
        what="suspended",
        reason="Its words did not fit on the telephone",
        officer=officer,
        authority=inviter,
        at=now - HOUR,
    )
    notes = [
        sign(Checkpoint(keys[0].origin, 900, os.urandom(32)), keys[0].origin, keys[0].seed) for _n in "ab"
    ]
    node_alarm = f"{keys[0].origin.partition('/')[2]}:900"
    Alarm.objects.create(
        id=node_alarm,
        kind="node",
        who=keys[0].origin,
        at=now - HOUR,
        proof=json.dumps({"why": "one size, two roots", "notes": notes}),
    )
    first, second = Entry.objects.order_by("idx")[:2]
    device_alarm = f"{bytes(first.device).hex()}:{first.compartment}"
    signed = [first.header, first.signature, second.header, second.signature]
    Alarm.objects.create(
        id=device_alarm,
        kind="device",
        who=bytes(first.device).hex(),
        at=now,
        proof="1 " + json.dumps([bytes(part).hex() for part in signed]),
    )
    for place, entry in enumerate(Entry.objects.order_by("-idx")[:3]):
        reason = ("unauthorised", "unknown", "fork")[place]
        detail = ("no role of its officer may say it here", "", "its log has two histories from here on")[
            place
        ]
        Held.objects.create(idx=entry.idx, reason=reason, detail=detail, since=now - HOUR)
    for place, answer in enumerate(("", "3", "refused: legal hold")):
        Erasure.objects.create(
            request="e" * 32,
            authority=f"{place}" * 32 if place else ABROAD,
            asking=inviter,
            compartments=json.dumps(["c" * 32]),
            message=b"",
            at=now - 5 * HOUR,
            sent=now - HOUR,
            answer=answer,
            answered=now if answer else None,
        )
    if compartment:
        Released.objects.create(
            authority=ABROAD, kid=os.urandom(32), compartment=compartment, given=now - HOUR, taken=None
        )
    believe_all()
    return Exchanged(
        failing=keys[0].origin.partition("/")[2],
        suspended=keys[1].origin.partition("/")[2],
        node_alarm=node_alarm,
        device_alarm=device_alarm,
        invitation="b" * 32,
        authority=ABROAD,
    )


def proposed(alarm: str, officer: str, authority: str, name: str) -> str:
    """A proposal to settle an alarm of the same proof, made an hour ago; returns the alarm's id.

    The machine was started anew since: so it is dated by the clock, and its wait is over.
    """
    row = Alarm.objects.get(pk=alarm)
    row.pk = f"{name}:{row.pk}".replace(" ", "-")[:72]
    row.save(force_insert=True)
    Settlement.objects.create(
        id=name.replace(" ", "-").rjust(32, "0")[-32:],
        alarm=row.pk,
        stands=standing_of(node().sql(), row.pk),
        reason="They have their keys in hand",
        officer=officer,
        authority=authority,
        at=now_ms() - HOUR,
        ran=0,
        boot="another",
        state=PROPOSED,
    )
    believe_all()
    return str(row.pk)


def forget() -> None:
    """Take it all away again."""
    for model in (
        Alarm,
        Settlement,
        Cosigned,
        Decision,
        Erasure,
        Invitation,
        Peer,
        PeerAuthority,
        Released,
        Want,
        Held,
    ):
        model._default_manager.all().delete()
    believe_all()


def something_failed(peer: str) -> None:
    """What failed last with a peer (its key) and with the broker: a node that serves may meet it or not."""
    now = now_ms()
    (origin,) = Peer.objects.filter(origin__endswith=f"/{peer}").values_list("origin", flat=True)
    for peer_origin, way, code in (
        (origin, failure_codes.ASK, "late"),
        (failure_codes.ITSELF, failure_codes.CARRY, "no-hub"),
    ):
        Failure.objects.create(
            origin=peer_origin, way=way, code=code, since=now - HOUR, at=now - 1000, times=9
        )
