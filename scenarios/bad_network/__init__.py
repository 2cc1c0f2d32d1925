"""Bad networks in user space: a TCP proxy that is slow, far away, loses segments and can be cut.

Pure asyncio, no framework, so that replay, benchmarks, tests and the demonstration use the same one.
`python -m scenarios.bad_network --target 127.0.0.1:8000 --profile 2g` runs one as a process of its own.
What is modelled and what is not is told in `model`.
"""

from __future__ import annotations

from scenarios.bad_network.link import Counters, Link, heal, partition
from scenarios.bad_network.model import PROFILES, SEGMENT, Conditions
from scenarios.bad_network.process import LinkProcess

__all__ = ["PROFILES", "SEGMENT", "Conditions", "Counters", "Link", "LinkProcess", "heal", "partition"]
