"""`libertad attack`: refuses whatever is no demo on this machine; its exit code says that something broke."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from typer.testing import CliRunner

from libertad.attacks import kit, registry
from libertad.attacks.registry import Attack, broken, withstood
from libertad.attacks.target import Refused, Target
from libertad.cli import app


class Demo(BaseHTTPRequestHandler):
    """A node that says that it is a demo, or is `answer`ed otherwise; counts what it is asked."""

    answer: Any = {"demo": True, "accounts": []}
    asked: list[str] = []

    def do_GET(self) -> None:
        Demo.asked.append(self.path)
        body = json.dumps(Demo.answer).encode()
        self.send_response(200 if Demo.answer is not None else 404)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Nothing is logged."""


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(Demo, "asked", [])
    monkeypatch.setattr(Demo, "answer", {"demo": True, "accounts": []})
    with HTTPServer(("127.0.0.1", 0), Demo) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> list[Attack]:
    """A kit of two attacks, of which one breaks the demo."""
    listed = [
        Attack("a-held", "tries", lambda target: withstood("3 of 3")),
        Attack("b-broken", "tries", lambda target: broken("x")),
    ]
    monkeypatch.setattr(kit, "attacks", lambda: listed)
    return listed


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.1/",
        "https://127.0.0.1/",
        "http://example.org/",
        "ftp://127.0.0.1",
        "127.0.0.1:8000",
        "http://127.0.0.1.example.org/",
    ],
)
def test_another_machine_is_refused_before_anything_is_sent(url: str) -> None:
    with pytest.raises(Refused):
        Target(url)


@pytest.mark.parametrize("answer", [None, {}, [], {"demo": "yes"}, {"demo": False, "accounts": []}])
def test_a_node_that_does_not_say_that_it_is_a_demo_is_asked_once_and_left_alone(
    demo: str, two: list[Attack], answer: Any
) -> None:
    Demo.answer = answer
    done = CliRunner().invoke(app, ["attack", demo])
    assert done.exit_code == 1 and "nothing was attacked" in done.output
    assert Demo.asked == ["/demo/accounts.json"]


def test_the_exit_code_says_whether_anything_broke(demo: str, two: list[Attack]) -> None:
    done = CliRunner().invoke(app, ["attack", demo, "--json"])
    assert done.exit_code == 1
    done = CliRunner().invoke(app, ["attack", demo, "--only", "a-held"])
    assert done.exit_code == 0 and "3 of 3" in done.output
    assert CliRunner().invoke(app, ["attack", demo, "--only", "nothing"]).exit_code == 1


def test_what_a_target_does_not_have_is_not_applicable_and_a_budget_ends(demo: str) -> None:
    target = Target(demo, most_requests=5)
    role = Attack("x", "", lambda t: withstood(""), roles=("press",))
    assert registry.outcome(role, target).verdict == "not applicable"
    assert (
        registry.outcome(Attack("y", "", lambda t: withstood(""), needs=("home",)), target).verdict
        == "not applicable"
    )

    def greedy(target: Target) -> registry.Result:
        while True:
            target.stranger().get("/")

    assert registry.outcome(Attack("z", "", greedy), target).words.startswith("gave up after")
