"""The exchange as the replay's carriage: HTTP between the nodes, each way by a bad link of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence

from scenarios.replay import exchange_on_node as there
from scenarios.replay.carriage import LINKS, REVOKE, THIEF
from scenarios.replay.hosts import Down, Host, Raised
from scenarios.replay.links import Links, address

EVERY = 2.0


class Exchanged:
    can: frozenset[str] = frozenset({LINKS, REVOKE, THIEF})

    def __init__(self, every: float = EVERY, seed: int = 0) -> None:
        self.every, self.seed = every, seed
        self.links: Links | None = None
        self.hosts: list[Host] = []
        self.errors: list[str] = []
        self.recovering: list[threading.Thread] = []
        self._end = threading.Event()
        self.waits: list[str] = []  # what the last `quiet` found still to be carried

    def start(self, hosts: Sequence[Host]) -> None:
        self.hosts = list(hosts)
        self.links = Links(hosts, self.seed)
        self.links.start()
        for host in hosts:
            self.started(host)

    def started(self, host: Host) -> None:
        if self.links is not None:
            host.call(there.begin, host.port, self.links.routes(host), self.every)

    def join(self, inviter: Host, invited: Host, authority: str) -> None:
        if inviter is invited:
            invited.call(there.beside, authority, address(invited))
            return
        text = inviter.call(there.invited, authority, address(inviter))
        invited.call(there.answered, text, address(invited))

    def founded(self) -> None:
        """Tell recipient keys again once everybody knows where everybody lives.

        One that comes before the journal says so is dropped, and not told again while the process runs.
        """
        until = time.monotonic() + 60
        while not self.quiet() and time.monotonic() < until:
            time.sleep(0.2)
        for host in self.hosts:
            host.call(there.announce_again)

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
        thread = threading.Thread(
            target=self._recover, args=(host,), name=f"recover-{host.name}", daemon=True
        )
        self.recovering.append(thread)
        thread.start()

    def _recover(self, host: Host, within: float = 120.0) -> None:
        """Once it has caught up with all others, ask for what it had given away: a file comes as far as the
        asker has come in the giver's journal."""
        until = time.monotonic() + within
        while time.monotonic() < until and not self._end.is_set():
            try:
                standing = {one.name: one.call(there.standing) for one in self.hosts}
                taken = standing.pop(host.name).taken
                if all(taken.get(one.origin, -1) == one.size for one in standing.values()):
                    host.call(there.recover)
                    return
            except (Down, Raised):
                pass  # somebody is killed: later
            self._end.wait(0.5)
        if not self._end.is_set():
            self.errors.append(f"{host.name} has not caught up after its restore")

    def revoke(self, host: Host, authority: str, device: str) -> None:
        lead = next(one for one in self.hosts if "BB-centre" in one.keys)
        lead.call(there.enrol, authority, host.call(there.renew, authority))
        host.call(there.revoke, authority, device)

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
        if any(one.is_alive() for one in self.recovering):
            self.waits.append("a restored node is still catching up")
            return False
        try:
            standing = [host.call(there.standing) for host in self.hosts]
        except (Down, Raised) as why:
            self.waits = [str(why)]
            return False
        sizes = {one.origin: one.size for one in standing}
        for one in standing:
            if one.open:
                self.waits.append(f"{one.origin}: {one.open} keys or older entries are on their way")
            for other, size in sizes.items():
                if other != one.origin and one.taken.get(other, -1) != size:
                    said = one.errors.get(other, "")
                    self.waits.append(
                        f"{one.origin} is at {one.taken.get(other)} of {size} of {other}: {said}"
                    )
        return not self.waits

    def stop(self) -> None:
        self._end.set()
        if self.links is not None:
            self.links.stop()
