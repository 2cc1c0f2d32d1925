"""Whether a guardian is safe to contact: pure rules. A guardian may be who trafficked the child."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from libertad.care.fold_family import decides

WAITS, CONFIRMED, REFUSED, VOID, REVOKED = "waits", "confirmed", "refused", "void", "revoked"
OPEN = (WAITS, CONFIRMED)


def state_of(*, read: str, revoked: bool, among: Collection[str], standing: Iterable[str]) -> str:
    """What a clearing is worth now. `standing`: the entries by which the child's guardians stand on file."""
    if revoked:
        return REVOKED
    if set(among) != set(standing):
        return VOID  # somebody was named, or said anew, or is guardian no more
    return {"yes": CONFIRMED, "no": REFUSED}.get(read, WAITS)


def can_be_cleared(guardian: Mapping[str, Any]) -> bool:
    """Whether this one decides beside the child, and somebody looked whether the one had a part in it."""
    return decides(guardian["kind"], bool(guardian["ended"])) and guardian["checked"] == "yes"
