"""Guessing passwords from behind made-up addresses, and shutting others out by failing in their place."""

from __future__ import annotations

import re
import secrets

from libertad.attacks.registry import Result, attack, broken, not_applicable, withstood
from libertad.attacks.target import ELSEWHERE, Browser, Target

GUESSES, FAILURES = 60, 25
OFFICE = "127.0.88.1"  # the officer and the attacker share a network
THROTTLED = "Too many attempts"
CODE = re.compile(r"\b(?:[2-9A-Z]{4}-){3}[2-9A-Z]{4}\b")
FORM = "/sign-in/"


def _guess(browser: Browser, number: str, password: str, forwarded: str = "") -> bool:
    """Whether a guess was looked at: an answer that does not tell to wait."""
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    answer = browser.post(FORM, {"login": number, "password": password}, headers)
    return answer.status == 302 or (answer.status != 429 and THROTTLED not in answer.text)


@attack(
    "forwarded-for-spraying",
    f"{GUESSES} guesses, one a service number, each said to come from another address: are they slowed down?",
)
def spraying(target: Target) -> Result:
    browser = target.stranger()  # from where a proxy stands by custom
    looked = sum(
        _guess(browser, f"NONE-{place}-{secrets.token_hex(4)}", "a usual password", f"198.51.{place}.7")
        for place in range(GUESSES)
    )
    if looked == GUESSES:
        return broken(
            f"{looked} of {GUESSES} guesses were looked at, each under an address of its own making"
        )
    return withstood(f"{looked} of {GUESSES} guesses were looked at; the rest were told to wait")


@attack(
    "lock-out-of-others",
    f"{FAILURES} failures in an officer's place, and {FAILURES} for numbers of nobody: does the officer "
    "still sign in, at the own browser and from elsewhere?",
    roles=("administrator",),
)
def lock_out(target: Target) -> Result:
    number, password = f"ATTACK-{secrets.token_hex(4)}", secrets.token_urlsafe(16)
    if not _enrolled(target, number, password):
        return not_applicable("the demo's administrator could not appoint an officer")
    known = target.stranger(OFFICE)
    if not _signs_in(known, number, password):
        return not_applicable("the new officer could not sign in before anything was attacked")
    attacker = target.stranger(OFFICE)
    for place in range(FAILURES):
        _guess(attacker, number, f"wrong password {place}")
        _guess(attacker, f"NONE-{place}-{secrets.token_hex(4)}", "a usual password")
    again = {name: value for name, value in known.cookies.items() if not name.startswith("libertad")}
    known.cookies = again  # signed out, the same browser
    shut = []
    if not _signs_in(known, number, password):
        shut.append("at the own browser")
    if not _signs_in(target.stranger(ELSEWHERE), number, password):
        shut.append("from another network")
    if shut:
        return broken(
            f"after {2 * FAILURES} failures of another's the officer cannot sign in {' and '.join(shut)}"
        )
    return withstood(
        f"after {2 * FAILURES} failures of somebody else's the officer signed in, here and from elsewhere"
    )


def _enrolled(target: Target, number: str, password: str) -> bool:
    """An officer of the demo with a password, appointed by its administrator."""
    administrator = target.signed_in("administrator")
    fields = {"name": "Attack kit", "rank": "", "service_number": number, "role": "officer"}
    match = None
    for role in ("officer", "caseworker", "supervisor", "prosecutor", "deciding-authority"):
        match = CODE.search(administrator.post("/officers/appoint/", {**fields, "role": role}).text)
        if match:
            break
    if match is None:
        return False
    enrolment = {"service_number": number, "code": match[0], "password": password, "again": password}
    return target.stranger(ELSEWHERE).post("/enrol/", enrolment).status == 302


def _signs_in(browser: Browser, number: str, password: str) -> bool:
    answer = browser.post(FORM, {"login": number, "password": password})
    return answer.status == 302
