"""Attack: whether a search tells of what its asker may not read, by words, numbers, order or work."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from libertad.access.matrix import matrix, roles
from libertad.evidence.actions.seal import seal
from libertad.web.finding import search
from tests.support.populated import CANARIES, Populated

ASKERS = [
    *(role for role in roles() if matrix().may_ask(role, "find", "post")),
    "other-lead",
    "other-officer",
]
NONSENSE = "Xyqzvwkjbt"
SEAL = "SQ-774411"
MOMENTARY = re.compile(
    r'value="(?:[A-Za-z0-9]{64}|[A-Za-z0-9_-]{22})"|nonce="[^"]*"|<time.*?</time>|\d\d:\d\d', re.S
)


@pytest.fixture(scope="module")
def sealed_exhibit(populated: Populated, django_db_blocker: Any) -> Populated:
    """With a seal, which the others of the module do not look at."""
    with django_db_blocker.unblock():
        populated.world.perform("officer", seal, exhibit=populated.ids["exhibit"], number=SEAL)
    return populated


def searches(populated: Populated) -> list[tuple[str, str]]:
    """(what is looked for, the page that it leads to): by words, accents, references, ends of numbers."""
    ids = populated.ids
    return [
        ("quillféather", f"/people/{ids['person']}/"),
        ("Zephyrine Underlock", f"/people/{ids['victim']}/"),
        ("underlock", f"/care/{ids['victim']}/"),
        ("MARBLETON oth", f"/detentions/{ids['detention']}/"),
        ("mobile phone", f"/exhibits/{ids['exhibit']}/"),
        (CANARIES["phone"][-8:], f"/exhibits/{ids['exhibit']}/"),
        ("774411", f"/exhibits/{ids['exhibit']}/"),
        ("falls mine", f"/sites/{ids['site']}/"),
        ("pellworth", f"/leads/{ids['lead']}/"),
        ("T-GY-01", f"/teams/{ids['team']}/"),
    ]


def search_answer(populated: Populated, role: str, words: str) -> tuple[str, int]:
    """The answer without what is asked for and what each request has anew; how many questions it took."""
    client = populated.world.client(role)
    with CaptureQueriesContext(connection) as queries:
        answer = client.post("/find/", {"find": words})
    assert answer.status_code == 200
    text = answer.content.decode().replace(words, "")
    return MOMENTARY.sub("", text), len(queries)


def differing(first: str, second: str) -> list[str]:
    pairs = zip_longest(first.splitlines(), second.splitlines(), fillvalue="")
    return [f"{left.strip()} / {right.strip()}" for left, right in pairs if left != right][:3]


@pytest.mark.parametrize("role", ASKERS)
def test_found_is_what_its_asker_may_open_and_nothing_else_changes_anything(
    sealed_exhibit: Populated, role: str
) -> None:
    client, wrong = sealed_exhibit.world.client(role), []
    search_answer(sealed_exhibit, role, NONSENSE)  # what is kept in memory is there for all that follows
    nothing, work = search_answer(sealed_exhibit, role, NONSENSE)
    opened_count = 0
    for words, address in searches(sealed_exhibit):
        opens = client.get(address).status_code == 200
        text, took = search_answer(sealed_exhibit, role, words)
        if (address in text) != opens:
            wrong.append(f"{words}: {address} {'opens' if opens else 'does not open'}")
        linked = [sought for sought in searches(sealed_exhibit) if sought[1] in text]
        if took != work and not linked:
            wrong.append(f"{words}: {took} questions in place of {work}")
        if not opens and words not in ("mobile phone",) and not linked and text != nothing:
            wrong.append(f"{words}: the answer differs: {differing(nothing, text)}")
        opened_count += opens
    assert not wrong
    assert opened_count or role in ("press", "other-lead", "other-officer", "deciding-authority")


@pytest.mark.parametrize("role", ASKERS)
def test_no_secret_of_a_protection_file_is_found_by_its_words(sealed_exhibit: Populated, role: str) -> None:
    """What care wrote is not searched, not even for care: a hit would tell that a word stands there."""
    for name in ("recipient", "reasons", "wish", "safety"):
        assert search(sealed_exhibit.world.actor(role), CANARIES[name].split()[-1]) == {}


def test_police_find_no_protection_file_and_nobody_of_another_country_finds_anything(
    sealed_exhibit: Populated,
) -> None:
    for role in ASKERS:
        groups = search(sealed_exhibit.world.actor(role), "underlock")
        if role not in matrix().routes["care-file"]["get"]:
            assert "care" not in groups
    for role in ("other-lead", "other-officer", "press"):
        for words, _address in searches(sealed_exhibit):
            assert search(sealed_exhibit.world.actor(role), words) == {}, (role, words)


def test_an_administrator_searches_nothing(sealed_exhibit: Populated) -> None:
    client = sealed_exhibit.world.client("administrator")
    assert client.get("/find/").status_code in (403, 404)
    assert client.post("/find/", {"find": "Quillfeather"}).status_code in (403, 404)


def test_the_words_lie_in_no_address_and_each_search_is_recorded(sealed_exhibit: Populated) -> None:
    from libertad.journal.models import Entry

    before = Entry.objects.count()
    client = sealed_exhibit.world.client("officer")
    assert "Quillfeather" not in client.get("/find/", {"find": "quillfeather"}).content.decode()
    assert Entry.objects.count() == before
    assert "Quillfeather" in client.post("/find/", {"find": "quillfeather"}).content.decode()
    assert Entry.objects.count() == before + 1
