"""Mail over real NATS servers: killed, they lose nothing, and the broker learns next to nothing."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

import pytest
from django.utils.asyncio import async_unsafe
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from nats.errors import Error as NatsError
from nats.js.api import StreamConfig, StreamSource

from libertad.exchange.protocol.failure_codes import CARRY, LETTER_IN, STRANGE
from libertad.exchange.transport import nats_frame, nats_hub, nats_mail
from libertad.exchange.transport.nats_keys import node_credentials
from libertad.exchange.transport.nats_mail import Mail, NoBox, NotSent
from libertad.exchange.transport.nats_transport import NatsTransport, from_environment
from libertad.journal.checkpoint import Signer
from scenarios.brokers import Brokers
from tests.support import apart

pytestmark = pytest.mark.xdist_group("nats")

BRIDGETOWN, LYON, OTHER = (Signer(byte * 32) for byte in (b"b", b"l", b"o"))
NODES = {node.origin: node.seed for node in (BRIDGETOWN, LYON, OTHER)}
BOX = SecretBox(b"k" * 32)
NAMED = len(LYON.origin)
SEAL = NAMED + 40  # what seal() adds, always


def seal_outside(node, plain: bytes) -> bytes:
    return node.origin.encode() + bytes(BOX.encrypt(plain))


def seal_as(node):
    @async_unsafe("sealing asks the node's database")
    def seal(_reader: str, plain: bytes) -> bytes:
        return seal_outside(node, plain)

    return seal


def open_frame(sealed: bytes) -> tuple[str, bytes]:
    try:
        return sealed[:NAMED].decode(), BOX.decrypt(sealed[NAMED:])
    except (CryptoError, UnicodeDecodeError) as error:
        raise ValueError("not sealed by a peer") from error


unseal = async_unsafe("opening asks the node's database")(open_frame)


def mail(node, url, **kw) -> Mail:
    kw = {"tick": 0.05, "poll": 0.5, **kw}
    return Mail(url, node.origin, node_credentials(node.seed), seal=seal_as(node), open=unseal, **kw)


async def operator(brokers) -> Mail:
    """The hub's operator, who may do everything there."""
    owner = Mail(
        brokers.hub_url,
        "operator",
        brokers.operator,
        seal=seal_as(OTHER),
        open=unseal,
        ca=brokers.certificate,
    )
    await owner.start()
    return owner


@pytest.fixture(scope="module")
def brokers(tmp_path_factory):
    running = Brokers(tmp_path_factory.mktemp("nats"), NODES)
    try:
        for node in (BRIDGETOWN, LYON):
            running.leaf(node.origin)
        yield running
    finally:
        running.stop()


@pytest.fixture(autouse=True)
def empty_boxes(request):
    if "brokers" not in request.fixturenames:
        return
    running = request.getfixturevalue("brokers")

    async def prepare():
        owner = await operator(running)
        await nats_hub.provide(owner._hub, NODES, backoff=(1.0,))
        for origin in NODES:
            await owner._hub.purge_stream(nats_hub.stream(origin))
        await owner.stop()

    apart.run(prepare())


@contextlib.asynccontextmanager
async def working(*stations):
    """(mail, handler or None): started, receiving and forwarding until the end of the block."""
    tasks = []
    try:
        for station, handler in stations:
            await until_started(station)
            tasks.append(asyncio.create_task(station.forward()))
            if handler is not None:
                tasks.append(asyncio.create_task(station.receive(handler)))
        yield
        for task in tasks:
            if task.done() and task.exception():
                raise task.exception()
    finally:
        await nats_mail.ended(*tasks)
        for station, _handler in stations:
            await station.stop()


async def until_started(station):
    await asyncio.wait_for(station.start(), 300)


async def until(true, seconds=300):
    """Wait for what must come; the deadline is only there so that nothing hangs."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came"
        await asyncio.sleep(0.02)


class Desk:
    """A handler that keeps what it was given."""

    def __init__(self):
        self.taken: list[bytes] = []
        self.senders: set[str] = set()

    def __call__(self, sender: str, parcels: Sequence[bytes]) -> None:
        self.senders.add(sender)
        self.taken += parcels


# -- carried -----------------------------------------------------------------------------------------


def test_parcels_go_from_leaf_to_leaf_in_order(brokers):
    async def run():
        desk = Desk()
        sender, reader = (mail(node, brokers.leaf_url(node.origin)) for node in (BRIDGETOWN, LYON))
        parcels = [os.urandom(size) for size in (10, 60_000, 60_000, 3, 500_000, 99)]
        async with working((sender, None), (reader, desk)):
            assert sender.through_leaf
            await sender.send(LYON.origin, parcels)
            await until(lambda: len(desk.taken) == len(parcels))
        assert desk.taken == parcels and desk.senders == {BRIDGETOWN.origin}
        with pytest.raises(ValueError, match="parcel of"):
            await sender.send(LYON.origin, [b""])

    apart.run(run())


def test_what_the_leaf_took_while_the_hub_was_down_arrives_after(brokers):
    async def run():
        desk = Desk()
        sender, reader = (mail(node, brokers.leaf_url(node.origin)) for node in (BRIDGETOWN, LYON))
        async with working((sender, None), (reader, desk)):
            brokers.hub.kill()
            await sender.send(LYON.origin, [b"one", b"two"])
            brokers.leaf(BRIDGETOWN.origin).kill()  # the queue is on the leaf's disk, not in its memory
            brokers.leaf(BRIDGETOWN.origin).start()
            await asyncio.sleep(0.5)
            assert desk.taken == []
            brokers.hub.start()
            await until(lambda: set(desk.taken) == {b"one", b"two"})

    apart.run(run())


def test_a_box_that_takes_no_mail_does_not_stop_the_others(brokers):
    async def run():
        desk, nobody = Desk(), Signer(b"n" * 32)
        sender, reader = (mail(node, brokers.leaf_url(node.origin)) for node in (BRIDGETOWN, LYON))
        async with working((sender, None), (reader, desk)):
            await sender.send(nobody.origin, [b"no box was made for it"])
            await sender.send(LYON.origin, [b"after it"])
            await until(lambda: desk.taken == [b"after it"])
            await sender._own.purge_stream(nats_mail.QUEUE)

    apart.run(run())


def test_many_letters_for_who_has_no_box_are_tried_as_one(brokers):
    """A peer that gets bundles alone: each of its letters would else hold the others' up, again and again."""

    async def run():
        desk, nobody = Desk(), Signer(b"m" * 32)
        sender, reader = (mail(node, brokers.leaf_url(node.origin)) for node in (BRIDGETOWN, LYON))
        async with working((sender, None), (reader, desk)):
            publish, tried = sender._hub.publish, []

            async def count_publish(subject, *arguments, **options):
                tried.append(subject)
                return await publish(subject, *arguments, **options)

            sender._hub.publish = count_publish
            for number in range(5):
                await sender.send(nobody.origin, [f"no box was made for {number}".encode()])
            await sender.send(LYON.origin, [b"after them"])
            await until(lambda: desk.taken == [b"after them"])
            assert tried.count(nats_frame.subject(nobody.origin)) == nats_mail.SURE
            await sender._own.purge_stream(nats_mail.QUEUE)

    apart.run(run())


def test_many_letters_for_a_full_box_are_tried_as_one(brokers, monkeypatch):
    """A box that nobody empties: as many tries as letters held the others' mail up."""
    full = Signer(b"f" * 32)
    brokers.know(full.origin, node_credentials(full.seed))
    monkeypatch.setattr(nats_hub, "MOST_BYTES", 1024)

    async def run():
        desk = Desk()
        owner = await operator(brokers)
        await nats_hub.provide(owner._hub, [full.origin])
        await owner.stop()
        sender, reader = (mail(node, brokers.leaf_url(node.origin)) for node in (BRIDGETOWN, LYON))
        async with working((sender, None), (reader, desk)):
            publish, tried = sender._hub.publish, []

            async def count_publish(subject, *arguments, **options):
                tried.append(subject)
                return await publish(subject, *arguments, **options)

            sender._hub.publish = count_publish
            for number in range(4):
                await sender.send(full.origin, [f"no room for {number}".encode()])
            await sender.send(LYON.origin, [b"after them"])
            await until(lambda: desk.taken == [b"after them"])
            assert tried.count(nats_frame.subject(full.origin)) == nats_mail.SURE
            await sender._own.purge_stream(nats_mail.QUEUE)

    apart.run(run())


def test_killing_the_hub_in_the_middle_loses_nothing(brokers):
    async def run():
        desk = Desk()
        sender, reader = (mail(node, brokers.leaf_url(node.origin)) for node in (BRIDGETOWN, LYON))
        parcels = [number.to_bytes(4, "big") + os.urandom(30_000) for number in range(120)]
        async with working((sender, None), (reader, desk)):
            await sender.send(LYON.origin, parcels)
            await until(lambda: len(desk.taken) >= 10)
            brokers.hub.kill()
            assert len(desk.taken) < len(parcels)
            brokers.hub.start()
            await until(lambda: set(desk.taken) == set(parcels))

    apart.run(run())


def test_mail_waits_for_a_receiver_that_is_down(brokers):
    async def run():
        sender = mail(BRIDGETOWN, brokers.leaf_url(BRIDGETOWN.origin))
        async with working((sender, None)):
            await sender.send(LYON.origin, [b"for later"])
            await until(lambda: sender.forwarded == 1)
        desk = Desk()
        async with working((mail(LYON, brokers.leaf_url(LYON.origin)), desk)):
            await until(lambda: desk.taken == [b"for later"])

    apart.run(run())


class Reported(dict[tuple[str, str], str]):
    """What stands, by box on the hub and way, as `failures` would keep it."""

    @async_unsafe("writing it down asks the node's database")
    def __call__(self, box: str, way: str, code: str) -> None:
        if code:
            self[box, way] = code
        else:
            self.pop((box, way), None)


def test_what_fails_at_the_hub_is_reported_until_it_goes_well(brokers, monkeypatch):
    monkeypatch.setattr(nats_mail, "LOOK", 0.2)

    async def run():
        desk, nobody, reported = Desk(), Signer(b"n" * 32), Reported()
        box = nats_frame.inbox(nobody.origin)
        sender = mail(BRIDGETOWN, brokers.leaf_url(BRIDGETOWN.origin), report=reported)
        async with working((sender, desk)):
            await sender.send(nobody.origin, [b"no box was made for it"])
            await until(lambda: reported == {(box, CARRY): "no-box-there"})
            await sender.send(LYON.origin, [b"a box of another's"])
            await until(lambda: sender.forwarded == 1)
            assert reported == {(box, CARRY): "no-box-there"}
            brokers.hub.kill()
            await sender.send(LYON.origin, [b"while the hub is down"])
            await until(lambda: reported.get(("", CARRY)) == "no-hub")
            await until(lambda: reported.get(("", LETTER_IN)) == "no-box")
            brokers.hub.start()
            await until(lambda: reported == {(box, CARRY): "no-box-there"})
            owner = await operator(brokers)
            await owner._hub.publish(nats_frame.subject(BRIDGETOWN.origin), b"of nobody")
            await until(lambda: reported.get(("", STRANGE)) == "stranger")
            await owner._hub.publish(
                nats_frame.subject(BRIDGETOWN.origin), seal_outside(LYON, nats_frame.pack([b"proper"]))
            )
            await until(lambda: reported == {(box, CARRY): "no-box-there"})
            await owner.stop()
            assert desk.taken == [b"proper"]
            await sender._own.purge_stream(nats_mail.QUEUE)

    apart.run(run())


def test_a_letter_straight_to_the_hub_for_who_has_no_box_says_so(brokers):
    async def run():
        sender = mail(BRIDGETOWN, brokers.hub_url, ca=brokers.certificate)
        async with working((sender, None)):
            assert not sender.through_leaf
            with pytest.raises(NoBox):
                await sender.send(Signer(b"n" * 32).origin, [b"no box was made for it"])
            await sender.send(LYON.origin, [b"one was made"])

    apart.run(run())


DYING = """
import asyncio, os, sys
from libertad.exchange.transport import nats_mail
from tests.exchange.test_nats import LYON, mail
def die(sender, parcels):
    os._exit(77)
async def early(self, message, handler):
    await message.ack_sync()
    handler("", [])
if sys.argv[2] == "early":
    nats_mail.Mail._take = early
async def run():
    one = mail(LYON, sys.argv[1])
    await one.start()
    await one.receive(die)
asyncio.run(run())
"""


@pytest.mark.parametrize(("how", "again"), [("as it is", True), ("early", False)])
def test_a_crash_before_the_commit_brings_the_message_again(brokers, how, again):
    """Planted bug 'early': acknowledged before the commit, the parcel is lost, and this test would see it."""

    async def run():
        sender = mail(BRIDGETOWN, brokers.leaf_url(BRIDGETOWN.origin))
        async with working((sender, None)):
            await sender.send(LYON.origin, [b"precious"])
            url = brokers.leaf_url(LYON.origin)
            environment = {**os.environ, "PYTHONPATH": os.getcwd()}
            done = await asyncio.to_thread(
                subprocess.run, [sys.executable, "-c", DYING, url, how], env=environment, timeout=300
            )
            assert done.returncode == 77
            desk = Desk()
            async with working((mail(LYON, url), desk)):
                if again:
                    await until(lambda: desk.taken == [b"precious"])
                else:
                    await sender.send(LYON.origin, [b"the next"])
                    await until(lambda: b"the next" in desk.taken)
                    assert desk.taken == [b"the next"]

    apart.run(run())


CARRYING = """
import asyncio, os, sys
from libertad.exchange.transport import nats_mail
from tests.exchange.test_nats import BRIDGETOWN, mail
nats_mail.ACK_WAIT = 3600.0
async def die(self, message):
    os._exit(77)
nats_mail.Mail._carry = die
async def run():
    one = mail(BRIDGETOWN, sys.argv[1])
    await one.start()
    await one.forward()
asyncio.run(run())
"""


def test_what_a_killed_process_was_carrying_leaves_with_the_next_at_once(brokers, monkeypatch):
    """Not after the wait for its word, which is longer here than the test may take."""
    monkeypatch.setattr(nats_mail, "ACK_WAIT", 3600.0)

    async def run():
        desk, url = Desk(), brokers.leaf_url(BRIDGETOWN.origin)
        sender = mail(BRIDGETOWN, url)
        await sender.start()
        await sender.send(LYON.origin, [b"danger"])
        await sender.stop()
        environment = {**os.environ, "PYTHONPATH": os.getcwd()}
        done = await asyncio.to_thread(
            subprocess.run, [sys.executable, "-c", CARRYING, url], env=environment, timeout=300
        )
        assert done.returncode == 77
        again, reader = mail(BRIDGETOWN, url), mail(LYON, brokers.leaf_url(LYON.origin))
        async with working((again, None), (reader, desk)):
            await until(lambda: desk.taken == [b"danger"])

    apart.run(run())


def handed_over(leaf) -> list[bytes]:
    """What the leaf has on its disk of who was handed what."""
    return [path.read_bytes() for path in sorted(leaf.folder.rglob("o.dat"))]


def test_what_a_killed_leaf_had_handed_over_comes_again_at_once(brokers, monkeypatch):
    monkeypatch.setattr(nats_mail, "ACK_WAIT", 3600.0)

    async def run():
        desk, leaf = Desk(), brokers.leaf(BRIDGETOWN.origin)
        sender, reader = (mail(node, brokers.leaf_url(node.origin)) for node in (BRIDGETOWN, LYON))
        async with working((sender, None), (reader, desk)):
            brokers.hub.kill()
            await sender.send(LYON.origin, [b"carried"])
            await sender.send(LYON.origin, [b"lost with the line"])
            courier = (nats_mail.QUEUE, nats_mail.COURIER)
            for _ in range(3000):  # the first is being carried
                if (await sender._own.consumer_info(*courier)).num_ack_pending:
                    break
                await asyncio.sleep(0.02)
            before = handed_over(leaf)
            subscription = await sender._own.pull_subscribe_bind(*reversed(courier))
            assert len(await subscription.fetch(1, timeout=300)) == 1  # the second reaches nobody
            await until(lambda: handed_over(leaf) != before)
            leaf.kill()
            leaf.start()
            brokers.hub.start()
            await until(lambda: {b"carried", b"lost with the line"} <= set(desk.taken))

    apart.run(run())


def test_what_could_not_be_taken_comes_again_and_does_not_stop_the_rest(brokers, monkeypatch):
    monkeypatch.setattr(nats_mail, "BACKOFF", (0.2,))

    async def run():
        desk, failures = Desk(), iter([OSError("disk full")] * 3)

        def handler(sender, parcels):
            if b"hard" in parcels and (error := next(failures, None)):
                raise error
            desk(sender, parcels)

        sender, reader = (mail(node, brokers.leaf_url(node.origin)) for node in (BRIDGETOWN, LYON))
        async with working((sender, None), (reader, handler)):
            await sender.send(LYON.origin, [b"hard"])
            await sender.send(LYON.origin, [b"easy"])
            await until(lambda: sorted(desk.taken) == [b"easy", b"hard"])
            assert reader.failed == 3

    apart.run(run())


def test_a_strangers_mail_is_refused_for_good(brokers):
    async def run():
        desk = Desk()
        stranger = mail(OTHER, brokers.hub_url, ca=brokers.certificate)
        reader = mail(LYON, brokers.leaf_url(LYON.origin))
        async with working((stranger, None), (reader, desk)):
            assert not stranger.through_leaf  # small operations need no leaf
            garbage = [b"", b"x", os.urandom(1024), OTHER.origin.encode() + bytes(BOX.encrypt(b"\x01\xff"))]
            for message in garbage:
                await stranger._client.publish(nats_frame.subject(LYON.origin), message)
            await stranger.send(LYON.origin, [b"good"])
            await until(lambda: desk.taken == [b"good"])
            assert reader.refused == len(garbage) and reader.failed == 0

    apart.run(run())


# -- what the broker and others learn ----------------------------------------------------------------


@pytest.mark.parametrize("through", ["the hub", "its own leaf"])
def test_nobody_reads_or_takes_anothers_mail(brokers, through):
    async def run():
        box = nats_hub.stream(LYON.origin)
        thief = mail(OTHER, brokers.hub_url, ca=brokers.certificate)
        if through == "its own leaf":
            thief = mail(OTHER, brokers.leaf_url(OTHER.origin))
        sender = mail(BRIDGETOWN, brokers.leaf_url(BRIDGETOWN.origin))
        owner = await operator(brokers)
        overheard: dict[str, list[bytes]] = {"thief": [], "operator": []}

        def keep(listener):
            async def record_message(message):
                overheard[listener].append(message.data)

            return record_message

        async with working((sender, None), (thief, None)):
            for role, client in (("thief", thief._client), ("operator", owner._client)):
                for subject in (
                    "lbt.>",
                    nats_frame.subject(LYON.origin),
                    f"_INBOX_{nats_frame.inbox(LYON.origin)}.>",
                    ">",
                ):
                    await client.subscribe(subject, cb=keep(role))
                await client.flush()
            await sender.send(LYON.origin, [b"secret"])
            await until(
                lambda: len(overheard["operator"]) > 0
            )  # so a subscription that is allowed does see it
            state = (await owner._hub.stream_info(box)).state
            assert state.messages == 1
            for attempt in (
                lambda hub: hub.get_msg(box, state.first_seq),
                lambda hub: hub.stream_info(box),
                lambda hub: hub.purge_stream(box),
                lambda hub: hub.delete_stream(box),
                lambda hub: hub.add_stream(StreamConfig(name="THIEF", sources=[StreamSource(name=box)])),
                lambda hub: take(hub, box),
            ):
                with pytest.raises((NatsError, asyncio.TimeoutError)):
                    await asyncio.wait_for(attempt(thief._hub), 0.7)
            await thief._client.flush()
            sealed = next(
                letter for letter in overheard["operator"] if letter.startswith(BRIDGETOWN.origin.encode())
            )
            assert sealed not in overheard["thief"]
            assert (await owner._hub.stream_info(box)).state.messages == 1
            assert "THIEF" not in [stream.config.name for stream in await owner._hub.streams_info()]
        await owner.stop()

    async def take(hub, box):
        return await (await hub.pull_subscribe_bind(nats_hub.CONSUMER, box)).fetch(1, timeout=0.5)

    apart.run(run())


def test_the_broker_sees_boxes_and_steps_and_no_more(brokers):
    async def run():
        canary = b"Guyana police, the officer's name"
        sender = mail(BRIDGETOWN, brokers.leaf_url(BRIDGETOWN.origin), cover=[OTHER.origin])
        owner = await operator(brokers)
        async with working((sender, None)):
            for size in (1, 500, 900, 3000, 9000, 40_000, 65_536):
                await sender.send(LYON.origin, [(canary * 2000)[:size]])
            await until(lambda: sender.forwarded >= sender.sent + 5)
            for _try in range(200):
                stored = (await owner._hub.stream_info(nats_hub.stream(LYON.origin))).state.messages
                if stored == 7:
                    break
                await asyncio.sleep(0.05)
            assert stored == 7
        sizes = []
        for origin in (LYON.origin, OTHER.origin):
            state = (await owner._hub.stream_info(nats_hub.stream(origin))).state
            for number in range(state.first_seq, state.last_seq + 1):
                message = await owner._hub.get_msg(nats_hub.stream(origin), number)
                sizes.append(len(message.data) - SEAL)
                assert message.subject == nats_frame.subject(origin)
                assert set(message.headers) == {"Nats-Msg-Id"}
                if origin == OTHER.origin:  # cover: the smallest step, and nothing inside
                    assert nats_frame.unpack(open_frame(message.data)[1]) == []
        await owner.stop()
        assert set(sizes) == set(nats_frame.STEPS[:5])
        stores = [path for path in brokers.folder.rglob("*") if path.is_file()]
        for word in (canary, LYON.origin.encode()):
            stored = {path.name for path in stores if word in path.read_bytes()}
            assert stored <= {"authorities.conf"}  # the hub's list of who is who

    apart.run(run())


# -- for the node ------------------------------------------------------------------------------------


def test_the_node_starts_before_any_broker_and_stops_without_loss(brokers):
    desk, arrived = Desk(), threading.Event()

    def handler(sender, parcels):
        desk(sender, parcels)
        arrived.set()

    def transport(node, handler):
        return NatsTransport(
            brokers.leaf_url(node.origin),
            node.origin,
            node.seed,
            seal=seal_as(node),
            open=unseal,
            handler=handler,
            tick=0.05,
            poll=0.5,
        )

    leaf = brokers.leaf(BRIDGETOWN.origin)
    leaf.kill()
    sender, reader = transport(BRIDGETOWN, Desk()), transport(LYON, handler)
    sender.start()
    reader.start()
    try:
        with pytest.raises(NotSent):
            sender.send(LYON.origin, [b"nobody there"])
        leaf.start()
        deadline = time.monotonic() + 300
        while not sender.state().connected and time.monotonic() < deadline:
            time.sleep(0.05)
        sender.send(LYON.origin, [b"hello"])
        assert arrived.wait(300) and desk.taken == [b"hello"]
        assert sender.state().sent == 1 and sender.state().through_leaf
        with pytest.raises(ValueError, match="parcel of"):
            sender.send(LYON.origin, [b""])
        assert any(thread.name == "nats" for thread in threading.enumerate())
    finally:
        sender.stop()
        reader.stop()
    assert not any(thread.name == "nats" for thread in threading.enumerate())


def test_the_environment_asks_for_it():
    common = {"seal": seal_as(LYON), "open": unseal, "handler": Desk()}
    assert from_environment(LYON.origin, LYON.seed, environment={}, **common) is None
    transport = from_environment(
        LYON.origin,
        LYON.seed,
        environment={"LIBERTAD_NATS_URL": "nats://127.0.0.1:4222", "LIBERTAD_NATS_COVER": "1"},
        cover=[OTHER.origin],
        **common,
    )
    assert transport is not None and transport._make()._cover == (OTHER.origin,)
