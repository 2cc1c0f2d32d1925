"""The host's own settings, which a node's do not have."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from django.conf import settings
from nacl.signing import SigningKey


def store_path() -> Path:
    return cast(Path, _setting("STORE"))


def host_key() -> SigningKey:
    return cast(SigningKey, _setting("KEY"))


def known_nodes() -> frozenset[str]:
    """Public keys (hex) of the care nodes that may put pages here."""
    return cast("frozenset[str]", _setting("NODES"))


def _setting(name: str) -> Any:
    return getattr(settings, f"LIBERTAD_ANSWERS_{name}")
