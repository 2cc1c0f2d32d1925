"""A slow and lossy line in user space: between a client and a server on this machine, both ways.

What is sent goes on in segments, at a rate. A lost segment is sent again after a wait that doubles each time,
and holds up what comes after it, as TCP does over such a line. The same seed loses the same segments.
"""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

SEGMENT = 1400
RETRANSMIT = 0.2
HELD = 8 * SEGMENT  # bytes that wait in the line; a sender waits beyond these


@contextmanager
def slow_line(port: int, bits: int = 50_000, loss: float = 0.05, seed: int = 1) -> Iterator[int]:
    """Yields the port of a line to 127.0.0.1:port, of so many bits a second and this loss of segments."""
    ended = threading.Event()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(16)
        listening.settimeout(0.2)

        def accept() -> None:
            count = 0
            while not ended.is_set():
                try:
                    near, _ = listening.accept()
                except TimeoutError:
                    continue
                except OSError:
                    return
                count += 1
                far = socket.create_connection(("127.0.0.1", port), 10)
                for end in (near, far):
                    end.settimeout(None)
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, HELD)
                for place, (source, sink) in enumerate(((near, far), (far, near))):
                    chance = random.Random(1000 * seed + 2 * count + place)
                    threading.Thread(
                        target=_carry, args=(source, sink, bits / 8, loss, chance, ended), daemon=True
                    ).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            ended.set()
            thread.join()


def _carry(
    source: socket.socket,
    sink: socket.socket,
    rate: float,
    loss: float,
    chance: random.Random,
    ended: threading.Event,
) -> None:
    with contextlib.suppress(OSError):
        while not ended.is_set() and (segment := source.recv(SEGMENT)):
            time.sleep(len(segment) / rate)
            wait = RETRANSMIT
            while chance.random() < loss:
                time.sleep(wait + len(segment) / rate)
                wait *= 2
            sink.sendall(segment)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
