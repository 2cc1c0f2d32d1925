"""A bad link costs what its model says, on a virtual clock; cuts drop; a seed gives the same losses again."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scenarios.bad_network import PROFILES, SEGMENT, Conditions, Link, LinkProcess, heal, model, partition
from tests.support.virtual_time import run

SIZE = 140_000  # a hundred segments


@dataclass
class Stand:
    """A target that sends `size` bytes for each line 'get', and counts what it is sent."""

    size: int = SIZE
    got: int = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                self.got += len(data)
                if data.startswith(b"get"):
                    writer.write(b"x" * self.size)
        except ConnectionError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def linked(size: int = SIZE, seed: int = 1, **conditions: Any) -> AsyncIterator[tuple[Link, Stand]]:
    stand = Stand(size)
    server = await asyncio.start_server(stand.answer, "127.0.0.1", 0)
    target = server.sockets[0].getsockname()
    link = Link(0, target, seed=seed, **conditions)
    async with server, link:
        yield link, stand


async def fetch(link: Link, size: int = SIZE) -> float:
    """Seconds on the loop's clock from connecting to the last byte."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
    writer.write(b"get")
    assert await reader.readexactly(size) == b"x" * size
    writer.close()
    return loop.time() - start


def fetched(size: int = SIZE, seed: int = 1, **conditions: float) -> tuple[float, Link]:
    async def transfer() -> tuple[float, Link]:
        async with linked(size, seed, **conditions) as (link, _):
            return await fetch(link, size), link

    return run(transfer())


def test_a_transfer_takes_what_rate_and_round_trips_say() -> None:
    seconds, link = fetched(bits_per_second=50_000, one_way_delay_s=0.3)
    # two round trips (connecting, asking) and the bytes
    assert seconds == pytest.approx(1.2 + (SIZE + 3) * 8 / 50_000, rel=0.001)
    assert (link.counters.up.arrived, link.counters.down.arrived) == (3, SIZE)
    assert link.counters.down.lost == 0


def test_the_rate_is_shared_by_all_connections_of_a_link() -> None:
    async def three() -> float:
        async with linked(bits_per_second=50_000) as (link, _):
            return max(await asyncio.gather(*(fetch(link) for _ in range(3))))

    assert run(three()) == pytest.approx(3 * SIZE * 8 / 50_000, rel=0.01)


def test_a_lost_segment_costs_its_bytes_again_and_holds_up_what_follows() -> None:
    clean, _ = fetched(bits_per_second=50_000, one_way_delay_s=0.3)
    seconds, link = fetched(bits_per_second=50_000, one_way_delay_s=0.3, loss=0.05, seed=3)
    down = link.counters.down
    assert down.lost > 0
    assert down.arrived == SIZE
    assert down.sent == SIZE + down.lost * SEGMENT  # 140,000 bytes are whole segments
    assert seconds > clean


def test_the_2g_link_carries_within_a_tenth_of_its_rate_less_its_losses() -> None:
    size = 1_400_000
    link = PROFILES["2g"]
    seconds, _ = fetched(size, bits_per_second=50_000, one_way_delay_s=0.3, loss=0.05)
    assert seconds == pytest.approx(size * 8 / 50_000 / (1 - link.loss), rel=0.1)


@pytest.mark.parametrize(("losses", "seconds"), [(0, 0.6), (1, 0.6 + 1.2), (2, 0.6 + 1.2 + 2.4)])
def test_a_lost_segment_with_nothing_behind_it_waits_for_its_timeout(
    monkeypatch: pytest.MonkeyPatch, losses: int, seconds: float
) -> None:
    def fate(seed: int, number: int, way: str, *rest: object) -> float:
        return 0.0 if way == "down" and rest[-1] < losses else 1.0  # type: ignore[operator]

    monkeypatch.setattr(model, "fate", fate)
    took, _ = fetched(100, one_way_delay_s=0.3, loss=0.5)
    assert took == pytest.approx(0.6 + seconds)  # after the round trip of connecting


def test_a_lost_segment_with_three_behind_it_is_sent_again_a_round_trip_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fate(seed: int, number: int, way: str, at: int, last: bool, losses: int) -> float:
        return 0.0 if (way, at, losses) == ("down", 0, 0) else 1.0

    monkeypatch.setattr(model, "fate", fate)
    took, link = fetched(10 * SEGMENT, bits_per_second=1_400 * 8 * 100, one_way_delay_s=0.3, loss=0.5)
    each = 0.01
    # connect and ask; four segments until the third behind has left; it arrives, word comes back; once more
    assert took == pytest.approx(1.2 - 0.3 + 4 * each + 0.6 + each + 0.3, abs=0.015)
    assert link.counters.down.lost == 1


def link_counts(link: Link) -> tuple[int, int, int]:
    down = link.counters.down
    return down.sent, down.lost, link.counters.up.lost


def test_a_seed_gives_the_same_losses_and_another_seed_others() -> None:
    def once(seed: int) -> tuple[float, tuple[int, int, int]]:
        seconds, link = fetched(bits_per_second=50_000, one_way_delay_s=0.3, loss=0.05, seed=seed)
        return round(seconds, 6), link_counts(link)

    assert once(5) == once(5)
    assert len({once(seed) for seed in range(5, 9)}) > 1


async def _refused(link: Link) -> bool:
    try:
        await asyncio.open_connection("127.0.0.1", link.port)
    except ConnectionRefusedError:
        return True
    return False


def test_a_cut_resets_what_is_open_refuses_what_is_new_and_can_be_restored() -> None:
    async def transfer() -> None:
        async with linked(bits_per_second=50_000, one_way_delay_s=0.3) as (link, _):
            reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
            writer.write(b"get")
            await reader.readexactly(5 * SEGMENT)
            link.cut()
            with pytest.raises(ConnectionResetError):
                await reader.readexactly(SIZE)
            assert await _refused(link)
            carried = link.counters.down.arrived
            await asyncio.sleep(3600)
            assert link.counters.down.arrived == carried < SIZE
            await link.restore()
            await fetch(link)
            assert link.counters.cuts == 1
            assert link.counters.connections == 2

    run(transfer())


def test_a_blackhole_tells_nobody_until_it_is_restored() -> None:
    async def transfer() -> None:
        async with linked(bits_per_second=50_000) as (link, stand):
            reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
            writer.write(b"get")
            await reader.readexactly(SEGMENT)
            link.cut("blackhole")
            before = stand.got
            writer.write(b"hello?")
            late_reader, late = await asyncio.open_connection("127.0.0.1", link.port)
            late.write(b"get")
            for waiting in (reader.readexactly(SIZE), late_reader.read(1)):
                with pytest.raises(asyncio.TimeoutError):
                    await asyncio.wait_for(waiting, 3600)
            assert stand.got == before
            await link.restore()
            with pytest.raises(ConnectionResetError):
                await late_reader.read(1)
            await fetch(link)

    run(transfer())


def test_a_partition_cuts_its_links_and_no_other() -> None:
    async def transfer() -> None:
        async with linked() as (first, _), linked() as (second, _), linked() as (third, _):
            partition([first, second])
            assert [await _refused(link) for link in (first, second, third)] == [True, True, False]
            await heal([first, second])
            assert [await _refused(link) for link in (first, second, third)] == [False] * 3

    run(transfer())


def test_conditions_change_under_way() -> None:
    async def transfer() -> float:
        async with linked(bits_per_second=50_000) as (link, _):
            asyncio.get_running_loop().call_later(11.2, lambda: link.set(bits_per_second=500_000))
            return await fetch(link)

    assert run(transfer()) == pytest.approx(11.2 + (SIZE * 8 - 11.2 * 50_000) / 500_000, rel=0.05)


def test_a_target_that_is_down_resets_the_caller() -> None:
    async def transfer() -> None:
        async with linked() as (link, _):
            link.target = ("127.0.0.1", 1)
            reader, _ = await asyncio.open_connection("127.0.0.1", link.port)
            with pytest.raises(ConnectionResetError):
                await reader.read(1)
            assert link.counters.refused == 1

    run(transfer())


def test_a_sender_is_made_to_wait_behind_a_slow_link() -> None:
    async def transfer() -> int:
        async with linked(bits_per_second=50_000) as (link, _):
            _, writer = await asyncio.open_connection("127.0.0.1", link.port)
            writer.write(b"y" * 8_000_000)
            await asyncio.sleep(60)
            return max(len(pair.client.out.waiting) for pair in link.pairs)

    assert run(transfer()) < 4 * model.BUFFER


def test_what_one_side_ends_the_other_hears_the_end_of() -> None:
    async def transfer() -> None:
        async with linked(one_way_delay_s=0.3) as (link, stand):
            reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
            writer.write(b"put" * 1000)
            writer.write_eof()
            assert await reader.read() == b""
            assert stand.got == 3000
            await asyncio.sleep(1)
            assert not link.pairs

    run(transfer())


WRONG: list[Callable[[], object]] = [
    lambda: Conditions(bits_per_second=0),
    lambda: Conditions(one_way_delay_s=-1),
    lambda: Conditions(loss=1),
    lambda: Link().cut("gently"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize("wrong", WRONG)
def test_impossible_conditions_are_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"bits_per_second|one_way_delay_s|loss|how"):
        wrong()


def test_as_a_process_it_obeys_lines_and_ends_with_its_input() -> None:
    lines = ["set loss=0.1", "set loss=none", "cut blackhole", "restore", "profile 2g", "jump", "count"]
    arguments = [sys.executable, "-m", "scenarios.bad_network", "--target", "127.0.0.1:1"]
    done = subprocess.run(
        arguments,
        input="\n".join(lines),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    port, loss, none, cut, restored, profile, jump, count = map(json.loads, done.stdout.splitlines())
    assert port["port"] > 0
    assert loss == cut == restored == profile == {"ok": True}
    assert "error" in none
    assert "error" in jump
    assert count["cuts"] == 1
    assert done.stderr == ""


def test_code_without_an_event_loop_leads_a_link_in_a_process_of_its_own() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        target = f"127.0.0.1:{server.getsockname()[1]}"
        with LinkProcess(target, profile="free") as link:

            def pass_bytes() -> bytes:
                with socket.create_connection(("127.0.0.1", link.port), 30) as near:
                    far, _ = server.accept()
                    with far:
                        near.sendall(b"hello")
                        return far.recv(5, socket.MSG_WAITALL)

            assert pass_bytes() == b"hello"
            link.cut()
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", link.port), 30)
            link.restore()
            link.set(loss=0.5, bits_per_second=None)
            link.profile("free")
            assert pass_bytes() == b"hello"
            with pytest.raises(RuntimeError, match="loss"):
                link.set(loss=2)
            assert link.count()["up"]["arrived"] == 10
        with pytest.raises(RuntimeError, match="ended"):
            link.count()


def test_it_needs_no_framework() -> None:
    script = "import sys, scenarios.bad_network; sys.exit('django' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60, cwd=Path(__file__).parents[2])
