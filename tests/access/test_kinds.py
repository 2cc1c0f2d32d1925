"""Kinds of authority are data: a row says what one of a kind may, and nothing in code lists them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from libertad.access.acting import Act, Forbidden, new_id, perform
from libertad.access.actions.appoint_officer import appoint_officer, roles_of
from libertad.access.actions.invite_authority import invite_authority
from libertad.access.actor import Actor
from libertad.access.amount_limits import amount_limits
from libertad.access.appointments import second_roles
from libertad.access.complaints import complaint_rules
from libertad.access.founding import found_authority, make_ring
from libertad.access.matrix import matrix
from libertad.access.models import Account, Member
from libertad.care.disclosing import agreements, carries, purposes
from libertad.exchange.authorization.settling_rules import settling_rules
from libertad.journal.sides import mixed
from libertad.people.queries_disclosed import disclosed
from libertad.vocabulary import codelists, kinds
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import AuthorityInvite, CompartmentReaders
from tests.care.disclosing import a_person, agrees, propose, send
from tests.support.world import World

pytestmark = [pytest.mark.django_db]
UNTIL = (date.today() + timedelta(days=30)).isoformat()
PARTNERS = ("shelter", "immigration", "labour", "embassy", "international", "legal-aid")
CACHED = (
    codelists.codelist,
    codelists.retired_codes,
    kinds.kinds,
    amount_limits,
    second_roles,
    complaint_rules,
    settling_rules,
)
ROW = {
    "side": "own",
    "letter": "M",
    "roles": ["partner", "administrator"],
    "seconds": [["administrator"]],
    "opens": {"complaint": "any"},
    "reads": ["operation", "disclosure"],
    "receives": False,
    "told": {"wages": ["wages-claim"]},
}


def forget() -> None:
    for cached in CACHED:
        cached.cache_clear()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Another folder of code lists, whose kinds of authority a test changes."""
    copied = tmp_path / "codes"
    shutil.copytree(codelists.FOLDER, copied)
    file = copied / "authority-kinds.yaml"

    def write(label: str = "", **rows: dict[str, Any]) -> None:
        content = yaml.safe_load(file.read_text("utf-8"))
        content["kinds"] |= rows
        content["codes"] |= dict.fromkeys(rows.keys() - content["codes"].keys(), label)
        file.write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")
        forget()

    monkeypatch.setattr(codelists, "FOLDER", copied)
    forget()
    yield write
    monkeypatch.undo()
    forget()


def member(world: World, kind: str, name: str) -> tuple[str, Actor]:
    """An authority of a kind, invited, founded, with a partner officer."""
    authority = new_id()
    make_ring(authority)
    values = {"name": name, "kind": kind, "country": "GY", "zone": "America/Guyana"}
    world.perform("coordinator", invite_authority, authority=authority, **values)
    first = found_authority(
        name="A. Admin", rank="", service_number=f"{kind}-adm", zone="America/Guyana", authority=authority
    )
    chief = replace(first, operation=world.operation)
    officer = perform(chief, appoint_officer, name="P. Partner", service_number=f"{kind}-1", role="partner")
    return authority, Actor(officer, authority, "partner", world.operation, "America/Guyana")


# -- the rows ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"side": "none"}, "side"),
        ({"letter": "P"}, "letter"),
        ({"roles": ["caretaker"]}, "roles"),
        ({"seconds": []}, "seconds"),
        ({"seconds": [["supervisor"]]}, "seconds"),
        ({"opens": {"person": "everywhere"}}, "opens"),
        ({"reads": ["operation", "diary"]}, "reads"),
        ({"reads": ["operation"]}, "disclosures"),
        ({"told": {"gossip": ["wages-claim"]}}, "told"),
        ({"told": {"wages": ["gossip"]}}, "told"),
        ({"receives": "yes"}, "receives"),
        ({"receives": True, "side": "police"}, "receives"),
        ({"more": True}, "nothing else"),
    ],
)
def test_a_wrong_row_is_refused_with_what_is_wrong_in_it(
    folder: Callable[..., None], changed: dict[str, Any], named: str
) -> None:
    folder("Mediators", mediator={**ROW, **changed})
    with pytest.raises(ValueError, match=named):
        kinds.kinds()


def test_what_has_limits_by_kind_has_them_for_every_kind() -> None:
    named = set(kinds.kinds())
    assert set(amount_limits().hour) == set(amount_limits().week) == named
    assert (
        set(second_roles().confirm) == set(complaint_rules().reach) == set(settling_rules().confirm) == named
    )
    with pytest.raises(ValueError, match="names each kind"):
        kinds.with_others(Path("limits.yaml"), "hour", {"police": 1})
    with pytest.raises(ValueError, match="nothing else"):
        kinds.with_others(Path("limits.yaml"), "hour", {"navy": 1, "others": 1})


def test_police_care_and_each_kind_of_partner_share_no_process_in_production() -> None:
    assert not mixed(["police", "centre", "prosecution"]) and not mixed(["care", "deciding"])
    for kind in PARTNERS:
        assert not mixed([kind, kind])
        assert all(mixed([kind, other]) for other in kinds.kinds() if other != kind)
    assert mixed(["unheard-of", "police"]) and roles_of("unheard-of") == frozenset()


# -- a kind by data alone ------------------------------------------------------------------------------


def test_a_row_makes_a_kind_that_is_a_member_appoints_and_is_told(
    world: World, folder: Callable[..., None]
) -> None:
    with pytest.raises(Refused, match="authority-kinds"):
        AuthorityInvite(name="Mediators", kind="mediator", country="GY", zone="America/Guyana")
    folder("Mediators", mediator=ROW)
    authority, partner = member(world, "mediator", "Mediators of Guyana")
    assert Member.objects.get(authority=authority).kind == "mediator"
    assert (purposes("mediator"), agreements("mediator")) == (["wages"], {"wages-claim"})
    world.authorities["mediator"] = authority
    person = a_person(world)
    consent = agrees(world, person, "mediator", purpose="wages-claim")
    _disclosure, file = send(world, person, "mediator", purpose="wages", consent=consent, until=UNTIL)
    (view,) = disclosed(partner)
    assert (view.id, view.purpose, view.state) == (file, "wages", "open")
    assert disclosed(world.actor("partner")) == [], "what one partner is told no other one reads"


def test_an_agreement_carries_only_what_the_row_says(world: World) -> None:
    assert carries("shelter", "placement", "shelter") and not carries("shelter", "placement", "embassy")
    assert not carries("statement-for-case", "protection", "police")
    assert carries("statement-for-case", "criminal-case", "police")
    person = a_person(world)
    consent = agrees(world, person, "shelter", purpose="legal-aid")
    with pytest.raises(Refused, match="another purpose"):
        propose(world, person, "shelter", purpose="placement", consent=consent)
    with pytest.raises(Refused, match="nothing is disclosed for this"):
        propose(world, person, "shelter", purpose="criminal-case", consent=consent)


@pytest.mark.parametrize("kind", PARTNERS)
def test_a_partner_appoints_partners_and_nobody_else(kind: str) -> None:
    assert roles_of(kind) == {"partner", "administrator"}
    assert kinds.kinds()[kind].opens == {"complaint": "any"}
    assert kinds.kinds()[kind].reads == {"operation", "disclosure"}


# -- what a partner reads -----------------------------------------------------------------------------


def test_a_partner_reads_the_head_of_the_operation_what_it_is_told_and_its_own_staffs_complaints() -> None:
    law = matrix().entries
    ours = {verb for verb, right in law.items() if "partner" in right.read}
    beyond = {verb for verb in ours if "press" not in law[verb].read}
    assert {verb for verb in beyond if not verb.startswith("service.")} == {
        "disclosure.give",
        "disclosure.stop",
    }
    assert all(law[verb].kinds == {"disclosure"} for verb in beyond)
    for verb in ours - {"entry.vouch"}:  # with a passkey, of an entry of one's own
        assert law[verb].kinds & {"operation", "authority", "complaint", "disclosure"}, verb
    hidden = ("tally", "site", "hit", "lead", "exhibit", "team", "window", "person.meet", "counting", "block")
    assert not [verb for verb in ours if verb.startswith(hidden)]
    routes = {name for name, row in matrix().routes.items() if "partner" in row.get("get", ())}
    for name in (
        "board",
        "figures",
        "people",
        "person",
        "sites",
        "hits",
        "care",
        "leads",
        "find",
        "capacity",
    ):
        assert name not in routes


def test_the_page_of_the_operation_tells_a_partner_its_head_alone(world: World) -> None:
    page = world.client("partner").get("/operation/").content.decode()
    assert "Operation Test" in page and "3 April 2018" in page
    assert "Saint Vincent police" not in page and "in the whole operation" not in page
    assert "Saint Vincent police" in world.client("prosecutor").get("/operation/").content.decode()


# -- what its node refuses ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["person", "care", "case", "police", "desk", "count", "disclosure"])
def test_a_shelter_opens_no_file_of_a_person_or_case_at_home_either(world: World, kind: str) -> None:
    about = f"{world.operation}:GY" if kind in ("case", "police") else new_id()
    readers = [world.authorities["care"]] if kind == "disclosure" else []
    with pytest.raises(Forbidden, match="opens no such file"):
        world.perform("partner", lambda act: act.open(kind, about, readers))


def test_nobody_lets_a_shelter_into_a_file_that_its_kind_does_not_read(world: World) -> None:
    shelter = world.authorities["shelter"]
    person = a_person(world)

    def let_in(act: Act, kind: str) -> None:
        place = act.find_compartment(kind, person)
        assert place is not None
        content = CompartmentReaders(reader=(shelter,), reason="it asked")
        act.say(place, content, subject=place)

    for role, kind in (("officer", "person"), ("caseworker", "care")):
        with pytest.raises(Forbidden, match=r"reads no such file|read by care"):
            world.perform(role, let_in, kind=kind)
        with pytest.raises(Forbidden, match="reads no such file"):
            world.perform(role, lambda act, kind=kind: act.open(kind, new_id(), [shelter]))


def test_an_account_of_a_partner_is_for_today_and_what_it_is_told(world: World) -> None:
    client = world.client("partner")
    assert Account.objects.filter(officer=world.actor("partner").officer).exists()
    assert client.get("/").status_code == 200
    for address in ("/people/", "/care/", "/sites/", "/board/", "/figures/", "/hits/", "/find/"):
        assert client.get(address).status_code in (403, 404), address
