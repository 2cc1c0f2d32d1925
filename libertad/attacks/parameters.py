"""Numbers, keys and names in addresses that no screen expects."""

from __future__ import annotations

import re
import urllib.parse

from libertad.attacks.registry import Result, attack, broken, withstood
from libertad.attacks.target import Target

VALUES = ("9" * 20, "9" * 5000, "-1", "NaN", "1\x00", "٣" * 30)
LINK = re.compile(r'href="(/[^"#?]*)')
MOST_PAGES = 40


@attack(
    "odd-parameters",
    "the pages that an administrator, a national lead and a caseworker can open, asked for page "
    "99999999999999999999 and the like: does one fail?",
    roles=("administrator", "national-lead", "caseworker"),
)
def odd_parameters(target: Target) -> Result:
    requests, failing = 0, set()
    for role in ("administrator", "national-lead", "caseworker"):
        browser = target.signed_in(role)
        links = ["/", *dict.fromkeys(LINK.findall(browser.get("/").text))]
        pages = [path for path in links if not path.startswith(("/static/", "/sign-", "/board/live"))]
        for path in pages[:MOST_PAGES]:
            for value in VALUES:
                answer = browser.get(f"{path}?{urllib.parse.urlencode({'page': value, 'country': value})}")
                requests += 1
                if answer.status >= 500:
                    failing.add(path)
    if failing:
        return broken(f"{len(failing)} pages failed, {sorted(failing)[0]} among them, of {requests} requests")
    return withstood(f"{requests} requests with odd parameters, none failed")


@attack(
    "formula-in-a-table",
    "a table that the demo gives out: does a cell of it begin a formula in a spreadsheet?",
    roles=("coordinator",),
)
def formulas(target: Target) -> Result:
    """What is typed by people is the operation's name alone, which an attack does not change."""
    text = target.signed_in("coordinator").get("/figures/file/").text
    cells = [cell.strip('"') for line in text.splitlines() for cell in line.split(",")]
    wrong = [cell for cell in cells if cell[:1] in ("=", "@", "\t") or re.match(r"[+-]\D", cell)]
    if wrong:
        return broken(f"{len(wrong)} of {len(cells)} cells begin a formula")
    return withstood(f"{len(cells)} cells, none begins a formula")
