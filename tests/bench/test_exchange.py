"""The peer is taken at its best, and only where it is as durable as ours."""

from __future__ import annotations

import json

import pytest

from bench.exchange import Carried, bytes_alone, bytes_and_losses, compared
from bench.peers.pouchdb import FILES, HERE, Replicated
from scenarios.bad_network import PROFILES

PEERS = [
    Replicated("push", 100, False, 0.1, 1_000_000),  # the quickest and leanest, but not durable
    Replicated("push", 100, True, 3.0, 7_000_000),
    Replicated("pull", 1000, True, 2.0, 6_000_000),
    Replicated("pull", 100, True, 4.0, 5_000_000),
]


def test_the_peer_is_taken_at_its_durable_best() -> None:
    seconds, size, *_ = compared(Carried(1.0, 5_000_000), PEERS)
    assert (seconds["reference"], seconds["ratio"]) == (2.0, 2.0)
    assert (size["reference"], size["ratio"]) == (5.0, 1.0)


def test_what_the_bytes_alone_need() -> None:
    assert bytes_alone(50_000, PROFILES["2g"]) == 8.0
    assert bytes_and_losses(50_000, PROFILES["2g"]) == pytest.approx(8.0 / 0.95)


def test_every_library_of_the_peer_is_locked_with_its_hash() -> None:
    wanted = json.loads((HERE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    locked = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert locked[""]["dependencies"] == wanted
    assert [name for name, one in locked.items() if name and "integrity" not in one] == []
    assert all((HERE / name).exists() for name in FILES)
