"""How this node is: one look by a thread of its own every few seconds, kept in memory for whoever asks.

Who asks opens nothing, waits for nobody and takes no lock, so that the answer comes while the database is
down, a ring is locked or the look itself hangs; then its age says so. What is told is of the machine and
never of the work: nothing here moves when somebody is recorded, read or searched for.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connections

from libertad.exchange import scheduler
from libertad.exchange.peering import peers
from libertad.exchange.transport.courier import Condition
from libertad.journal.fence import TakenOver
from libertad.journal.node import BehindMark, Node
from libertad.journal.periodic import Periodic
from libertad.journal.rings import RingError
from libertad.web import log_throttle, watch_token

logger = logging.getLogger("libertad.health")
EVERY = 5.0  # seconds between two looks
FAILURE = "the node could not look at itself"
STALE = 30.0  # seconds after which a look counts no more: whatever hangs, hangs the look too
STUCK = 30.0  # seconds that the writer may take for one group
LOW_DISK = 500 * 1024 * 1024
LONG = 3600.0  # seconds without a word of a peer
DISK_STEP, MEMORY_STEP, AGE_STEP = 100_000_000, 64 * 1024 * 1024, 60
BACKGROUND = {
    "exchange": "libertad-exchange",
    "hits": "libertad-hits",
    "figures": "libertad-count",
    "private": "libertad-private",
    "names": "libertad-names",
    "care": "libertad-care",
    "find": "libertad-find",
}
MAIL = "mail"  # in the background too, where a broker is asked for; of two threads
STARTED = time.time()


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: `kind` is a name in docs/watching.md, `mend` what to do."""

    kind: str
    what: str
    mend: str


@dataclass(frozen=True)
class Health:
    """One look, at the monotonic second `at`."""

    at: float = field(default_factory=time.monotonic)
    database: bool = True
    rings: int = 0
    locked: int = 0
    writer: bool = True
    writer_busy: int = 0  # whole seconds
    disk_free: int = 0  # bytes, in steps of DISK_STEP
    disk_share: float = 0.0  # of the disk that is free, two digits
    memory: int = 0  # bytes, in steps of MEMORY_STEP
    peers: int = 0
    failing: int = 0
    exchange_age: int | None = None  # seconds in whole minutes; of the peer not heard of for longest
    broker: bool | None = None  # whether the mail's broker answers; None where none is asked for
    parts: tuple[str, ...] = tuple(BACKGROUND)  # what has to run in the background
    background: tuple[str, ...] = ()  # what runs
    problems: tuple[Problem, ...] = ()

    def age(self) -> float:
        return time.monotonic() - self.at

    def all_problems(self) -> tuple[Problem, ...]:
        """Those of the look, and that it is too old to count."""
        if self.age() <= STALE:
            return self.problems
        stale = Problem(
            "stale",
            f"the node has not looked at itself for {int(self.age())} seconds: something hangs",
            "look whether the database answers and the disk works; then start the node again",
        )
        return (stale, *self.problems)

    def ready(self) -> bool:
        return not any(problem.kind in NOT_READY for problem in self.all_problems())


NOT_READY = ("stale", "database", "locked", "writer")


def look(node: Node) -> Health:
    """Look once. Whatever fails is a problem in the answer, nothing is raised."""
    problems: list[Problem] = []
    known, failing, age = 0, 0, None
    database = _database(node)
    if database:
        known, failing, age = _exchange(node)
    else:
        problems.append(
            Problem(
                "database",
                "the database does not answer: nothing is read or written",
                "start it, or look at its log; the node goes on by itself once it answers",
            )
        )
    rings, locked = _rings(node)
    problems += _ring_problems(rings, locked)
    writer, busy, writer_problems = _writer(node, database and not locked)
    problems += writer_problems
    disk = shutil.disk_usage(node.home)
    if disk.free < LOW_DISK:
        problems.append(
            Problem("disk", f"only {disk.free // 2**20} MB are free for the node", "free some room")
        )
    running = {thread.name for thread in threading.enumerate()}
    background = tuple(name for name, thread in BACKGROUND.items() if thread in running)
    parts = tuple(BACKGROUND)
    mail = _mail()
    if mail is not None:
        parts = (*parts, MAIL)
        background = (*background, MAIL) if mail.runs else background
        if not mail.answered:
            problems.append(
                Problem(
                    "broker",
                    "the mail's broker does not answer: letters wait at this node",
                    "start the leaf, or look at LIBERTAD_NATS_URL; libertad doctor tries it",
                )
            )
    problems += [
        Problem("background", f"the node's work in the background has ended: {name}", "start the node again")
        for name in parts
        if name not in background
    ]
    if age is not None and age >= LONG:
        problems.append(
            Problem(
                "exchange",
                f"a peer has not been heard of for {age // 60} minutes",
                "libertad exchange peers says which, and why",
            )
        )
    if wrong := watch_token.refresh(settings.LIBERTAD_WATCH_TOKEN_FILE):
        problems.append(Problem("token", wrong, "make it anew as docs/watching.md says"))
    return Health(
        database=database,
        rings=rings,
        locked=locked,
        writer=writer,
        writer_busy=busy,
        disk_free=disk.free - disk.free % DISK_STEP,
        disk_share=round(disk.free / disk.total, 2),
        memory=_memory(),
        peers=known,
        failing=failing,
        exchange_age=age,
        broker=None if mail is None else mail.answered,
        parts=parts,
        background=background,
        problems=tuple(problems),
    )


def _database(node: Node) -> bool:
    try:
        return node.sql().first("select 1") is not None
    except Exception:
        connections.close_all()  # of this thread: the next look opens another
        return False


def _exchange(node: Node) -> tuple[int, int, int | None]:
    """Active peers with an address, how many of them fail, and the longest time since a word of one."""
    try:
        active = [peer for peer in peers.every(node.sql()) if peer.state == peers.ACTIVE and peer.address]
    except Exception:
        return 0, 0, None
    ages = [max(0, peers.now_ms() - peer.contact) // 1000 for peer in active if peer.contact]
    age = max(ages, default=None)
    return len(active), sum(bool(peer.error) for peer in active), age if age is None else age - age % AGE_STEP


def _mail() -> Condition | None:
    """How the mail of this process is; None where no broker is asked for, or nothing exchanges here."""
    serving = scheduler.running()
    return serving.post.condition() if serving is not None else None


def _rings(node: Node) -> tuple[int, int]:
    """How many rings there are, and how many of them are locked."""
    try:
        every = node.rings.authorities()
    except RingError:
        return 1, 1
    return len(every), sum(authority not in node.rings.open for authority in every)


def _ring_problems(rings: int, locked: int) -> list[Problem]:
    mend = "stop the node, put the passphrases where LIBERTAD_PASSPHRASE_FILE says, and start it again"
    if rings and locked == rings:
        return [Problem("locked", "the node is locked: every page answers 503", mend)]
    if locked:
        problem = f"{locked} of the node's {rings} rings are locked: pages of these authorities answer 503"
        return [Problem("part-locked", problem, mend)]
    if not rings:
        return [Problem("empty", "no authority is founded on this node", "libertad found")]
    return []


def _writer(node: Node, sound: bool) -> tuple[bool, int, list[Problem]]:
    """Whether the writer works, for how many seconds it has been at one group, and what is wrong."""
    writer = node.begun_writer
    if writer is None or node.given_away:
        if not sound:
            return False, 0, []  # told by what is wrong with the database or the rings
        try:
            node.check_mark()
        except (BehindMark, TakenOver) as why:
            problem, _, mend = str(why).partition(": ")
            return False, 0, [Problem("writer", problem, mend)]
        except Exception:
            return False, 0, []
    if writer is None:
        return True, 0, []
    busy = int(writer.busy_seconds())
    if not writer.thread.is_alive():
        return (
            False,
            busy,
            [Problem("writer", "the writer has ended: nothing is stored", "start the node again")],
        )
    if busy >= STUCK:
        problem = f"the writer has been at one commit for {busy} seconds: nothing is stored meanwhile"
        return False, busy, [Problem("writer", problem, "look at the database and the disk")]
    return True, busy, []


def _memory() -> int:
    """Bytes of memory that this process holds, in steps; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    held = pages * os.sysconf("SC_PAGE_SIZE")
    return held - held % MEMORY_STEP


_observer: Periodic | None = None
_latest: Health | None = None


def start() -> None:
    """Begin to look at this process's node, and to let the log say what it withheld."""
    from libertad.journal.node import node

    global _observer
    if _observer is None:
        here = node()
        _look_again(here)
        _observer = Periodic("libertad-observer", EVERY, lambda: _look_again(here), logger, FAILURE).start()


def stop() -> None:
    global _observer, _latest
    if _observer is not None:
        _observer.stop()
        _observer = _latest = None


def _look_again(here: Node) -> None:
    """Where it fails, the last look grows old, and says so."""
    global _latest
    try:
        _latest = look(here)
    finally:
        log_throttle.shared().flush()


def latest() -> Health | None:
    """The newest look; None where nobody looks."""
    return _latest
