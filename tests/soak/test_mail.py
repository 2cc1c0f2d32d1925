"""Mail over a hub of three servers, one killed at a time: whatever is said arrives, while one is down."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.support.mailed import seats, until

pytestmark = [pytest.mark.soak, pytest.mark.sqlite_only]


def test_three_servers_of_which_one_is_killed_at_a_time(tmp_path: Path) -> None:
    with seats(tmp_path, servers=3) as (centre, guyana, hubs):
        lead_ids: list[str] = []
        for hub in (*hubs, *hubs):
            hub.end("hub")
            lead_ids += guyana.leads(20, 400)
            until(partial(centre.has, lead_ids), f"what was said while {hub.folder.name} was down")
            hub.up()
        assert centre.rows("select * from journal_held") == []
