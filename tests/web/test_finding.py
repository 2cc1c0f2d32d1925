"""Finding as people type: accents, two surnames, references, seals, plates; by kind, the best first."""

from __future__ import annotations

import pytest

from libertad.evidence.actions.seal import seal
from libertad.evidence.actions.seize import seize
from libertad.look.catalog import Catalog
from libertad.look.finding import Findable, numbers_in
from libertad.operations.actions.report_lead import report_lead
from libertad.people.actions.state_person import state_person
from libertad.web.finding import search
from tests.operations.making import a_site, a_team
from tests.people.making import meet
from tests.support.world import OFFICERS, World

LEAD = {
    "country": "GY",
    "source_grade": "1",
    "information_grade": "B",
    "handling": "P",
    "workplace": "gold-mine",
    "summary": "White van, plate PAA 12-34, brings women to the Sawmill of José Ibáñez Peña",
}


def site_of(reference: str, *texts: str) -> Findable:
    return Findable("site", reference, reference, "", "site", texts)


def find(findables: list[Findable], query: str) -> list[Findable]:
    catalog = Catalog()
    for findable in findables:
        catalog.replace(findable.id, [findable])
    return [result for matches in catalog.find(query, 20).values() for result in matches.first]


def test_each_word_matches_by_its_beginning_or_nearly_and_the_best_comes_first() -> None:
    findables = [
        site_of("GY-03", "Sawmill Ibanez"),
        site_of("GY-02", "Sawmil Ibáñez Peña"),
        site_of("GY-01", "Bar Ibáñez"),
    ]
    assert [findable.id for findable in find(findables, "sawmill ibanez")] == ["GY-03", "GY-02"]
    assert [findable.id for findable in find(findables, "IBÁÑEZ peña")] == ["GY-02"]
    assert [findable.id for findable in find(findables, "ibañes")] == ["GY-01", "GY-02", "GY-03"]
    assert [findable.id for findable in find(findables, "gy-01")] == ["GY-01"]
    assert find(findables, "nobody") == find(findables, "  ") == find(findables, "sawmill nobody") == []


def test_numbers_in_a_text_are_found_with_and_without_blanks() -> None:
    findable = Findable(
        "lead", "1", "L-GY-001", "", "lead", (), numbers_in("van PAA 12-34, phone +592 600 0182")
    )
    for query in ("PAA1234", "paa 12 34", "1234", "5926000182", "600-0182", "L-GY-001", "lgy001"):
        assert find([findable], query) == [findable], query
    for query in ("PAA1235", "34", "2592"):
        assert find([findable], query) == [], query


def test_exhibits_seals_sites_leads_teams_and_plates_are_found_by_what_people_type(world: World) -> None:
    site = a_site(world, name="Bar del Río Ñandú")
    team = a_team(world, site)
    lead = world.perform("officer", report_lead, **LEAD)
    exhibit = world.perform(
        "officer",
        seize,
        country="GY",
        kind="mobile-phone",
        description="Grey phone in a tin",
        phone_number="592 600 0182",
    )
    world.perform("officer", seal, exhibit=exhibit, number="SQ-774411")
    person = meet(world)
    world.perform("officer", state_person, person=person, vehicle=("HB 4471",), source="said")
    lead_of = world.actor("national-lead")
    for query, kind, key in (
        ("rio nandu", "site", site),
        ("t-gy-01", "team", team),
        ("peña ibanez", "lead", lead),
        ("paa1234", "lead", lead),
        ("grey tin", "exhibit", exhibit),
        ("6000182", "exhibit", exhibit),
        ("sq 774411", "seal", exhibit),
        ("hb-4471", "person", person),
        ("Nguyen Pena", "person", person),
    ):
        groups = search(lead_of, query)
        assert [findable.id for findable in groups[kind].first] == [key], (query, groups)
    page = world.client("national-lead").post("/find/", {"find": "sq 774411"}).content.decode()
    assert "Seals" in page and f"/exhibits/{exhibit}/" in page and "1 thing found." in page
    assert 'action="/find/"' in world.client("prosecutor").get("/").content.decode()


@pytest.mark.look
def test_by_keyboard_at_320_px(world: World, live_server: object, open_page: object) -> None:
    from tests.support.accessibility import axe, violation_lines
    from tests.support.browsing import signed_in

    a_site(world, name="Bar del Río Ñandú, behind the old market hall by the ferry")
    url = live_server.url  # type: ignore[attr-defined]
    page = signed_in(world, "officer", open_page(viewport={"width": 320, "height": 640}), url)  # type: ignore[operator]
    page.goto(f"{url}/")
    page.get_by_label("Find a person or file").focus()
    page.keyboard.type("nandu ferry")
    page.keyboard.press("Enter")
    page.wait_for_url("**/find/")
    link = page.get_by_role("link", name="GY-01")
    assert page.get_by_role("heading", name="Sites").is_visible() and link.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    violations = axe(page)
    assert not violations, violation_lines(violations)
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/sites/*/")


@pytest.mark.parametrize("role", sorted({*OFFICERS, "coordinator", "administrator"}))
def test_today_offers_a_search_to_who_could_find_something(world: World, role: str) -> None:
    page = world.client(role).get("/").content.decode()
    numbers_alone = role in ("press", "administrator", "partner")
    assert ('id="find"' in page) != numbers_alone
    assert ("So is each search." in page) != numbers_alone
    reads_none = role in ("press", "partner")  # an administrator reads what seconds opened
    assert ("What is recorded" in page) != reads_none
