"""Data sets of others that lie beside the checkout, where somebody has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench._names import data


def matching() -> Path:
    """The folder of those for matching; skips the test, or the module, where there is none."""
    try:
        return data() / "matching"
    except FileNotFoundError as why:
        pytest.skip(str(why), allow_module_level=True)
