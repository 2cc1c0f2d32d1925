"""How this program is installed: a checkout or a package; its version; where a node lies."""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

BASE = Path(__file__).resolve().parents[1]
CHECKOUT = (BASE / "pyproject.toml").is_file()


def data_folder() -> Path:
    """Where nodes lie by themselves: `var` of a checkout, else in the user's own data."""
    if CHECKOUT:
        return BASE / "var"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "libertad"


def default_home() -> Path:
    """The node's folder: LIBERTAD_HOME, else `node` in the data folder."""
    named = os.environ.get("LIBERTAD_HOME")
    return Path(named) if named else data_folder() / "node"


def program_version() -> str:
    """The version as the package states it, such as 0.2.0."""
    try:
        return version("libertad")
    except PackageNotFoundError:
        return "of a checkout that was not set up (make setup)"
