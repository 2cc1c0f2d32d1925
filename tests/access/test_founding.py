"""A real node: founded, its centre opens an operation; police and care never share it."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from libertad.access import founding
from libertad.access.accounts import enrol
from libertad.access.acting import Act, Forbidden, perform
from libertad.access.actions.invite_authority import invite_authority
from libertad.access.models import Account, Authority, Hold, Officer
from libertad.access.queries import actor_of
from libertad.journal.guard import Mixed
from libertad.journal.node import close_node, node
from libertad.journal.rebuild import rebuild
from libertad.journal.verify import verify
from libertad.vocabulary.body import Verb
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import AuthorityInvite, HoldLift, HoldPlace
from tests.support.shuffling import assert_order_free

WORDS = "eleven pale herons over water"
CENTRE = {"name": "Regional centre", "kind": "centre", "country": "BB", "zone": "America/Barbados"}


@pytest.fixture
def production(transactional_db: None, home: Path, settings: Any) -> Path:
    settings.LIBERTAD_DEMO = False
    settings.ROOT_URLCONF = "libertad.web.urls"
    return home


def found_centre(passphrase: str | None = None, **overrides: str) -> founding.Founded:
    values: dict[str, Any] = {"administrator": "A. Gill", "service_number": "ADM-1", **CENTRE, **overrides}
    return founding.establish_authority(passphrase=passphrase, **values)


def signed_in(number: str, code: str) -> Client:
    account = enrol(number, code, "a long password, mine alone")
    client = Client()
    client.force_login(account, backend="libertad.web.signing_in.Backend")
    return client


def test_a_founded_centre_appoints_a_coordinator_who_opens_an_operation(production: Path) -> None:
    founded = found_centre(WORDS)
    administrator = actor_of(Account.objects.get(officer=founded.officer))
    assert administrator is not None
    assert (administrator.role, administrator.operation) == ("administrator", "")
    assert administrator.zone == "America/Barbados"
    client = signed_in("ADM-1", founded.code)
    assert client.get("/").status_code == 200 and client.get("/officers/").status_code == 200
    page = client.post(
        "/officers/appoint/",
        {"name": "D. Browne", "service_number": "BB-7", "role": "coordinator", "rank": ""},
    )
    code = re.search(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){3}", page.content.decode())
    assert page.status_code == 200 and code is not None
    coordinator = signed_in("BB-7", code[0])
    assert coordinator.get("/").status_code == 200
    answer = coordinator.post(
        "/operation/open/",
        {
            "name": "Operation Candle",
            "zone": "America/Barbados",
            "country": ["BB", "GY"],
            "first_day_day": "1",
            "first_day_month": "12",
            "first_day_year": "2026",
            "last_day_day": "7",
            "last_day_month": "12",
            "last_day_year": "2026",
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    assert "Operation Candle" in coordinator.get("/operation/").content.decode()
    board = coordinator.get("/board/")
    assert board.status_code == 200 and "Operation Candle" in board.content.decode()
    assert "Regional centre" in coordinator.get("/operation/").content.decode()
    row = Authority.objects.get(pk=founded.authority)
    assert (row.kind, row.country, row.part) == ("centre", "BB", "coordination") and row.operation
    assert client.get("/officers/").status_code == 200
    assert verify(node()).clean and rebuild(node()).changed == 0


def test_an_invited_police_authority_gets_its_first_administrator_once(production: Path) -> None:
    coordinator = opened_operation()
    client = Client()
    client.force_login(
        Account.objects.get(officer=coordinator.officer),
        backend="libertad.web.signing_in.Backend",
    )
    values = {
        "name": "Police of Guyana",
        "kind": "police",
        "country": "GY",
        "zone": "",
        "officers": "",
        "lives": "here",
    }
    answer = client.post("/operation/invite/", values, follow=True)
    assert answer.status_code == 200, answer.content.decode()
    police = Authority.objects.get(kind="police")
    assert f"libertad found --authority {police.pk}" in answer.content.decode()
    founded = founding.found_invited(police.pk, administrator="B. Persaud", service_number="GY-ADM")
    actor = actor_of(Account.objects.get(officer=founded.officer))
    assert actor is not None and actor.operation == coordinator.operation and actor.role == "administrator"
    with pytest.raises(Refused, match="officers already"):
        founding.found_invited(police.pk, administrator="X", service_number="X-1")
    rings = len(node().rings.authorities())
    refused = client.post("/operation/invite/", {**values, "kind": "care"})
    assert "two nodes" in refused.content.decode() and "docs/deployment.md" in refused.content.decode()
    assert len(node().rings.authorities()) == rings and not Authority.objects.filter(kind="care").exists()
    invitation: dict[str, Any] = {**CENTRE, "kind": "care", "authority": police.pk}
    with pytest.raises(Refused, match="another kind"):
        perform(coordinator, invite_authority, **invitation)


def opened_operation() -> Any:
    from libertad.operations.actions.open_operation import open_operation

    founded = found_centre()
    actor = actor_of(Account.objects.get(officer=founded.officer))
    assert actor is not None
    from libertad.access.accounts import appoint

    officer = appoint(actor, name="D. Browne", service_number="BB-7", role="coordinator").officer
    coordinator = actor_of(Account.objects.get(officer=officer))
    assert coordinator is not None
    perform(
        coordinator,
        open_operation,
        name="Operation Candle",
        first_day="2026-12-01",
        last_day="2026-12-07",
        zone="America/Barbados",
        country=["BB"],
        authority_name="Regional centre",
        authority_country="BB",
        officer_name="D. Browne",
        officer_service_number="BB-7",
    )
    coordinator = actor_of(Account.objects.get(officer=officer))
    assert coordinator is not None and coordinator.operation
    return coordinator


def test_police_and_care_never_share_a_node_and_their_own_side_may(production: Path) -> None:
    found_centre()
    found_centre(kind="prosecution", service_number="ADM-2")
    before = Officer.objects.count()
    for kind in ("care", "deciding"):
        with pytest.raises(Mixed, match="two nodes"):
            found_centre(kind=kind, service_number="ADM-3")
    assert len(node().rings.authorities()) == 2 and Officer.objects.count() == before
    assert Account.objects.of("ADM-3") is None
    assert len(list((production / "keys").glob("*.part"))) == 2


def test_care_and_deciding_may_share_and_then_no_police(production: Path) -> None:
    care = found_centre(kind="care")
    found_centre(kind="deciding", service_number="ADM-2")
    for kind in ("police", "centre", "prosecution", "emperor"):
        with pytest.raises((Mixed, Refused)):
            found_centre(kind=kind, service_number="ADM-3")
    administrator = actor_of(Account.objects.get(officer=care.officer))
    assert administrator is not None
    from libertad.access.actions.appoint_officer import appoint_officer

    with pytest.raises(Refused, match="nobody in this role"):
        perform(administrator, appoint_officer, name="X", service_number="X", role="coordinator")
    content = AuthorityInvite(name="Police", kind="police", country="BB", zone="UTC")
    with pytest.raises(Forbidden):
        perform(administrator, founding._first, name="X", rank="", service_number="X", what=content)


def test_a_planted_ring_of_the_other_side_stops_the_node(production: Path, settings: Any) -> None:
    """As if somebody had put a care ring into a police node's file: it does not start, on any settings."""
    found_centre()
    node().rings.db.execute("insert into real values (?, 'care')", ("c" * 32,))
    close_node()
    with pytest.raises(Mixed, match="police and care"):
        node()
    settings.LIBERTAD_DEMO = True
    with pytest.raises(Mixed, match="production"):
        node()
    settings.LIBERTAD_DEMO = False
    assert Client().get("/sign-in/").status_code == 503


def test_without_the_guard_the_planted_ring_would_open(
    production: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The partner that plants the fault: with the rule gone, the same acts mix, so the tests above see it."""
    from libertad.journal import sides

    monkeypatch.setattr(sides, "mixed", lambda kinds: False)
    found_centre()
    found_centre(kind="care", service_number="ADM-2")
    close_node()
    assert len(node().rings.open) == 2
    monkeypatch.undo()
    settings.LIBERTAD_DEMO, settings.LIBERTAD_HOME = False, production
    close_node()
    with pytest.raises(Mixed):
        node()


def test_a_demos_rings_do_not_open_in_production(world: Any, settings: Any) -> None:
    close_node()
    settings.LIBERTAD_DEMO = False
    with pytest.raises(Mixed, match="rings of a demo"):
        node()


def test_what_is_refused_leaves_no_ring(production: Path) -> None:
    for wrong in (
        {"country": "XX"},
        {"zone": "Moon/Base"},
        {"administrator": " "},
        {"service_number": ""},
    ):
        with pytest.raises(Refused):
            found_centre(**wrong)
    assert node().rings.authorities() == [] and not Account.objects.exists()


def test_erasing_keeps_what_the_rings_say_of_their_side(production: Path) -> None:
    founded = found_centre(WORDS)
    node().rings.destroy([b"x" * 16])
    assert node().rings.kinds() == {founded.authority: "centre"}
    with pytest.raises(Mixed):
        found_centre(kind="care", service_number="ADM-2")


def test_two_acts_of_one_second_are_told_in_turn(world: Any) -> None:
    """A hold placed and lifted in one second is lifted, whatever the hashes of the two entries are."""

    def say(act: Act, subject: str, what: Verb) -> None:
        about = f"{act.actor.operation}:GY"
        case = act.find_compartment("case", about) or act.open("case", about, ())
        act.say(case, what, subject=subject)

    for n in range(12):
        for content in (HoldPlace(reason="inquest"), HoldLift(reason="closed")):
            time.sleep(0.002)  # the device's clock counts milliseconds
            perform(world.actor("prosecutor"), say, f"{n:032x}", content, happened=world.at(5, 9))
    assert Hold.objects.count() == 12 and not Hold.objects.filter(active=True).exists()
    assert_order_free(world)
