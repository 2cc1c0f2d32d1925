"""One robbed member cuts off one other for a day at most, whatever crashes and whoever talks with whom."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from libertad.access import suspending as rules
from tests.simulator import suspending
from tests.simulator.network import Wrong

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]  # machines of the simulator are SQLite


def test_a_robbed_member_cuts_off_one_other_for_a_day() -> None:
    outcome = suspending.run(1)
    assert outcome.said >= 3 and outcome.held > 0, outcome.trace


def test_a_judge_who_counts_every_word_is_caught() -> None:
    with patch.object(rules, "suffices", lambda *_: True), pytest.raises(Wrong, match="cut off"):
        suspending.run(1)
