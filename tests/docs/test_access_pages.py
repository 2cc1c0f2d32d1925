"""docs/access.md is what the matrix says; every role has its page; every entry is explained."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from libertad.access.matrix import PATH, matrix, roles
from libertad.access.reference import page
from libertad.vocabulary.body import VERBS

DOCS = Path(__file__).parents[2] / "docs"


def test_the_access_page_is_up_to_date() -> None:
    groups = yaml.safe_load(PATH.read_text("utf-8"))["groups"]
    assert (DOCS / "access.md").read_text("utf-8") == page(groups), (
        "run: python -m libertad.access.reference > docs/access.md"
    )


@pytest.mark.parametrize("role", roles())
def test_every_role_has_its_page(role: str) -> None:
    assert (DOCS / f"role-{role}.md").is_file(), f"write docs/role-{role}.md"


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_is_documented(verb: str) -> None:
    assert f"`{verb}`" in (DOCS / "access.md").read_text("utf-8")
    assert verb in (DOCS / "vocabulary.md").read_text("utf-8")
    assert VERBS[verb].__doc__, f"{verb} says its rule"


def test_every_route_is_in_the_table() -> None:
    text = (DOCS / "access.md").read_text("utf-8")
    assert [route for route in matrix().routes if f"| `{route}` |" not in text] == []
