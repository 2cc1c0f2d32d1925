"""A country's file erased on one node: every other reader's node is asked, and answers by a receipt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from libertad.access import about
from libertad.access.acting import Act, Forbidden
from libertad.access.actions import appoint_officer
from libertad.exchange.control.erasure_requests import erase_as_asked
from libertad.operations.actions.close_operation import close_operation
from libertad.operations.actions.register_site import register_site
from libertad.people.actions.erase_file import decide_file_erasure, request_file_erasure
from libertad.people.actions.keep_file import keep_file
from libertad.people.actions.place_hold import place_hold
from libertad.people.actions.record_stage import record_stage
from libertad.people.actions.set_detention import set_detention
from libertad.vocabulary.values import PersonName, Refused
from libertad.vocabulary.verbs.keeping import FileKeep
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import held_entries
from tests.operations.making import site_values
from tests.support import nodes
from tests.support.nodes import Party, invited, settle

pytestmark = [pytest.mark.django_db]
NAME = "Otho Marbleton"
OVER: dict[str, Any] = {"keep_until": "2019-01-01", "reasons": "A law (generated)"}


@pytest.fixture
def four(three: Three, tmp_path: Path) -> Iterator[list[Party]]:
    """With Guyana's prosecution on a node of its own: centre, guyana, trinidad, court."""
    court = Party(tmp_path / "court", nodes.schema(), "court")
    invited(three.centre, court, kind="prosecution")
    parties = [*three, court]
    settle(parties)
    court.appoint("prosecutor")
    settle(parties)
    yield parties
    court.close()


def talk(parties: list[Party]) -> None:
    """All hear of all; and each writes down what the others confirmed, as its loop does."""
    settle(parties)
    for party in parties:
        party.exchange.flush()


def over(act: Act, *, file: str) -> None:
    """A day that has gone by, as it was said years ago."""
    act.say(file, FileKeep(**OVER), subject=file, supersedes={}, source="decision")


SKIPPED = {"skips": "The charge was never laid"}


def file_of(party: Party, kind: str) -> str:
    ((place,),) = party.node.sql().all(
        "select id from access_compartment where kind = ? and about = ?", (kind, f"{party.operation}:GY")
    )
    return str(place)


def case_over(four: list[Party]) -> tuple[str, str]:
    """A case file whose time is over, everywhere; (file, detention)."""
    centre, guyana, _trinidad, court = four
    name = (PersonName(text=NAME),)
    detention = guyana.do("officer", set_detention, state="detained", country="GY", name=name)
    released = {"state": "released", "release": "without-charge", "country": "GY", "reasons": "No ground"}
    guyana.do("officer", set_detention, detention=detention, **released)
    file = file_of(guyana, "case")
    guyana.do("national-lead", over, file=file)
    centre.do("coordinator", close_operation, reasons="It is over")
    talk(four)
    assert (detention,) in court.rows("people_detention", "id")
    return file, detention


def request(party: Party, file: str) -> str:
    return party.do("officer", request_file_erasure, file=file, reasons="Its time is over")


def decide(party: Party, role: str, file: str, entry: str) -> int:
    values = {"agrees": "yes", "reasons": "Its time is over"}
    return party.do(role, decide_file_erasure, file=file, entry=entry, **values)


def erasure_rows(party: Party) -> list[tuple[Any, ...]]:
    return party.rows("exchange_erasure", "request, authority, answer")


def key_of(party: Party, file: str) -> bytes:
    return bytes(party.node.rings.newest[bytes.fromhex(file)][2])


def nowhere(party: Party, *needles: bytes) -> None:
    for path in party.node.home.rglob("*"):
        if path.is_file():
            assert not [needle for needle in needles if needle in path.read_bytes()], path.name


def test_the_prosecution_erases_on_its_node_and_the_police_on_theirs(four: list[Party]) -> None:
    _centre, guyana, _trinidad, court = four
    file, detention = case_over(four)
    entry, key = request(guyana, file), key_of(guyana, file)
    talk(four)
    assert decide(court, "prosecutor", file, entry) == 1
    assert court.rows("people_detention") == [] and court.rows("people_filekeeping") == []
    ((asked, reader, answer),) = erasure_rows(court)
    assert (reader, answer) == (guyana.authority, "")
    # What its police say of it before they hear of the erasure is not taken up again.
    late = {"detention": detention, "stage": "dismissed", **SKIPPED}
    guyana.do("national-lead", record_stage, **late)
    talk(four)
    assert court.rows("people_detention") == [] and held_entries(court) == []
    assert bytes.fromhex(file) not in court.node.rings.newest
    assert [party.rows("exchange_alarm") for party in four] == [[]] * 4
    assert (detention,) in guyana.rows("people_detention", "id"), "a request erases nothing by itself"
    assert guyana.do("national-lead", erase_as_asked, request=asked, reason="as asked") == 1
    talk(four)
    assert erasure_rows(court) == [(asked, guyana.authority, "1")]
    assert [row for party in four for row in erasure_rows(party) if row[2] == ""] == []
    assert guyana.rows("people_detention") == []
    for party in (guyana, court):
        nowhere(party, key, NAME.encode())
    talk(four)
    assert guyana.rows("people_detention") == court.rows("people_detention") == []


def test_the_centre_erases_its_copy_of_leads_and_sites_as_asked(four: list[Party]) -> None:
    centre, guyana, trinidad, _court = four
    site = guyana.do("officer", register_site, **site_values())
    file = file_of(guyana, "police")
    guyana.do("national-lead", over, file=file)
    centre.do("coordinator", close_operation, reasons="It is over")
    talk(four)
    assert centre.rows("operations_site", "id") == [(site,)]
    entry = request(guyana, file)
    assert decide(guyana, "national-lead", file, entry) == 1
    talk(four)
    ((asked, reader, _answer),) = erasure_rows(centre)
    assert reader == centre.authority and erasure_rows(trinidad) == []
    assert centre.do("coordinator", erase_as_asked, request=asked, reason="as asked") == 1
    talk(four)
    assert erasure_rows(guyana) == [(asked, centre.authority, "1")]
    assert centre.rows("operations_site") == guyana.rows("operations_site") == []


def test_nobody_asks_while_something_recorded_has_not_reached_a_reader(four: list[Party]) -> None:
    _centre, guyana, _trinidad, court = four
    file, detention = case_over(four)
    guyana.do("national-lead", record_stage, detention=detention, stage="dismissed", **SKIPPED)
    with pytest.raises(Refused, match="has not reached"):
        request(guyana, file)
    talk(four)
    entry = request(guyana, file)
    talk(four)
    court.do("prosecutor", record_stage, detention=detention, stage="acquitted", **SKIPPED)
    with pytest.raises(Refused, match="has not reached"):
        decide(court, "prosecutor", file, entry)
    talk(four)
    assert decide(court, "prosecutor", file, entry) == 1


def test_police_do_not_erase_as_asked_what_forbids_it_there(four: list[Party]) -> None:
    """Held again by the word of the police, which the prosecution had not heard; and a hold of its own."""
    _centre, guyana, _trinidad, court = four
    file, detention = case_over(four)
    entry = request(guyana, file)
    talk(four)
    again = {"detention": detention, "state": "arrested", "country": "GY"}
    guyana.do("national-lead", set_detention, **again)
    assert decide(court, "prosecutor", file, entry) == 1
    talk(four)
    ((asked, _reader, _answer),) = erasure_rows(guyana)
    with pytest.raises(Refused, match="has no end"):
        guyana.do("national-lead", erase_as_asked, request=asked, reason="as asked")
    assert (detention,) in guyana.rows("people_detention", "id")
    release = {"detention": detention, "state": "released", "country": "GY", "reasons": "No ground"}
    release["release"] = "without-charge"
    guyana.do("national-lead", set_detention, **release)
    with pytest.raises(Forbidden):
        guyana.do("officer", erase_as_asked, request=asked, reason="as asked")
    assert guyana.do("national-lead", erase_as_asked, request=asked, reason="as asked") == 1


def test_a_hold_of_the_prosecution_counts_before_the_police_hear_of_it(four: list[Party]) -> None:
    _centre, guyana, _trinidad, court = four
    file, _detention = case_over(four)
    entry = request(guyana, file)
    talk(four)
    court.do("prosecutor", place_hold, country="GY", person="ab" * 16, reason="An appeal")
    talk(four)
    with pytest.raises(Refused, match="legal hold"):
        decide(court, "prosecutor", file, entry)
    assert (file,) in guyana.rows("people_filekeeping", "id")


def test_a_lead_of_the_prosecution_says_neither_the_day_nor_asks(
    four: list[Party], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A robbed node appoints one: forbidden by its own program, and held by the police without that."""
    _centre, guyana, _trinidad, court = four
    file, _detention = case_over(four)
    monkeypatch.setattr(appoint_officer, "roles_of", lambda _kind: {"national-lead"})
    court.appoint("national-lead")
    for act, values in (
        (keep_file, {"keep_until": "2099-01-01", "reasons": "A law"}),
        (request_file_erasure, {"reasons": "Its time is over"}),
    ):
        with pytest.raises(Forbidden, match="police of the country"):
            court.do("national-lead", act, file=file, **values)
    before = guyana.rows("people_filekeeping", "keep_until, asked")
    judged = about.BY_VERB.pop("file.erasure")
    try:
        court.do("national-lead", request_file_erasure, file=file, reasons="Its time is over")
    finally:
        about.BY_VERB["file.erasure"] = judged
    talk(four)
    assert guyana.rows("people_filekeeping", "keep_until, asked") == before
    assert [reason for reason, _why in held_entries(guyana)] == ["about"]
