"""The field app's codec, bundled (`make setup-test`), in a process of Node.js."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "field-app" / "vectors"
BUNDLE = ROOT / "field-app" / "build" / "speak.mjs"
Json = dict[str, Any]


def vectors(side: str) -> Json:
    """The committed vectors that one side wrote: `node` or `app`."""
    read: Json = json.loads((VECTORS / f"{side}.json").read_text(encoding="utf-8"))
    return read


def speak(tasks: list[Json]) -> list[Json]:
    """What the codec answers to these tasks, in one process."""
    assert BUNDLE.is_file(), "the field app's codec is not bundled: make setup-test"
    folder = subprocess.run([ROOT / "tools" / "node-path"], capture_output=True, text=True, check=True)
    process = subprocess.run(
        [Path(folder.stdout.strip()) / "node", BUNDLE],
        input=json.dumps(tasks),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    answers: list[Json] = json.loads(process.stdout)
    return answers
