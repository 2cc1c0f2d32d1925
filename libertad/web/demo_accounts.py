"""Who can be signed in as in the demo: one officer a role, and some more."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class DemoAccount:
    """A line on the demo's sign-in page."""

    account: int
    role: str
    name: str
    authority: str
    does: str


def demo_accounts() -> list[DemoAccount]:
    """Read from `home/demo.json`, which the scenario writes; empty where there is no demo."""
    path = settings.LIBERTAD_HOME / "demo.json"
    if not path.exists():
        return []
    return [DemoAccount(**row) for row in json.loads(path.read_text("utf-8"))["accounts"]]
