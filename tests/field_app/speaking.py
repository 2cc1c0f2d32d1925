"""The field app's codec, bundled (`make setup-test`), in a process of Node.js."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "field-app" / "vectors"
BUNDLE = ROOT / "field-app" / "build" / "speak.mjs"
PHONE = ROOT / "field-app" / "build" / "phone.mjs"
Json = dict[str, Any]


def vectors(side: str) -> Json:
    """The committed vectors that one side wrote: `node` or `app`."""
    read: Json = json.loads((VECTORS / f"{side}.json").read_text(encoding="utf-8"))
    return read


def speak(tasks: list[Json]) -> list[Json]:
    """What the codec answers to these tasks, in one process."""
    answers: list[Json] = _run(BUNDLE, tasks)
    return answers


def phone(url: str, state: Path, *acts: Json, **extra: Any) -> Json:
    """The app's own core without a screen, at a node's address (`field-app/scripts/phone.ts`).

    `state`: the file in which its store is kept from one call to the next.
    """
    answer: Json = _run(PHONE, {"url": url, "state": str(state), "acts": acts, **extra})
    return answer


def _run(bundle: Path, request: Any) -> Any:
    assert bundle.is_file(), "the field app's scripts are not bundled: make setup-test"
    folder = subprocess.run([ROOT / "tools" / "node-path"], capture_output=True, text=True, check=True)
    process = subprocess.run(
        [Path(folder.stdout.strip()) / "node", bundle],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return json.loads(process.stdout)
