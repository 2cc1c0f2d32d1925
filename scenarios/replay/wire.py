"""Frames between the driver of the replay and its processes: 4 bytes of length, then a pickle.

Only over a socket pair that the driver made and its own child inherited: whoever could write to it could
run anything in that process anyway.
"""

from __future__ import annotations

import contextlib
import pickle
import socket
import struct
import threading
from typing import Any

HEAD = struct.Struct(">I")


class Closed(Exception):
    """The other end is gone."""


class Frames:
    """One end. `send` from any thread; `receive` from one."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._sending = threading.Lock()

    def send(self, message: Any) -> None:
        data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
        try:
            with self._sending:
                self.sock.sendall(HEAD.pack(len(data)) + data)
        except OSError as why:
            raise Closed(str(why)) from None

    def receive(self) -> Any:
        """The next frame; Closed when there will be none."""
        return pickle.loads(self._exactly(HEAD.unpack(self._exactly(HEAD.size))[0]))  # noqa: S301  our own child

    def _exactly(self, size: int) -> bytes:
        buffer = bytearray(size)
        view, at = memoryview(buffer), 0
        while at < size:
            try:
                count = self.sock.recv_into(view[at:])
            except OSError as why:
                raise Closed(str(why)) from None
            if not count:
                raise Closed("the other end has closed")
            at += count
        return bytes(buffer)

    def close(self) -> None:
        with contextlib.suppress(OSError):  # it was closed by the other end already
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()
