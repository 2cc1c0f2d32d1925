"""Inviting an authority that lives on another node. docs/exchange-format.md, Joining.

An invitation is a signed file with a secret in it. Whoever holds the secret may answer once (`join_answer`),
before it expires. That the file came from whom it seems to come is for two people to compare, by telephone,
in words (`words`).
"""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime, timedelta

import msgspec
from nacl.bindings import crypto_sign, crypto_sign_open, crypto_sign_seed_keypair
from nacl.exceptions import BadSignatureError

from libertad.exchange.peering import bundle_peers
from libertad.exchange.protocol import ascii_armor
from libertad.journal.checkpoint import Signer, origin_of, refuse_small_order
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.decoding import prepared
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import ADDRESS, AuthorityInvite

VERSION = 1
CONTEXT = b"libertad invitation v1\x00"
WORD = "INVITATION"
LASTS = timedelta(days=7)
LONGEST = timedelta(days=30)
SIGNATURE = 64
NEW = marked("ask for a new invitation")
ENCODER = msgspec.msgpack.Encoder()


class _Wire(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Ids and keys as bytes, in this order; what the two signatures are over."""

    id: bytes
    token: bytes
    operation: bytes
    inviter: bytes
    node: bytes
    device: bytes
    address: str
    authority: bytes
    name: str
    kind: str
    country: str
    zone: str
    part: str
    expires: int
    bundle: str = ""


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """What an invitation says. Ids in hex; `node` and `device` are the inviter's public keys.

    `token` is secret. `address` is where the inviter's node answers ('' where only files travel; then
    `bundle` is the key to which its bundles are encrypted).
    """

    id: str
    token: bytes
    operation: str
    inviter: str
    node: bytes
    device: bytes
    address: str
    authority: str
    name: str
    kind: str
    country: str
    zone: str
    part: str
    expires: datetime
    bundle: str = ""

    def __repr__(self) -> str:
        """Without the secret: what is printed is kept."""
        return f"Invitation({self.id!r})"

    @property
    def origin(self) -> str:
        """The inviter's node, by name."""
        return origin_of(self.node)

    @property
    def proof(self) -> bytes:
        """The public half of the token: all that the inviter keeps of it."""
        return crypto_sign_seed_keypair(seed_of(self.token))[0]


def invite(
    *,
    operation: str,
    inviter: str,
    node: Signer,
    device: tuple[bytes, bytes],
    address: str,
    name: str,
    kind: str,
    country: str,
    zone: str,
    part: str = "member",
    authority: str | None = None,
    now: datetime,
    lasts: timedelta = LASTS,
    bundle: str = "",
) -> Invitation:
    """A new invitation with its own id and secret; Refused names the field that cannot be so.

    `device`: the inviting authority's (public, secret) on this node; `authority`: a new id by default.
    """
    if not timedelta(0) < lasts <= LONGEST:
        raise Refused("expires", "an invitation lasts at most %(days)s days", days=LONGEST.days)
    invitation = Invitation(
        id=os.urandom(16).hex(),
        token=os.urandom(16),
        operation=operation,
        inviter=inviter,
        node=node.public,
        device=device[0],
        address=address,
        authority=authority or os.urandom(16).hex(),
        name=name.strip(),
        kind=kind,
        country=country,
        zone=zone,
        part=part,
        expires=(now + lasts).astimezone(UTC).replace(microsecond=0),
        bundle=bundle,
    )
    _check(invitation)
    return invitation


def write(invitation: Invitation, node: Signer, device: tuple[bytes, bytes]) -> str:
    """The invitation as text: for a file, a mail, or a QR code. It holds the secret: hand it over safely."""
    if (node.public, device[0]) != (invitation.node, invitation.device):
        raise ValueError("an invitation is signed by the keys that it names")
    wire = _Wire(
        id=bytes.fromhex(invitation.id),
        token=invitation.token,
        operation=bytes.fromhex(invitation.operation),
        inviter=bytes.fromhex(invitation.inviter),
        node=invitation.node,
        device=invitation.device,
        address=invitation.address,
        authority=bytes.fromhex(invitation.authority),
        name=invitation.name,
        kind=invitation.kind,
        country=invitation.country,
        zone=invitation.zone,
        part=invitation.part,
        expires=round(invitation.expires.timestamp()),
        bundle=invitation.bundle,
    )
    parts = msgspec.structs.astuple(wire)
    # Without the key it is as short as it can be: it has to fit a code that a telephone reads.
    data = bytes([VERSION]) + ENCODER.encode(parts if wire.bundle else parts[:-1])
    secrets = (crypto_sign_seed_keypair(node.seed)[1], device[1])
    return ascii_armor.wrap(WORD, data + b"".join(sign(CONTEXT + data, secret) for secret in secrets))


def read(text: str, now: datetime) -> Invitation:
    """The invitation in a text; Refused('invitation', ...) says what is wrong with it and what to do.

    The signatures bind the file to the keys in it, and say nothing of whose they are: compare the words of
    `node` with the inviter.
    """
    data = ascii_armor.unwrap(WORD, text)
    if data[0] != VERSION:
        raise Refused(
            "invitation", "it is of a newer version of this program: update this node, then read it again"
        )
    signed, signatures = data[: -2 * SIGNATURE], data[-2 * SIGNATURE :]
    wrong = Refused("invitation", "it was changed after it was signed: do not use it, %(new)s", new=NEW)
    try:
        wire = msgspec.msgpack.decode(signed[1:], type=prepared(_Wire))
        invitation = Invitation(
            id=hex_id(wire.id),
            token=wire.token,
            operation=hex_id(wire.operation),
            inviter=hex_id(wire.inviter),
            node=wire.node,
            device=wire.device,
            address=wire.address,
            authority=hex_id(wire.authority),
            name=wire.name,
            kind=wire.kind,
            country=wire.country,
            zone=wire.zone,
            part=wire.part,
            expires=datetime.fromtimestamp(wire.expires, UTC),
            bundle=wire.bundle,
        )
        for key in (wire.node, wire.device):
            refuse_small_order(key)
    except (msgspec.MsgspecError, ValueError, OverflowError, OSError):
        raise Refused(
            "invitation", "it holds what no invitation can hold: do not use it, %(new)s", new=NEW
        ) from None
    for key, place in ((invitation.node, 0), (invitation.device, SIGNATURE)):
        if not signed_by(CONTEXT + signed, signatures[place : place + SIGNATURE], key):
            raise wrong
    _check(invitation)
    if invitation.expires <= now:
        raise Refused(
            "invitation",
            "it expired on %(expires)s UTC: %(new)s",
            expires=f"{invitation.expires:%Y-%m-%d at %H:%M}",
            new=NEW,
        )
    return invitation


def _check(invitation: Invitation) -> None:
    """What an invitation must hold, by the rules of the entry that it becomes."""
    AuthorityInvite(
        name=_short(invitation.name, 100, "name"),
        kind=_short(invitation.kind, 20, "kind"),
        country=_short(invitation.country, 2, "country"),
        zone=_short(invitation.zone, 64, "zone"),
        part=_short(invitation.part, 20, "part"),
    )
    check_address(invitation.address)
    check_bundle(invitation.bundle)
    for identifier in (invitation.id, invitation.operation, invitation.inviter, invitation.authority):
        hex_id(bytes.fromhex(identifier))
    if len(invitation.token) != 16:
        raise Refused("invitation", "its secret is too short: %(new)s", new=NEW)


def check_address(address: str) -> None:
    """Refused('address', ...) unless it is an https address, or none."""
    if address and not ADDRESS.fullmatch(address):
        raise Refused("address", "give an address that begins with https://, or none")


def check_bundle(key: str) -> None:
    """Refused('bundle', ...) unless it is a key that bundles can be encrypted to, or none."""
    if key and not bundle_peers.usable(key):
        raise Refused("bundle", "a bundle key begins with age1, and is shown by libertad exchange bundle-key")


def _short(text: str, limit: int, field: str) -> str:
    if not text or len(text) > limit or not text.isprintable():
        raise Refused(field, "write 1 to %(most)s characters in one line", most=limit)
    return text


def hex_id(data: bytes) -> str:
    """An id of 16 bytes in hex; ValueError for any other."""
    if len(data) != 16:
        raise ValueError("an id has 16 bytes")
    return data.hex()


def seed_of(token: bytes) -> bytes:
    """The seed of the key that the token is."""
    return hashlib.sha256(b"libertad invitation token v1\x00" + token).digest()


def sign(data: bytes, secret: bytes) -> bytes:
    """The Ed25519 signature alone."""
    return bytes(crypto_sign(data, secret)[:SIGNATURE])


def signed_by(data: bytes, signature: bytes, public: bytes) -> bool:
    """Whether the signature is this key's. libsodium compares in constant time."""
    try:
        crypto_sign_open(signature + data, public)
    except (BadSignatureError, ValueError):
        return False
    return True
