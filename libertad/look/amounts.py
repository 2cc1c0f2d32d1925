"""Amounts of money as people write them: '1.250,50', '1,250.50', '1 250', '7,55'."""

from __future__ import annotations

from decimal import Decimal

from libertad.look.words import words
from libertad.vocabulary.codelists import sayable
from libertad.vocabulary.written import read_number

MOST = Decimal(10**15 - 1)
# Of the operation's countries and their neighbours, before all others.
NEAR = (
    "GYD",
    "USD",
    "EUR",
    "BRL",
    "XCD",
    "BBD",
    "TTD",
    "JMD",
    "SRD",
    "VES",
    "COP",
    "CUP",
    "DOP",
    "HTG",
    "BSD",
    "AWG",
    "ANG",
)


def decimal_text(text: str, field: str = "amount") -> str:
    """The amount with a decimal point and nothing else: '1250.50'; '' stays ''.

    Money has two decimals at most, so '1.250' is 1250. Raises Refused(field) as `read_number` does.
    """
    if not text.strip():
        return ""
    return f"{read_number(text, field, minimum=Decimal(0), maximum=MOST, decimals=2):f}"


def amount_words(amount: str, currency: str) -> str:
    """'1,250.50 XCD', with thousands apart; '' where no amount is on file."""
    whole, _point, cents = amount.partition(".")
    return f"{int(whole):,}{'.' + cents if cents else ''} {currency}" if amount else ""


def currencies() -> list[tuple[str, str]]:
    """Code and 'GYD Guyana Dollar' of each that is offered: those near first, the others by their codes,
    which are shown, so that whoever looks for one finds it."""
    today = sayable("currencies")
    known = [*(code for code in NEAR if code in today), *sorted(code for code in today if code not in NEAR)]
    return [(code, f"{code} {words('currencies', code)}") for code in known]
