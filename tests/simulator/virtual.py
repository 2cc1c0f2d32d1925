"""Virtual time, and randomness from a seed: what makes a simulated run the same each time.

`Times` holds one true time and how wrong the clock is of whoever runs. While a node's code runs (`at`), every
clock that it reads is its own; monotonic clocks follow the true time. `os.urandom` answers from the seed.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from nacl.bindings import crypto_sign_open

START = 1_522_713_600.0  # 2018-04-03, a day of the operation


class Times:
    """True time in seconds, and the skew of whoever runs now."""

    def __init__(self, seed: int) -> None:
        self.true = START
        self.skew = 0.0
        self.random = random.Random(f"bytes {seed}")

    def now(self) -> float:
        return self.true + self.skew

    @contextmanager
    def at(self, skew: float) -> Iterator[None]:
        """Code of a node whose clock is `skew` seconds ahead."""
        before, self.skew = self.skew, skew
        try:
            yield
        finally:
            self.skew = before


def _datetime(times: Times) -> type[datetime]:
    class Kind(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, datetime)

    class Moment(datetime, metaclass=Kind):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime.fromtimestamp(0, tz) + timedelta(milliseconds=int(times.now() * 1000))

    return Moment


@lru_cache(maxsize=1000)
def _public_of(secret: bytes) -> bytes:
    post = MLKEM768PrivateKey.from_seed_bytes(secret[:64]).public_key().public_bytes_raw()
    return post + X25519PrivateKey.from_private_bytes(secret[64:]).public_key().public_bytes_raw()


_sign_open = lru_cache(maxsize=20_000)(crypto_sign_open)


@contextmanager
def virtual(times: Times) -> Iterator[None]:
    """All clocks and random bytes that the node's code asks for come from `times`."""
    from libertad.access import clock as operations
    from libertad.exchange.control import key_wrap
    from libertad.exchange.onboarding import admission
    from libertad.journal import checkpoint, header
    from libertad.journal import clock as device

    class Post:
        """ML-KEM keys from the seed's bytes."""

        from_seed_bytes = staticmethod(key_wrap.MLKEM768PrivateKey.from_seed_bytes)

        @staticmethod
        def generate() -> Any:
            return Post.from_seed_bytes(os.urandom(64))

    class Curve:
        from_private_bytes = staticmethod(key_wrap.X25519PrivateKey.from_private_bytes)

        @staticmethod
        def generate() -> Any:
            return Curve.from_private_bytes(os.urandom(32))

    moment = _datetime(times)
    with ExitStack() as stack:
        for module in (operations, device, admission):
            stack.enter_context(patch.object(module, "datetime", moment))
        stack.enter_context(patch.object(key_wrap, "MLKEM768PrivateKey", Post))
        stack.enter_context(patch.object(key_wrap, "X25519PrivateKey", Curve))
        # The same each time, and slow: asked for at every word, every node, every check.
        stack.enter_context(patch.object(key_wrap, "_public_of", _public_of))
        for module in (checkpoint, header):
            stack.enter_context(patch.object(module, "crypto_sign_open", _sign_open))
        stack.enter_context(patch.object(os, "urandom", times.random.randbytes))
        stack.enter_context(patch.object(time, "time", times.now))
        stack.enter_context(patch.object(time, "time_ns", lambda: int(times.now() * 1000) * 1_000_000))
        stack.enter_context(patch.object(time, "monotonic", lambda: times.true))
        yield
