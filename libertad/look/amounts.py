"""Amounts of money as people write them: '1.250,50', '1,250.50', '1 250', '7,55'."""

from __future__ import annotations

import re

from libertad.vocabulary.values import Refused

DIGITS = re.compile(r"\d{1,15}(\.\d{1,2})?")
GROUPS = re.compile(r"\d{1,3}([.,' ]\d{3})+")
SPACES = "\u00a0\u202f\u2009"


def decimal_text(text: str, field: str = "amount") -> str:
    """The amount with a decimal point and nothing else: '1250.50'. '' stays ''.

    Of two kinds of marks the last parts the cents; of one kind it does so where one or two digits follow it,
    and groups thousands where three do. Raises Refused(field) for all else: nothing is guessed.
    """
    plain = text.strip().translate(str.maketrans(SPACES, " " * len(SPACES)))
    if not plain:
        return ""
    whole, cents = _parted(plain)
    if whole is not None and (whole.isdigit() or GROUPS.fullmatch(whole)):
        found = re.sub(r"[^\d]", "", whole) + (f".{cents}" if cents else "")
        if DIGITS.fullmatch(found):
            return found
    raise Refused(field, "'%(amount)s' is no amount; write 1250,50 or 1250.50", amount=text.strip()[:40])


def _parted(plain: str) -> tuple[str | None, str]:
    """(whole, cents) of an amount; None where it cannot be told apart."""
    marks = [sign for sign in plain if sign in ".,"]
    if not marks:
        return plain, ""
    whole, _mark, cents = plain.rpartition(marks[-1])
    if not cents.isdigit():
        return None, ""
    if len(cents) == 3 and len(set(marks)) == 1:
        return plain, ""
    return (whole, cents) if len(cents) <= 2 and marks[-1] not in whole else (None, "")


def amount_words(amount: str, currency: str) -> str:
    """'1,250.50 XCD', with thousands apart; '' where no amount is on file."""
    whole, _point, cents = amount.partition(".")
    return f"{int(whole):,}{'.' + cents if cents else ''} {currency}" if amount else ""
