"""Letters and bundles within a node process of the replay: start, joining by files, writing and reading."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from libertad.exchange import scheduler
from libertad.exchange.onboarding import admission
from libertad.exchange.peering import bundle_peers, peers
from libertad.exchange.sync.endpoint import Exchange
from libertad.exchange.transport import bundle_exchange, mail
from libertad.exchange.transport.nats_keys import Credentials, node_credentials
from libertad.journal.node import node
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction
from scenarios.replay import exchange_on_node

AGAIN = 20_000  # ms after which a letter that was not confirmed is written again; 10 minutes in earnest
_apart: Exchange | None = None  # of a node that no network reaches


class Names(NamedTuple):
    """What a node's operator hands out or puts beside it: its name, its leaf's key, its bundle key."""

    origin: str
    credentials: Credentials
    bundle: str


def names() -> Names:
    key = node().key
    return Names(key.origin, node_credentials(key.seed), bundle_peers.own_key(node()))


def begin(
    port: int, routes: Mapping[str, str], every: float, broker: str, served: bool, bundles: Mapping[str, str]
) -> None:
    """Begin to exchange. `broker`: where letters are left, '' for none; `served`: whether it answers and
    asks over the network. `bundles`: keys of other nodes, entered by hand as the operators do."""
    global _apart
    enter(bundles)
    mail.PATIENCE = AGAIN
    if broker:
        os.environ["LIBERTAD_NATS_URL"], os.environ["LIBERTAD_NATS_TICK"] = broker, "0.2"
    if served or broker:
        exchange_on_node.begin(port, routes, every)
        return
    admission.register()
    _apart = _apart or Exchange(node())


def exchange() -> Exchange:
    return _apart or scheduler.exchange()


def enter(bundles: Mapping[str, str]) -> None:
    """Enter the bundle keys of other nodes."""
    here = node()

    def job(tx: Transaction) -> None:
        for origin, key in bundles.items():
            if origin != here.key.origin:
                bundle_peers.save_key(tx.sql, origin, key)

    here.writer.submit(job)


def answered(text: str, address: str) -> str:
    """On the invited node: the answer, which is taken to the inviter in a file."""
    from datetime import UTC, datetime

    from libertad.exchange.onboarding.invitation import read

    invitation = read(text, datetime.now(UTC))
    admission.answer(node(), invitation, address)
    return admission.answer_for(invitation.origin)


def take_answer(text: str) -> None:
    admission.take_answer(node(), text)


def write(origin: str, folder: str) -> list[str]:
    """A bundle for a peer, of all that it has not confirmed; [] where it is no peer (any more)."""
    peer = peers.get(Sql(), origin)
    if peer is None or peer.state != peers.ACTIVE or not bundle_peers.key_of(node().sql(), origin):
        return []
    Path(folder).mkdir(parents=True, exist_ok=True)
    return [str(path) for path in bundle_exchange.write(exchange(), origin, Path(folder)).paths]


def read(paths: list[str]) -> int:
    """How many entries of a bundle are new here."""
    return bundle_exchange.read(exchange(), [Path(path) for path in paths]).read.pulled.taken.stored
