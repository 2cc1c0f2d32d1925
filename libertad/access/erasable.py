"""Files other than those about a person that are erased, each kind by the rule of the room that keeps it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from libertad.access.acting import Act

# By kind: refuses, in words that say what to do, where something forbids erasing a file (the row of it).
RULES: dict[str, Callable[[Act, Mapping[str, Any]], None]] = {}
