"""What the trial of many authorities would tell of a loss; the trial itself is in `make soak`."""

from __future__ import annotations

from bench.authorities import wrong


def answer(**nodes: list[str]) -> dict[str, object]:
    return {"nodes": {name: {"entries": entries, "held": 0} for name, entries in nodes.items()}}


def test_what_is_lost_twice_held_back_or_silent_is_told() -> None:
    assert wrong([answer(a=["x", "y"]), answer(b=["x", "y"])], 2) == []
    assert wrong([answer(a=["x", "y"], b=["x"])], 2) == ["b lacks 1 of 2 entries"]
    assert wrong([answer(a=["x", "x"], b=["x"])], 2) == ["a has an entry twice"]
    assert wrong([answer(a=["x"])], 2) == ["1 nodes did not answer"]
    held = answer(a=["x"])
    held["nodes"]["a"]["held"] = 3  # type: ignore[index]
    assert wrong([held], 1) == ["a holds back 3 entries"]
