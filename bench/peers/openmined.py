"""OpenMined's private set intersection, where it is installed (`pip install openmined-psi`): its costs.

It answers the same question of one owner and one asker, but for all tokens at once: the owner makes its setup
for a number of questions known beforehand, and anew at each change.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass

FALSE = 1e-9  # chance that any of the asker's tokens meets wrongly


@dataclass(frozen=True)
class Costs:
    """Microseconds of CPU a token at setup, and a token asked (both sides); bytes of setup and asks."""

    setup: float
    asked: float
    setup_bytes: int
    asked_bytes: int


def costs(tokens: int, asks: int) -> Costs | None:
    """In a process of its own; None where the package is not installed."""
    run = [sys.executable, "-m", "bench.peers.openmined", str(tokens), str(asks)]
    process = subprocess.run(run, capture_output=True, text=True, check=False)
    return Costs(**json.loads(process.stdout)) if process.returncode == 0 else None


def _measure(tokens: int, asks: int) -> Costs:
    import time

    import private_set_intersection.python as psi  # type: ignore[import-not-found]

    clock = time.process_time
    client, server = psi.client.CreateWithNewKey(True), psi.server.CreateWithNewKey(True)
    owned = [f"token {number}" for number in range(tokens)]
    queried = [f"token {2 * number}" for number in range(asks)]
    start = clock()
    setup = server.CreateSetupMessage(FALSE, asks, owned, psi.DataStructure.GCS)
    ready = clock()
    request = client.CreateRequest(queried)
    response = server.ProcessRequest(request)
    client.GetIntersection(setup, response)
    done = clock()
    sizes = [len(message.SerializeToString()) for message in (setup, request, response)]
    return Costs((ready - start) / tokens * 1e6, (done - ready) / asks * 1e6, sizes[0], sizes[1] + sizes[2])


if __name__ == "__main__":
    print(json.dumps(vars(_measure(int(sys.argv[1]), int(sys.argv[2])))))
