"""The project's own YAML files, read with LibYAML where PyYAML has it: quicker, at every start."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(path: Path) -> Any:
    """What a file says, in plain types. Raises OSError, UnicodeDecodeError, yaml.YAMLError."""
    return yaml.load(path.read_text("utf-8"), Loader=_LOADER)  # noqa: S506 (both loaders are safe ones)


def fields(path: Path, names: Collection[str]) -> dict[str, Any]:
    """What a file of just these fields says; 'assumed' is true or false. Raises ValueError, which names what
    is wrong in it."""
    try:
        content = read(path)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as why:
        raise ValueError(f"{path.name} cannot be read: {why}") from why
    if not isinstance(content, dict) or set(content) != set(names):
        *first, last = map(repr, names)
        raise ValueError(f"{path.name} has {', '.join(first)} and {last}, and nothing else")
    if "assumed" in content and not isinstance(content["assumed"], bool):
        raise ValueError(f"{path.name}: 'assumed' is true or false")
    return content


def check_number(path: Path, place: str, number: Any, largest: int) -> None:
    """Raises ValueError, which names the place in the file, for no whole number from 1 to `largest`."""
    if type(number) is not int or not 1 <= number <= largest:
        raise ValueError(f"{path.name}: '{place}' is a whole number from 1 to {largest}")


def numbers(path: Path, largest: Mapping[str, int]) -> dict[str, int]:
    """A file of assumed numbers alone, each from 1 to the largest that it may be. Raises ValueError, which
    names what is wrong in it."""
    content = fields(path, ("assumed", *largest))
    for name, most in largest.items():
        check_number(path, name, content[name], most)
    return {name: content[name] for name in largest}
