"""Bundles that people carry: written for a peer, read from a peer, refused with what to do.

For the command line and the screens. `bundle` knows files, `mail` knows letters; here they meet.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from libertad.exchange.control import introduction
from libertad.exchange.peering import bundle_peers, failures, peers
from libertad.exchange.peering.peers import Peer
from libertad.exchange.peering.roster import put_on_roster
from libertad.exchange.protocol import failure_codes
from libertad.exchange.sync import silent_peers
from libertad.exchange.sync.endpoint import LIES, Cut, Exchange
from libertad.exchange.transport import bundle, mail
from libertad.exchange.transport.bundle import BadBundle
from libertad.exchange.transport.mail import EVER, Read
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused

NO_KEY = marked(
    "its bundle key is not known here yet. It comes with its answer to an invitation, or at the first "
    "contact; else have it read by its node (libertad exchange bundle-key) and enter it here "
    "(libertad exchange bundle-key PEER age1...)"
)
LEFT = marked(
    "your authority was removed from each operation that it shared with it: nothing more is written for it. "
    "Today tells by whom; if nobody expected that, telephone them"
)
STATES = {
    peers.SUSPENDED: marked(
        "the exchange with it is suspended: take it up again first (libertad exchange resume)"
    ),
    peers.ENDED: marked("the exchange with it has ended: take it up again first (libertad exchange resume)"),
}


class Written(NamedTuple):
    """The files in their order, what is in them, and how many entries of our journal come after them."""

    paths: list[Path]
    entries: int
    size: int
    left: int


class Got(NamedTuple):
    """From whom a bundle was, and what reading it did."""

    sender: str
    parcels: int
    read: Read


def active(exchange: Exchange, origin: str) -> Peer:
    """The peer; Refused('peer', ...) says why nothing goes to it or is taken from it."""
    peer = peers.get(exchange.node.sql(), origin)
    if peer is None:
        raise Refused("peer", "there is no such peer: see libertad exchange peers")
    if peer.state != peers.ACTIVE:
        raise Refused("peer", STATES[peer.state])
    return peer


def write(
    exchange: Exchange, origin: str, folder: Path, *, most_bytes: int | None = None, new: bool = False
) -> Written:
    """Write a bundle for a peer into a folder; Refused says what is in the way and what to do.

    `new`: only what no letter to it has had yet; else all that it has not confirmed. What could not be
    written does not count as sent.
    """
    active(exchange, origin)
    if origin in silent_peers.silent(exchange, exchange.node.sql()):
        raise Refused("peer", LEFT)
    key = bundle_peers.key_of(exchange.node.sql(), origin)
    if not key:
        raise Refused("peer", NO_KEY)
    if not folder.is_dir():
        raise Refused("folder", "%(folder)s is no folder: name the stick's, or make it", folder=folder)
    signer = exchange.node.key
    try:
        letter = mail.write(exchange, origin, everything=not new, again=EVER)
    except Cut as why:
        raise Refused("peer", "%(why)s", why=why) from None
    name = bundle.fresh_name()
    try:
        paths = bundle.write(
            letter.parcels,
            sender_origin=signer.origin,
            sender_seed=signer.seed,
            reader_key=key,
            folder=folder,
            name=name,
            most_bytes=most_bytes,
        )
        paths += introduction.write_file(exchange.node, key, folder, name)
    except BaseException as why:
        mail.unsent(exchange, origin)
        if isinstance(why, BadBundle):
            raise Refused("bundle", "%(why)s", why=why) from None
        if isinstance(why, OSError):
            raise Refused(
                "folder",
                "%(folder)s cannot be written (%(reason)s)",
                folder=folder,
                reason=why.strerror or why,
            ) from None
        raise
    mail.record_sent(exchange, origin, letter)
    return Written(paths, letter.entries, sum(path.stat().st_size for path in paths), letter.left)


def read(exchange: Exchange, paths: Sequence[Path]) -> Got:
    """Take the bundle that is in these files; each parcel is durable before the next counts on it.

    Refused('bundle', ...) for what is torn, missing, changed, a stranger's, for another reader, or a lie;
    Refused('peer', ...) when the exchange with its writer is suspended.
    """
    here = exchange.node
    try:
        paths = introduction.take_files(here, paths)
        known = {peer.origin: peer.public for peer in peers.every(here.sql())}
        reading = bundle.read(paths, identity=bundle.bundle_identity(here.home), known_senders=known)
        active(exchange, reading.sender)
        try:
            result = Got(reading.sender, reading.parcels, mail.read(exchange, reading.sender, reading))
        except LIES:
            failures.record_failure(here, reading.sender, failure_codes.BUNDLE_IN, "refused")
            raise
        failures.record_success(here, reading.sender, failure_codes.BUNDLE_IN)
        put_on_roster(here)  # where nothing but bundles travels, no loop does it
        return result
    except BadBundle as why:
        raise Refused("bundle", "%(why)s", why=why) from None
    except Cut as why:
        raise Refused("peer", "%(why)s", why=why) from None
    except LIES as why:
        raise Refused("bundle", "refused: %(why)s", why=why) from None
    except OSError as why:
        raise Refused(
            "bundle", "a part cannot be read (%(reason)s): copy it again", reason=why.strerror or why
        ) from None
    except ValueError as why:  # our own key file
        raise Refused("bundle", "%(why)s", why=why) from None
