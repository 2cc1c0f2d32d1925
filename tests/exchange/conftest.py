"""Three authorities at three nodes: a centre that coordinates, and the police of two countries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from libertad.exchange import joined
from tests.support import nodes
from tests.support.nodes import Party, invited, operation, settle


class Three(NamedTuple):
    """The parties, joined and settled; the police have a national lead and an officer each."""

    centre: Party
    guyana: Party
    trinidad: Party


@pytest.fixture
def three(tmp_path: Path, db: None) -> Iterator[Three]:
    joined.register()
    statements = nodes.schema()
    found = Three(*(Party(tmp_path / name, statements, name) for name in Three._fields))
    operation(found.centre)
    invited(found.centre, found.guyana)
    invited(found.centre, found.trinidad, country="TT")
    settle(list(found))
    for party in found[1:]:
        for role in ("officer", "national-lead"):
            party.appoint(role)
    settle(list(found))
    yield found
    for party in found:
        party.close()
