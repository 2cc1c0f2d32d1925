"""Which processes have a node open: a lock on a file in its home, which ends when the process does.

Every process that opens a node shares the lock; who must be alone (moving the store) takes it whole. Who
serves a node takes another one besides (`only_server`), which commands beside it do not ask for.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from libertad.journal.guard import RingError

SERVED = "serving.lock"  # in the home; what stands in it counts while it is locked


class NotAlone(RingError):
    """Another process has this node open, or moves it; the message says what to do."""


class Unwritable(RingError):
    """This user may not write the node's home; the message says what to do."""


class Presence:
    """This process's share in the lock. Closing it, or ending, gives it back."""

    def __init__(self, home: Path) -> None:
        """NotAlone while another process is alone with the node."""
        self.home = home
        self.file = os.open(home / "presence", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self.file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            raise NotAlone(
                f"the store of {home} is being moved: wait until it is done, then start again"
            ) from None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else opens the node meanwhile; NotAlone where somebody has it open."""
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(self.file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            raise NotAlone(
                f"the node of {self.home} is running, or another command works on it: stop it, then try again"
            ) from None
        try:
            yield
        finally:
            fcntl.flock(self.file, fcntl.LOCK_SH)

    def close(self) -> None:
        """Give the share back; may be called twice."""
        file, self.file = self.file, -1
        if file >= 0:
            os.close(file)


@contextmanager
def only_server(home: Path, port: int | None = None) -> Iterator[None]:
    """This process alone serves the node of `home`, or empties it, until it ends in whatever way.

    `port`: where it serves, to be told to who comes second. NotAlone where another process serves, Unwritable
    where the home cannot be written.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(home / SERVED, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Unwritable(
            f"{home} cannot be written ({error.strerror}): it has to be this user's own, and named in the "
            "service's ReadWritePaths. LIBERTAD_HOME names another one"
        ) from None
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotAlone(
                f"{_who_serves(file)} serves the node of {home} already: only one server runs on a home. Use "
                "that one, or stop it first, then try again"
            ) from None
        os.ftruncate(file, 0)
        os.pwrite(file, json.dumps({"pid": os.getpid(), "port": port}).encode(), 0)
        yield
    finally:
        os.close(file)


def _who_serves(file: int) -> str:
    """The process that holds the lock, as it wrote; it may not have written yet."""
    try:
        held = json.loads(os.pread(file, 200, 0))
        port = f" (on port {int(held['port'])})" if held["port"] is not None else ""
        return f"process {int(held['pid'])}{port}"
    except (ValueError, KeyError, TypeError):
        return "another process"
