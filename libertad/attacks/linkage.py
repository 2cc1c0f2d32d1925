"""An officer of police who wants to know what care decided about the people whom he met.

Everything that a sign-in can gather: figures with their entries, entry pages, downloads, the feed. Each
finding names what it rests on.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape

from libertad.attacks.registry import Result, attack, broken, not_applicable, withstood
from libertad.attacks.target import Browser, Target

Get = Callable[[str], tuple[int, str]]
FIGURES = (
    "presumed",
    "confirmed",
    "not-a-victim",
    "potential",
    "potential-victims",
    "not-assessed",
    "records",
)
STATUS = {
    "Presumed victim": "presumed",
    "Confirmed victim": "confirmed",
    "Not a victim": "not-a-victim",
}
DECIDED = ("presumed", "confirmed", "not-a-victim")
ROW = re.compile(r"<tr[^>]*>(.*?)</tr>", re.S)
CELL = re.compile(r"<t[dh][^>]*>(.*?)</t[dh]>", re.S)
TAG = re.compile(r"<[^>]+>")
ENTRY = re.compile(r'href="(/entries/[0-9a-f]{64}/)"')
WHEN = re.compile(r"\d{1,2} \w+ \d{4}, \d{2}:\d{2}")
TOLD = ("identified as a presumed", "identified as a confirmed", "found not to be a victim")


@dataclass(frozen=True)
class Known:
    """What police know of somebody whom they met: the attack's question is the protection status."""

    person: str
    country: str
    met: str
    day: str
    age_group: str = ""
    sex: str = ""


@dataclass
class Gathered:
    """`rows`: (country, met, age, sex, status) of entries. `guesses`: person -> statuses that fit."""

    rows: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    guesses: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    findings: list[str] = field(default_factory=list)


def text_of(html: str) -> str:
    return " ".join(unescape(TAG.sub(" ", html)).split())


def pages(get: Get, figure: str, limit: int = 40) -> Iterator[str]:
    """The pages of entries behind a figure, as far as there are any."""
    for number in range(1, limit + 1):
        code, html = get(f"/figures/entries/{figure}/?page={number}")
        if code != 200:
            return
        yield html
        if f"page={number + 1}" not in html:
            return


def rows_of(html: str) -> Iterator[list[str]]:
    for row in ROW.findall(html):
        cells = [text_of(cell) for cell in CELL.findall(row)]
        if len(cells) >= 6:
            yield cells


def gather(get: Get, known: Iterable[Known]) -> Gathered:
    """Join what the figures show with what police know of those whom they met."""
    gathered = Gathered()
    behind(get, gathered)
    for person in known:
        fits = [row for row in gathered.rows if row[0].startswith(person.country) and row[1] == person.met]
        fits = fits or [
            row
            for row in gathered.rows
            if row[0].startswith(person.country)
            and row[1].startswith(person.day)
            and person.age_group in ("", row[2])
            and person.sex in ("", row[3])
        ]
        gathered.guesses[person.person] |= {row[4] for row in fits}
    by_country(get, gathered)
    feed(get, gathered)
    return gathered


def behind(get: Get, gathered: Gathered) -> None:
    """Statuses of care's in the entries behind a number, and the deciding officer on an entry's own page."""
    for figure in FIGURES:
        for html in pages(get, figure):
            for cells in rows_of(html):
                status = next((code for words, code in STATUS.items() if cells[5].startswith(words)), "")
                gathered.rows.append((cells[0], cells[1], cells[2], cells[3], status))
            for href in ENTRY.findall(html)[:3]:
                code, entry = get(href)
                if (
                    code == 200
                    and any(word in text_of(entry) for word in STATUS)
                    and "Care" in text_of(entry)
                ):
                    gathered.findings.append(f"the page of an entry behind '{figure}' says what care decided")
    if any(row[4] for row in gathered.rows):
        gathered.findings.append("entries behind a number show a status that care decided")


def by_country(get: Get, gathered: Gathered) -> None:
    """Exact counts of care's statuses by country: compared from day to day they single people out."""
    code, text = get("/figures/file/")
    if code != 200:
        return
    for row in csv.DictReader(io.StringIO(text)):
        if (
            row["country"] != "all"
            and row["figure"] in ("presumed", "confirmed")
            and row["value"] not in ("", "0")
        ):
            gathered.findings.append(f"{row['figure']} by country: {row['country']} {row['value']}")
            return


def feed(get: Get, gathered: Gathered) -> None:
    for path in ("/board/feed/", "/board/feed/?feed=people", "/board/", "/board/?feed=people"):
        code, html = get(path)
        if code == 200 and any(words in html for words in TOLD):
            gathered.findings.append("the feed tells when somebody was identified")
            return


@dataclass(frozen=True)
class Gain:
    """`pinned`: of how many the attacker is certain and right; `guessed` the same by the base rate alone."""

    people: int
    pinned: int
    right: float
    guessed: float

    @property
    def gain(self) -> float:
        return self.right - self.guessed


def gain(guesses: Mapping[str, set[str]], truth: Mapping[str, str]) -> Gain:
    """How much better than saying the commonest status of all. `truth`: person -> status, '' undecided."""
    if not truth:
        return Gain(0, 0, 0.0, 0.0)
    counted: dict[str, int] = defaultdict(int)
    for status in truth.values():
        counted[status] += 1
    common = max(counted, key=lambda status: counted[status])
    certain = {person: next(iter(statuses)) for person, statuses in guesses.items() if len(statuses) == 1}
    pinned = sum(certain.get(person) == status for person, status in truth.items() if status)
    right = sum(certain.get(person, common) == status for person, status in truth.items())
    return Gain(len(truth), pinned, right / len(truth), counted[common] / len(truth))


ROLES = ("coordinator", "officer", "national-lead", "prosecutor")


@attack(
    "protection-status",
    "do figures, their entries, entry pages, downloads or the feed tell police what care decided of anybody?",
    roles=ROLES,
)
def protection_status(target: Target) -> Result:
    rows, findings = 0, []
    for role in ROLES:
        browser = target.signed_in(role)

        def get(path: str, browser: Browser = browser) -> tuple[int, str]:
            answer = browser.get(path)
            return answer.status, answer.text

        gathered = gather(get, ())
        rows += len(gathered.rows)
        findings += [f"{role}: {words}" for words in gathered.findings]
    if findings:
        return broken("; ".join(findings))
    if not rows:
        return not_applicable("the demo has counted nobody")
    return withstood(f"{rows} entries read in {len(ROLES)} roles: none says what care decided of anybody")
