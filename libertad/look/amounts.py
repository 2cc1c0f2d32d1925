"""Amounts of money as people write them: '1.250,50', '1,250.50', '1 250', '7,55'."""

from __future__ import annotations

from decimal import Decimal

from libertad.vocabulary.written import read_number

MOST = Decimal(10**15 - 1)


def decimal_text(text: str, field: str = "amount") -> str:
    """The amount with a decimal point and nothing else: '1250.50'; '' stays ''.

    Money has two decimals at most, so '1.250' is 1250. Raises Refused(field) as `read_number` does.
    """
    if not text.strip():
        return ""
    return f"{read_number(text, field, least=Decimal(0), most=MOST, decimals=2):f}"


def amount_words(amount: str, currency: str) -> str:
    """'1,250.50 XCD', with thousands apart; '' where no amount is on file."""
    whole, _point, cents = amount.partition(".")
    return f"{int(whole):,}{'.' + cents if cents else ''} {currency}" if amount else ""
