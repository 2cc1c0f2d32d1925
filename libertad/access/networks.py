"""Which network an address belongs to: what is counted together where somebody could have many addresses."""

from __future__ import annotations

import ipaddress
from typing import Any

# A /24 and a /64 are what one customer can get whole for little money: an address alone limits nobody. Who
# shares one (an office, a mobile operator's gateway) is not held up by its neighbours: see `guess_limits.py`.
PREFIXES = {4: 24, 6: 64}


def network_of(address: str) -> str:
    """'203.0.113.0/24', '2001:db8:0:1::/64'; IPv4 written as IPv6 is IPv4; what is no address stays so."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    mapped = getattr(parsed, "ipv4_mapped", None)
    parsed = mapped or parsed
    return str(ipaddress.ip_network((parsed, PREFIXES[parsed.version]), strict=False))


def asking(scope: Any) -> str:
    """The network that an ASGI request comes from."""
    return network_of((scope.get("client") or ("", 0))[0])
