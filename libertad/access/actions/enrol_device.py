"""Enrol a device: its key speaks for an authority from now on, on every node of the operation."""

from __future__ import annotations

from libertad.access.about_members import prove_enrolment
from libertad.access.acting import Act, Forbidden, action
from libertad.access.models import Device
from libertad.journal import ingest
from libertad.journal.header import device_id, proves_enrolment
from libertad.vocabulary.body import build
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import DeviceEnrol


@action("device.enrol")
def enrol_device(
    act: Act, *, public: str, authority: str | None = None, note: str = "", proof: str = ""
) -> str:
    """Returns the device's id (hex). `public`: hex; `authority`: the actor's own, where none is named.

    `proof`: the new key's signature (`prove_enrolment`), hex; made here where this node has the key. It is of
    one operation: in another of the authority's, whoever coordinates vouches for the key instead.

    A coordinator enrols a device of any authority of the operation, an administrator of its own. It is said
    in each operation that the authority is in, so that the members of each learn it; of another's device in
    those that the actor's authority coordinates. Where it is enrolled already it is not said twice.
    """
    whose = authority or act.actor.authority
    what = build(DeviceEnrol, {"public": public, "note": note})
    device = device_id(bytes.fromhex(public)).hex()
    if whose != act.actor.authority and act.actor.role != "coordinator":
        raise Forbidden("only a coordinator enrols another authority's device")
    if act.member(whose) is None:
        raise Refused("authority", "there is no such authority in this operation")
    known = act.get(Device, device)
    filed = act.tx.sql.one("select authority from journal_device where id = ?", (bytes.fromhex(device),))
    owners = {known["authority"] if known else whose, str(filed[0]) if filed else whose}
    if owners != {whose}:
        raise Refused("public", "this key is another authority's; each device has its own: make a new one")
    if known is not None and known["revoked"]:
        raise Refused("public", "this device was revoked; make it a new key")
    try:
        ingest.enrol(act.tx, bytes.fromhex(public), whose)
    except ValueError:
        raise Refused("public", "this is no key that can be relied on; make a new one") from None
    files, told = act.operation_files(whose), act.tx.known(f"access.Device:{device}")
    said = {entry.compartment for entry in told if isinstance(entry.content, DeviceEnrol)}
    operations = [act.operation_of(place) for place in files]
    for place in {act.operation_compartment: None} | dict.fromkeys(files):
        if place not in said:
            there = act.inside(place)
            there.say(place, what, subject=whose, proof=_proof(there, whose, public, proof, operations))
    return device


def _proof(act: Act, authority: str, public: str, given: str, operations: list[str]) -> str:
    """The new key's own signature for the operation that is spoken in: the one that was given, unless it is
    that of another of the authority's operations, or made here, where this node has the key."""
    if given:
        here = act.actor.operation
        others = [one for one in operations if one != here]
        elsewhere = any(proves_enrolment(given, public, authority, one) for one in others)
        return "" if elsewhere else given
    if authority not in act.node.rings.open:
        return ""
    own, secret = act.node.rings.device(authority)
    if own.hex() != public:
        return ""
    return prove_enrolment(secret, authority, act.actor.operation)
