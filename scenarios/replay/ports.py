"""Ports of this machine for processes that are about to start."""

from __future__ import annotations

import random
import socket


def free_ports(count: int) -> list[int]:
    """Ports on loopback that nobody uses now, from below those that the system hands out by itself: one of
    these may be the near end of somebody's connection a moment later."""
    held: list[socket.socket] = []
    try:
        while len(held) < count:
            sock = socket.socket()
            try:
                sock.bind(("127.0.0.1", random.randint(15_000, 32_000)))
            except OSError:
                sock.close()
                continue
            held.append(sock)
        return [int(bound.getsockname()[1]) for bound in held]
    finally:
        for sock in held:
            sock.close()
