"""The driver's side: node processes that can be started, asked, killed, and started again."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from libertad.access.acting import Forbidden
from libertad.vocabulary.values import Refused
from scenarios.replay.wire import Closed, Frames

ROOT = Path(__file__).parents[2]
WITHIN = 120.0
LAST_WORDS = 4000  # characters of the log of a process that ended by itself


class Down(Exception):
    """The process is not running, or ended before it answered: whether it had done it is not known."""


class Raised(Exception):
    """Something else than a refusal went wrong on a node; the trace is the node's."""

    def __init__(self, kind: str, words: str, trace: str) -> None:
        super().__init__(f"{kind}: {words}")
        self.kind, self.words, self.trace = kind, words, trace


class Nursery:
    """The warm parent of all node processes of a run."""

    def __init__(self, scratch: Path) -> None:
        scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        near_end, far_end = socket.socketpair()
        environment = os.environ | {"LIBERTAD_HOME": str(scratch / "nursery")}
        environment.pop("LIBERTAD_DATABASE_URL", None)
        self.scratch = scratch
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "scenarios.replay.nursery",
                "--scratch",
                str(scratch),
                "--socket",
                str(far_end.fileno()),
            ],
            cwd=ROOT,
            env=environment,
            pass_fds=[far_end.fileno()],
        )
        far_end.close()
        self.control = near_end
        self._lock = threading.Lock()
        self._lines = near_end.makefile("r")
        if self._lines.readline() != "ready\n":
            raise SystemExit("the nursery of the node processes did not start")

    def bear(self, home: Path) -> tuple[int, Frames]:
        """A new process for a home: its pid and our end of the pipe to it."""
        near_end, far_end = socket.socketpair()
        with self._lock:
            socket.send_fds(self.control, [str(home).encode()], [far_end.fileno()])
            far_end.close()
            pid = int(self._lines.readline())
        return pid, Frames(near_end)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.control.shutdown(socket.SHUT_RDWR)
        self._lines.close()
        self.control.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass(eq=False)
class Host:
    """A node's place: its name, home, port, and the authorities of the play that live there.

    `gate` is shut while nobody may work there (a backup is about to be put back); `starts` counts processes.
    """

    name: str
    keys: tuple[str, ...]
    home: Path
    nursery: Nursery
    port: int = 0
    pid: int = 0
    starts: int = 0
    told: dict[str, Any] = field(default_factory=dict)
    # The last words of each of its processes that ended though nobody had asked it to.
    fell: list[str] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    up: threading.Event = field(default_factory=threading.Event)
    # Called in the driver after each start, before anybody else may ask: the exchange's own start.
    at_start: list[Callable[[Host], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._frames: Frames | None = None
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        # Each question with the pipe that it went into: whoever reads another pipe's end leaves it alone.
        self._waiting: dict[int, tuple[Frames, Future[Any]]] = {}
        self._ending = False  # the driver ends it; else an end is the process's own fault
        self._idle = threading.Condition()
        self._working = 0
        self.gate.set()

    def start(self, hello: bool = True) -> None:
        """Start the process and wait until its node is open (unless not `hello`: it may refuse to write)."""
        self.pid, frames = self.nursery.bear(self.home)
        self._ending, self._frames = False, frames
        self.starts += 1
        threading.Thread(target=self._read, args=(frames,), name=f"host-{self.name}", daemon=True).start()
        if hello:
            self.ready()

    def ready(self) -> None:
        """The node is open: run what is run at its start, then let everybody ask."""
        self.told = self.call("scenarios.replay.on_node:hello")
        for hook in self.at_start:
            hook(self)
        self.up.set()

    def call(self, named: str | Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Run a function there and wait for its answer; Down, Refused, Forbidden or Raised."""
        frames, done = self._frames, Future[Any]()
        if frames is None:
            raise self._down()
        number = next(self._numbers)
        with self._lock:
            self._waiting[number] = frames, done
        try:
            frames.send((number, named, args, kwargs))
        except Closed:
            until = time.monotonic() + WITHIN
            while self._frames is frames and time.monotonic() < until:  # its reader takes down why first
                time.sleep(0.01)
            raise self._down() from None
        finally:
            if self._frames is not frames:  # it ended meanwhile, and nobody will answer
                self._fail(done)
        try:
            return done.result(WITHIN)
        except TimeoutError:
            words = f"{self.name} did not answer {named} within {WITHIN:.0f} s"
            raise Raised("TimeoutError", words, self._stands()) from None

    def _stands(self) -> str:
        """Where each thread of the process stands, as it writes into its log when it is asked by a signal."""
        log = self.home / "log"
        before = log.stat().st_size
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGUSR1)
            time.sleep(1.0)
        return log.read_bytes()[before:].decode(errors="replace")

    @contextlib.contextmanager
    def working(self) -> Any:
        """A call by an officer: waits while the gate is shut; `shut` waits for those under way."""
        while True:
            self.gate.wait()
            with self._idle:
                if self.gate.is_set():
                    self._working += 1
                    break
        try:
            yield
        finally:
            with self._idle:
                self._working -= 1
                self._idle.notify_all()

    def shut(self) -> None:
        """Nobody works here until `gate.set()`; returns when the last call under way has ended."""
        self.gate.clear()
        with self._idle:
            while self._working:
                self._idle.wait(1.0)

    def kill(self) -> None:
        """SIGKILL: no warning, nothing is flushed."""
        self._ending = True
        self.up.clear()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self._await_exit()

    def stop(self) -> None:
        """End it in order."""
        self._ending = True
        self.up.clear()
        frames = self._frames
        if frames is not None:
            with contextlib.suppress(Closed):
                frames.send(None)
        self._await_exit()

    def _await_exit(self, within: float = 20.0) -> None:
        """Return once the process has ended, by force where it takes too long: the next may start then."""
        until = time.monotonic() + within
        while self._frames is not None and time.monotonic() < until:
            time.sleep(0.01)
        if self._frames is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        until = time.monotonic() + WITHIN
        while self._frames is not None:
            if time.monotonic() > until:
                raise Raised("TimeoutError", f"{self.name} did not end within {WITHIN:.0f} s of SIGKILL", "")
            time.sleep(0.01)

    def _read(self, frames: Frames) -> None:
        while True:
            try:
                number, kind, value = frames.receive()
            except Closed:
                break
            with self._lock:
                _, done = self._waiting.pop(number, (None, None))
            if done is None:
                continue
            if kind == "ok":
                done.set_result(value)
            else:
                done.set_exception(_raised(*value))
        if self._frames is frames:
            self.up.clear()
            if not self._ending:
                self.fell.append(self._last_words())
        frames.close()
        with self._lock:
            left = {number: done for number, (pipe, done) in self._waiting.items() if pipe is frames}
            for number in left:
                del self._waiting[number]
        for done in left.values():
            self._fail(done)
        if self._frames is frames:  # last of all: whoever waits for it may start the next process
            self._frames = None

    def _last_words(self) -> str:
        """The end of the log of a process that ended though nobody had asked it to."""
        with contextlib.suppress(OSError):
            return (self.home / "log").read_text("utf-8", errors="replace")[-LAST_WORDS:]
        return "it left no log"

    def _down(self) -> Down:
        by_itself = self.fell and not self._ending
        return Down(f"{self.name}, which ended by itself: {self.fell[-1]}" if by_itself else self.name)

    def _fail(self, done: Future[Any]) -> None:
        if not done.done():
            with contextlib.suppress(Exception):
                done.set_exception(self._down())


def _raised(kind: str, about: str, words: str, trace: str) -> Exception:
    if kind == "Refused":
        return Refused(about, words)
    if kind == "Forbidden":
        return Forbidden(words)
    return Raised(kind, words, trace)
