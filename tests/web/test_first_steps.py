"""First steps on Today: one after the other until the operation runs; each leads to its form and back."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from libertad.access import founding
from libertad.access.accounts import appoint
from libertad.access.models import Account, Authority
from libertad.access.queries import actor_of
from libertad.access.queries_members import joined_authorities
from libertad.look.words import countries_by_name
from libertad.web.first_steps import DONE, NEXT, READY, WAITS, FirstSteps, first_steps
from tests.support.world import World

OPEN = {
    "name": "Operation Candle",
    "zone": "Africa/Windhoek",
    "country": ["NA", "ZM"],
    "first_day_day": "1",
    "first_day_month": "12",
    "first_day_year": "2026",
    "last_day_day": "7",
    "last_day_month": "12",
    "last_day_year": "2026",
}
CENTRE = {"name": "Windhoek centre", "kind": "centre", "country": "NA", "zone": "Africa/Windhoek"}
SITE = {
    "country": "NA",
    "name": "Harbour yard",
    "workplace": "factory",
    "lat": "-22.95",
    "lon": "14.5",
    "within_m": "100",
    "place": "",
    "zone": "",
    "network": "",
    "living_space_m2": "",
}


@pytest.fixture
def fresh(transactional_db: None, home: Path, settings: Any) -> str:
    """A founded centre; returns its coordinator's number."""
    settings.LIBERTAD_DEMO = False
    settings.ROOT_URLCONF = "libertad.web.urls"
    founded = founding.establish_authority(
        passphrase=None, administrator="A. Gill", service_number="ADM", **CENTRE
    )
    administrator = actor_of(Account.objects.get(officer=founded.officer))
    assert administrator is not None
    appoint(administrator, name="B. Nangolo", service_number="NA-1", role="coordinator")
    return "NA-1"


def client(number: str) -> Client:
    browser = Client()
    account = Account.objects.of(number)
    assert account is not None
    browser.force_login(account, backend="libertad.web.signing_in.Backend")
    return browser


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def steps(number: str) -> dict[str, str]:
    account = Account.objects.of(number)
    actor = actor_of(account) if account else None
    assert actor is not None
    band = first_steps(actor)
    return {step.key: step.state for step in band.steps} if band else {}


def test_a_coordinator_goes_from_nothing_to_a_running_operation_and_back_to_today(fresh: str) -> None:
    browser = client(fresh)
    assert steps(fresh) == {
        "open": NEXT,
        "invite": WAITS,
        "appoint": READY,
        "care-elsewhere": WAITS,
        "site": WAITS,
        "team": WAITS,
    }
    page = browser.get("/").content.decode()
    assert "First steps" in page and 'href="/first-steps/?step=open"' in page and ">Operation<" in page
    assert browser.get("/first-steps/?step=team")["Location"] == "/"
    to_form = browser.get("/first-steps/?step=open")
    assert to_form["Location"] == "/operation/open/"
    assert browser.post("/operation/open/", {**OPEN, "name": ""}).status_code == 200  # refused: stays
    assert browser.post("/operation/open/", OPEN)["Location"] == "/"
    assert (steps(fresh)["open"], steps(fresh)["invite"], steps(fresh)["site"]) == (DONE, NEXT, READY)
    invitation = {
        "kind": "police",
        "country": "NA",
        "zone": "",
        "officers": "",
        "lives": "here",
        "address": "",
    }
    browser.get("/first-steps/?step=invite")
    assert browser.post("/operation/invite/", {**invitation, "name": "Police"})["Location"] == "/"
    assert steps(fresh)["invite"] == NEXT and "No police are invited of: Zambia." in text(browser.get("/"))
    assert (
        browser.post("/operation/invite/", {**invitation, "name": "Care", "country": "ZM"})["Location"] != "/"
    )
    assert (steps(fresh)["invite"], steps(fresh)["care-elsewhere"]) == (DONE, READY)
    today = browser.get("/").content.decode()
    assert "Namibia, Zambia: no care authority is invited" in today and "no care invited" in today
    form = browser.get(browser.get("/first-steps/?step=care-elsewhere")["Location"]).content.decode()
    assert re.search(r'value="care"[^>]*(checked|selected)', form) and 'value="NA" selected' in form
    for country in ("NA", "ZM"):
        care = {**invitation, "kind": "care", "name": "Shelter", "country": country, "lives": "own"}
        assert browser.post("/operation/invite/", care).status_code == 200
    assert steps(fresh)["care-elsewhere"] == WAITS
    assert "care not confirmed" in browser.get("/").content.decode()
    pages = browser.get("/operation/").content.decode(), browser.get("/operation/").content.decode()
    assert all("libertad found --authority" in page for page in pages)
    assert "no reader of the operation now" not in pages[0]
    browser.get("/first-steps/?step=site")
    assert browser.post("/sites/register/", SITE)["Location"] == "/"
    assert steps(fresh)["team"] == READY
    page = browser.get("/").content.decode()
    assert "<details" in page and "3 steps are done" in page  # they fold away
    assert "care not confirmed" in page or "Invited" in page


def test_who_is_on_this_node_has_joined_once_somebody_can_sign_in_for_it(fresh: str) -> None:
    browser = client(fresh)
    browser.post("/operation/open/", OPEN)
    police = {"kind": "police", "country": "NA", "zone": "", "officers": "", "lives": "here", "address": ""}
    browser.post("/operation/invite/", {**police, "name": "Police"})
    (police_row,) = Authority.objects.filter(kind="police")
    assert joined_authorities([police_row.pk]) == set() and "Joined" not in text(browser.get("/"))
    founding.found_invited(police_row.pk, passphrase=None, administrator="C. Shilongo", service_number="NA-2")
    assert joined_authorities([police_row.pk]) == {police_row.pk} and "Joined" in text(browser.get("/"))


def test_an_invitation_opened_from_a_first_step_leads_back_to_today(fresh: str) -> None:
    browser = client(fresh)
    browser.post("/operation/open/", OPEN)
    invitation = {
        "kind": "police",
        "country": "NA",
        "zone": "",
        "officers": "",
        "lives": "own",
        "address": "",
    }
    browser.get("/first-steps/?step=invite")
    assert "Today: the next step" in text(
        browser.post("/operation/invite/", {**invitation, "name": "Police"})
    )
    assert "Today: the next step" not in text(
        browser.post("/operation/invite/", {**invitation, "name": "Second"})
    )


def test_an_administrator_has_appointed_once_anybody_else_may_sign_in(fresh: str) -> None:
    assert steps("ADM") == {}  # the coordinator is appointed
    page = text(client("ADM").get("/"))
    assert "Who receives people in danger?" not in page  # before an operation nobody can receive


def test_appointing_one_and_many_lead_to_each_other(fresh: str) -> None:
    browser = client("ADM")
    assert 'href="/officers/appoint/"' in text(browser.get("/officers/from-file/"))
    assert 'href="/officers/from-file/"' in text(browser.get("/officers/appoint/"))


def test_countries_stand_in_the_order_of_their_names() -> None:
    assert list(countries_by_name(["NP", "GH", "MA", "MD"])) == ["GH", "MD", "MA", "NP"]  # Moldova, Morocco


def test_an_operation_that_runs_has_no_first_steps(populated: Any) -> None:
    for role in ("coordinator", "national-lead"):
        assert first_steps(populated.world.actor(role)) is None


def test_the_police_administrator_is_led_to_care_and_to_the_telephone(world: World) -> None:
    band = first_steps(world.actor("administrator"))
    assert isinstance(band, FirstSteps)
    keys = {step.key: step for step in band.steps}
    assert set(keys) == {"appoint", "care", "contact"} and keys["appoint"].state == DONE
    browser = world.client("administrator")
    assert browser.get("/first-steps/?step=contact")["Location"] == "/care-authority/telephone/"
    done = browser.post("/care-authority/telephone/", {"name": "Duty desk", "telephone": "+592 226 0000"})
    assert done["Location"] == "/"
    after = first_steps(world.actor("administrator"))
    assert after is None or "contact" in {step.key for step in after.done}


def test_the_board_has_no_link_without_words(fresh: str) -> None:
    page = client(fresh).get("/board/").content.decode()
    assert not re.search(r"<a [^>]*>\s*</a>", page)
