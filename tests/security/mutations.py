"""Structured changes of a message: of a tree of lists, maps and values, as JSON and MessagePack have them.

Deterministic by the generator that is handed in. Nothing here knows what a message means.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

Path = tuple[Any, ...]
INTEGERS = [
    -1,
    0,
    1,
    2,
    127,
    255,
    256,
    65_535,
    2**31 - 1,
    2**31,
    -(2**31) - 1,
    2**32,
    2**53 - 1,
    2**53,
    2**63 - 1,
    2**63,
    -(2**63),
    2**64 - 1,
    10**12,
    253402300800000,
]
HUGE = [2**64, -(2**64), 10**30, 10**400]  # JSON has them, MessagePack has not
FLOATS = [0.0, -0.0, 0.5, 1e-320, 1e18, 1e308, -1e308, 5.0]
NOT_NUMBERS = [float("nan"), float("inf"), float("-inf")]
TEXTS = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "x" * 300,
    "y" * 5000,
    "\u202e\u2066evil\u2069",
    "\ud800",
    "a\udfffb",
    "\U0001f9d1" * 70,
    "%s%(x)s{0}{",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "\n\r\t",
    "0" * 32,
    "f" * 32,
    "a" * 64,
    "F" * 64,
    "0" * 63,
    "person:",
    "person:" + "0" * 32,
    ":" * 5,
    "null",
    "1e400",
    "-1",
    "9" * 400,
    "２０１８-０４-０５",
    "²",
    "2018-04-05",
    "2018-13-45",
    "2018-02-30",
    "0000-00-00",
    "9999-12-31",
    "2018-04-05T09:40:00Z",
    "2018-04-05T09:40:00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2199-12-31T23:59:59-23:59",
    "1900-01-01T00:00:00+23:59",
    "America/Barbados",
    "Etc/GMT+14",
    "../zone",
    "localtime",
    "GY",
    "police",
    "care",
    "operation",
    "en",
    "\u0130",
    "ß",
]


def deep(depth: int, rng: random.Random) -> Any:
    """Lists or maps in one another."""
    nested: Any = rng.choice([0, "x", [], {}])
    for _level in range(depth):
        nested = [nested] if rng.random() < 0.5 else {"k": nested}
    return nested


def paths(tree: Any) -> Iterator[Path]:
    """Every place in a tree, its root first. Trees may be deeper than Python calls."""
    waiting: list[tuple[Path, Any]] = [((), tree)]
    while waiting:
        at, part = waiting.pop()
        yield at
        if isinstance(part, dict):
            waiting += [((*at, key), part[key]) for key in reversed(part)]
        elif isinstance(part, (list, tuple)):
            waiting += [((*at, place), part[place]) for place in reversed(range(len(part)))]


def value_at(tree: Any, path: Path) -> Any:
    for step in path:
        tree = tree[step]
    return tree


def replaced(tree: Any, path: Path, change: Callable[[Any, Any], None]) -> Any:
    """The tree with the container of `path` copied, then changed by `change(container, key)`."""
    root = part = copied(tree)
    for step in path[:-1]:
        part[step] = copied(part[step])
        part = part[step]
    change(part, path[-1])
    return root


def copied(container: Any) -> Any:
    return dict(container) if isinstance(container, dict) else list(container)


class Mutator:
    """Draws changes. `exotic`: what JSON can write and MessagePack cannot (numbers beyond 64 bits, halves of
    surrogate pairs). `pool`: values of other messages, to be swapped in."""

    def __init__(self, rng: random.Random, pool: list[Any], *, exotic: bool, longest: int = 2000) -> None:
        self.rng, self.pool, self.exotic, self.longest = rng, pool, exotic, longest

    def value(self) -> Any:
        """Any value."""
        rng = self.rng
        kind = rng.randrange(9)
        if kind == 0:
            return rng.choice(INTEGERS + (HUGE if self.exotic else []))
        if kind == 1:
            return rng.choice(FLOATS + NOT_NUMBERS)
        if kind == 2:
            return self.text()
        if kind == 3:
            return rng.choice([None, True, False, [], {}, [[]], {"": None}])
        if kind == 4:
            return deep(rng.choice([3, 30, 300, 900]), rng)
        if kind == 5:
            return [rng.choice([0, "", None, "a" * 64])] * rng.choice([1, 2, 70, self.longest])
        if kind == 6 and not self.exotic:
            return rng.randbytes(rng.choice([0, 1, 15, 16, 17, 31, 32, 33, 64, 200]))
        return rng.choice(self.pool) if self.pool else None

    def text(self) -> str:
        text = self.rng.choice(TEXTS)
        return text if self.exotic else text.encode("utf-8", "ignore").decode()

    def similar(self, value: Any) -> Any:
        """A value of the same type, and another."""
        rng = self.rng
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            return rng.choice([value + 1, value - 1, -value, *INTEGERS, *(HUGE if self.exotic else [])])
        if isinstance(value, float):
            return rng.choice(FLOATS + NOT_NUMBERS)
        if isinstance(value, str):
            same = (
                [other for other in rng.choices(self.pool, k=4) if isinstance(other, str)]
                if self.pool
                else []
            )
            return rng.choice([self.text(), self.text(), value[:-1], value + value, value.upper(), *same])
        if isinstance(value, bytes):
            same = (
                [other for other in rng.choices(self.pool, k=4) if isinstance(other, bytes)]
                if self.pool
                else []
            )
            flipped = bytearray(value or b"\x00")
            flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
            return rng.choice([value[:-1], value + b"\x00", bytes(flipped), b"", bytes(len(value)), *same])
        if isinstance(value, (list, tuple)):
            items = list(value)
            return rng.choice(
                [items[: len(items) // 2], items * 2, items[::-1], [], items * min(50, self.longest)]
            )
        return self.value()

    def once(self, tree: Any) -> Any:
        """The tree with one change."""
        rng = self.rng
        places = [path for path in paths(tree) if path]
        if not places:
            return self.value()
        path, kind = rng.choice(places), rng.randrange(10)

        def change(container: Any, key: Any) -> None:
            if kind == 0:
                del container[key]
            elif kind == 1 and isinstance(container, list):
                container.insert(key, container[key])
            elif kind == 1:
                container[f"{key}x" if isinstance(key, str) else key] = container[key]
            elif kind == 2:
                container[key] = self.value()
            elif kind == 3:
                container[key] = value_at(tree, rng.choice(places))
            elif kind == 4 and self.pool:
                container[key] = rng.choice(self.pool)
            elif kind == 5:
                container[key] = [container[key]] if rng.random() < 0.5 else {"k": container[key]}
            else:
                container[key] = self.similar(container[key])

        return replaced(tree, path, change)

    def changed(self, tree: Any) -> Any:
        """The tree with one change, or a few."""
        for _change in range(self.rng.choice([1, 1, 1, 2, 2, 4])):
            tree = self.once(tree)
        return tree

    def leaf(self, tree: Any) -> Any:
        """The tree with one value replaced by another of its type: the form stays right."""
        places = [
            path for path in paths(tree) if path and not isinstance(value_at(tree, path), (dict, list, tuple))
        ]
        if not places:
            return tree

        def change(container: Any, key: Any) -> None:
            container[key] = self.similar(container[key])

        return replaced(tree, self.rng.choice(places), change)


def as_json(tree: Any) -> bytes:
    """As JSON with all that strict decoders refuse: NaN, numbers of any length, halves of surrogate pairs."""
    return json.dumps(tree).encode()
