"""After a theft: a node goes on under new keys, which travel by hand, and the journal says which they are.

Whoever has a copy of a node's home can say all that its old keys can say; a succession, as after a restore,
too. So nobody relies on these. The new keys are written to a file, compared by telephone, and said in the
journal by a coordinator; then each authority of the node revokes its old devices.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from nacl.bindings import crypto_sign_seed_keypair

from libertad.access.about_members import prove_enrolment
from libertad.access.acting import Act, perform
from libertad.access.actions.announce_node import announce_node
from libertad.access.actions.enrol_device import enrol_device
from libertad.access.actions.revoke_device import revoke_device
from libertad.access.actor import Actor
from libertad.exchange.onboarding.invitation import SIGNATURE, VERSION, check_address, sign, signed_by
from libertad.exchange.peering import peers
from libertad.exchange.protocol import ascii_armor
from libertad.journal import restore
from libertad.journal.checkpoint import origin_of, refuse_small_order
from libertad.journal.header import device_id
from libertad.journal.node import Node, node
from libertad.vocabulary.decoding import prepared
from libertad.vocabulary.values import Refused

KEYS = "KEYS"
CONTEXT = b"libertad new keys v1\x00"


class NewKeys(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A node's public key, where it answers, and the device of each authority that lives there."""

    node: bytes
    address: str
    devices: dict[bytes, bytes]
    # By authority: the new device's signature that it is enrolled there (`prove_enrolment`); none by 0.1, and
    # none of an authority whose operation its node does not know any more.
    proofs: dict[bytes, bytes] = {}

    @property
    def origin(self) -> str:
        return origin_of(self.node)


def renew(here: Node, address: str) -> str:
    """Make a new node key and new devices for all authorities here; the text that says which. No other
    process may have the node open: it would go on with the old keys."""
    with here.presence.alone():
        restore.accept(here)
    return write(here, address)


def write(here: Node, address: str) -> str:
    """This node's keys as text, signed by its own. It holds no secret."""
    own = here.rings.authorities()
    devices = {bytes.fromhex(authority): here.rings.device(authority)[0] for authority in own}
    proofs = {}
    for authority, operation in here.sql().all("select id, operation from access_authority"):
        if operation and authority in own:
            proofs[bytes.fromhex(authority)] = bytes.fromhex(
                prove_enrolment(here.rings.device(authority)[1], authority, operation)
            )
    new_keys = NewKeys(here.key.public, address, devices, proofs)
    data = bytes([VERSION]) + msgspec.msgpack.encode(new_keys)
    return ascii_armor.wrap(KEYS, data + sign(CONTEXT + data, crypto_sign_seed_keypair(here.key.seed)[1]))


def read(text: str) -> NewKeys:
    """The keys in a text; Refused says what is wrong with it. Compare the words of its `node`."""
    data = ascii_armor.unwrap(KEYS, text)
    data, signature = data[:-SIGNATURE], data[-SIGNATURE:]
    if not data or data[0] != VERSION:
        raise Refused("keys", "it is of another version of this program: update the older of the two nodes")
    try:
        new_keys = msgspec.msgpack.decode(data[1:], type=prepared(NewKeys))
        for key in (new_keys.node, *new_keys.devices.values()):
            refuse_small_order(key)
        check_address(new_keys.address)
    except (msgspec.MsgspecError, ValueError):
        raise Refused("keys", "it holds what no node's keys can hold; let it be written once more") from None
    if not signed_by(CONTEXT + data, signature, new_keys.node):
        raise Refused("keys", "it was changed on the way; let it be written once more")
    return new_keys


def vouch(actor: Actor, new_keys: NewKeys) -> None:
    """A coordinator says in the journal that these are the keys of those authorities' node now."""
    perform(actor, _vouch, found=new_keys)
    node().writer.submit(lambda tx: peers.learn(tx.sql, tx.node.key.origin))


def _vouch(act: Act, /, *, found: NewKeys) -> None:
    for authority, device in sorted(found.devices.items()):
        proof = found.proofs.get(authority, b"").hex()
        enrol_device(act, public=device.hex(), authority=authority.hex(), proof=proof)
        announce_node(act, public=found.node.hex(), address=found.address, authority=authority.hex())


def revoke_old(actor: Actor, reason: str, now: bool = False, since: datetime | None = None) -> int:
    """Revoke all devices of the actor's authority but this node's own and officers' phones, which are revoked
    one by one; returns how many.

    What they said from `since` on is not recognised: from then they were in other hands.

    Refused while peers may still hold what a restore lost here (`unasked`), unless it must be `now`.
    """
    left = [] if now else unasked(node())
    if left:
        raise Refused(
            "now",
            "an older database was put back here, and since then nothing was heard of %(listed)s: "
            "what only they hold of the old devices would not count. Ask them first "
            "(libertad exchange pull), or add --now if a thief is at work",
            listed=", ".join(left),
        )
    return perform(actor, _revoke_old, reason=reason, since=since)


def unasked(here: Node) -> list[str]:
    """Peers not heard since an older database was put back under keys that have been replaced since.

    What only they have kept of those logs is beyond what a revocation recognises, and would not count.
    """
    sql = here.sql()
    used = {device_id(here.rings.device(authority)[0]) for authority in here.rings.authorities()}
    rows = sql.all("select device, at from journal_succession order by at")
    earlier = [at for device, at in rows if bytes(device) not in used]
    if not earlier:
        return []
    return [
        peer.origin for peer in peers.every(sql) if peer.state == peers.ACTIVE and peer.contact < earlier[-1]
    ]


def _revoke_old(act: Act, /, *, reason: str, since: datetime | None = None) -> int:
    own = act.actor.authority
    used = device_id(act.node.rings.device(own)[0])
    rows = act.tx.sql.all("select id from journal_device where authority = ? order by id", (own,))
    revoked = {row[0] for row in act.tx.sql.all("select id from access_device where revoked or kind <> ''")}
    old = [bytes(row[0]).hex() for row in rows if bytes(row[0]) != used]
    fresh = [device for device in old if device not in revoked]
    for device in fresh:
        revoke_device(act, device=device, reason=reason, since=since)
    return len(fresh)
