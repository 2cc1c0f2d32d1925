"""A node whose own checks were taken out: what its officers say is signed all the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from libertad.access.acting import Act


@contextmanager
def lawless() -> Iterator[None]:
    """Within it no right is checked at home."""
    with (
        patch.object(Act, "_check", lambda *_: None),
        patch("libertad.access.acting.refuse_retired", lambda *_: None),
    ):
        yield
