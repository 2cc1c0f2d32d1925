"""The kit of `libertad attack` against a served demo: every attack is held off."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from libertad.attacks import kit
from libertad.attacks.registry import attacks, outcome
from libertad.attacks.target import Target
from tests.support.populated import Populated
from tests.support.serving import server


@pytest.fixture(scope="module")
def attacked(populated: Populated) -> Iterator[Target]:
    """A served demo with a file of every kind."""
    from libertad.access.models import Account

    world = populated.world
    accounts = {row.officer: row.pk for row in Account.objects.all()}
    listed = [
        {
            "account": accounts[actor.officer], "role": actor.role, "name": name,
            "authority": actor.authority, "does": "",
        }
        for name, actor in world.actors.items()
    ]  # fmt: skip
    (world.home / "demo.json").write_text(json.dumps({"accounts": listed}))
    with server(world.home) as url:
        yield Target(url)


@pytest.mark.parametrize("name", [entry.name for entry in attacks() if "home" not in entry.needs])
def test_the_demo_holds(attacked: Target, name: str) -> None:
    (entry,) = kit.chosen([name])
    attacked.begin()
    result = outcome(entry, attacked)
    assert result.verdict == "held", result.words


def test_what_a_declared_proxy_says_of_the_address_is_believed(populated: Populated) -> None:
    """The same spraying, said by a proxy that is declared, comes from sixty networks and is nobody's."""
    (entry,) = kit.chosen(["forwarded-for-spraying"])
    with server(populated.world.home, LIBERTAD_TRUSTED_PROXIES="127.0.0.1") as url:
        assert outcome(entry, Target(url)).words.startswith("60 of 60")
