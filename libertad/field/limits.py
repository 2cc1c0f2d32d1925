"""Numbers of the room that no source gives (`limits.yaml`)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from libertad.vocabulary import yamlfile

FILE = Path(__file__).with_name("limits.yaml")
LARGEST = {
    "code_minutes": 24 * 60,
    "lease_hours": 72,
    "capture_hours": 24 * 14,
    "phone_days": 90,
    "recipient_days": 366,
    "strangers_at_once": 10_000,
    "strangers_a_minute": 10_000,
}


class Limits(NamedTuple):
    """As `limits.yaml` explains them."""

    code_minutes: int
    lease_hours: int
    capture_hours: int
    phone_days: int
    recipient_days: int
    strangers_at_once: int
    strangers_a_minute: int


def read(path: Path) -> Limits:
    """Raises ValueError, which names what is wrong in the file."""
    return Limits(**yamlfile.numbers(path, LARGEST))


@cache
def limits() -> Limits:
    return read(FILE)
