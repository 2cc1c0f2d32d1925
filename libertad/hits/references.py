"""A hit's reference: the same at every authority that knows it, because it is made of the two records alone.

People telephone each other about 'H-7K3M-Q4X'. A hit is each authority's own file, with its own id and, up to
0.1, a number that its node counted; the pair of records is what both mean.
"""

from __future__ import annotations

import hashlib
import re

from libertad.look.finding import number_of

# Digits and letters that are not taken for each other when read aloud or written by hand: no I, L, O, U, Z.
# Their number is a prime, so that the check character finds any one wrong sign and any two that were swapped.
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXY"
LENGTH = 6  # 887 million: of 3,000 hits of one authority two share theirs in one of 200 cases
MISREAD = str.maketrans("ILOZ", "1102")
TYPED = re.compile(r"h[0-9a-z]{7}")
NUMBERED = re.compile(r"h([0-9]{1,6})")


def reference_of(left: str, right: str) -> str:
    """'H-7K3M-Q4X', of two records ('person:<id>' and so on) in either order.

    Whoever does not know both records' ids, which are random, learns nothing of them by it.
    """
    pair = " ".join(sorted((left, right)))
    number = int.from_bytes(hashlib.sha256(f"hit {pair}".encode()).digest()[:8])
    signs = ""
    for _place in range(LENGTH):
        number, sign = divmod(number, len(SIGNS))
        signs += SIGNS[sign]
    signs += SIGNS[_check(signs)]
    return f"H-{signs[:4]}-{signs[4:]}"


def _check(signs: str) -> int:
    return sum((place + 2) * SIGNS.index(sign) for place, sign in enumerate(signs)) % len(SIGNS)


def read(text: str) -> str | None:
    """The reference as it is typed or heard, with or without dashes; None for what is none.

    Raises ValueError where it is written as one, with the dash or blank after its H, and a sign is wrong.
    """
    plain = number_of(text)
    if not TYPED.fullmatch(plain):
        return None
    signs = plain[1:].upper().translate(MISREAD)
    if all(sign in SIGNS for sign in signs) and SIGNS[_check(signs[:LENGTH])] == signs[LENGTH]:
        return f"H-{signs[:4]}-{signs[4:]}"
    if text.strip()[1] in "- ":
        raise ValueError(text)
    return None


def read_number(text: str) -> str | None:
    """'H-003' as a node counted it up to 0.1, however it is typed; None for what is none."""
    match = NUMBERED.fullmatch(number_of(text))
    return f"H-{int(match[1]):03d}" if match else None
