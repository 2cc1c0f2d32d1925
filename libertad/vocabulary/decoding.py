"""Types are prepared before anything is decoded into them.

msgspec builds what it knows of a struct at its first use, and keeps it on the class from the beginning of it.
A second thread that decodes the same type meanwhile reads what is not there yet, and the process ends with a
segmentation fault (0.22; seen in nodes that had just started and were asked by several peers at once). So
each first use goes through `prepared`, one at a time.
"""

from __future__ import annotations

import threading
from typing import Any, TypeVar

import msgspec

K = TypeVar("K")

_LOCK = threading.Lock()
_PREPARED: set[Any] = set()


def prepared(kind: K) -> K:
    """The type as it was given, once msgspec knows all of it. Asked again it costs a look into a set.

    Write `decode(data, type=prepared(Kind))`, `convert(values, prepared(Kind))`, `Decoder(prepared(Kind))`: a
    test holds that nothing in `libertad` decodes otherwise.
    """
    if kind not in _PREPARED:
        with _LOCK:
            msgspec.json.Decoder(kind)  # builds it, with every type inside it
            _PREPARED.add(kind)
    return kind
