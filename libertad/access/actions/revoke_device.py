"""Revoke a device that was lost, stolen or put away: from which entry on it no longer speaks for us."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from libertad.access.acting import Act, action
from libertad.access.actions.enrol_device import enrol_device
from libertad.access.matrix import matrix
from libertad.access.models import Device
from libertad.journal.clock import to_millisecond
from libertad.journal.header import device_id
from libertad.vocabulary.body import build
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import DeviceRevoke


@action("device.revoke")
def revoke_device(
    act: Act,
    *,
    device: str,
    reason: str,
    last: Mapping[str, int] | None = None,
    since: datetime | None = None,
) -> int:
    """Returns in how many compartments it was said: all that the authority reads and the device wrote in.

    `last`: by compartment, the last number of the device's log that the authority recognises (-1: none);
    where it names none, all that this node holds of that log, or with `since` all up to the first entry that
    is dated at that moment or later: since then the device was in other hands. Each operation's file
    gets an entry even where the device wrote nothing there, because every node of that operation reads it.

    A device that took another's place after a restore is enrolled before: who was off meanwhile takes no
    succession from a device that is revoked by now, and could check nothing that this one wrote.
    """
    first = build(DeviceRevoke, {"device": device, "reason": reason, "last": -1})
    known = act.get(Device, device)
    filed = act.tx.sql.first(
        "select authority, public from journal_device where id = ?", (bytes.fromhex(device),)
    )
    owner = known["authority"] if known else filed[0] if filed else None
    if owner != act.actor.authority:
        raise Refused("device", "there is no such device of your authority")
    if device == device_id(act.node.rings.device(act.actor.authority)[0]).hex():
        raise Refused("device", "this node writes with this device: make it a new one before, then revoke it")
    if known is None and filed and matrix().may_say(act.actor.role, "device.enrol", "operation"):
        enrol_device(act, public=bytes(filed[1]).hex(), note="took another's place after a restore")
    logs = act.tx.sql.all(
        "select compartment, max(seq) from journal_entry where device = ? group by compartment",
        (bytes.fromhex(device),),
    )
    heads = {place: int(seq) for place, seq in logs if act.reads(place)}
    if since is not None:
        heads = {place: _recognised(act, device, place, since) for place in heads}
    for place in act.operation_files():
        heads.setdefault(place, -1)
    if unknown := sorted(set(last or {}) - set(heads)):
        raise Refused("last", "the device has no log in %(place)s; leave that one out", place=unknown[0])
    for place, head in sorted(heads.items()):
        content = build(
            DeviceRevoke, {"device": device, "reason": first.reason, "last": (last or {}).get(place, head)}
        )
        act.inside(place).say(place, content, subject=act.actor.authority, supersedes={})
    return len(heads)


def _recognised(act: Act, device: str, place: str, since: datetime) -> int:
    """The last number of a log before the first entry that is dated `since` or later; -1 for none."""
    rows = act.tx.sql.all(
        "select seq, idx from journal_entry where device = ? and compartment = ? order by seq",
        (bytes.fromhex(device), place),
    )
    last, moment = -1, to_millisecond(since)
    for seq, idx in rows:
        entry = act.tx.entry(idx)
        if entry is not None and entry.clock >= moment:
            break
        last = int(seq)
    return last
