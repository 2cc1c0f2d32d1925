"""Amounts of money as people write them: '1.250,50', '1,250.50', '1 250', '7,55'."""

from __future__ import annotations

import re
from decimal import Decimal

from babel.numbers import get_currency_precision

from libertad.look.words import words
from libertad.vocabulary.codelists import sayable
from libertad.vocabulary.values import Refused
from libertad.vocabulary.written import OutOfBounds, read_number

MOST = Decimal(10**15 - 1)
MOST_DECIMALS = 2  # as an entry keeps it
ALIKE = re.compile(r"[1-9][0-9]{0,2}(?P<sign>[.,])[0-9]{3}")  # thousands, or three decimals
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


def decimal_text(text: str, currency: str = "", field: str = "amount") -> str:
    """The amount with a decimal point and nothing else: '1250.50'; '' stays ''.

    Money has two decimals at most, and that of a currency without a smaller part has none. Where one sign is
    followed by three digits ('1.250'), thousands and decimals look alike: Refused with both, unless the
    currency has no decimals. Raises Refused(field) for what is no amount.
    """
    text = text.strip()
    if not text:
        return ""
    try:
        number = read_number(text, field, minimum=Decimal(0), maximum=MOST, decimals=MOST_DECIMALS)
    except OutOfBounds:
        raise
    except Refused:
        read_number(text, field, minimum=Decimal(0), maximum=MOST)  # raises where it is no number at all
        raise Refused(
            field, "'%(text)s' has more than two decimals: no amount is kept so exactly", text=text[:40]
        ) from None
    if currency and not get_currency_precision(currency):
        return _without_decimals(number, text, currency, field)
    sign = ALIKE.fullmatch(text)
    if sign is not None:
        raise Refused(
            field,
            "'%(text)s' can be %(whole)s or %(part)s: write %(whole)s or %(clear)s, or the other with two "
            "decimals at most",
            text=text[:40],
            whole=f"{number:f}",
            part=text.replace(sign["sign"], "."),
            clear=text + (",00" if sign["sign"] == "." else ".00"),
        )
    return f"{number:f}"


def _without_decimals(number: Decimal, text: str, currency: str, field: str) -> str:
    if number != number.to_integral_value():
        raise Refused(
            field,
            "'%(text)s' has decimals, and %(currency)s has no smaller part: write a whole number",
            text=text[:40],
            currency=currency,
        )
    return f"{int(number)}"


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
