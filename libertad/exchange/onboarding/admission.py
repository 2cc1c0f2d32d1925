"""Joining an operation from another node: what the invited and the inviting node each do.

The invited node founds the authority under the id of the invitation and answers with its keys. The
inviter's node puts the new keys on file as the officer who invited, in one transaction with the use of the
invitation: every member of the operation learns them from the journal.
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from libertad.access import accounts
from libertad.access.acting import Act, perform
from libertad.access.actions.announce_node import announce_node
from libertad.access.actions.enrol_device import enrol_device
from libertad.access.actions.invite_authority import invite_authority
from libertad.access.actor import Actor
from libertad.access.founding import Founded, found_authority, free, make_ring
from libertad.access.membership import believed, is_in
from libertad.access.models import Authority, Device
from libertad.access.models import Node as Announced
from libertad.access.operation_files import expect_file, pinned_file
from libertad.access.submissions import submit_once
from libertad.exchange.authorization import reauthorization
from libertad.exchange.control import key_delivery, key_succession, key_wrap
from libertad.exchange.onboarding import invitations, join_answer
from libertad.exchange.onboarding.invitation import Invitation, invite, read, write
from libertad.exchange.peering import bundle_peers, peers
from libertad.exchange.peering.guarded import phones
from libertad.exchange.peering.hosting import enrol_hosted
from libertad.exchange.protocol import ascii_armor
from libertad.exchange.sync.endpoint import HANDLERS, JOIN, SUCCEED
from libertad.journal import ingest
from libertad.journal.guarded import owner_of
from libertad.journal.header import device_id
from libertad.journal.node import Node, node
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction
from libertad.vocabulary.body import Provenance
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.decoding import prepared
from libertad.vocabulary.values import Refused

ANSWER = "ANSWER"
ENROLLED = (
    "select 1 from journal_touch t join journal_entry e on e.idx = t.entry "
    "where t.key = 'access.Device:' || ? and e.compartment = ?"
)
OTHER_CENTRE = marked(
    "it is not from the centre of an operation that your authority is in, or not from the device by which "
    "that centre is known here: join another centre's operation with a node of its own"
)


def invite_node(
    actor: Actor,
    *,
    name: str,
    kind: str,
    country: str,
    zone: str,
    address: str,
    part: str = "member",
    officers: int = 0,
    authority: str | None = None,
    provenance: Provenance = "",
) -> tuple[Invitation, str]:
    """Invite an authority that has a node of its own: the invitation and its text (which holds a secret).

    `address`: where this node answers the others ('' where only files travel).
    """
    here = node()
    subject = perform(
        actor,
        _invite,
        name=name,
        kind=kind,
        country=country,
        zone=zone,
        part=part,
        officers=officers,
        authority=authority,
        address=address,
        provenance=provenance,
    )
    moment = datetime.now(UTC)
    invitation = invite(
        operation=actor.operation,
        inviter=actor.authority,
        node=here.key,
        device=here.rings.device(actor.authority),
        address=address,
        name=name,
        kind=kind,
        country=country,
        zone=zone,
        part=part,
        authority=subject,
        now=moment,
        bundle="" if address else bundle_peers.own_key(here),
    )
    submit_once(
        lambda tx: _remember(tx, invitation, moment, actor.officer),
        invite_node,
        {"made": invitation},
        here,
    )
    return invitation, write(invitation, here.key, here.rings.device(actor.authority))


def _invite(act: Act, /, *, address: str, **arguments: object) -> str:
    """With the invitation the keys of all who live here are in the journal, for all who join."""
    if arguments.get("authority") is None:
        arguments["authority"] = _waiting(act, arguments)
    subject = invite_authority(act, **arguments)  # type: ignore[arg-type]
    announce_self(act, address)
    enrol_hosted(act, address)
    return subject


def _waiting(act: Act, arguments: dict[str, object]) -> str | None:
    """The authority of this name, kind and country that was invited and has not joined, if there is one.

    Its new invitation is for it: a second of the same name on the operation's list could be taken for it.
    """
    listed = act.members(kind=arguments["kind"], country=arguments["country"])
    known = [row for member in listed if (row := act.get(Authority, member["id"])) is not None]
    same = [row["id"] for row in known if row["name"].casefold() == str(arguments["name"]).strip().casefold()]
    here = act.node.rings.authorities()
    return next(
        (key for key in sorted(same) if key not in here and not act.find(Device, authority=key, kind="")),
        None,
    )


def _remember(tx: Transaction, invitation: Invitation, moment: datetime, officer: str) -> None:
    """Put the invitation on file; one of the same authority that is still open ends with it."""
    for earlier in invitations.pending(tx.sql, moment):
        if earlier.authority == invitation.authority:
            invitations.revoke(tx.sql, earlier.id, moment)
    invitations.remember(tx.sql, invitation, moment, officer)


def announce_self(act: Act, address: str) -> None:
    """The actor's authority's device and node, in the operation's file."""
    enrol_device(act, public=act.node.rings.device(act.actor.authority)[0].hex())
    announce_node(act, public=act.node.key.public.hex(), address=address)


def join(
    text: str,
    *,
    administrator: str,
    service_number: str,
    address: str,
    passphrase: str | None = None,
    provenance: Provenance = "",
) -> Founded:
    """On the invited node: found the authority and answer. The operation arrives by exchange."""
    invitation = read(text, datetime.now(UTC))
    here = node()
    if invitation.authority in here.rings.authorities():
        raise Refused("invitation", "this node has joined by it already: see libertad exchange status")
    free(administrator, service_number)
    make_ring(invitation.authority, passphrase, invitation.kind)
    actor = found_authority(
        name=administrator,
        rank="",
        service_number=service_number,
        zone=invitation.zone,
        authority=invitation.authority,
        provenance=provenance,
    )
    answer(here, invitation, address)
    return Founded(invitation.authority, actor.officer, accounts.first_code(service_number, actor.officer))


def join_with(text: str, *, address: str) -> str:
    """On a node that the invited authority lives at: join a further operation with the keys that it has.

    Returns the authority. Its officers are told to the other nodes once the operation has arrived (`roster`).
    """
    invitation = read(text, datetime.now(UTC))
    answer_again(node(), invitation, address)
    return invitation.authority


def answer_again(here: Node, invitation: Invitation, address: str) -> None:
    """Answer for an authority that lives here. Refused unless who invites coordinates an operation that it is
    in, by a device that is known here as its own.

    Who coordinates vouches for members' devices and nodes, and those count in every operation of a node: that
    of another centre would put its keys in the place of members of the first.
    """
    if invitation.authority not in here.rings.authorities():
        raise Refused("invitation", "the authority that it is for does not live on this node")
    if here.rings.kinds().get(invitation.authority, invitation.kind) != invitation.kind:
        raise Refused("invitation", "it is for an authority of another kind: ask for a new one")
    if _has_joined(here, invitation):
        raise Refused("invitation", "this node has joined by it already: see libertad exchange status")
    if not here.writer.submit(lambda tx: _coordinates(tx.sql, invitation)):
        raise Refused("invitation", OTHER_CENTRE)
    answer(here, invitation, address)


def _has_joined(here: Node, invitation: Invitation) -> bool:
    """Whether its answer waits to be taken, or the invited authority's device stands in the operation's file.

    Another authority of the same node may be in the operation before it: the file is pinned once a node, and
    its key may have come for both.
    """
    waits = "select 1 from exchange_joining where invitation = ?"
    if here.sql().first(waits, (invitation.id,)) is not None:
        return True
    place = pinned_file(here.sql(), invitation.operation)
    if not place:
        return False
    device = device_id(here.rings.device(invitation.authority)[0]).hex()
    return here.sql().first(ENROLLED, (device, place)) is not None


def _coordinates(sql: Sql, invitation: Invitation) -> bool:
    """Whether the inviter's device is on file here as the inviter's, and the inviter owns the file of an
    operation that the invited authority is in and whose file it reads itself: where another authority of this
    node is in a stranger's operation, the stranger may have invited this one there by its word alone."""
    device = device_id(invitation.device)
    ended = sql.first("select 1 from access_device where id = ? and revoked", (device.hex(),))
    if ended is not None or device.hex() in phones(sql) or owner_of(sql, device) != invitation.inviter:
        return False
    for (operation,) in sql.all(
        "select operation from access_member where authority = ?", (invitation.authority,)
    ):
        file = believed(sql, "access_compartment", pinned_file(sql, str(operation)) or "")
        if file and file["owner"] == invitation.inviter and is_in(sql, str(operation), invitation.authority):
            return True
    return False


def is_hosted_here(invitation: Invitation) -> bool:
    """Whether the invited authority has its ring on this node."""
    return invitation.authority in node().rings.authorities()


def answer(here: Node, invitation: Invitation, address: str) -> bytes:
    """Put the inviter on file, and our answer to it, which is sent until it is taken. Returns the answer."""
    message = join_answer.make_join(
        invitation,
        node=here.key,
        device=here.rings.device(invitation.authority),
        address=address,
        announcement=key_wrap.announce(here.rings, invitation.authority),
        bundle=bundle_peers.own_key(here),
    )

    def job(tx: Transaction) -> None:
        ingest.enrol(tx, invitation.device, invitation.inviter)
        expect_file(tx.sql, invitation.operation, invitation.inviter)
        peers.save_peer(tx.sql, invitation.origin, invitation.node, invitation.address, (invitation.inviter,))
        bundle_peers.save_key(tx.sql, invitation.origin, invitation.bundle)
        tx.sql.run(
            "insert into exchange_joining (invitation, origin, answer, at) values (?, ?, ?, ?) "
            "on conflict (invitation) do update set answer = excluded.answer, at = excluded.at",
            (invitation.id, invitation.origin, message, peers.now_ms()),
        )
        reauthorization.settle(tx, [])  # of an operation's file that came before it was expected

    here.writer.submit(job)
    return message


def take_join(here: Node, data: bytes) -> bool:
    """On the inviting node: an answer came. True when its sender is a peer now; False tells it nothing."""
    try:
        came = join_answer.read_join(data)
        here.writer.submit(lambda tx: _take(tx, came))
    except join_answer.Used as why:
        return why.same
    except Refused:
        return False
    return True


def answer_for(origin: str) -> str:
    """This node's latest answer to an invitation of a node, as text; '' when there is none."""
    statement = "select answer from exchange_joining where origin = ? order by at desc, invitation"
    row = node().sql().first(statement, (origin,))
    return write_answer(bytes(row[0])) if row else ""


def write_answer(answer: bytes) -> str:
    """An answer as text, for a file or a mail. It holds no secret."""
    return ascii_armor.wrap(ANSWER, answer)


def read_answer(text: str) -> join_answer.Join:
    """The answer in a text; Refused says what is wrong with the copy. Compare the words of its `node`."""
    return join_answer.read_join(ascii_armor.unwrap(ANSWER, text))


def take_answer(here: Node, text: str) -> join_answer.Join:
    """On the inviting node: an answer came in a file. Unlike a stranger, whoever brings it is told why not.

    Reading the same answer again does no harm.
    """
    came = read_answer(text)
    try:
        here.writer.submit(lambda tx: _take(tx, came))
    except join_answer.Used as why:
        if not why.same:
            raise
    return came


def _take(tx: Transaction, came: join_answer.Join) -> None:
    moment = datetime.now(UTC)
    row = invitations.find(tx.sql, came.invitation)
    join_answer.check_join(came, row, moment)
    if row is None or not invitations.use(tx.sql, row.id, came.origin, moment):
        raise Refused("join", "the invitation was used or withdrawn meanwhile")
    officer = tx.sql.first("select role from access_officer where id = ?", (row.officer,))
    actor = Actor(row.officer, row.inviter, officer[0] if officer else "", row.operation)
    act = Act(tx, actor)
    standing = {device["id"] for device in act.find(Device, authority=row.authority, revoked=False, kind="")}
    if standing and device_id(came.device).hex() not in standing:
        # Whoever holds the text would become a member that has joined: new keys are vouched for by people.
        raise Refused("join", "this authority has joined with other keys: see libertad exchange vouch")
    enrol_device(act, public=came.device.hex(), authority=row.authority)
    known = act.get(Announced, row.authority)  # it may join a further operation by an answer without address
    same = known is not None and known["public"] == came.node.hex()
    address = came.address or (known["address"] if known and same else "")
    announce_node(act, public=came.node.hex(), address=address, authority=row.authority)
    peers.save_peer(tx.sql, came.origin, came.node, address, (row.authority,))
    bundle_peers.save_key(tx.sql, came.origin, came.bundle)
    peer = peers.get(tx.sql, came.origin)
    if peer is not None:
        key_delivery.recipients(tx, peer, [came.announcement])


def take_succession(here: Node, data: bytes) -> bool:
    """A node that was restored shows whose place it takes."""
    try:
        slips = msgspec.msgpack.decode(data, type=prepared(list[bytes]))
    except msgspec.MsgspecError:
        return False
    return here.writer.submit(lambda tx: key_succession.introduce(tx, slips)) > 0


def register() -> None:
    """Let the exchange take answers to invitations and successions."""
    HANDLERS[JOIN] = take_join
    HANDLERS[SUCCEED] = take_succession
