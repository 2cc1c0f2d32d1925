"""The driver's side of a node process: an end of one is never taken for the end of the next."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from scenarios.replay.hosts import Down, Host, Nursery
from scenarios.replay.wire import Closed, Frames

pytestmark = pytest.mark.sqlite_only
PATIENCE = 300  # seconds: an end for what hangs, never a measure


class Born(Nursery):
    """Processes that do nothing; what they would answer, the test does at the other end of the pipe."""

    def __init__(self) -> None:
        self.sleeping: list[subprocess.Popen[bytes]] = []
        self.ours: list[Frames] = []
        self.theirs: list[Frames] = []

    def bear(self, home: Path) -> tuple[int, Frames]:
        local, remote = (Frames(side) for side in socket.socketpair())
        asleep = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        self.sleeping.append(asleep)
        self.ours.append(local)
        self.theirs.append(remote)

        def end() -> None:
            asleep.wait()
            remote.close()

        threading.Thread(target=end, daemon=True).start()
        return asleep.pid, local

    def close(self) -> None:
        for process in self.sleeping:
            process.kill()
            process.wait()


@pytest.fixture
def born() -> Iterator[Born]:
    births = Born()
    yield births
    births.close()


def test_the_end_of_a_killed_process_does_not_touch_the_next(born: Born, tmp_path: Path) -> None:
    """A reader that was held up, as on a busy machine, failed the first question to the next process."""
    host = Host("one", (), tmp_path, born)
    host.start(hello=False)
    first, next_asked, over = born.ours[0], threading.Event(), threading.Event()
    reader = next(thread for thread in threading.enumerate() if thread.name == "host-one")
    closing = first.close

    def slowly() -> None:
        next_asked.wait(2.0)  # where the next one is asked before this has ended, that is the fault
        closing()

    first.close = slowly  # type: ignore[method-assign]
    answers: list[object] = []

    def again() -> None:
        host.kill()
        host.start(hello=False)
        try:
            answers.append(host.call("a:question"))
        except Down as why:
            answers.append(why)
        over.set()

    threading.Thread(target=again, daemon=True).start()
    while len(born.theirs) < 2:
        assert not over.wait(0.01)
    number, named, _, _ = born.theirs[1].receive()
    next_asked.set()
    reader.join(PATIENCE)
    born.theirs[1].send((number, "ok", named))
    assert over.wait(PATIENCE)
    assert answers == ["a:question"]
    assert host.fell == []
    assert host._frames is born.ours[1]


def test_a_process_that_ends_by_itself_is_told_with_its_last_words(born: Born, tmp_path: Path) -> None:
    (tmp_path / "log").write_text("Fatal Python error: Segmentation fault\n")
    host = Host("one", (), tmp_path, born)
    host.start(hello=False)
    os.kill(host.pid, signal.SIGSEGV)
    with pytest.raises(Down, match="ended by itself: Fatal Python error: Segmentation fault"):
        host.call("a:question")
    assert host.fell == ["Fatal Python error: Segmentation fault\n"]
    with pytest.raises(Closed):
        while True:  # the question may lie there still
            born.theirs[0].receive()
