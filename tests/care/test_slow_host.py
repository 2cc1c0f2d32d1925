"""A host of one-time pages in somebody's hands holds up neither the node nor an officer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from libertad.answer_page.messages import Item
from libertad.care import page_host, page_watch

DRIP = 0.2  # seconds between two bytes: no wait for a piece ever takes too long


@pytest.fixture
def dripping(settings: Any, tmp_path: Path) -> Iterator[None]:
    """A host that sends its reply byte by byte, for ever."""
    server, over = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def drip() -> None:
        connection, _address = server.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not over.wait(DRIP):
                try:
                    connection.sendall(b"a")
                except OSError:
                    return

    thread = threading.Thread(target=drip)
    thread.start()
    (tmp_path / "secrets").mkdir()
    settings.LIBERTAD_HOME = tmp_path
    settings.LIBERTAD_ANSWER_HOST = f"http://127.0.0.1:{server.getsockname()[1]}"
    settings.LIBERTAD_ANSWER_HOST_KEY = "00" * 32
    yield
    over.set()
    thread.join()
    server.close()


def test_a_reply_that_comes_byte_by_byte_ends(dripping: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(page_host, "WHOLE", 1.0)
    with pytest.raises(page_host.HostFailed):
        page_host.ask([Item("a" * 32, "look")])


def test_an_officer_does_not_wait_for_a_look_that_is_under_way(monkeypatch: Any) -> None:
    monkeypatch.setattr(page_watch, "PATIENCE", 0.1)
    with page_watch._running:
        assert page_watch.look_now() is False
