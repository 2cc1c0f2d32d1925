"""A node that is killed between its commit and the settling of its seals believes its own rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from libertad.journal.guards import MODELS, TOUCH
from libertad.journal.sealing_rows import Sealing
from libertad.journal.seals import Seals


def test_a_row_is_whole_with_or_without_an_entry_whose_seal_is_not_settled(tmp_path: Path) -> None:
    seals, touch = Seals(tmp_path), f"{next(iter(MODELS))}:{'a' * 32}"
    first, second = (seals.change(TOUCH, (touch, idx)) for idx in (3, 7))
    seals.prepare([first])
    seals.settle([first])
    seals.prepare([second])
    sealing = Sealing(seals, cast(Any, None))
    assert sealing.is_complete(touch, [3, 7]) and sealing.is_complete(touch, [3])
    assert not sealing.is_complete(touch, [7]) and not sealing.is_complete(touch, [3, 7, 8])
    seals.prepare([seals.removal(TOUCH, (touch, 3))])
    assert sealing.is_complete(touch, [7]) and sealing.is_complete(touch, [3, 7])
    seals.close()
