"""Entries of devices and nodes -> whose devices they are, how far they are recognised, where nodes answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from libertad.access.models import Device, Node, Revocation
from libertad.journal.causal import acted, as_said
from libertad.journal.checkpoint import origin_of, refuse_small_order
from libertad.journal.folding import Row, Said, project
from libertad.journal.header import device_id
from libertad.vocabulary.verbs import access as say


def usable(public: str) -> bool:
    """Whether a key (hex) may be put on file; an entry of another node may name one that may not."""
    try:
        refuse_small_order(bytes.fromhex(public))
    except ValueError:
        return False
    return True


def _device(entry: Said) -> tuple[str, ...]:
    if isinstance(entry.content, say.DeviceRevoke):
        return (entry.content.device,)
    public = cast(say.DeviceEnrol, entry.content).public
    return (device_id(bytes.fromhex(public)).hex(),) if usable(public) else ()


@project(Device, verbs=("device.enrol", "device.revoke"), key=_device)
def device_row(key: str, entries: Sequence[Said]) -> Row | None:
    """Whoever it was enrolled for first has it; only that authority takes it back, and for good.

    As what it was enrolled first, by the clock of the device that said it, it stays: a phone, or a node's.
    """
    enrolled = next((s for s in entries if isinstance(s.content, say.DeviceEnrol)), None)
    if enrolled is None:
        return None
    first = min(
        (s for s in entries if isinstance(s.content, say.DeviceEnrol) and s.subject == enrolled.subject),
        key=acted,
    )
    content = cast(say.DeviceEnrol, first.content)
    revoked = any(
        isinstance(s.content, say.DeviceRevoke) and s.authority == enrolled.subject for s in entries
    )
    return Row(
        first.compartment if content.kind else enrolled.compartment,
        {
            "public": content.public,
            "authority": enrolled.subject,
            "revoked": revoked,
            "kind": content.kind,
            "officer": content.officer,
            "until": content.until,
            "verbs": " ".join(sorted(set(content.verb))),
        },
    )


def _revocation(entry: Said) -> tuple[str, ...]:
    return (f"{entry.compartment}:{cast(say.DeviceRevoke, entry.content).device}:{entry.authority}",)


@project(Revocation, verbs=("device.revoke",), key=_revocation)
def revocation_row(key: str, entries: Sequence[Said]) -> Row:
    """Of several the lowest number counts: what was once not recognised is not recognised later."""
    compartment, device, authority = key.split(":")
    last = min(cast(say.DeviceRevoke, s.content).last for s in entries)
    return Row(compartment, {"device": device, "authority": authority, "last": last})


@project(Node, verbs=("node.announce",), key=lambda entry: (entry.subject,))
def node_row(key: str, entries: Sequence[Said]) -> Row | None:
    """The latest word; what an authority says of its own node stands before what another says of it."""
    sound = [s for s in entries if _sound(cast(say.NodeAnnounce, s.content))]
    if not sound:
        return None
    last = as_said([s for s in sound if s.authority == key] or sound)[-1]
    content = cast(say.NodeAnnounce, last.content)
    return Row(
        last.compartment,
        {
            "origin": content.origin,
            "public": content.public,
            "address": content.address,
            "operation": last.operation,
        },
    )


def _sound(content: say.NodeAnnounce) -> bool:
    """A node's name is derived from its key; a key of small order is no key."""
    return usable(content.public) and origin_of(bytes.fromhex(content.public)) == content.origin
