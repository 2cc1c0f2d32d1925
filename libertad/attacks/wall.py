"""Police asking for what is care's: by every address that a caseworker can open."""

from __future__ import annotations

import re

from libertad.attacks.registry import Result, attack, broken, not_applicable, withstood
from libertad.attacks.target import Browser, Target

LINK = re.compile(r'href="(/care/[^"#?]*)')
ID = re.compile(r"[0-9a-f]{32}")
MASKED = re.compile(
    r'name="(?:csrfmiddlewaretoken|submission)" value="[^"]*"|nonce-[^\'" ]+|<time.*?</time>', re.S
)
POLICE = ("officer", "national-lead", "analyst", "press", "administrator")
MOST = 20
ROUNDS = 5


@attack(
    "care-from-police",
    "every protection file that a caseworker opens, asked for by police: is the answer another than for a "
    "file that does not exist?",
    roles=("caseworker", "officer"),
)
def care_from_police(target: Target) -> Result:
    care = target.signed_in("caseworker")
    listed = list(dict.fromkeys(LINK.findall(care.get("/care/").text)))
    files = [path for path in listed if ID.search(path)][:MOST]
    opened = [path for path in files if care.get(path).status == 200]
    if not opened:
        return not_applicable("the caseworker has no file to open")
    known = {account.role for account in target.accounts()}
    leaks, requests = [], 0
    for role in (name for name in POLICE if name in known):
        browser = target.signed_in(role)
        for path in opened:
            requests += 1
            if _differs(browser, path):
                leaks.append((role, path))
    if leaks:
        return broken(f"{len(leaks)} of {requests} answers to police told that a file exists")
    return withstood(
        f"{requests} answers to police, for {len(opened)} pages, were those for files that do not exist"
    )


def _differs(browser: Browser, path: str) -> bool:
    """Whether the answer to `path` is another than the answers before and after it to a file that is nowhere.

    The count of the officer's own work in the bar changes while the node works. Answers to the file that is
    nowhere that differ from one another prove nothing; they are asked for again, `ROUNDS` times at most.
    """
    nowhere = ID.sub("0" * 32, path)
    for _ in range(ROUNDS):
        before, here, after = (_answer(browser, address) for address in (nowhere, path, nowhere))
        if here in (before, after):
            return False
        if before == after:
            return True
    return True


def _answer(browser: Browser, path: str) -> tuple[int, str]:
    answer = browser.get(path)
    return answer.status, _masked(answer.text, path)


def _masked(text: str, path: str) -> str:
    masked = MASKED.sub("", text)
    for key in ID.findall(path):
        masked = masked.replace(key, "")
    return masked
