"""Every import of our own packages leads somewhere, inside functions too; every script can be imported.

mypy is told of `libertad` alone, and an import inside a function fails only when that function runs: a bench
whose helper had moved stood broken until somebody started it. Programs in strings and pages are followed too.
"""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
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


TEXTS = (".md", ".html", ".sh", ".toml", ".yaml", ".yml", "Makefile", "run")
WRITTEN_IMPORT = re.compile(r"\bfrom (libertad(?:\.\w+)*) import (\w+(?:, *\w+)*)")
WRITTEN_PROGRAM = re.compile(r"\bpython3? -m (libertad(?:\.\w+)*)")


def written_imports(text: str) -> Iterator[tuple[str, str]]:
    """(module, name) of each import of `libertad` in a text, name "" for a module that is run."""
    for module, names in WRITTEN_IMPORT.findall(text):
        yield from ((module, name) for name in re.split(", *", names))
    yield from ((module, "") for module in WRITTEN_PROGRAM.findall(text))


def leads_nowhere(module: str, name: str) -> bool:
    return module_file(module) is None or bool(name and not binds(module, name))


def written_texts() -> Iterator[tuple[str, str]]:
    """(path, text) of every page and script, and of every string in our sources."""
    paths = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for path in paths.split():
        if path.endswith(TEXTS):
            yield path, (ROOT / path).read_text("utf-8")
    for source in sources(*PACKAGES):
        for step in ast.walk(tree_of(source)):
            if isinstance(step, ast.Constant) and isinstance(step.value, str):
                yield f"{source.relative_to(ROOT)}:{step.lineno}", step.value


def test_every_import_in_a_string_or_a_page_leads_somewhere() -> None:
    """A program that a test writes into a file, or a frame of a page, was not renamed with its function."""
    dead = [
        f"{path} {module}.{name}"
        for path, text in written_texts()
        for module, name in written_imports(text)
        if leads_nowhere(module, name)
    ]
    assert not dead, "\n".join(dead)


def test_planted_imports_in_strings_are_found() -> None:
    nowhere = "libertad." + "nowhere"  # not in one string: the test above reads this file
    text = (
        f"python -m {nowhere}\nfrom {nowhere} import name\nfrom " + "libertad.access.queries import nothing"
    )
    imports = list(written_imports(text))
    assert len(imports) == 3 and all(leads_nowhere(module, name) for module, name in imports)
    assert not leads_nowhere("libertad.access.queries", "open_row")
