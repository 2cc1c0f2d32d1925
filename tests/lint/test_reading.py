"""Screens read by queries: no module that takes a request looks into a read model's table by itself.

`readable(actor, Model)` says which rows an actor may see, and each room's `queries` what of them is shown. A
screen that asks the table is a second place that decides it. Rows of the web's own (accounts, sign-ins) are
no read models: no entry makes them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from libertad.journal.models import ReadModel

ROOT = Path(__file__).parents[2] / "libertad"
MANAGERS = ("objects", "_default_manager", "_base_manager")


def read_models() -> set[str]:
    return {model.__name__ for model in apps.get_models() if issubclass(model, ReadModel)}


def takes_requests(tree: ast.Module) -> bool:
    """Whether a function of the module is given a request: then it makes pages."""
    arguments = (
        argument for step in ast.walk(tree) if isinstance(step, ast.arguments) for argument in step.args
    )
    return any(
        argument.annotation is not None and "HttpRequest" in ast.unparse(argument.annotation)
        for argument in arguments
    )


def readings(tree: ast.Module, models: set[str]) -> Iterator[tuple[int, str]]:
    """(line, what) of each look into a read model: `readable(...)`, `Model.objects`, or renamed."""
    named = {"readable": "readable"} | {name: name for name in models}
    for step in ast.walk(tree):
        if isinstance(step, ast.ImportFrom):
            renamed = (alias for alias in step.names if alias.asname)
            named |= {str(alias.asname): alias.name for alias in renamed if alias.name in named}
    for step in ast.walk(tree):
        if isinstance(step, ast.Call) and ast.unparse(step.func).rpartition(".")[2] in named:
            name = named[ast.unparse(step.func).rpartition(".")[2]]
            if name == "readable":
                yield step.lineno, "readable"
        if isinstance(step, ast.Attribute) and step.attr in MANAGERS:
            name = ast.unparse(step.value).rpartition(".")[2]
            if named.get(name) in models:
                yield step.lineno, name


def pages() -> list[tuple[Path, ast.Module]]:
    modules = []
    for path in sorted(ROOT.rglob("*.py")):
        if not path.name.startswith("queries"):
            tree = ast.parse(path.read_text("utf-8"))
            if takes_requests(tree):
                modules.append((path, tree))
    return modules


def test_no_page_reads_a_read_model_by_itself() -> None:
    models, looked = read_models(), pages()
    assert len(models) > 40 and len(looked) > 60
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {reading}"
        for path, tree in looked
        for line, reading in readings(tree, models)
    ]
    assert not wrong, "ask the room's queries, or write one there"


@pytest.mark.parametrize(
    "text",
    [
        "rows = readable(actor, Officer)",
        "rows = queries.readable(actor, Officer)",
        "from libertad.access.queries import readable as may_see\nrows = may_see(actor, Officer)",
        "row = Authority.objects.filter(pk=key).first()",
        "from libertad.access.models import Authority as Member\nrow = Member.objects.get(pk=key)",
        "rows = models.Officer._default_manager.all()",
    ],
)
def test_the_lint_finds_what_it_is_there_for(text: str) -> None:
    assert list(readings(ast.parse(text), {"Officer", "Authority"}))


def test_the_webs_own_tables_are_no_read_models() -> None:
    text = "row = Account.objects.filter(pk=key).first()"
    assert not list(readings(ast.parse(text), read_models()))
