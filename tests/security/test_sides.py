"""Two sides: from all that police can gather, care's day of work leaves no trace of how much it was.

References, indices, sizes, orders and counts, before and after care worked. Figures and the board, which
count the whole operation on purpose, have their own tests.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from libertad.access.matrix import matrix
from libertad.board import live
from libertad.board.cursor import Sealer
from libertad.board.gate import Admitted
from libertad.board.hub import RELOAD
from libertad.board.queries import newest
from libertad.evidence.actions.seize import seize
from libertad.evidence.models import Exhibit
from libertad.journal.models import Entry
from libertad.people.actions.set_detention import set_detention
from libertad.people.models import Detention, Person
from tests.people.making import meet
from tests.security.test_wall import COUNTS, TIME, TOKEN
from tests.support.populated import Populated, add_victim, populate, telling_keys
from tests.support.routes import routes
from tests.support.world import World

ROUTES = {route.name: route for route in routes()}
HEX = re.compile(r"\b[0-9a-f]{8,}\b")
NUMBER = re.compile(r"\d+")
CLOCK = re.compile(r"\b\d\d:\d\d(:\d\d)?\b")


def care_works(populated: Populated, day: str) -> int:
    """Meets people, opens files, searches, screens, refers, decides. Returns how many entries that makes."""
    before = Entry.objects.count()
    worker = populated.world.client("caseworker")
    for place, name in enumerate(("Lysander Quaymoor", "Perpetua Oxenhythe", "Isolde Wrenfield")):
        add_victim(populated, name, f"{day}-{place}")
        worker.get(f"/care/{populated.ids[f'{day}-{place}']}/")
        worker.post("/people/", {"find": name})
    return Entry.objects.count() - before


def collect_pages(
    populated: Populated, client: Client, role: str, quiet: set[tuple[str, ...]] | None = None
) -> dict[tuple[str, ...], str]:
    """Every page and download that this role gets, of every file that it may open, without its times.

    `quiet` gets those of which no opening is recorded.
    """
    pages = {}
    for route in routes():
        skipped = route.name in COUNTS or route.name in ("demo", "gallery", "attachment")
        if skipped or route.name.startswith(("mfa", "account")):
            continue
        if not matrix().may_ask(role, route.name, "get"):
            continue
        keys = (
            earlier_entries(populated)
            if route.name == "entry"
            else telling_keys(populated, route, "person", "exhibit", "lead")
        )
        for key in keys:
            size = Entry.objects.count()
            if page := fetch_page(client, (route.name, *key)):
                pages[route.name, *key] = page
                if quiet is not None and Entry.objects.count() == size:
                    quiet.add((route.name, *key))
    return pages


def fetch_page(client: Client, name: tuple[str, ...]) -> str:
    """The answer's headers and content without times; '' where there is no such page for this sign-in."""
    answer = client.get(ROUTES[name[0]].address(*name[1:]))
    if answer.status_code != 200 or answer.streaming:
        return ""
    page = TIME.sub(b"TIME", TOKEN.sub(b"TOKEN", answer.content)).decode(errors="replace")
    names = "".join(f"{n}: {v}" for n, v in answer.items() if n != "Content-Length")
    return CLOCK.sub("TIME", names + page)


def earlier_entries(populated: Populated) -> list[tuple[str, ...]]:
    """The entries that were there when the attack began."""
    if "entries" not in populated.keys:
        names = [entry.hash.hex() for entry in Entry.objects.order_by("idx")]
        populated.keys["entries"] = tuple(names[-60::3])
    return [(name,) for name in populated.keys["entries"]]


def numbers(page: str) -> list[int]:
    return [int(n) for n in NUMBER.findall(HEX.sub("", page)) if len(n) < 9]


@pytest.mark.parametrize("role", ["officer", "coordinator"])
def test_no_page_of_police_tells_how_much_care_worked(world: World, role: str) -> None:
    """Looking is recorded, so a page may differ from itself: then its numbers grow by the same steps, however
    much care did. One that does not change by being looked at stays as it is, with its roots and proofs.
    """
    populated = populate(world)
    client = world.client(role)
    quiet: set[tuple[str, ...]] = set()
    collect_pages(populated, client, role, quiet)  # what is said at the first look alone
    first, second = collect_pages(populated, client, role), collect_pages(populated, client, role)
    last = {name: fetch_page(client, name) for name in quiet}
    assert care_works(populated, "day") > 30
    after = {name: fetch_page(client, name) for name in quiet}
    third = collect_pages(populated, client, role)
    assert len(first) > 20 and first.keys() == second.keys() == third.keys()
    assert len(quiet) > 10 and {name for name in quiet if last[name] != after[name]} == set()
    compared = 0
    for name in first:
        earliest, middle, latest = (numbers(pages[name]) for pages in (first, second, third))
        assert len(latest) - len(middle) == len(middle) - len(earliest), name
        if len(earliest) == len(middle):
            compared += 1
            assert [b - a for a, b in zip(earliest, middle, strict=True)] == [
                b - a for a, b in zip(middle, latest, strict=True)
            ], name
    assert compared > 15


def test_references_of_police_have_no_gap_where_care_gave_some(world: World) -> None:
    populated = populate(world)

    def new_numbers() -> list[int]:
        """The numbers of a person, a detention and an exhibit of police."""
        held = world.perform("officer", set_detention, state="detained", country="GY", grounds="Keys")
        phone = world.perform("officer", seize, country="GY", kind="mobile-phone", description="Phone")
        rows: list[Any] = [
            Person.objects.get(pk=meet(world)),
            Detention.objects.get(pk=held),
            Exhibit.objects.get(pk=phone),
        ]
        return [int(row.reference.rpartition("-")[2]) for row in rows]

    before = new_numbers()
    care_works(populated, "day")
    assert new_numbers() == [number + 1 for number in before]
    care_reference = Person.objects.get(pk=populated.ids["day-0"]).reference
    assert re.fullmatch(r"P-GY-GYC-\d{3}", care_reference), "and care's are of a series of its own"


def test_series_of_care_goes_on_after_what_it_gave_in_the_common_one(world: World) -> None:
    """A care node of 0.1 counted without a name of its own: nothing that it gave is given twice."""
    from libertad.access.models import Number
    from libertad.journal.node import node

    node().writer.submit(
        lambda tx: tx.sql.run("insert into access_number (series, last) values (?, ?)", ("person GY", 41))
    )
    first, second = (meet(world, "caseworker") for _ in range(2))
    references = [Person.objects.get(pk=key).reference for key in (first, second)]
    assert references == ["P-GY-GYC-042", "P-GY-GYC-043"]
    assert Number.objects.get(pk="person GY").last == 41
    assert Person.objects.get(pk=meet(world)).reference == "P-GY-042"


def test_an_old_cursor_of_the_board_does_not_count_what_care_wrote(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    populated = populate(world)
    monkeypatch.setattr(live, "FARTHEST", 20)
    actor = world.actor("officer")
    cursor = Sealer(7).seal(newest())

    def reloads() -> bool:
        admitted = Admitted(actor, 7, "s", "", "en", "", cursor, [])
        return live._begin(admitted, None)[1].endswith(RELOAD)  # type: ignore[arg-type]

    assert not reloads()
    made_by_care: Any = care_works(populated, "day")
    assert made_by_care > 30
    # Meeting and deciding are told to the whole operation, which police read as well: fewer than 20 here.
    assert not reloads()
    for _ in range(21):
        meet(world)
    assert reloads(), "a cursor that is really old is still told so"
