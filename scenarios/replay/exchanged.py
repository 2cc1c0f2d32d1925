"""The exchange as the replay's carriage: HTTP between the nodes, each way by a bad link of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from scenarios.replay import exchange_on_node as there
from scenarios.replay.carriage import LINKS, REVOKE, THIEF
from scenarios.replay.hosts import Down, Host, Raised
from scenarios.replay.links import Links, address

EVERY = 2.0  # seconds between two asks of one node to another, at least
ASKS = 60  # asks a second of all nodes to all: what a machine of two cores bears beside the play
FOUNDED = 60.0


class Exchanged:
    can: frozenset[str] = frozenset({LINKS, REVOKE, THIEF})
    everybody = False  # whether peers without an address are waited for

    def __init__(self, every: float = EVERY, seed: int = 0) -> None:
        self.least, self.seed = every, seed
        self.every = every
        self.links: Links | None = None
        self.hosts: list[Host] = []
        self.errors: list[str] = []
        self._end = threading.Event()
        self.waits: list[str] = []  # what the last `quiet` found still to be carried

    def start(self, hosts: Sequence[Host]) -> None:
        self.hosts = list(hosts)
        self.every = max(self.least, len(hosts) * (len(hosts) - 1) / ASKS)
        self.links = Links(hosts, self.seed)
        self.links.start()
        for host in hosts:
            self.started(host)

    def started(self, host: Host) -> None:
        if self.links is not None:
            host.call(there.begin, host.port, self.links.routes(host), self.every)

    def join(self, inviter: Host, invited: Host, authority: str) -> None:
        if inviter is invited:
            invited.call(there.record_local_authority, authority, address(invited))
            return
        text = inviter.call(there.invited, authority, address(inviter))
        invited.call(there.answered, text, address(invited))

    def founded(self) -> None:
        """Wait until everybody knows where everybody lives, and has the keys that are its own."""
        until = time.monotonic() + FOUNDED
        while not self.quiet() and time.monotonic() < until and not self._end.is_set():
            time.sleep(0.2)

    def cut(self, pairs: Iterable[tuple[Host, Host]]) -> None:
        if self.links is not None:
            self.links.cut(pairs)

    def heal(self, pairs: Iterable[tuple[Host, Host]]) -> None:
        if self.links is not None:
            self.links.heal(pairs)

    def slow(self, pairs: Iterable[tuple[Host, Host]], profile: str) -> None:
        if self.links is not None:
            self.links.slow(pairs, profile)

    def restored(self, host: Host) -> None:
        """Nothing: it shows its succession to its peers, and they give back what they hold of it."""

    def renew(self, host: Host) -> str:
        return str(host.call(there.renew, address(host)))

    def revoke(self, host: Host, keys: str) -> None:
        lead = next(centre for centre in self.hosts if "BB-centre" in centre.keys)
        self._call_until_answered(lead, there.vouch, keys)
        self._call_until_answered(host, there.revoke_old)

    def _call_until_answered(self, host: Host, function: Callable[..., Any], *args: Any) -> Any:
        """Ask until a node answers that may be killed meanwhile; what was said already is not said twice."""
        while not self._end.is_set():
            try:
                return host.call(function, *args)
            except Down:
                self._end.wait(0.1)
        raise Down(host.name)

    def thief(self, host: Host, copy: Host) -> None:
        """For some rounds the thief's node asks and answers at the place of the robbed one, with its keys."""
        if self.links is None:
            return
        copy.call(there.begin, copy.port, self.links.routes(host), self.every)
        self.links.lead(host, copy.port)
        try:
            time.sleep(4 * self.every)
        finally:
            self.links.lead(host, host.port)

    def quiet(self) -> bool:
        """Everybody is at the end of everybody's journal, and has got every key and every older entry."""
        self.waits = []
        try:
            standing = [host.call(there.standing, self.everybody) for host in self.hosts]
        except (Down, Raised) as why:
            self.waits = [str(why)]
            return False
        for taker in standing:
            if taker.open:
                self.waits.append(
                    f"{taker.origin}: {taker.open} keys, files or older entries are on their way"
                )
            for giver in standing:
                if giver is taker:
                    continue
                for log, size in giver.sizes.items():
                    # Care's tree goes only to who is of care's side; the open one to everybody.
                    cursor = taker.taken.get(log, -1 if log == giver.origin else size)
                    if cursor != size:
                        error = taker.errors.get(giver.origin, "")
                        self.waits.append(f"{taker.origin} is at {cursor} of {size} of {log}: {error}")
        return not self.waits

    def stop(self) -> None:
        self._end.set()
        if self.links is not None:
            self.links.stop()
