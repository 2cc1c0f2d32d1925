"""kill -9 during real HTTP actions, a hundred times: no acknowledged entry lost, none half folded."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from pathlib import Path

import pytest

KILLS = 100
CLIENTS = 4
HUNG = 300.0  # seconds; a guard against hanging for ever, nothing is measured by it
ROOT = Path(__file__).parents[2]
LEAD = {"country": "GY", "source_grade": "1", "information_grade": "B", "handling": "P", "origin": "hotline"}


class Node:
    """The forking process and the node that it started last."""

    def __init__(self, home, url):
        environment = os.environ | {
            "LIBERTAD_HOME": str(home),
            "LIBERTAD_DATABASE_URL": url,
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "libertad.web.settings.test",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.journal.node_process"],
            cwd=ROOT,
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.made = self._answer()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def _answer(self):
        return json.loads(self.process.stdout.readline())

    def ask(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self._answer()

    def start(self, cut=""):
        self.pid = self.ask(f"start {self.port} {cut}")
        deadline = time.monotonic() + HUNG
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.01)
        raise AssertionError("the node did not start")

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        assert self.ask(f"reap {self.pid}")

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)


class Client:
    """A browser in miniature: cookies and the form token, one connection at a time."""

    def __init__(self, port):
        self.port, self.cookies, self.connection = port, {}, None

    def ask(self, method, path, fields=None):
        body = None
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if fields is not None:
            token = next(
                (v for k, v in self.cookies.items() if "csrf" in k.lower() or "form" in k.lower()), ""
            )
            body = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=HUNG)
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        answer.read()
        return answer

    def drop(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def sign_in(node):
    client = Client(node.port)
    assert client.ask("GET", "/demo/").status == 200
    assert client.ask("POST", "/demo/", {"account": node.made["account"]}).status == 302
    return client


def work(client, number, team, stop, acknowledged, sent):
    """Post leads and check-ins until the node is gone; note what was acknowledged."""
    count = 0
    while not stop.is_set():
        count += 1
        try:
            if count % 3 == 0:
                fields = {"danger": "no", "state": "on-site", "again_in": "30"}
                sent.append("check-in")
                if client.ask("POST", f"/teams/{team}/check-in/", fields).status == 302:
                    acknowledged.append("check-in")
                continue
            summary = f"lead {number} {time.monotonic_ns()}"
            sent.append(summary)
            answer = client.ask("POST", "/leads/report/", {**LEAD, "summary": summary})
            assert answer.status == 302, answer.status
            acknowledged.append(summary)
        except (OSError, http.client.HTTPException):
            client.drop()
            return


@pytest.fixture
def node(tmp_path, database_url):
    node = Node(tmp_path / "node", database_url)
    yield node
    node.close()


def kill_again_and_again(node, kills, rng, until=float("inf")):
    """Kill the node that often, or until then, while clients work; what is on file is compared as it goes.

    Returns how many kills there were and how much was acknowledged.
    """
    acknowledged, sent, kill = [], [], 0
    node.start()
    clients = [sign_in(node) for _ in range(CLIENTS)]
    while kill < kills and time.monotonic() < until:
        if kill:
            node.start()
        before = len(acknowledged)
        stop = threading.Event()
        threads = [
            threading.Thread(
                target=work, args=(client, n, node.made["team"], stop, acknowledged, sent), daemon=True
            )
            for n, client in enumerate(clients)
        ]
        for thread in threads:
            thread.start()
        if rng.random() > 0.1:  # else it is killed before it has answered anything
            hung = time.monotonic() + HUNG
            while len(acknowledged) == before:
                assert time.monotonic() < hung, "a node that was started answers nothing"
                time.sleep(0.002)
        time.sleep(rng.random() * 0.15)
        node.kill()
        stop.set()
        for thread in threads:
            thread.join(HUNG)
        kill += 1
        if kill % 20 == 0:
            _compare(node.ask("check"), acknowledged, sent)
    _compare(node.ask("check"), acknowledged, sent)
    return kill, len(acknowledged)


def test_a_hundred_kills_lose_nothing_acknowledged_and_leave_nothing_half_folded(node):
    kills, acknowledged = kill_again_and_again(node, KILLS, random.Random(4))
    assert kills == KILLS and acknowledged > KILLS // 2


@pytest.mark.parametrize("cut", ["written", "recorded"])
def test_a_form_whose_answer_a_kill_took_is_written_once(node, cut):
    """Killed between the commit and the answer; sent again to the next start, it gets its first answer."""
    node.start(cut)
    client = sign_in(node)
    form = {**LEAD, "summary": "a house by the mill", "submission": "A" * 22}
    with pytest.raises((OSError, http.client.HTTPException)):
        client.ask("POST", "/leads/report/", form)
    client.drop()
    assert node.ask(f"reap {node.pid}")
    assert node.ask("check")["leads"] == [form["summary"]], "it was killed after it had written"
    node.start()
    answers = [client.ask("POST", "/leads/report/", form) for _ in range(2)]
    assert {answer.status for answer in answers} == {302}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert answers[0].headers["Location"].startswith("/leads/")
    node.kill()
    outcome = node.ask("check")
    assert outcome["leads"] == [form["summary"]] and outcome["lead_rows"] == 1 and outcome["findings"] == []


def _compare(outcome, acknowledged, sent):
    assert outcome["findings"] == []
    leads = outcome["leads"]
    assert len(leads) == len(set(leads)) == outcome["lead_rows"]
    lost = {summary for summary in acknowledged if summary != "check-in"} - set(leads)
    assert not lost, f"acknowledged and lost: {sorted(lost)}"
    assert set(leads) <= set(sent)
    assert acknowledged.count("check-in") <= outcome["check_ins"] <= sent.count("check-in")
    assert outcome["check_ins"] == outcome["check_in_rows"]
