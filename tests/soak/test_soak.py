"""`make soak`: LIBERTAD_SOAK_MINUTES (20) of kills, LIBERTAD_SOAK_PLAY (3) minutes of the scenario live.

For a short trial: `LIBERTAD_SOAK_MINUTES=1 LIBERTAD_SOAK_PLAY=1 make soak`.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from libertad.access.models import Account
from libertad.figures.queries import summary
from libertad.journal.node import node as here
from libertad.journal.verify import verify
from scenarios.operation_libertad_2018 import play
from tests.journal.test_kill import Node, kill_again_and_again
from tests.scenarios.test_operation_libertad_2018 import FIXED
from tests.support.serving import server
from tests.support.streaming import Stream

pytestmark = pytest.mark.soak
MINUTES = float(os.environ.get("LIBERTAD_SOAK_MINUTES", "20"))
PLAY = float(os.environ.get("LIBERTAD_SOAK_PLAY", "3"))
VIEWERS = int(os.environ.get("LIBERTAD_SOAK_VIEWERS", "50"))
KILLS = 2000


@pytest.fixture
def killed(tmp_path: Path, database_url: str) -> Iterator[Node]:
    node = Node(tmp_path / "node", database_url)
    yield node
    node.close()


def test_killed_for_minutes_nothing_acknowledged_is_lost(killed: Node) -> None:
    rng = random.Random()
    kills, acknowledged = kill_again_and_again(killed, KILLS, rng, time.monotonic() + MINUTES * 60)
    assert kills >= min(KILLS, MINUTES * 5) and acknowledged > kills // 2


def test_the_operation_played_live_reaches_every_viewer(transactional_db: None, home: Path) -> None:
    """Each viewer gets each line once, all the same ones, and the figures at the end are the fixed ones."""
    streams: list[Stream] = []
    with ExitStack() as stack:

        def begun(done: int, of: int, words: str) -> None:
            if of < 100 or streams:  # founding, or they are watching already
                return
            coordinator = Account.objects.get(officer=stage_officer())
            base = stack.enter_context(server(home))
            for _ in range(VIEWERS):
                client = Client()
                client.force_login(coordinator, backend="libertad.web.signing_in.Backend")
                cookie = f"libertad={client.cookies['libertad'].value}"
                streams.append(Stream(base, cookie))
                stack.callback(streams[-1].close)

        stage = play.live(PLAY, begun)
        wait_until_quiet(streams)
        assert [stream.status for stream in streams] == [200] * VIEWERS
        assert not [stream for stream in streams if stream.ended.is_set()], "a viewer's line was cut"
        received = [stream.ids() for stream in streams]
        assert all(len(ids) == len(set(ids)) for ids in received), "a line came twice"
        assert len(received[0]) > 300 and all(set(ids) == set(received[0]) for ids in received)
    totals = summary(stage.cast.actor("BB-centre", "coordinator"))
    assert {name: totals[name] for name in FIXED} == FIXED
    report = verify(here())
    assert report.clean, "\n".join(map(str, report.findings))


def stage_officer() -> str:
    """The coordinator of the demo, as its sign-in page knows them."""
    import json

    from django.conf import settings

    listed: list[dict[str, Any]] = json.loads(
        (Path(settings.LIBERTAD_HOME) / "demo.json").read_text("utf-8")
    )["accounts"]
    from libertad.access.queries import actor_of

    for row in listed:
        account = Account.objects.get(pk=row["account"])
        actor = actor_of(account)
        if actor is not None and actor.role == "coordinator":
            return actor.officer
    raise AssertionError("the demo has no coordinator")


def wait_until_quiet(streams: list[Stream], quiet: float = 5.0, guard: float = 120.0) -> None:
    """Waits until nothing new has come for a while."""
    until, last, since = time.monotonic() + guard, -1, time.monotonic()
    while time.monotonic() < until and time.monotonic() - since < quiet:
        count = sum(len(stream.feed()) for stream in streams)
        if count != last:
            last, since = count, time.monotonic()
        time.sleep(0.5)
