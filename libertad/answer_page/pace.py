"""How often the pages may be asked for: by one network, and by all together."""

from __future__ import annotations

import ipaddress
import threading
import time

MOST = 4096  # networks remembered


class Pace:
    """A burst, then so many a minute, for each name. Forgets all names where there are too many."""

    def __init__(self, burst: int, minute: int) -> None:
        self.burst, self.rate = float(burst), minute / 60
        self.left: dict[str, tuple[float, float]] = {}
        self.lock = threading.Lock()

    def take(self, name: str) -> bool:
        """Whether one more may be asked now."""
        moment = time.monotonic()
        with self.lock:
            left, last = self.left.get(name, (self.burst, moment))
            left = min(self.burst, left + (moment - last) * self.rate)
            if len(self.left) >= MOST and name not in self.left:
                self.left.clear()
            self.left[name] = (left - 1 if left >= 1 else left, moment)
        return left >= 1


def network(address: str) -> str:
    """An IPv4 address, or the /48 of an IPv6 one: what one customer has at hand."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "?"
    return str(ip) if ip.version == 4 else str(ipaddress.ip_network((ip, 48), strict=False))
