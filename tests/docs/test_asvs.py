"""docs/asvs.md lists each requirement once, names tests that there are, counts right, and claims no absence
that the source contradicts. The numbers stand in asvs.yaml: facts of the standard, none of its text."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "asvs.md").read_text("utf-8")
ANSWERS = ("Held", "Held, no test", "Does not hold", "Does not apply")
ROW = re.compile(r"^\| (V\d+\.\d+\.\d+) \| (.+?) \| \*\*(.+?)\*\*: (.+) \|$", re.M)
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
NUMBER = re.compile(r"\bV\d+\.\d+\.\d+\b")
LONGEST = 130


class Row(NamedTuple):
    number: str
    words: str
    answer: str
    why: str


def rows(page: str = PAGE) -> list[Row]:
    return [Row(*match) for match in ROW.findall(page)]


@cache
def levels() -> dict[str, int]:
    """Number -> level, in the standard's order."""
    listed = {}
    sections = yaml.safe_load((ROOT / "tests" / "docs" / "asvs.yaml").read_text("utf-8"))
    for section, by_level in sections.items():
        own = {}
        for level, ranges in by_level.items():
            for part in ranges.split():
                first, _, last = part.partition("-")
                own |= dict.fromkeys(range(int(first), int(last or first) + 1), level)
        listed |= {f"{section}.{number}": own[number] for number in sorted(own)}
    return listed


def section(title: str, page: str = PAGE) -> str:
    return page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def counts(page: str = PAGE) -> list[list[str]]:
    """The table of sums as it must stand."""
    tally = Counter((row.answer, levels()[row.number]) for row in rows(page))
    table = [[answer, *(str(tally[answer, level]) for level in (1, 2, 3))] for answer in ANSWERS]
    table.append(["of", *(str(sum(tally[answer, level] for answer in ANSWERS)) for level in (1, 2, 3))])
    return [[*line, str(sum(map(int, line[1:])))] for line in table]


def faults(page: str) -> Iterator[str]:
    """Everything that is not as it should be."""
    listed = [row.number for row in rows(page)]
    if listed != list(levels()):
        wrong = Counter(listed)
        wrong.subtract(list(levels()))
        yield f"numbers: {sorted(number for number, count in wrong.items() if count)}, or their order"
        return
    if lines := [line for line in page.splitlines() if line.startswith("| V") and not ROW.fullmatch(line)]:
        yield f"no row: {lines[0]}"
    for row in rows(page):
        if row.answer not in ANSWERS:
            yield f"{row.number}: {row.answer} is no answer"
        if row.answer == "Held" and not TEST.search(row.why):
            yield f"{row.number} is held by no test"
        for file, function in TEST.findall(row.why):
            if not (ROOT / file).is_file():
                yield f"{row.number}: there is no {file}"
            elif function and function not in functions_of(file):
                yield f"{row.number}: {file} has no {function}"
    for line in counts(page):
        if f"| {' | '.join(line)} |" not in page:
            yield f"sums: it is {line}"
    short = [row.number for row in rows(page) if row.answer == "Does not hold"]
    first, _, rest = section("What falls short", page).partition("\n- ")
    if sorted(NUMBER.findall(rest)) != sorted(short):
        wrong = Counter(NUMBER.findall(rest))
        wrong.subtract(short)
        yield f"what falls short: {sorted(number for number, count in wrong.items() if count)}"
    if NUMBER.findall(first) != [number for number in short if levels()[number] == 1]:
        yield "what falls short of level 1"


@cache
def functions_of(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def test_the_page_is_whole_and_right() -> None:
    assert list(faults(PAGE)) == []


def test_the_standard_has_as_many() -> None:
    assert [Counter(levels().values())[level] for level in (1, 2)] == [70, 183]


FIRST = rows()[0]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda page: page.replace("| V1.1.1 |", "| V1.1.3 |"), "V1.1.3"),
        (lambda page: page.replace("\n| V1.1.1 |", "\n| V1.1.1 | x | **Held**: y |\n| V1.1.1 |"), "V1.1.1"),
        (lambda page: page.replace("**Held**", "**Perhaps**", 1), "is no answer"),
        (lambda page: page.replace("tests/journal/test_header.py", "tests/none.py", 1), "no tests/none"),
        (lambda page: re.sub(r"(\.py::)test_", r"\1test_no_", page, count=1), "has no test_no_"),
        (lambda page: page.replace("**Does not hold**: ", "**Does not apply**: ", 1), "sums"),
        (lambda page: page.replace("(V16.3.1, ", "("), "falls short: ['V16.3.1']"),
        (lambda page: re.sub(r"(Of level 1 it is: )V\d+\.\d+\.\d+, ", r"\1", page), "short of level 1"),
        (lambda page: page.replace(FIRST.why, "so it is"), "held by no test"),
    ],
)
def test_a_page_that_is_wrong_is_noticed(change: object, told: str) -> None:
    changed = change(PAGE)  # type: ignore[operator]
    assert changed != PAGE
    assert any(told in fault for fault in faults(changed)), list(faults(changed))


def test_the_sums_are_not_those_of_another_page() -> None:
    for line in counts():
        assert PAGE.count(f"| {' | '.join(line)} |") == 1


# What the page says is not there: 'N' of LDAP and the like, no shell, no eval, no weak cipher of ours.
ABSENT = {
    "a shell": r"shell=True|os\.system\(|os\.popen\(",
    "eval": r"(?<![\w.])(?:eval|exec)\(",
    "pickle": r"^import (?:pickle|shelve|dill)|allow_pickle=True|yaml\.(?:unsafe_load|UnsafeLoader)",
    "templates of input": r"(?<!\w)Template\(|from_string\(|autoescape=False",
    "weak hashes": r"(?i)\bmd5\b|\bsha1\b",
    "weak ciphers": r"\b(?:ECB|CBC|PKCS1v15|TripleDES|ARC4)\b",
    "LDAP, XPath, LaTeX, JNDI": r"(?i)\bldap|\bxpath|\blatex|\bjndi",
    "memcache, mail": r"(?i)memcached|smtplib|EMAIL_HOST|send_mail",
    "GraphQL, WebSocket": r"(?i)graphql|websocket",
    "OAuth, OIDC, SAML": r"(?i)socialaccount|\boauth|\boidc|openid|\bsaml",
}
ABSENT_IN_SCRIPTS = {
    "storage of the browser": r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\.",
    "messages between windows": r"postMessage|['\"]message['\"]",
    "WebRTC": r"RTCPeerConnection|getUserMedia",
    "code of text": r"(?<!\w)eval\(|new Function\(|document\.write",
}


def occurrences(patterns: dict[str, str], files: list[Path]) -> list[str]:
    assert len(files) > 5
    return [
        f"{path.relative_to(ROOT)}: {what}"
        for path in files
        for what, pattern in patterns.items()
        if re.search(pattern, path.read_text("utf-8"), re.M)
    ]


def sources() -> list[Path]:
    return sorted(path for path in (ROOT / "libertad").rglob("*.py") if "migrations" not in path.parts)


def scripts() -> list[Path]:
    return sorted((ROOT / "assets" / "src").glob("*.ts"))


def test_what_is_in_no_source() -> None:
    assert occurrences(ABSENT, sources()) == []
    serving = (ROOT / "libertad" / "web" / "serving.py").read_text("utf-8")
    assert 'ws="none"' in serving, "the server takes no WebSocket either"


def test_what_is_in_no_script() -> None:
    assert occurrences(ABSENT_IN_SCRIPTS, scripts()) == []


def test_html_is_put_in_by_two_scripts_alone() -> None:
    ways = r"innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|setHTML"
    assert {path.name for path in scripts() if re.search(ways, path.read_text("utf-8"))} == {
        "add-another.ts",
        "board.ts",
    }


def test_the_page_is_linked_and_its_prose_is_not_too_wide() -> None:
    assert "](asvs.md)" in (ROOT / "docs" / "README.md").read_text("utf-8")
    prose = [line for line in PAGE.splitlines() if not line.startswith(("|", "[", "Worst first"))]
    assert [line for line in prose if len(line) > LONGEST] == []
