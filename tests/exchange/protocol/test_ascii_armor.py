"""Text that carries bytes: a copy that is not to the letter is told."""

from __future__ import annotations

import pytest

from libertad.exchange.protocol import ascii_armor
from libertad.vocabulary.values import Refused


def test_no_sign_of_a_copy_can_be_another() -> None:
    """The last sign before the filling has bits that decode to nothing."""
    for size in range(1, 40):
        text = ascii_armor.wrap("INVITATION", bytes(size))
        lines = text.splitlines()
        body = "".join(lines[1:-1])
        last = len(body.rstrip("=")) - 1
        for sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/":
            if sign != body[last]:
                changed = "\n".join([lines[0], body[:last] + sign + body[last + 1 :], lines[-1]])
                with pytest.raises(Refused):
                    ascii_armor.unwrap("INVITATION", changed)
