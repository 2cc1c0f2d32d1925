"""A replay node whose port is somebody else's for a moment waits for it, and does not wait for ever."""

from __future__ import annotations

import socket
import threading

import pytest

from scenarios.replay import on_node
from scenarios.replay.ports import free_ports

pytestmark = [
    pytest.mark.sqlite_only,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_node, "_server", None)


def occupy_port(port: int) -> socket.socket:
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", port))
    held.listen()
    return held


def test_a_port_that_is_free_again_is_taken(db: None) -> None:
    (port,) = free_ports(1)
    held = occupy_port(port)
    timer = threading.Timer(0.7, held.close)
    timer.start()
    try:
        on_node.listen(port)
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    finally:
        timer.join()
        if on_node._server is not None:
            on_node._server.should_exit = True


def test_a_port_that_stays_somebody_elses_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_node, "TRIES", 1)
    (port,) = free_ports(1)
    with occupy_port(port), pytest.raises(RuntimeError, match=f"port {port}"):
        on_node.listen(port)


def test_free_ports_are_different_and_none_that_the_system_hands_out() -> None:
    ports = free_ports(40)
    assert len(set(ports)) == 40 and max(ports) <= 32_000
