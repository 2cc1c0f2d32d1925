"""Running the kit against one demo, attack after attack."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from libertad.attacks.registry import Attack, Result, attacks, outcome
from libertad.attacks.target import Refused, Target


def chosen(names: Sequence[str]) -> list[Attack]:
    """The attacks of these names, or all; Refused for a name that is none."""
    known = {entry.name: entry for entry in attacks()}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Refused(f"there is no attack {unknown[0]}; there are: {', '.join(known)}")
    return [known[name] for name in names] if names else list(known.values())


def run(
    target: Target, entries: Sequence[Attack], begun: Callable[[Attack], None] = lambda entry: None
) -> list[tuple[Attack, Result]]:
    """Each attack with what it came to; Refused before the first where the node is no demo."""
    target.accounts()
    results = []
    for entry in entries:
        begun(entry)
        target.begin()
        with spoiled(target.home if "home" in entry.needs else None) as home:
            results.append((entry, outcome(entry, replace(target, home=home))))
    return results


@contextmanager
def spoiled(home: Path | None) -> Iterator[Path | None]:
    """A copy of a demo's folder that an attack may spoil; it is deleted afterwards."""
    if home is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="libertad-attack-") as folder:
        yield Path(shutil.copytree(home, Path(folder) / "home", ignore=shutil.ignore_patterns("presence")))
