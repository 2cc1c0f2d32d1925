"""Verifying what may hold anything: what is stored in a form of nobody's is told in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

RESTORE = "the stored entry was changed: put a backup back, and keep this copy for whoever asks how"
REBUILD = "run libertad journal rebuild"


def octets(value: object) -> bytes:
    """Bytes as a database gives them; TypeError for all else: of a number `bytes` makes so many zeros."""
    if not isinstance(value, (bytes, bytearray, memoryview)):
        raise TypeError("no bytes")
    return bytes(value)


@contextmanager
def worded(add: Callable[[str, str, str, str], None], where: str, mend: str = RESTORE) -> Iterator[None]:
    """What is stored in a form that nothing of ours writes is a finding, and what comes after is checked."""
    try:
        yield
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        MemoryError,
        TypeError,
        ValueError,
        msgspec.MsgspecError,
    ) as why:
        add("form", where, f"cannot be read as what it is to be ({type(why).__name__})", mend)
