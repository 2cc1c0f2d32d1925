"""Each weight of a hit in words that an officer and a prosecutor can read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeVar, cast

from django.utils.translation import gettext as _

from libertad.hits.engine import Reason
from libertad.hits.matching.record import Kind
from libertad.hits.matching.record import Reason as Weighed
from libertad.look.times import date_words
from libertad.look.words import words

DATE = re.compile(r"\d{4}-\d\d(-\d\d)?")
R = TypeVar("R", bound=Reason)


def sentences(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """[kind, bits, words] of each weight, the heaviest first."""
    return [
        {"kind": reason.kind, "bits": round(reason.bits, 2), "words": sentence(reason)}
        for reason in ranked(reasons)
    ]


def ranked(reasons: Iterable[R]) -> list[R]:
    """The heaviest first; what takes from all of them together comes after them."""
    return sorted(
        reasons,
        key=lambda reason: (reason.kind == "kin", -abs(reason.bits), reason.kind, reason.left, reason.right),
    )


def sentence(reason: Reason) -> str:
    """'Both are called Yulimar, 1 in 40,000': the kernel's sentence, without its number.

    Without values, which are for who may read both records, only of what kind it is and for whom it speaks.
    """
    if not (reason.left or reason.right or reason.kind == "kin"):
        kind = words("fact-kinds", reason.kind)
        return (_("%(kind)s: alike") if reason.bits > 0 else _("%(kind)s: not alike")) % {"kind": kind}
    from libertad.hits.matching import reasons as kernel

    kind, bits = cast(Kind, reason.kind), float(reason.bits)
    left, right = (read(kind, value) for value in (reason.left, reason.right))
    same = Weighed(kind, bits, left, right, reason.how, float(reason.share))
    try:
        text = kernel.words(same, _).removesuffix(f": {bits:+.1f} bits")
    except KeyError:  # a way of comparing that another version knows
        text = f"{words('fact-kinds', reason.kind)}: {left} / {right}"
    return text[:1].upper() + text[1:]


def read(kind: Kind, value: str) -> str:
    """A value of the kernel in the reader's words: '1999-04-23' is 23 April 1999, 've' is Venezuela."""
    if kind == "birth":
        return DATE.sub(lambda match: date_words(match[0]), value)
    if kind == "sex":
        return words("sexes", value).lower()
    if kind == "nationality":
        return ", ".join(
            words("countries", code.upper()) if len(code) == 2 else code for code in value.split(", ")
        )
    return value
