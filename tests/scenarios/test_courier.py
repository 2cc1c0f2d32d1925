"""The stand-in for the exchange carries what an authority may read, whenever that authority was founded."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from scenarios.replay import courier_on_node as there
from scenarios.replay import on_node
from scenarios.replay.courier import Courier


class Node:
    """Answers as a node does: holds one entry for `reader`, written before that authority was founded."""

    def __init__(self, name: str, size: int) -> None:
        self.name, self.size = name, size
        self.authorities: list[str] = []
        self.up = threading.Event()
        self.up.set()
        self.taken: list[there.Parcel] = []
        self.asked = 0

    def call(self, function: Callable[..., Any], /, *args: Any) -> Any:
        if function is on_node.holds:
            self.asked += 1
            return {"size": self.size, "authorities": list(self.authorities)}
        if function is there.give:
            entries = ("the invitation",) if "reader" in args[0] else ()
            return there.Parcel(self.size, (), (), (), entries)  # type: ignore[arg-type]
        self.taken.append(args[0])
        return True


def courier_between(*nodes: Node) -> Courier:
    courier = Courier(pause=0.0)
    courier.hosts = list(nodes)  # type: ignore[arg-type]
    for node in nodes:
        courier.join(node, node, "")  # type: ignore[arg-type]
    return courier


def rounds(courier: Courier, count: int) -> None:
    last_round = courier._rounds + count
    courier._end.wait = lambda timeout=None: courier._rounds >= last_round and courier._end.set()  # type: ignore[assignment,method-assign]
    courier._end.clear()
    courier._loop()


def test_who_is_founded_after_its_invitation_was_carried_past_reads_it() -> None:
    giver, taker = Node("police", 1), Node("care", 0)
    courier = courier_between(giver, taker)
    rounds(courier, 2)
    assert taker.taken == []
    taker.authorities = ["reader"]
    rounds(courier, 1)
    assert [parcel.entries for parcel in taker.taken] == [("the invitation",)]
    rounds(courier, 2)
    assert len(taker.taken) == 1  # and once


def test_a_node_that_cannot_answer_now_does_not_end_the_carrying(monkeypatch: pytest.MonkeyPatch) -> None:
    giver, taker = Node("police", 1), Node("care", 0)
    taker.authorities = ["reader"]
    courier = courier_between(giver, taker)
    answer, failed = giver.call, []

    def once(function: Callable[..., Any], /, *args: Any) -> Any:
        if not failed:
            failed.append(function)
            raise RuntimeError("database is locked")
        return answer(function, *args)

    monkeypatch.setattr(giver, "call", once)
    rounds(courier, 2)
    assert len(taker.taken) == 1 and courier.errors == ["police: database is locked"]
