"""Limits on what one request, one network and all together may hold of a node: see docs/deployment.md.

The environment may set each within the bounds that stand here, so that none is switched off.
"""

from __future__ import annotations

import ipaddress
import os

KIB, MIB = 1024, 1024 * 1024
WIDEST = {4: 8, 6: 32}


def bounded(name: str, default: float, minimum: float, maximum: float) -> float:
    """A number from the environment, kept between two bounds; SystemExit for what is none."""
    text = os.environ.get(name, "")
    try:
        return max(minimum, min(maximum, float(text))) if text else default
    except ValueError:
        raise SystemExit(f"{name} is to be a number, not {text!r}") from None


def proxies() -> tuple[str, ...]:
    """LIBERTAD_TRUSTED_PROXIES: addresses and networks whose X-Forwarded-For is believed; none by default.

    SystemExit for a name, a '*', or a network that is as wide as a continent.
    """
    listed = [
        part.strip() for part in os.environ.get("LIBERTAD_TRUSTED_PROXIES", "").split(",") if part.strip()
    ]
    for part in listed:
        try:
            network = ipaddress.ip_network(part)
        except ValueError:
            raise SystemExit(f"LIBERTAD_TRUSTED_PROXIES: {part!r} is no address and no network") from None
        if network.prefixlen < WIDEST[network.version]:
            raise SystemExit(f"LIBERTAD_TRUSTED_PROXIES: {part} is too wide to be a proxy's")
    return tuple(listed)


LIBERTAD_TRUSTED_PROXIES = proxies()
# Seconds: a request's head whole; without a byte of its body, or without a byte taken of its answer.
LIBERTAD_HEAD_WITHIN = bounded("LIBERTAD_HEAD_WITHIN", 30, 1, 60)
LIBERTAD_SILENCE = bounded("LIBERTAD_SILENCE", 30, 1, 60)
# Bytes a second that a stranger's request must bring, over so many seconds.
LIBERTAD_LEAST_RATE = bounded("LIBERTAD_LEAST_RATE", 500, 100, 5000)
LIBERTAD_RATE_OVER = bounded("LIBERTAD_RATE_OVER", 60, 1, 120)
# Bytes: a request's head; a stranger's body, into which a peer's longest ask has to fit; unfinished requests
# of strangers, a network's and all; of those who are known, one's and all; all answers that wait to be taken.
LIBERTAD_MOST_HEAD = int(bounded("LIBERTAD_MOST_HEAD", 32 * KIB, 8 * KIB, 256 * KIB))
LIBERTAD_MOST_STRANGER = int(bounded("LIBERTAD_MOST_STRANGER", 640 * KIB, 640 * KIB, 4 * MIB))
LIBERTAD_MOST_NETWORK = int(bounded("LIBERTAD_MOST_NETWORK", 8 * MIB, MIB, 64 * MIB))
LIBERTAD_MOST_STRANGERS = int(bounded("LIBERTAD_MOST_STRANGERS", 32 * MIB, 4 * MIB, 256 * MIB))
LIBERTAD_MOST_SENDER = int(bounded("LIBERTAD_MOST_SENDER", 64 * MIB, 32 * MIB, 512 * MIB))
LIBERTAD_MOST_SENDERS = int(bounded("LIBERTAD_MOST_SENDERS", 256 * MIB, 64 * MIB, 4096 * MIB))
LIBERTAD_MOST_ANSWERS = int(bounded("LIBERTAD_MOST_ANSWERS", 256 * MIB, 64 * MIB, 4096 * MIB))
# Connections, and unfinished requests of strangers that one network and all may have.
LIBERTAD_MOST_CONNECTIONS = int(bounded("LIBERTAD_MOST_CONNECTIONS", 700, 50, 20_000))
LIBERTAD_MOST_UNFINISHED = int(bounded("LIBERTAD_MOST_UNFINISHED", 256, 32, 4096))
LIBERTAD_MOST_UNFINISHED_NETWORK = int(bounded("LIBERTAD_MOST_UNFINISHED_NETWORK", 64, 8, 1024))
