"""Making the planned faults happen, each at its time, while the play goes on."""

from __future__ import annotations

import datetime as dt
import shutil
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from libertad.access.acting import Forbidden
from libertad.access.actor import Actor
from libertad.vocabulary.values import Happened, Refused
from scenarios.operation_libertad_2018.stage import Stage, action
from scenarios.replay import on_node
from scenarios.replay.carriage import REVOKE, THIEF, Carriage
from scenarios.replay.faults import Fault
from scenarios.replay.hosts import Down, Host, Raised
from scenarios.replay.playing import Clock, ManyNodes
from scenarios.replay.ports import free_ports

REPORTS = 3  # only on the device that is lost
COME_BACK = 120.0  # seconds, after all links are whole again


@dataclass
class Played:
    """A fault and what became of it. `how`: 'played', 'not played' (the carriage cannot), 'failed'."""

    fault: Fault
    how: str = "not played"
    told: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {**self.fault.as_json(), "how": self.how, "told": self.told}


class Injector:
    """Plays a plan's faults, a thread for each. A node suffers one of the heavy ones at a time."""

    def __init__(
        self,
        plan: Sequence[Fault],
        venue: ManyNodes,
        stage: Stage,
        carriage: Carriage,
        clock: Clock,
        scratch: Path,
    ) -> None:
        self.played = [Played(fault) for fault in plan]
        self.venue, self.stage, self.carriage, self.clock, self.scratch = (
            venue,
            stage,
            carriage,
            clock,
            scratch,
        )
        self.hosts = {host.name: host for host in venue.hosts}
        self.forged: list[str] = []
        self.got_through: list[str] = []
        self._cutting: Counter[tuple[str, str]] = Counter()
        self._guard = threading.Lock()
        self._turns = {name: threading.Lock() for name in self.hosts}
        self._watched: dict[str, Path] = {}
        venue.after.append(self._copy_again)
        self._threads: list[threading.Thread] = []

    def begin(self) -> None:
        for played in self.played:
            thread = threading.Thread(target=self._play, args=(played,), name=f"fault-{played.fault.kind}")
            self._threads.append(thread)
            thread.start()

    def ended(self) -> None:
        """Wait until the last fault is over."""
        for thread in self._threads:
            thread.join()

    def _play(self, played: Played) -> None:
        fault = played.fault
        act: Callable[[Fault, dict[str, Any]], str] = getattr(self, f"_{fault.kind}")
        if not self.clock.until(fault.at):
            played.told["why"] = "the play was given up before"
            return
        try:
            played.how = act(fault, played.told)
        except Exception as why:
            played.how = "failed"
            played.told |= {"why": f"{type(why).__name__}: {why}", "trace": traceback.format_exc()}

    # -- links -----------------------------------------------------------------------------

    def _cut(self, pairs: Iterable[tuple[Host, Host]], by: int) -> None:
        """Cuts that overlap end with the last of them."""
        pairs = list(pairs)
        with self._guard:
            for a, b in pairs:
                self._cutting[a.name, b.name] += by
            still = [(a, b) for a, b in pairs if self._cutting[a.name, b.name] > 0]
            free = [(a, b) for a, b in pairs if self._cutting[a.name, b.name] <= 0]
            self.carriage.cut(still)
            self.carriage.heal(free)

    def _between(self, island: Sequence[str]) -> list[tuple[Host, Host]]:
        inside = [self.hosts[name] for name in island]
        outside = [host for name, host in self.hosts.items() if name not in island]
        return [(min(a, b, key=_name), max(a, b, key=_name)) for a in inside for b in outside]

    def _partition(self, fault: Fault, notes: dict[str, Any]) -> str:
        self._cut(self._between(fault.nodes), 1)
        self.clock.until(fault.until)
        self._cut(self._between(fault.nodes), -1)
        return "played"

    def _slow(self, fault: Fault, notes: dict[str, Any]) -> str:
        if "links" not in self.carriage.can:
            return "not played"
        self.carriage.slow(self._between(fault.nodes), "2g")
        self.clock.until(fault.until)
        self.carriage.slow(self._between(fault.nodes), "free")
        return "played"

    # -- processes -------------------------------------------------------------------------

    def _kill(self, fault: Fault, notes: dict[str, Any]) -> str:
        host = self.hosts[fault.nodes[0]]
        with self._turns[host.name]:
            host.kill()
            self.clock.until(fault.until)
            host.start()
        return "played"

    def _down(self, fault: Fault, notes: dict[str, Any]) -> str:
        host = self.hosts[fault.nodes[0]]
        with self._turns[host.name]:
            host.stop()
            self.clock.until(fault.until)
            host.start()
        return "played"

    # -- older copies ----------------------------------------------------------------------

    def _copy_again(self, host: Host, done: on_node.Done) -> None:
        """While a copy waits to be put back: what nobody else holds goes into it, as it could not return."""
        copy = self._watched.get(host.name)
        if (
            copy is not None
            and done.entries
            and host.call(on_node.alone, sorted({c for _, c in done.entries}))
        ):
            host.call(on_node.back_up, str(copy))

    def _restore(self, fault: Fault, notes: dict[str, Any]) -> str:
        host, copy = self.hosts[fault.nodes[0]], self.scratch / f"{fault.nodes[0]}.copy"
        with self._turns[host.name]:
            host.shut()
            notes["copied at"] = host.call(on_node.back_up, str(copy))
            self._watched[host.name] = copy
            host.gate.set()
            self.clock.until(fault.until)
            host.shut()
            del self._watched[host.name]
            notes["held before"] = host.call(on_node.holds)["size"]
            for entry in self._not_yet_elsewhere(host, copy):
                self.venue.ledger.except_(
                    entry, f"{host.name}: had not left the node when an older copy was put back"
                )
            self._go_back(host, copy, notes)
        return "played"

    def _lost(self, fault: Fault, notes: dict[str, Any]) -> str:
        host, copy = self.hosts[fault.nodes[0]], self.scratch / f"{fault.nodes[0]}.lost"
        with self._turns[host.name]:
            host.shut()
            self._cut(self._between([host.name]), 1)
            try:
                notes["copied at"] = host.call(on_node.back_up, str(copy))
                entries = self._report_into_the_void(host)
                self.clock.until(fault.until)
                host.kill()
            finally:
                self._cut(self._between([host.name]), -1)
            for entry in entries:
                self.venue.ledger.except_(entry, f"{host.name}: was only on the lost device")
            notes["lost"] = entries
            self._go_back(host, copy, notes)
        return "played"

    def _report_into_the_void(self, host: Host) -> list[str]:
        code = next(key for key in host.keys if key in self.stage.data["countries"])
        actor = self.stage.cast.actor(code, "officer")
        entries = []
        for number in range(REPORTS):
            arguments = {
                "country": code,
                "summary": f"Report {number + 1} that never left the lost device",
                "source_grade": "2",
                "information_grade": "B",
                "handling": "P",
                "workplace": "farm",
                "origin": "public",
                "source": "said",
                "happened": self._happened(actor),
                "provenance": "generated",
            }
            token = f"lost {host.name} {number}"
            done = host.call(on_node.once, token, actor, action("report_lead"), arguments)
            self.venue.ledger.add(host, done.entries)
            entries += [entry for entry, _ in done.entries]
        return entries

    def _not_yet_elsewhere(self, host: Host, copy: Path, within: float = 120.0) -> list[str]:
        """What this node acknowledged and neither the copy nor any other node holds, after some patience."""
        import sqlite3

        held = sqlite3.connect(copy)
        known = {bytes(row[0]).hex() for row in held.execute("select hash from journal_entry")}
        held.close()
        missing = [receipt.entry for receipt in self.venue.ledger.of(host) if receipt.entry not in known]
        until = time.monotonic() + within
        while missing and time.monotonic() < until:
            for peer in self.venue.hosts:
                if peer is not host and peer.up.is_set() and missing:
                    try:
                        present = set(peer.call(on_node.has, missing))
                    except Down:
                        continue
                    missing = [entry for entry in missing if entry not in present]
            if missing:
                time.sleep(0.2)
        return missing

    def _go_back(self, host: Host, copy: Path, notes: dict[str, Any]) -> None:
        """Put the copy in place, see that the node refuses to write to it, accept it, go on."""
        host.kill()
        on_node.put_back(copy, host.home)
        host.start(hello=False)
        notes["said"] = host.call(on_node.behind)
        notes["accepted"] = host.call(on_node.accept_restore)
        host.ready()
        self.carriage.restored(host)
        self._come_back(host)
        host.gate.set()

    def _come_back(self, host: Host) -> None:
        """Wait, as the guide says, until the others have given back what it had said and lost: were its keys
        replaced before, that would not count."""
        until = time.monotonic() + COME_BACK
        entries = [receipt.entry for receipt in self.venue.ledger.of(host)]
        while missing := {entry for entry in entries if entry not in self.venue.ledger.excepted}:
            if missing <= set(host.call(on_node.has, sorted(missing))) or time.monotonic() > until:
                return
            time.sleep(0.1)

    # -- people ----------------------------------------------------------------------------

    def _happened(self, actor: Actor) -> Happened:
        return Happened(at=self.clock.now.replace(microsecond=0), zone=actor.zone)

    def _stolen(self, fault: Fault, notes: dict[str, Any]) -> str:
        if not {REVOKE, THIEF} <= self.carriage.can:
            return "not played"
        host = self.hosts[fault.nodes[0]]
        code = next(key for key in host.keys if key in self.stage.data["countries"])
        actor = self.stage.cast.actor(code, "officer")
        with self._turns[host.name]:
            host.shut()
            copy = self._copy_device(host)
            host.gate.set()
        self.clock.until(fault.until)
        with self._turns[host.name]:
            host.shut()
            host.stop()
            host.start(hello=False)
            keys = self.carriage.renew(host)
            host.ready()
            self.carriage.revoke(host, keys)
            host.gate.set()
        copy.start()
        try:
            arguments = {
                "country": code,
                "summary": "Said by a thief with a stolen device",
                "source_grade": "1",
                "information_grade": "A",
                "handling": "P",
                "workplace": "farm",
                "origin": "public",
                "source": "said",
                "happened": self._happened(actor),
                "provenance": "generated",
            }
            for _ in range(REPORTS):
                done = copy.call(on_node.forge, actor, action("report_lead"), arguments)
                self.forged += [entry for entry, _ in done.entries]
            self.carriage.thief(host, copy)
            notes["forged"] = list(self.forged)
        finally:
            copy.kill()
        return "played"

    def _copy_device(self, host: Host) -> Host:
        """A copy of all that is on the device, as a thief has it."""
        home = self.scratch / f"{host.name}.stolen"
        home.mkdir(mode=0o700)
        for name in ("keys", "secrets"):
            shutil.copytree(host.home / name, home / name)
        host.call(on_node.back_up_rings, str(home / "rings.db"))
        host.call(on_node.back_up, str(home / "libertad.sqlite3"))
        return Host(f"{host.name}-stolen", host.keys, home, host.nursery, free_ports(1)[0])

    def _withdrawn(self, fault: Fault, notes: dict[str, Any]) -> str:
        """They try again and again; each time their own node must refuse."""
        actor = self.stage.cast.actor("BZ", "officer", 2)
        host, refused = self.hosts[fault.nodes[0]], 0
        report = {
            "country": "BZ",
            "summary": "Said by an officer whose access was withdrawn",
            "source_grade": "1",
            "information_grade": "A",
            "handling": "P",
            "workplace": "farm",
            "origin": "public",
            "source": "said",
            "provenance": "generated",
        }
        while refused < REPORTS:
            try:
                with host.working():
                    if not host.call(on_node.withdrawn, actor.officer):
                        if self.clock.ended.wait(0.1):
                            return "not played"
                        continue
                    arguments = {**report, "happened": self._happened(actor)}
                    done = host.call(
                        on_node.once, f"withdrawn {refused}", actor, action("report_lead"), arguments
                    )
                self.got_through += [entry for entry, _ in done.entries]
                refused += 1
            except (Forbidden, Refused) as why:
                notes["answer"] = str(why)
                refused += 1
            except (Down, Raised):
                time.sleep(0.1)
        notes["got through"] = list(self.got_through)
        return "failed" if self.got_through else "played"


def _name(host: Host) -> str:
    return host.name


def last_end(plan: Sequence[Fault]) -> dt.datetime | None:
    return max((fault.until for fault in plan), default=None)
