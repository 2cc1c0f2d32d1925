"""The exchange between two nodes, beside PouchDB replicating to a PouchDB server in the same run.

`libertad bench exchange --json`. With `--no-slow` the three minutes over the 2G line are left out.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterable
from typing import Any

from bench._lines import SLOW_ENTRIES, Carried, Ours, Slow, Small, measure
from bench.peers.pouchdb import Replicated, replicate
from bench.report import line, show
from scenarios.bad_network.model import PROFILES, Conditions

ENTRIES = 10_000
DOCUMENT = 478  # bytes of JSON of one document
BATCHES = (100, 1000)  # PouchDB's own, and one with which it is quicker here
ROUNDS = 3
MOST_SECONDS = 1.0
MOST_BYTES = 5_500_000
MOST_TEN = 8_000
MOST_IDLE = 150
MOST_SLOWER = 1.3


class Peers:
    """PouchDB as it comes (batches of 100, not waiting for the disk), and as durable as ours."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, int, bool], list[Replicated]] = {}

    def replicate(self) -> None:
        """A round of all of them, both ways. Ours and theirs take turns: who else is busy disturbs both."""
        for batch, durable in [(BATCHES[0], False), *((batch, True) for batch in BATCHES)]:
            for run in replicate(ENTRIES, DOCUMENT, batch, durable):
                self.found.setdefault((run.way, run.batch, run.durable), []).append(run)

    def middle(self) -> list[Replicated]:
        """One a way and a setting: the median time of its rounds, with the bytes of that round."""
        return [
            min(runs, key=lambda run: abs(run.seconds - statistics.median_low([r.seconds for r in runs])))
            for runs in self.found.values()
        ]


def bytes_alone(size: int, link: Conditions) -> float:
    """Seconds that `size` bytes need on this link's rate and nothing else: no round trip, nothing lost."""
    return link.sending(size)


def bytes_and_losses(size: int, link: Conditions) -> float:
    """As `bytes_alone`, with what a perfect sender has to send again."""
    return link.sending(size) / (1 - link.loss)


def compared(own: Carried, peers: Iterable[Replicated]) -> list[dict[str, Any]]:
    """Ours beside the peer at its durable best, by time and by bytes, and as it comes: the goal's peer."""
    peers = list(peers)
    durable = [peer for peer in peers if peer.durable]
    plain = next(
        peer for peer in peers if (peer.way, peer.batch, peer.durable) == ("push", BATCHES[0], False)
    )
    quick = min(durable, key=lambda peer: peer.seconds)
    lean = min(durable, key=lambda peer: peer.bytes)
    name = "PouchDB to a PouchDB server, durable, {0.way} in batches of {0.batch}"
    comes = "PouchDB to a PouchDB server, as it comes: push in batches of 100, not waiting for the disk"
    bound = "the bound asked for"
    return [
        line(f"{ENTRIES:,} entries", own.seconds, plain.seconds, f"{comes} (the goal is 3)", "s"),
        line(f"{ENTRIES:,} entries", own.bytes / 1e6, plain.bytes / 1e6, comes, "MB"),
        line(f"{ENTRIES:,} entries", own.seconds, quick.seconds, name.format(quick), "s"),
        line(f"{ENTRIES:,} entries", own.bytes / 1e6, lean.bytes / 1e6, name.format(lean), "MB"),
        line(f"{ENTRIES:,} entries", own.seconds, MOST_SECONDS, bound, "s"),
        line(f"{ENTRIES:,} entries", own.bytes / 1e6, MOST_BYTES / 1e6, bound, "MB"),
    ]


def small(ten: Small, idle: Small) -> list[dict[str, Any]]:
    """A synchronised pair: what ten new entries cost, and what a poll costs that brings nothing."""
    bound = "the bound asked for"
    return [
        line("ten new entries, round trips", ten.trips, 1, bound, "round trips"),
        line("ten new entries, bodies both ways", ten.asked + ten.answered, MOST_TEN, bound, "bytes"),
        line("idle poll, body of the question", idle.asked, MOST_IDLE, bound, "bytes"),
        line("idle poll, body of the answer", idle.answered, MOST_IDLE, bound, "bytes"),
    ]


def slowly(slow: Slow) -> list[dict[str, Any]]:
    """The 2G line with its cuts, beside what the bytes of an undisturbed exchange need at its rate."""
    link = PROFILES["2g"]
    label = f"{SLOW_ENTRIES:,} entries over 50 kbit/s, 600 ms, 5% loss, {slow.cuts} cuts"
    minimum = bytes_alone(slow.bytes, link)
    return [
        line(label, slow.seconds, MOST_SLOWER * minimum, "1.3 times what the bytes alone need", "s"),
        line(label, slow.seconds, minimum, "what the bytes alone need", "s"),
        line(
            label, slow.seconds, bytes_and_losses(slow.bytes, link), "with what a perfect sender repeats", "s"
        ),
    ]


def lines(own: Ours, peers: Iterable[Replicated]) -> list[dict[str, Any]]:
    return [
        *compared(own.many, peers),
        *small(own.ten, own.idle),
        *(slowly(own.slow) if own.slow else []),
    ]


def main() -> None:
    peers = Peers()
    own = measure(ROUNDS, slow="--no-slow" not in sys.argv, between=peers.replicate)
    show(lines(own, peers.middle()))


if __name__ == "__main__":
    main()
