"""What every answer says or keeps to itself, and that what somebody typed stays text on every page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from libertad.operations.actions.report_lead import report_lead
from tests.support.guarded import inline
from tests.support.world import World

HOSTILE = (
    "</p><script>alert(1)</script><img src=x onerror=\"alert('2')\"> ' or '1'='1'; drop table x; -- {{ x }}"
)
LEAD = {
    "country": "GY",
    "source_grade": "1",
    "information_grade": "B",
    "handling": "P",
    "workplace": "gold-mine",
}
YEAR = 365 * 24 * 60 * 60


def test_the_browser_is_told_to_come_by_tls_for_a_year(world: World, settings: Any) -> None:
    from libertad.web.settings import production

    settings.SECURE_HSTS_SECONDS = production.SECURE_HSTS_SECONDS
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = production.SECURE_HSTS_INCLUDE_SUBDOMAINS
    for address in ("/sign-in/", "/", "/nothing/", "/exchange/", "/match/default"):
        header = Client().get(address, secure=True).get("Strict-Transport-Security", "")
        seconds = re.match(r"max-age=(\d+); includeSubDomains", header)
        assert seconds and int(seconds[1]) >= YEAR, address


def test_no_other_site_is_let_in_by_the_browser(world: World) -> None:
    for client in (Client(), world.client("officer")):
        for address in ("/sign-in/", "/leads/", "/match/default", "/nothing/"):
            for method in ("GET", "OPTIONS", "POST"):
                answer = client.generic(method, address, headers={"origin": "https://other.example"})
                assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


@pytest.mark.parametrize("address", ["/sign-in/", "/about/", "/leads/", "/static/libertad/"])
def test_no_request_is_echoed_and_no_folder_listed(world: World, address: str) -> None:
    answer = world.client("officer").generic("TRACE", address, headers={"x-sign": "m4rked"})
    assert answer.status_code in (404, 405) and b"m4rked" not in answer.content
    for folder in ("/static/", "/static/libertad/", "/static/..%2f", "/static/libertad/../../"):
        assert Client().get(folder).status_code == 404


def drawn(world: World) -> list[Any]:
    """Pages on which the words of a lead stand, as an officer reads them."""
    lead = world.perform("officer", report_lead, summary=HOSTILE, **LEAD)
    client = world.client("officer")
    return [
        client.get(f"/leads/{lead}/"),
        client.get("/leads/"),
        client.post("/find/", {"find": "alert(1)"}),
        client.post("/leads/report/", {**LEAD, "summary": HOSTILE, "country": "nowhere"}),
    ]


def test_what_was_typed_stays_text(world: World) -> None:
    pages = drawn(world)
    assert sum(b"&lt;script&gt;" in page.content for page in pages) >= 2
    for page in pages:
        assert (
            inline(page) == [] and b"<script>alert" not in page.content and b"<img src=x" not in page.content
        )
        assert b'onerror="' not in page.content


def test_a_page_that_does_not_escape_is_noticed(world: World, settings: Any) -> None:
    """The planted fault."""
    (template,) = settings.TEMPLATES
    options = {**template["OPTIONS"], "autoescape": False}
    settings.TEMPLATES = [{**template, "OPTIONS": options}]
    assert any(b"<script>alert" in page.content for page in drawn(world))


def test_words_of_sql_are_words(world: World) -> None:
    lead = world.perform("officer", report_lead, summary=HOSTILE, **LEAD)
    other = world.perform("officer", report_lead, summary="White van at the mill", **LEAD)
    client = world.client("officer")
    assert other not in client.post("/find/", {"find": "' or '1'='1"}).content.decode()
    assert client.get(f"/leads/{lead}' or '1'='1/").status_code == 404
    assert client.get("/leads/", {"country": "' or '1'='1"}).status_code < 500
    assert "drop table x" in client.get(f"/leads/{lead}/").content.decode()
