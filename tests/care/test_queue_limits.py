"""The limits of the queues are data: what is wrong in them is named, and nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from libertad.care import queue_limits

GOOD = queue_limits.FILE.read_text("utf-8")


def test_the_limits_say_that_they_are_assumed() -> None:
    limits = queue_limits.limits()
    assert limits.assumed and limits.danger.total_seconds() == 15 * 60


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ("[", "cannot be read"),
        ("minutes: 3", "has 'assumed' and 'minutes'"),
        (GOOD.replace("assumed: true", "assumed: perhaps"), "true or false"),
        (GOOD.replace("  step:", "  steps:"), "names each of"),
        (GOOD.replace("danger: 15 ", "danger: yes"), "'danger' is a whole number"),
        (GOOD.replace("danger: 15 ", "danger: 0 "), "'danger' is a whole number"),
        (GOOD.replace("closed: 129600", "closed: 12960000"), "'closed' is a whole number"),
        (GOOD.replace("danger: 15 ", "danger: 90 "), "more time"),
        (GOOD.replace("risk_high: 4320 ", "risk_high: 14320 "), "less often"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path: Path, changed: str, message: str) -> None:
    path = tmp_path / "limits.yaml"
    path.write_text(changed, "utf-8")
    with pytest.raises(ValueError, match=message):
        queue_limits.read(path)
