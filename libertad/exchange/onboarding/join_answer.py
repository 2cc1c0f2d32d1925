"""The answer to an invitation: with which keys the invited authority will speak. docs/exchange-format.md.

The invitation's secret never travels back: it is the seed of a key, the answer is signed with it, and the
inviter keeps only that key's public half (`invitations`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import msgspec
from nacl.bindings import crypto_sign_seed_keypair

from libertad.exchange.onboarding.invitation import (
    ENCODER,
    NEW,
    SIGNATURE,
    VERSION,
    Invitation,
    check_address,
    check_bundle,
    hex_id,
    seed_of,
    sign,
    signed_by,
)
from libertad.journal.checkpoint import Signer, origin_of, refuse_small_order
from libertad.journal.header import device_id
from libertad.vocabulary.decoding import prepared
from libertad.vocabulary.values import Refused

JOIN = b"libertad join v1\x00"
MOST_ANNOUNCED = 8192


class _JoinWire(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    invitation: bytes
    node: bytes
    device: bytes
    address: str
    announcement: bytes
    bundle: str = ""


class Join(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of the invited node: its key, the authority's device key, where it answers.

    `announcement` is the authority's recipient key as `key_wrap` made it, opaque here; `bundle` is the key to
    which its node wants bundles encrypted. Signed by both keys and
    by the invitation's token; `signed` and `proof` are the exact bytes and the token's signature over them.
    """

    invitation: str
    node: bytes
    device: bytes
    address: str
    announcement: bytes
    signed: bytes
    proof: bytes
    bundle: str = ""

    @property
    def origin(self) -> str:
        return origin_of(self.node)

    @property
    def device_id(self) -> str:
        return device_id(self.device).hex()


class Row(Protocol):
    """What `check_join` asks of a stored invitation."""

    @property
    def token(self) -> bytes: ...
    @property
    def expires(self) -> int: ...
    @property
    def used(self) -> int | None: ...
    @property
    def used_by(self) -> str | None: ...
    @property
    def revoked(self) -> int | None: ...


def make_join(
    invitation: Invitation,
    *,
    node: Signer,
    device: tuple[bytes, bytes],
    address: str,
    announcement: bytes,
    bundle: str = "",
) -> bytes:
    """The answer that the invited node sends, signed with token, node key and the authority's device key."""
    if node.public == invitation.node:
        raise Refused("invitation", "this node made it: it is for another node")
    wire = _JoinWire(bytes.fromhex(invitation.id), node.public, device[0], address, announcement, bundle)
    _check_answer(wire)
    data = bytes([VERSION]) + ENCODER.encode(wire)
    seeds = (seed_of(invitation.token), node.seed)
    secrets = [*(crypto_sign_seed_keypair(seed)[1] for seed in seeds), device[1]]
    return data + b"".join(sign(JOIN + data, secret) for secret in secrets)


def read_join(data: bytes) -> Join:
    """An answer whose own signatures hold; Refused('join', ...) else. Whether it may join: `check_join`."""
    if not data or data[0] != VERSION:
        raise Refused("join", "it is of another version of this program: update the older of the two nodes")
    signed, signatures = data[: -3 * SIGNATURE], data[-3 * SIGNATURE :]
    try:
        wire = msgspec.msgpack.decode(signed[1:], type=prepared(_JoinWire))
        _check_answer(wire)
        invitation = hex_id(wire.invitation)
    except (msgspec.MsgspecError, ValueError):
        raise Refused("join", "it holds what no answer to an invitation can hold: %(new)s", new=NEW) from None
    for key, place in ((wire.node, SIGNATURE), (wire.device, 2 * SIGNATURE)):
        if not signed_by(JOIN + signed, signatures[place : place + SIGNATURE], key):
            raise Refused("join", "it was changed on the way: send it again")
    return Join(
        invitation=invitation,
        node=wire.node,
        device=wire.device,
        address=wire.address,
        announcement=wire.announcement,
        bundle=wire.bundle,
        signed=signed,
        proof=signatures[:SIGNATURE],
    )


def check_join(join: Join, row: Row | None, now: datetime) -> None:
    """Refused('join', ...) unless the invitation is ours, its token signed the answer, and it may be used.

    A wrong token and an invitation that never was are told alike. A used one lets nobody in again, also not
    the node that used it: what `Used` says is whether it is the same node, which lost our answer.
    """
    unknown = Refused("join", "there is no such invitation: %(new)s", new=NEW)
    if row is None or not signed_by(JOIN + join.signed, join.proof, bytes(row.token)):
        raise unknown
    if row.revoked is not None:
        raise Refused("join", "the invitation was withdrawn: %(new)s", new=NEW)
    if row.used is not None:
        raise Used(join.origin == row.used_by)
    if row.expires <= round(now.timestamp() * 1000):
        raise Refused("join", "the invitation has expired: %(new)s", new=NEW)


class Used(Refused):
    """The invitation was used already; `same`: by this very node, whose answer from us got lost."""

    def __init__(self, same: bool) -> None:
        super().__init__("join", f"the invitation was used already, and lets in one node once: {NEW}")
        self.same = same


def _check_answer(wire: _JoinWire) -> None:
    for key in (wire.node, wire.device):
        refuse_small_order(key)
    check_address(wire.address)
    check_bundle(wire.bundle)
    if len(wire.announcement) > MOST_ANNOUNCED:
        raise Refused("join", "the announcement is too long")
