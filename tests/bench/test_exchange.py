"""The peer is taken at its best, and only where it is as durable as ours."""

from __future__ import annotations

import http.client
import http.server
import json
import threading

import pytest

from bench._lines import Carried, Counting, Slow, Small, count_bytes
from bench.exchange import bytes_alone, bytes_and_losses, compared, slowly, small
from bench.peers.pouchdb import FILES, HERE, Replicated
from scenarios.bad_network import PROFILES

PEERS = [
    Replicated("push", 100, False, 0.1, 1_000_000),  # the quickest and leanest, but not durable
    Replicated("push", 100, True, 3.0, 7_000_000),
    Replicated("pull", 1000, True, 2.0, 6_000_000),
    Replicated("pull", 100, True, 4.0, 5_000_000),
]


def test_the_peer_is_taken_at_its_durable_best() -> None:
    _, _, seconds, size, *_ = compared(Carried(1.0, 5_000_000), PEERS)
    assert (seconds["reference"], seconds["ratio"]) == (2.0, 2.0)
    assert (size["reference"], size["ratio"]) == (5.0, 1.0)


def test_the_peer_of_the_goal_pushes_as_it_comes() -> None:
    seconds, size, *_ = compared(Carried(1.0, 500_000), [*reversed(PEERS)])
    assert (seconds["reference"], seconds["ratio"]) == (0.1, 0.1)
    assert (size["reference"], size["ratio"]) == (1.0, 2.0)


def test_what_the_bytes_alone_need() -> None:
    assert bytes_alone(50_000, PROFILES["2g"]) == 8.0
    assert bytes_and_losses(50_000, PROFILES["2g"]) == pytest.approx(8.0 / 0.95)


def test_a_missed_bound_is_below_one() -> None:
    ten, idle = Small(1, 100, 7_900), Small(1, 151, 60)
    assert [line["ratio"] >= 1 for line in small(ten, idle)] == [True, True, False, True]
    minimum = bytes_alone(50_000, PROFILES["2g"])
    met, alone, _ = slowly(Slow(50_000, 1.25 * minimum, 3))
    assert (met["ratio"] > 1, alone["ratio"]) == (True, 0.8)
    assert slowly(Slow(50_000, 1.31 * minimum, 3))[0]["ratio"] < 1


def test_the_bytes_of_the_sockets_are_counted_both_ways() -> None:
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(5)
            self.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n" + bytes(1000))

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as served, count_bytes():
        thread = threading.Thread(target=served.handle_request, daemon=True)
        thread.start()
        connection = http.client.HTTPConnection("127.0.0.1", served.server_port, timeout=60)
        connection.request("POST", "/", body=b"12345", headers={"Host": "x"})
        assert len(connection.getresponse().read()) == 1000
        connection.close()
        thread.join()
        request = b"POST / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: identity\r\nContent-Length: 5\r\n\r\n12345"
        assert Counting.moved == len(request) + 19 + 1000
    assert http.client.HTTPConnection.connect.__module__ == "http.client"


def test_every_library_of_the_peer_is_locked_with_its_hash() -> None:
    expected = json.loads((HERE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    locked = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert locked[""]["dependencies"] == expected
    assert [name for name, package in locked.items() if name and "integrity" not in package] == []
    assert all((HERE / name).exists() for name in FILES)
