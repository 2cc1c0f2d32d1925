"""Identifying facts in free text: what a lead tells of phones, devices, vehicles, vessels and handles.

Only what can hardly be anything else is taken. Names in free text are left to humans.
"""

from __future__ import annotations

import re

from libertad.hits.matching.record import Kind

Facts = tuple[tuple[Kind, str], ...]
IMEI = re.compile(r"(?<![\d+])\d{2}[ -]?\d{6}[ -]?\d{6}[ -]?\d(?!\d)")
PHONE = re.compile(r"(?<![\w@])\+?\(?\d(?:[\d\-./() ]{5,17})\d(?!\w)")
HANDLE = re.compile(r"(?<![\w.])@[A-Za-z0-9_.]{3,30}\b|\b[\w.+-]+@[\w-]+\.[\w.-]+\b")
PLATE = re.compile(
    r"\b(?:plate|licence|registration|placa|matr[ií]cula|kenteken|immatricul\w+)s?\W{1,3}"
    r"((?=[\w -]*\d)[A-Z]{1,3}[ -]?\d{1,4}[ -]?[A-Z0-9]{0,3}|\d{2,4}[ -]?[A-Z]{1,3})\b",
    re.I,
)
VESSEL = re.compile(
    r"\b(?:MV|M/V|FV|F/V|vessel|boat|ship|launch|barco|lancha|navio|schip)\b[\s,:]*[\"“'‘]?"
    r"([A-Z][\w.-]*(?: [A-Z0-9][\w.-]*){0,3})"
)
# At a bank: the number of a messenger's account is a telephone's.
ACCOUNT = re.compile(
    r"(?<!whatsapp )(?<!telegram )(?<!signal )(?<!viber )(?<!phone )"
    r"\b(?:account|acct|IBAN|cuenta|conta|compte|rekening)"
    r"(?:[ :.#]{1,3}(?:number|nr|n\.?[ºo°]|n[uú]mero|nummer))?"
    r"[ :.#]{1,3}[A-Z]{0,4}\d[\dA-Z -]{4,32}\d\b",
    re.I,
)
DOCUMENT = re.compile(r"\b(?=[A-Z]*\d)[A-Z]{1,3}[ -]?\d{5,9}\b")


def luhn(digits: str) -> bool:
    """Whether the last of the digits is the check digit of the others (ISO/IEC 7812-1), as an IMEI's is."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if place % 2 else 1)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def facts_in(text: str, documents: bool = False) -> Facts:
    """(kind, value) of what a text names, each once; `documents`: it is about one, so its number counts."""
    facts: dict[tuple[Kind, str], None] = {}
    rest = text[:20_000]
    for value in IMEI.findall(rest):
        digits = re.sub(r"\D", "", value)
        if luhn(digits) and len(set(digits)) > 2:
            facts["device", digits] = None
            rest = rest.replace(value, " ")
    for value in HANDLE.findall(rest):
        facts["handle", value.rstrip(".")] = None
        rest = rest.replace(value, " ")
    if documents:
        for value in DOCUMENT.findall(rest):
            facts["document", value] = None
            rest = rest.replace(value, " ")
    for value in PLATE.findall(rest):
        facts["vehicle", value] = None
    for value in VESSEL.findall(rest):
        facts["vessel", value] = None
    for value in PHONE.findall(ACCOUNT.sub(" ", rest)):
        if _is_phone(value):
            facts["phone", value.strip()] = None
    return tuple(facts)


def _is_phone(text: str) -> bool:
    """Seven to fifteen digits (ITU-T E.164), written as numbers are and not as a date or an amount."""
    digits = re.sub(r"\D", "", text)
    if not 7 <= len(digits) <= 15 or len(set(digits)) < 3:
        return False
    dated = re.fullmatch(r"\d{4}-\d{2}-\d{2}.*|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}", text.strip())
    return dated is None and (text.lstrip("( ").startswith("+") or len(digits) <= 12)
