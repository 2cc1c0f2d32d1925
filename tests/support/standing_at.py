"""A node of several in one process as the one that pages are read at: its database, its rings, its rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connections

from libertad.care import overview
from libertad.journal import node as nodes
from tests.support import lone
from tests.support.nodes import Party


@contextmanager
def standing_at(party: Party) -> Iterator[None]:
    """What reads rows of this process's node reads those of the party's. Nothing is written in it."""
    before, kept, home = connections["default"], nodes._node, nodes._of
    opened = type(before)({**before.settings_dict, "NAME": database(party.node.home)}, alias="default")
    connections["default"] = opened
    nodes._node, nodes._of = party.node, settings.LIBERTAD_HOME
    overview.forget()
    try:
        yield
    finally:
        overview.forget()
        nodes._node, nodes._of = kept, home
        connections["default"] = before
        opened.close()


def database(home: Path) -> str:
    return lone._name(home) if lone.POSTGRES else str(lone._file(home))
