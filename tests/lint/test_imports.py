"""Every import of our own packages leads somewhere, inside functions too; every script can be imported.

mypy is told of `libertad` alone, and an import inside a function fails only when that function runs: a bench
whose helper had moved stood broken until somebody started it.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("libertad", "bench", "scenarios", "tools", "tests")
SCRIPTS = ("bench", "scenarios", "tools")


def sources(*packages: str) -> list[Path]:
    return [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def module_file(name: str) -> Path | None:
    """The file of one of our modules; its folder where that is a package without `__init__.py`."""
    place = ROOT.joinpath(*name.split("."))
    files = (place.with_suffix(".py"), place / "__init__.py")
    return next((file for file in files if file.is_file()), place if place.is_dir() else None)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def binds(name: str, attribute: str) -> bool:
    """Whether a module has a name: bound in its text, a module of its own, or made when it is imported."""
    if module_file(f"{name}.{attribute}") is not None:
        return True
    file = module_file(name)
    if file is None or file.is_dir():
        return False
    bound: set[str] = set()
    for step in ast.walk(tree_of(file)):
        if isinstance(step, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(step.name)
        elif isinstance(step, ast.Import | ast.ImportFrom):
            bound |= {(alias.asname or alias.name).partition(".")[0] for alias in step.names}
        elif isinstance(step, ast.Name) and isinstance(step.ctx, ast.Store):
            bound.add(step.id)
    return attribute in bound and hasattr(importlib.import_module(name), attribute)


def dead_imports(path: Path, tree: ast.Module) -> Iterator[str]:
    """'file:line name' of each import from our packages that leads nowhere."""
    here = module_name(path).split(".")
    package = here if path.name == "__init__.py" else here[:-1]
    for step in ast.walk(tree):
        if isinstance(step, ast.Import):
            names = [(alias.name, "") for alias in step.names]
        elif isinstance(step, ast.ImportFrom):
            above = package[: len(package) + 1 - step.level] if step.level else []
            module = ".".join([*above, *([step.module] if step.module else [])])
            names = [(module, alias.name) for alias in step.names]
        else:
            continue
        for module, attribute in names:
            if module.partition(".")[0] not in PACKAGES:
                continue
            found = module_file(module) and (attribute in ("", "*") or binds(module, attribute))
            if not found:
                yield f"{path.relative_to(ROOT)}:{step.lineno} {module}{attribute and '.' + attribute}"


def test_every_import_of_our_own_leads_somewhere() -> None:
    dead = [line for path in sources(*PACKAGES) for line in dead_imports(path, tree_of(path))]
    assert not dead, "\n".join(dead)


@pytest.mark.parametrize(
    "text",
    [
        "def run():\n    from tests.exchange.brokers import Server",
        "def run():\n    from scenarios.brokers import Sever",
        "import libertad.nowhere",
        "from .nowhere import Server",
        "from .report import nothing",
    ],
)
def test_planted_dead_imports_are_found(text: str) -> None:
    assert len(list(dead_imports(ROOT / "bench" / "authorities.py", ast.parse(text)))) == 1


@pytest.mark.parametrize("path", sources(*SCRIPTS), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_script_can_be_imported(path: Path) -> None:
    try:
        importlib.import_module(module_name(path))
    except ModuleNotFoundError as missing:
        if str(missing.name).partition(".")[0] in PACKAGES:
            raise
        pytest.skip(f"needs {missing.name}, which is not installed here")
