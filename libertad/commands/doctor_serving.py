"""Whether the node is served, and what the process that serves it says of itself."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

WITHIN = 10.0  # seconds for an answer
STOPPED = (
    "the node is stopped: nobody signs in, and nothing is exchanged",
    "start its service, or libertad run",
)
# Told of the process that serves; the other kinds the doctor looks into by itself.
ASKED = ("stale", "database", "locked", "part-locked", "writer", "background", "token")


def unserved(home: Path) -> Iterator[tuple[str, str]]:
    """What is wrong with the serving, each with how to mend it. A demo and an empty node may be stopped."""
    from django.conf import settings

    from libertad.journal.node import node
    from libertad.journal.rings import RingError

    try:
        if settings.LIBERTAD_DEMO or not node().rings.authorities():
            return
    except RingError:
        return  # told with the rings
    health = ask(home)
    if health is None:
        yield STOPPED
        return
    for problem in health["problems"]:
        if problem["kind"] in ASKED:
            yield str(problem["what"]), str(problem["mend"])


def ask(home: Path) -> dict[str, Any] | None:
    """What the process that serves this home says of itself; None where none does."""
    from libertad.web.monitoring import HEALTH
    from libertad.web.serving import announcement

    announced = announcement(home)
    if not announced:
        return None
    line = http.client.HTTPConnection("127.0.0.1", announced["port"], timeout=WITHIN)
    try:
        line.request("GET", HEALTH)
        health = json.loads(line.getresponse().read(1_000_000))
        # Another program may listen there by now, another node among them.
        return health if health["instance"] == announced["instance"] else None
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        return None
    finally:
        line.close()
