"""Enrol a device: its key speaks for an authority from now on, on every node of the operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from libertad.access.about_members import prove_enrolment
from libertad.access.acting import Act, Forbidden, action
from libertad.access.models import Device
from libertad.access.phones import check_end, check_verbs
from libertad.journal import ingest
from libertad.journal.header import device_id, proves_enrolment
from libertad.vocabulary.body import build
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import DeviceEnrol


@action("device.enrol")
def enrol_device(
    act: Act,
    *,
    public: str,
    authority: str | None = None,
    note: str = "",
    proof: str = "",
    kind: str = "",
    officer: str = "",
    until: datetime | None = None,
    verb: Sequence[str] = (),
) -> str:
    """Returns the device's id (hex). `public`: hex; `authority`: the actor's own, where none is named.

    `proof`: the new key's signature (`prove_enrolment`), hex; made here where this node has the key. It is of
    one operation: in another of the authority's, whoever coordinates vouches for the key instead.

    A coordinator enrols a device of any authority of the operation, an administrator of its own. It is said
    in each operation that the authority is in, so that the members of each learn it; of another's device in
    those that the actor's authority coordinates. Where it is enrolled already it is not said twice.

    `kind` 'field': the phone of an `officer` of the actor's authority, in the actor's operation alone,
    `until` a moment at most `phones.yaml`'s days ahead, for each `verb` named. Its key has to prove that it
    agrees. What a key was enrolled as it stays: another officer, end or list needs a new key.
    """
    owner = authority or act.actor.authority
    content = build(
        DeviceEnrol,
        {"public": public, "note": note, "kind": kind, "officer": officer, "until": until, "verb": verb},
    )
    device = device_id(bytes.fromhex(public)).hex()
    if owner != act.actor.authority and (act.actor.role != "coordinator" or kind):
        raise Forbidden("only a coordinator enrols another authority's device, and nobody another's phone")
    if act.member(owner) is None:
        raise Refused("authority", "there is no such authority in this operation")
    known = act.get(Device, device)
    filed = act.tx.sql.first("select authority from journal_device where id = ?", (bytes.fromhex(device),))
    owners = {known["authority"] if known else owner, str(filed[0]) if filed else owner}
    if owners != {owner}:
        raise Refused("public", "this key is another authority's; each device has its own: make a new one")
    if known is not None and known["revoked"]:
        raise Refused("public", "this device was revoked; make it a new key")
    if (known is not None and known["kind"] != kind) or (filed and not known and kind):
        raise Refused(
            "public", "a phone has a key of its own, and no node's device becomes one: make a new key"
        )
    if kind:
        return _enrol_phone(act, content, known, proof)
    _put_on_file(act, public, owner)
    files, entries = act.operation_files(owner), act.tx.entries_touching(f"access.Device:{device}")
    places = {entry.compartment for entry in entries if isinstance(entry.content, DeviceEnrol)}
    operations = [act.operation_of(place) for place in files]
    for place in {act.operation_compartment: None} | dict.fromkeys(files):
        if place not in places:
            inner_act = act.inside(place)
            inner_act.say(
                place, content, subject=owner, proof=_proof(inner_act, owner, public, proof, operations)
            )
    return device


def _enrol_phone(act: Act, content: DeviceEnrol, known: Mapping[str, Any] | None, proof: str) -> str:
    own, operation = act.actor.authority, act.actor.operation
    if known is not None:
        enrolled = known["operation"], known["officer"], known["until"], set(known["verbs"].split())
        if enrolled != (operation, content.officer, content.until, set(content.verb)):
            raise Refused("public", "this phone is enrolled already: what it may changes with a new key")
        return str(known["id"])
    officer = act.guarded("access_officer", content.officer)
    if officer is None or officer["authority"] != own or officer["withdrawn"]:
        raise Refused("officer", "there is no such officer of your authority who has access")
    check_end(content.until)
    check_verbs(content.verb, officer["role"])
    if not proves_enrolment(proof, content.public, own, operation):
        raise Refused("proof", "the phone's key did not sign its enrolment in this operation")
    act.say(act.operation_compartment, content, subject=own, proof=proof)
    _put_on_file(act, content.public, own)
    return device_id(bytes.fromhex(content.public)).hex()


def _put_on_file(act: Act, public: str, authority: str) -> None:
    try:
        ingest.enrol(act.tx, bytes.fromhex(public), authority)
    except ValueError:
        raise Refused("public", "this is no key that can be relied on; make a new one") from None


def _proof(act: Act, authority: str, public: str, proof: str, operations: list[str]) -> str:
    """The new key's own signature for the operation that is spoken in: the one that was given, unless it is
    that of another of the authority's operations, or made here, where this node has the key."""
    if proof:
        here = act.actor.operation
        other_operations = [operation for operation in operations if operation != here]
        elsewhere = any(
            proves_enrolment(proof, public, authority, operation) for operation in other_operations
        )
        return "" if elsewhere else proof
    if authority not in act.node.rings.open:
        return ""
    own, secret = act.node.rings.device(authority)
    if own.hex() != public:
        return ""
    return prove_enrolment(secret, authority, act.actor.operation)
