"""Names that say nothing, and the share of them in each folder.

    python -m tests.lint.names [FOLDER ...]

lists where a binding or a function has such a name, with what to say instead. The words, the goal and what
folders on the way there may not exceed stand in names.yaml.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).parents[2]
RULES = Path(__file__).with_name("names.yaml")
KINDS = ("bindings", "functions")


class Name(NamedTuple):
    """Where something is named. `kind`: 'bindings' or 'functions'."""

    path: Path
    line: int
    kind: str
    name: str


@cache
def rules() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(RULES.read_text("utf-8"))
    return loaded


@cache
def advice(kind: str) -> dict[str, str]:
    """Word -> what to say instead. A function is judged by the words of bindings as well."""
    by_word = advice("bindings") if kind == "functions" else {}
    return by_word | {word: text for words, text in rules()[kind].items() for word in words.split()}


def names(folder: Path) -> Iterator[Name]:
    """Every binding and function of a folder's Python, migrations aside."""
    for path in sorted(folder.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield Name(path, node.lineno, "functions", node.name.strip("_"))
            bound = _binding(node)
            if bound and not bound.startswith("_") and bound not in ("self", "cls"):
                yield Name(path, getattr(node, "lineno", 0), "bindings", bound)


def _binding(node: ast.AST) -> str | None:
    if isinstance(node, ast.arg):
        return node.arg
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return node.id
    return node.name if isinstance(node, ast.ExceptHandler) else None


def vague(folder: Path) -> list[Name]:
    return [name for name in names(folder) if name.name in advice(name.kind)]


def shares(folder: Path) -> dict[str, float]:
    """Kind -> percent of its names that say nothing."""
    total, vague = dict.fromkeys(KINDS, 0), dict.fromkeys(KINDS, 0)
    for name in names(folder):
        total[name.kind] += 1
        vague[name.kind] += name.name in advice(name.kind)
    return {kind: 100 * vague[kind] / max(total[kind], 1) for kind in KINDS}


def folders() -> list[str]:
    """Each room of the package, and the tests, benches and scenarios as wholes."""
    rooms = sorted(path.name for path in (ROOT / "libertad").iterdir() if (path / "__init__.py").exists())
    return [*(f"libertad/{room}" for room in rooms), "tests", "bench", "scenarios", "tools"]


def ceiling(folder: str) -> dict[str, float]:
    """The share that a folder may not exceed."""
    goal = "goal" if folder.startswith("libertad/") else "tests_goal"
    allowed: dict[str, float] = rules()["ceilings"].get(folder) or rules()[goal]
    return allowed


def main() -> None:
    for folder in sys.argv[1:] or folders():
        for name in vague(ROOT / folder):
            path = name.path.relative_to(ROOT)
            print(f"{path}:{name.line}: {name.name}: say {advice(name.kind)[name.name]}")
        print(folder, ", ".join(f"{kind} {share:.1f}%" for kind, share in shares(ROOT / folder).items()))


if __name__ == "__main__":
    main()
