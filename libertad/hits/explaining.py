"""Each weight of a hit in words that an officer and a prosecutor can read."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any

from libertad.hits.engine import Reason


def sentences(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """[kind, bits, words] of each weight, the heaviest first."""
    return [
        {"kind": one.kind, "bits": round(one.bits, 2), "words": sentence(one)}
        for one in sorted(reasons, key=lambda one: (-abs(one.bits), one.kind, one.left, one.right))
    ]


def sentence(reason: Reason) -> str:
    """The kernel's own sentence where it has one, else what was compared and how it compares."""
    words = getattr(import_module("libertad.hits.matching"), "words", None)
    if words is None:
        return f"{reason.kind}: {reason.left} / {reason.right} ({reason.how})"
    return str(words(reason))
