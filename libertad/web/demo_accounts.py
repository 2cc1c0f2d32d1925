"""Who can be signed in as in the demo: one officer a role, and some more."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from libertad.access.models import Account


@dataclass(frozen=True)
class DemoAccount:
    """A line on the demo's sign-in page."""

    account: int
    role: str
    name: str
    authority: str
    does: str


def demo_accounts() -> list[DemoAccount]:
    """Empty where there is no demo."""
    return [DemoAccount(**row) for row in demo().get("accounts", [])]


def account_row(account: int | str) -> Account | None:
    """The sign-in of a line of the demo's page."""
    return Account.objects.filter(pk=account).first()


def other_nodes() -> dict[str, str]:
    """Where to sign in at the other nodes of a demo of several, by their names."""
    addresses: dict[str, str] = demo().get("nodes", {})
    return addresses


def demo() -> dict[str, Any]:
    """`home/demo.json`, which the scenario writes."""
    path = settings.LIBERTAD_HOME / "demo.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {}
