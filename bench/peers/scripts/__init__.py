"""Names in many scripts, from packages that are no dependencies, in an environment of their own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bench.peers import matching

HERE = Path(__file__).parent
LOCK = HERE / "requirements.txt"


def names(folder: Path) -> dict[str, Any]:
    """What `dump.py` tells. Raises RuntimeError without the network the first time."""
    out = folder / "scripts.json"
    matching.run(HERE / "dump.py", out, lock=LOCK)
    tables: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return tables
