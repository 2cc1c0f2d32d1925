"""`/healthz` and `/metrics`: who may read them, that nothing of the work is in them, nothing stops them."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from libertad.exchange import scheduler
from libertad.exchange.sync.endpoint import Exchange
from libertad.exchange.transport.courier import Courier
from libertad.exchange.transport.nats_transport import NatsTransport, State
from libertad.journal.node import node
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary.values import PersonName
from libertad.web import health, metrics, monitoring, watch_token
from tests.support.world import World

TOKEN = "5e0f6c1d" * 8
# Of the machine and the moment; they move with nobody's work but in steps that tell nothing of it.
MOVES = {"libertad_look_age_seconds", "libertad_memory_bytes", "libertad_disk_free_bytes"}


class Asked:
    """What `/healthz` or `/metrics` answers; `status` 0 where the screens were to answer."""

    def __init__(
        self,
        path: str,
        *headers: tuple[str, str],
        client: str = "127.0.0.1",
        host: str = "localhost:8000",
        method: str = "GET",
        trusted: tuple[str, ...] = (),
    ) -> None:
        self.status, self.body = 0, b""
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "client": (client, 5),
            "scheme": "http",
            "headers": [(b"host", host.encode()), *((n.encode(), v.encode()) for n, v in headers)],
        }

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await monitoring.answer(scope, receive, send, self._screens)

        async def send(message: Any) -> None:
            self.status = message.get("status", self.status)
            self.body += message.get("body", b"")

        asking = ProxyHeadersMiddleware(app, list(trusted))(scope, None, send)  # type: ignore[arg-type]
        with ThreadPoolExecutor(1) as executor:  # the browser's driver may have a loop in this thread
            executor.submit(asyncio.run, asking).result(30)

    async def _screens(self, scope: Any, receive: Any, send: Any) -> None:
        self.status = 0


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Callable[..., health.Health]:
    """Put a look there as the observer does; changed as the test says."""

    def put_look(**changed: Any) -> health.Health:
        state = replace(health.Health(rings=1, background=tuple(health.BACKGROUND)), **changed)
        monkeypatch.setattr(health, "latest", lambda: state)
        return state

    return put_look


@pytest.fixture
def token(tmp_path: Path) -> Any:
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n")
    file.chmod(0o600)
    yield file
    watch_token.refresh("")


@pytest.mark.parametrize("path", monitoring.PATHS)
def test_a_program_of_this_machine_reads_and_whoever_came_by_a_proxy_does_not(looked: Any, path: str) -> None:
    looked()
    for host in ("localhost", "127.0.0.1:8000", "[::1]:8000"):
        assert Asked(path, host=host).status == 200
    assert Asked(path, client="::1").status == 200
    head = Asked(path, method="HEAD")
    assert head.status == 200 and head.body == b""
    for refused in (
        Asked(path, client="203.0.113.9"),
        Asked(path, host="node.example"),
        Asked(path, host="localhost.node.example"),
        Asked(path, method="POST"),
        # The proxy on this machine, declared or not; what the client itself said of its address is in it.
        Asked(path, ("x-forwarded-proto", "https")),
        Asked(path, ("x-forwarded-for", "127.0.0.1")),
        Asked(path, ("x-forwarded-for", "127.0.0.1"), trusted=("127.0.0.1",)),
        Asked(path, ("x-forwarded-for", "203.0.113.9, 127.0.0.1"), trusted=("127.0.0.1",)),
        Asked(path, ("forwarded", "for=127.0.0.1")),
        Asked(path, ("via", "1.1 proxy")),
        # A page in a browser on this machine that was led here.
        Asked(path, ("origin", "https://elsewhere.example")),
        Asked(path, ("authorization", "Bearer ")),
        Asked(path, ("authorization", f"Bearer {TOKEN}")),
    ):
        assert refused.status == 0


def test_the_token_reads_from_anywhere_and_nothing_near_it_does(looked: Any, token: Path) -> None:
    looked()
    assert watch_token.refresh(str(token)) == ""
    far = {"client": "203.0.113.9", "host": "node.example"}
    for path in monitoring.PATHS:
        assert Asked(path, ("authorization", f"Bearer {TOKEN}"), ("x-forwarded-proto", "https"), **far).status
        for wrong in (f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", f"Bearer {TOKEN}0", "Bearer", TOKEN):
            assert Asked(path, ("authorization", wrong), **far).status == 0
            assert Asked(path, ("authorization", wrong)).status == 0


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda file: file.chmod(0o640), "may be read by others"),
        (lambda file: file.write_text("short"), "fewer than 32"),
        (lambda file: file.write_text(""), "fewer than 32"),
        (lambda file: file.unlink(), "cannot be read"),
    ],
    ids=["open", "short", "empty", "gone"],
)
def test_a_token_that_is_none_opens_nothing_and_is_told(
    looked: Any, token: Path, spoil: Any, word: str
) -> None:
    looked()
    assert watch_token.refresh(str(token)) == ""
    spoil(token)
    assert word in watch_token.refresh(str(token))
    for wrong_token in (TOKEN, "short", ""):
        assert Asked("/metrics", ("authorization", f"Bearer {wrong_token}")).status == 0


def test_to_strangers_the_addresses_are_ones_that_do_not_exist(client: Any, world: World) -> None:
    answers = [
        client.get(path, headers={"host": "localhost"}) for path in ("/healthz", "/metrics", "/nothing")
    ]
    assert [answer.status_code for answer in answers] == [404] * 3
    plain = {re.sub(rb"healthz|metrics|nothing", b"", answer.content) for answer in answers}
    assert len(plain) == 1


def test_nothing_moves_when_somebody_is_recorded_read_or_searched_for(world: World) -> None:
    """Whoever reads the monitor learns no hour at which somebody was found."""
    before = metrics.exposition(health.look(node()))
    size = node().sql().first("select count(*) from journal_entry")
    person = world.perform(
        "officer",
        meet_person,
        country="GY",
        name=(PersonName(text="Ximena Quillabamba"),),
        source="said",
        happened=world.at(5, 13),
    )
    client = world.client("officer")
    assert client.get(f"/people/{person}/").status_code == 200
    assert client.get("/find/", {"q": "Ximena"}).status_code == 200
    assert node().sql().first("select count(*) from journal_entry") != size
    after = metrics.exposition(health.look(node()))
    lines = set(before.splitlines()) ^ set(after.splitlines())
    assert {line.split()[0] for line in lines} <= MOVES, lines
    assert "Ximena" not in after and person not in after


def test_steps_hide_what_a_record_takes(tmp_path: Path, world: World) -> None:
    state = health.look(node())
    assert state.disk_free % health.DISK_STEP == 0 and state.memory % health.MEMORY_STEP == 0
    assert state.exchange_age is None and isinstance(state.writer_busy, int)


class Broker(NatsTransport):
    """The mail's own thread, with a broker that answers or does not."""

    there = True

    def _begin(self) -> None:
        pass

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def state(self) -> State:
        return State(self.there, False, 0, 0, 0, 0, 0)


@pytest.fixture
def post(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Courier]:
    """The node's mail, started; its next round is begun by hand."""
    courier = Courier(Exchange(node()), every=3600.0)
    unused: Any = (None, None, None)
    broker = Broker(
        "nats://127.0.0.1:4", "origin", bytes(32), seal=unused[0], open=unused[1], handler=unused[2]
    )
    monkeypatch.setattr(scheduler, "running", lambda: SimpleNamespace(post=courier))
    assert courier.start(broker)
    yield courier
    courier.stop()


def told_of_mail() -> tuple[set[str], str]:
    """(the kinds of problem that are told, those of the background in words) by a look of now."""
    state = health.look(node())
    assert state.ready() and Asked("/healthz").status == 200, "nothing starts again for it"
    words = [problem.what for problem in state.problems if problem.kind == "background"]
    assert ('part="mail"} 1' in metrics.exposition(state)) is not any("mail" in word for word in words)
    return {problem.kind for problem in state.problems}, " ".join(words)


def test_a_broker_that_does_not_answer_is_told_and_the_node_serves_on(post: Courier, looked: Any) -> None:
    looked()
    transport = post.transport
    assert isinstance(transport, Broker)
    transport.there = False
    assert "broker" not in told_of_mail()[0], "nothing was tried yet"
    post.round()
    assert "broker" in told_of_mail()[0]
    assert "libertad_broker_up 0\n" in metrics.exposition(health.look(node()))
    transport.there = True
    post.round()
    kinds, ended = told_of_mail()
    assert "broker" not in kinds and "mail" not in ended
    assert "libertad_broker_up 1\n" in metrics.exposition(health.look(node()))


@pytest.mark.parametrize("which", ["libertad-post", "nats", "connecting"])
def test_a_thread_of_the_mail_that_has_ended_is_told_as_the_others_are(
    post: Courier, looked: Any, which: str
) -> None:
    looked()
    transport = post.transport
    assert isinstance(transport, Broker) and "mail" not in told_of_mail()[1]
    if which == "connecting":

        async def breaks() -> None:
            raise ValueError("whatever nobody foresaw")

        async def begun() -> None:
            transport._work = asyncio.create_task(breaks())
            await asyncio.wait([transport._work])

        asyncio.run_coroutine_threadsafe(begun(), transport._loop).result(60)
    elif which == "nats":
        transport._loop.call_soon_threadsafe(transport._loop.stop)
        transport._thread.join(60)
    else:
        post.stopping.set()
        post.thread.join(60)
    assert "has ended: mail" in told_of_mail()[1]


def test_a_node_that_asks_for_no_broker_is_told_nothing_of_mail(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LIBERTAD_NATS_URL", raising=False)
    courier = Courier(Exchange(node()))
    monkeypatch.setattr(scheduler, "running", lambda: SimpleNamespace(post=courier))
    assert not courier.start()
    state = health.look(node())
    courier.stop()
    assert state.broker is None and "mail" not in str(state.problems)
    text = metrics.exposition(state)
    assert "libertad_broker_up" not in text and 'part="mail"' not in text


def test_each_thing_that_is_wrong_is_told_with_what_to_do(looked: Any) -> None:
    for kind in health.NOT_READY:
        looked(problems=(health.Problem(kind, "it is broken", "mend it"),))
        answer = Asked("/healthz")
        report = json.loads(answer.body)
        assert answer.status == 503 and report["status"] == "not ready" and not report["ready"]
        assert report["problems"] == [{"kind": kind, "what": "it is broken", "mend": "mend it"}]
        collected = Asked("/metrics")
        assert collected.status == 200 and b"libertad_ready 0\n" in collected.body
    looked(problems=(health.Problem("disk", "it is nearly full", "free some room"),))
    assert Asked("/healthz").status == 200 and json.loads(Asked("/healthz").body)["status"] == "attention"


def test_a_look_that_hangs_says_so_by_its_age(looked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    state = looked()
    assert state.ready()
    monkeypatch.setattr(health.time, "monotonic", lambda: state.at + health.STALE + 1)
    answer = Asked("/healthz")
    assert answer.status == 503 and b"has not looked at itself" in answer.body
    assert "libertad_ready 0\n" in metrics.exposition(state)


def test_who_asks_takes_no_lock_opens_nothing_and_asks_no_database(
    looked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: whatever a screen would need fails; the answer comes all the same."""
    from django.db import connections

    from libertad.journal import node as nodes

    def refuse(*positional: Any, **named: Any) -> Any:
        raise AssertionError("asked for")

    looked()
    monkeypatch.setattr(nodes, "node", refuse)
    monkeypatch.setattr(type(connections), "__getitem__", refuse)
    monkeypatch.setattr("builtins.open", refuse)
    monkeypatch.setattr(health, "look", refuse)
    assert Asked("/healthz").status == 200 and Asked("/metrics").status == 200


def test_a_database_that_is_away_is_a_problem_and_no_fault(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    from libertad.journal.node import Node

    def away(self: Node) -> Any:
        raise OperationalError("host 10.1.2.3 is away")

    monkeypatch.setattr(Node, "sql", away)
    state = health.look(node())
    assert not state.database and not state.ready()
    assert "10.1.2.3" not in str(state.problems)


def test_a_writer_that_is_stuck_or_has_ended_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = node().writer
    assert health.look(node()).writer
    monkeypatch.setattr(writer, "began", health.time.monotonic() - health.STUCK - 1)
    state = health.look(node())
    assert not state.writer and state.writer_busy > health.STUCK and not state.ready()
    writer.began = 0.0
    writer.close()
    assert "the writer has ended" in str(health.look(node()).problems)


def test_a_node_whose_place_another_took_says_so_until_it_is_mended(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a peer told it (`fence.hear`), tests/exchange/test_taken_over.py says with which words it may."""
    here = node()
    monkeypatch.setattr(here, "given_away", {here.key.origin})
    state = health.look(here)
    assert not state.writer and not state.ready()
    (problem,) = [problem for problem in state.problems if problem.kind == "writer"]
    assert "another node takes its place" in problem.what and "destroy this home" in problem.mend
    monkeypatch.setattr(health, "latest", lambda: state)
    answer = Asked("/healthz")
    assert answer.status == 503 and b"another node takes its place" in answer.body
    monkeypatch.setattr(here, "given_away", set())
    assert health.look(here).ready()
