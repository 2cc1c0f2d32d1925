"""`libertad doctor` about the exchange: whether the broker takes us, what failed last with each peer."""

from __future__ import annotations

import os
from collections.abc import Iterator

from libertad.commands import start


def nkey_line() -> str:
    """This node's name and public nkey: one line of the hub operator's list."""
    from libertad.exchange.transport.nats_keys import node_credentials
    from libertad.journal.node import node

    key = node().key
    return f"{key.origin} {node_credentials(key.seed).public}"


def tell_new_nkey() -> None:
    """Say which line the hub's operator must be given once this node's key is a new one."""
    before = _before()
    start.out.print(
        "Where mail goes by NATS, the hub and this node's leaf know the old nkey alone. Give the hub's "
        f"operator this line{f' in place of that of {before}' if before else ' in place of the old one'}:",
        soft_wrap=True,
    )
    start.out.print(f"  {nkey_line()}", soft_wrap=True)
    start.out.print(
        "and make the leaf's leaf.key and LBT_NODE_NKEY anew: docs/nats.md, step 3, and 'one was restored'.",
        soft_wrap=True,
    )


def broker() -> Iterator[tuple[str, str]]:
    """(what is wrong, how to mend it), only where mail is asked for; the way is told on the error output."""
    from libertad.exchange.transport.nats_probe import probe
    from libertad.journal.node import node
    from libertad.journal.rings import RingError

    if not os.environ.get("LIBERTAD_NATS_URL"):
        return
    try:
        key = node().key
    except RingError:
        return  # told with the rings
    connection = probe(key.origin, key.seed)
    if not connection.connected:
        yield _restored(
            f"no mail: the broker that LIBERTAD_NATS_URL names does not take us ({connection.error})",
            "start the leaf, or check the address, LIBERTAD_NATS_CA, and that the leaf's LBT_NODE_NKEY and "
            "the hub's list have the line of libertad exchange nkey",
        )
        return
    way = "through a leaf" if connection.through_leaf else "directly, without a leaf"
    start.err.print(f"Mail by NATS: connected {way}.")
    if not connection.through_leaf:
        start.err.print("  What is said while the hub is away waits at this node; a leaf would carry it on.")
    if not connection.hub:
        yield _restored(
            "the leaf does not reach the hub: mail waits on the leaf's disk",
            "nothing is lost; look at the leaf's log, LBT_HUB_URLS and leaf.key "
            "(libertad exchange nkey --seed)",
        )
    elif not connection.box:
        yield _restored(
            "this node has no box on the hub: nobody's mail reaches it",
            "give the hub's operator the line of libertad exchange nkey: libertad nats users, "
            "then libertad nats boxes",
        )


def failed() -> Iterator[tuple[str, str]]:
    """(what is wrong, how to mend it) of the exchange with each peer, by each way, as the node that serves
    met it last. The broker itself is tried anew above."""
    from django.db import DatabaseError

    from libertad.exchange import queries_failing, wording
    from libertad.journal.rings import RingError

    try:
        failures = [] if start.unapplied() else queries_failing.standing()
    except (DatabaseError, RingError):
        return  # told already
    for failure in failures:
        if failure.origin and not failure.alone:
            yield (
                f"the exchange with {failure.name} ({failure.way.lower()}) fails since "
                f"{wording.at(failure.since, 'UTC')}, last at {wording.at(failure.at, 'UTC')}: "
                f"{failure.reason}",
                failure.remedy,
            )


def _restored(wrong: str, mend: str) -> tuple[str, str]:
    """A problem with the broker, and that a restore may be why: it makes a new name, nkey and box."""
    before = _before()
    if not before:
        return wrong, mend
    return (
        f"{wrong}. This node was {before} until it was restored, and has another nkey since",
        f"give the hub's operator the line {nkey_line()} in place of that of {before}, make the leaf's "
        f"leaf.key and LBT_NODE_NKEY anew and start the leaf again (docs/nats.md). If that is done: {mend}",
    )


def _before() -> str:
    """This node's name before its last restore; '' where it never was restored."""
    from django.db import DatabaseError

    from libertad.journal.node import node

    try:
        row = node().sql().first("select before from journal_succession order by at desc, device limit 1")
    except DatabaseError:
        return ""  # told already
    return str(row[0]) if row else ""
