"""The project's own YAML files, read with LibYAML where PyYAML has it: quicker, at every start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(path: Path) -> Any:
    """What a file says, in plain types. Raises OSError, UnicodeDecodeError, yaml.YAMLError."""
    return yaml.load(path.read_text("utf-8"), Loader=_LOADER)  # noqa: S506 (both loaders are safe ones)
