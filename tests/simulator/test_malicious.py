"""A planted malicious member harms nobody else, whatever crashes and whoever talks with whom."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from libertad.exchange.authorization import entry_authorization
from tests.simulator import malicious
from tests.simulator.network import Wrong

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]  # machines of the simulator are SQLite


@pytest.mark.parametrize("seed", [1, 2])
def test_a_malicious_member_is_believed_by_nobody(seed: int) -> None:
    outcome = malicious.run(seed)
    assert len(outcome.entries) >= 4 and outcome.arrived >= len(outcome.entries), outcome.trace


def test_a_judge_who_does_not_ask_whom_it_is_about_is_caught() -> None:
    with patch.object(entry_authorization, "judge_about", lambda *_: None), pytest.raises(Wrong):
        malicious.run(1)
