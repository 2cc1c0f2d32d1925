"""Three authorities at three nodes: a centre that coordinates, and the police of two countries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from libertad.exchange.onboarding import admission
from tests.support import nodes
from tests.support.nodes import Party, invited, operation, settle


class Three(NamedTuple):
    """The parties, joined and settled; the police have a national lead and an officer each."""

    centre: Party
    guyana: Party
    trinidad: Party


_founded: list[Three] = []


@pytest.fixture
def three(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, db: None) -> Iterator[Three]:
    """Founded once a process, and copied for each test."""
    admission.register()
    if not _founded:
        _founded.append(founded(tmp_path_factory.mktemp("founded")))
    parties = Three(*(party.copy(tmp_path / party.name) for party in _founded[0]))
    yield parties
    for party in parties:
        party.close()


def founded(home: Path) -> Three:
    """All of them, closed."""
    statements = nodes.schema()
    parties = Three(*(Party(home / name, statements, name) for name in Three._fields))
    operation(parties.centre)
    invited(parties.centre, parties.guyana)
    invited(parties.centre, parties.trinidad, country="TT")
    settle(list(parties))
    for party in parties[1:]:
        for role in ("officer", "national-lead"):
            party.appoint(role)
    settle(list(parties))
    for party in parties:
        party.node.close()
    return parties
