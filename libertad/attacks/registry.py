"""What attacks there are, and what each came to."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

from libertad.attacks.target import OutOfBudget, Target

Verdict = Literal["held", "broken", "not applicable"]


@dataclass(frozen=True)
class Result:
    """What an attack came to; `words` is a sentence with the numbers."""

    verdict: Verdict
    words: str


@dataclass(frozen=True)
class Attack:
    """`roles`: as whom it signs in, none for a stranger. `needs`: 'home', the demo's files."""

    name: str
    tries: str
    run: Callable[[Target], Result]
    roles: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


_known: dict[str, Attack] = {}


def withstood(words: str) -> Result:
    return Result("held", words)


def broken(words: str) -> Result:
    return Result("broken", words)


def not_applicable(words: str) -> Result:
    return Result("not applicable", words)


def attack(
    name: str, tries: str, roles: tuple[str, ...] = (), needs: tuple[str, ...] = ()
) -> Callable[[Callable[[Target], Result]], Callable[[Target], Result]]:
    """Register an attack by its name; a second one of the same name is an error."""

    def register(run: Callable[[Target], Result]) -> Callable[[Target], Result]:
        if name in _known:
            raise ValueError(f"there are two attacks {name}")
        _known[name] = Attack(name, tries, run, roles, needs)
        return run

    return register


def attacks() -> list[Attack]:
    """All attacks of this package, by name."""
    import libertad.attacks as package

    for module in pkgutil.iter_modules(package.__path__):
        import_module(f"{package.__name__}.{module.name}")
    return [_known[name] for name in sorted(_known)]


def outcome(entry: Attack, target: Target) -> Result:
    """Run one attack; what it cannot do on this target, or within its budget, is not applicable.

    A node that stops answering in the middle of an attack is broken by it.
    """
    if "home" in entry.needs and target.home is None:
        return not_applicable("it needs the demo's folder: name it with --home")
    known = {account.role for account in target.accounts()}
    missing = [role for role in entry.roles if role not in known]
    if missing:
        return not_applicable(f"this demo has no {', '.join(missing)}")
    try:
        return entry.run(target)
    except OutOfBudget as why:
        return not_applicable(str(why))
    except OSError as why:
        return broken(f"the node stopped answering: {type(why).__name__}")
