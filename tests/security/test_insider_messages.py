"""A member with right keys sends messages of any structure through the true channel: taken, or refused as
documented; the node goes on, with everybody.

`LIBERTAD_SOAK` makes them 100,000. A failing seed is in the failure's text: `LIBERTAD_FUZZ_SEED` begins with
it.
"""

from __future__ import annotations

import ctypes
import gc
import os
import random
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import msgspec
import pytest
import zstandard

from libertad.access.actions.erase_person import erase_person
from libertad.exchange.control import key_wrap
from libertad.exchange.peering import peers
from libertad.exchange.protocol import messages
from libertad.exchange.protocol.messages import PullRequest
from libertad.exchange.protocol.secure_channel import ASK, small
from libertad.exchange.sync import endpoint, repair
from libertad.exchange.sync.endpoint import LIES, UnknownPeer
from libertad.people.actions.meet_person import meet_person
from tests.exchange.conftest import Three
from tests.exchange.conftest import three as three
from tests.exchange.test_exchange import lead
from tests.security.mutations import Mutator, paths, value_at
from tests.support.lying import Liar
from tests.support.nodes import settle
from tests.support.sharing import share_person

pytestmark = [pytest.mark.both, pytest.mark.xdist_group("insider")]
if os.environ.get("LIBERTAD_SOAK"):
    pytestmark.append(pytest.mark.soak)
BATCH = 50
ROUNDS = 2000 if os.environ.get("LIBERTAD_SOAK") else 24
SEED = int(os.environ.get("LIBERTAD_FUZZ_SEED", "1"))
GROWTH = 48  # MB between the first third and the last: of caches, not of messages
PAGE = os.sysconf("SC_PAGE_SIZE")


class Recorded(NamedTuple):
    """Messages that went between honest nodes, as trees."""

    asks: list[Any]
    parcels: list[Any]


def recorded(three: Three, monkeypatch: pytest.MonkeyPatch) -> Recorded:
    """Leads, a person who is shared and asked to be erased, keys, receipts, checkpoints, a repair."""
    kept, pack = Recorded([], []), messages.pack

    def recording(message: msgspec.Struct) -> bytes:
        data = pack(message)
        tree = msgspec.msgpack.decode(msgspec.msgpack.encode(message))
        (kept.asks if isinstance(message, PullRequest) else kept.parcels).append(tree)
        return data

    with monkeypatch.context() as patched:
        patched.setattr(endpoint, "pack", recording)
        for number in range(6):
            lead(three.guyana, summary=f"Lead {number}")
        person = three.guyana.do("officer", meet_person, country="GY")
        for other in (three.trinidad, three.centre):
            three.guyana.do(
                "officer", share_person, person=person, authority=other.authority, reason="was met there"
            )
        settle(list(three))
        three.guyana.do("national-lead", erase_person, person=person, reason="the person asked for it")
        settle(list(three))
        for one, other in ((three.centre, three.guyana), (three.guyana, three.centre)):
            repair.repair(one.exchange, other.node.key.origin, one.trip_to(other))
    return kept


def words(trees: Iterable[Any]) -> dict[str, list[Any]]:
    """What stood in the words of messages, by its one-letter name."""
    found: dict[str, list[Any]] = {}
    for tree in trees:
        for name, value in (tree.get("w") or {}).items():
            found.setdefault(name, []).append(value)
    return found


class Inside:
    """Guyana's node in other hands, and the centre that it speaks to."""

    def __init__(self, three: Three, kept: Recorded, seed: int) -> None:
        self.three, self.kept = three, kept
        self.liar = Liar(three.guyana, three.centre)
        self.rng = random.Random(seed)
        self.told = words([*kept.asks, *kept.parcels])
        for name, value in self.others().items():
            self.told.setdefault(name, []).append(value)
        pool = [value_at(tree, at) for tree in [*kept.asks, *kept.parcels] for at in paths(tree) if at]
        self.mutator = Mutator(self.rng, pool, exotic=False, longest=120_000)
        self.outcomes: Counter[str] = Counter()

    def others(self) -> dict[str, Any]:
        """What honest nodes tell that had no reason to: keys, checkpoints, proofs of forks and forgeries."""
        node = self.three.guyana.node
        rows = node.sql().all("select compartment, header, signature from journal_entry order by idx limit 2")
        files = [bytes.fromhex(row[0]) for row in rows]
        signed = [bytes(part) for row in rows for part in row[1:]]
        note = self.three.trinidad.node.signed(3, bytes(32))
        return {
            "r": [key_wrap.announce(node.rings, self.three.guyana.authority)],
            "o": files,
            "j": files,
            "h": [note],
            "s": node.signed(2, bytes(32)),
            "p": [1, 2],
            "q": [(1, 2, [bytes(32)])],
            "f": [signed],
            "y": [signed[:2], [*signed[:2], self.three.trinidad.authority.encode()]],
            "b": "age1" + "q" * 58,
            "i": [self.three.centre.authority],
            "a": [bytes(200)],
            "u": [bytes(300)],
        }

    def message(self, trees: list[Any]) -> bytes:
        """One of these, with words of others put in, and changed in structure; packed as it travels."""
        tree = dict(self.rng.choice(trees))
        if self.told and self.rng.random() < 0.7:
            names = self.rng.sample(sorted(self.told), k=min(4, len(self.told)))
            tree["w"] = {
                **(tree.get("w") or {}),
                **{name: self.rng.choice(self.told[name]) for name in names},
            }
        tree = self.inner(tree)
        change = self.mutator.leaf if self.rng.random() < 0.5 else self.mutator.changed
        return zstandard.ZstdCompressor().compress(packed(change(tree)))

    def inner(self, tree: dict[str, Any]) -> dict[str, Any]:
        """What lies packed within a word (keys, receipts, requests, slips) is changed in structure too."""
        word = dict(tree.get("w") or {})
        for name in ("k", "r", "e", "a", "u"):
            if word.get(name) and self.rng.random() < 0.5:
                word[name] = [
                    self.repacked(part, 0 if name == "k" else 3 * 64 if name == "u" else 64)
                    for part in word[name]
                ]
        return {**tree, "w": word} if word else tree

    def repacked(self, part: bytes, signature: int) -> bytes:
        try:
            inside = msgspec.msgpack.decode(part[signature:])
        except (msgspec.MsgspecError, ValueError, TypeError):
            return part
        return part[:signature] + packed(self.mutator.leaf(inside))

    def answer(self) -> None:
        """The centre asks, and gets a changed answer."""
        parts = [self.message(self.kept.parcels) for _part in range(self.rng.choice([1, 1, 2]))]
        centre = self.three.centre
        origin = self.three.guyana.node.key.origin
        try:
            centre.exchange.pull(origin, self.liar.trip(lambda ask: [] if ask.tree else parts))
            self.outcomes["taken"] += 1
        except LIES as why:
            assert str(why), why
            self.outcomes[type(why).__name__] += 1

    def ask(self) -> None:
        """The centre is asked by a changed message, with the right number of asks."""
        tree, counter = self.message(self.kept.asks), self.three.guyana.exchange._counter(self.record())
        plain = zstandard.ZstdDecompressor().decompress(tree)
        try:
            changed = msgspec.msgpack.decode(plain)
        except (msgspec.MsgspecError, ValueError, TypeError):
            changed = None
        if isinstance(changed, dict) and self.rng.random() < 0.9:
            changed["n"] = counter
            tree = zstandard.ZstdCompressor().compress(packed(changed))
        message = small(self.three.guyana.node.key.origin) + self.liar.channel.seal(ASK, tree)
        try:
            parts = list(self.three.centre.exchange.answer(message))
            self.outcomes["answered"] += 1
            assert parts
        except UnknownPeer:
            self.outcomes["unknown"] += 1

    def record(self) -> peers.Peer:
        peer = peers.get(self.three.guyana.node.sql(), self.three.centre.node.key.origin)
        assert peer is not None
        return peer

    def works(self) -> None:
        """The centre takes what an honest node says, and what this one says when it speaks the truth."""
        self.three.centre.exchange.memory(self.three.guyana.node.key.origin).forget()
        said = [lead(self.three.guyana, summary="After it")]
        settle([self.three.centre, self.three.trinidad])
        settle([self.three.centre, self.three.guyana])
        here = {row[0] for row in self.three.centre.rows("operations_lead", "id")}
        assert here.issuperset(said), self.outcomes


def packed(tree: Any) -> bytes:
    """As MessagePack; what it cannot hold is left at that."""
    try:
        return msgspec.msgpack.encode(tree)
    except (OverflowError, TypeError, UnicodeEncodeError, RecursionError):
        return b"\xc0"


def memory() -> float:
    """MB that the process holds now, without what the allocator keeps for later."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6


@pytest.mark.timeout(0)
def test_messages_of_any_structure_are_taken_or_refused(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = recorded(three, monkeypatch)
    assert {"k", "g", "e"} <= set(words([*kept.asks, *kept.parcels]))
    outcomes: Counter[str] = Counter()
    held: list[float] = []
    for place in range(ROUNDS):
        seed = SEED + place
        inside = Inside(three, kept, seed)
        try:
            for _message in range(BATCH):
                inside.answer() if inside.rng.random() < 0.5 else inside.ask()
            if place % 8 == 0:
                inside.works()
        except Exception as why:
            raise AssertionError(f"seed {seed}: {type(why).__name__}: {why}") from why
        outcomes += inside.outcomes
        held.append(memory())
    third = len(held) // 3
    parts = [median(held[at : at + third]) for at in (0, third, len(held) - third)]
    memory_held = ", ".join(f"{part:.0f}" for part in parts)
    assert parts[2] - parts[0] < GROWTH, memory_held
    assert {"taken", "answered", "BadMessage", "BadParcel", "unknown"} <= set(outcomes), outcomes
    assert all(outcomes.values())
    print(f"{ROUNDS * BATCH} messages from seed {SEED}: {dict(outcomes)}; MB by thirds: {memory_held}")
