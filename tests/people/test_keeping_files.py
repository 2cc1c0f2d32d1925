"""A country's case file and that of its leads and sites: kept until a day, then erased by two officers."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.urls import reverse

from libertad.access.acting import Forbidden, perform
from libertad.access.actions.appoint_officer import appoint_by_one, appoint_officer
from libertad.access.actions.remove_reader import remove_reader
from libertad.access.matrix import matrix, roles
from libertad.access.models import Compartment, Officer
from libertad.access.queries import open_row
from libertad.evidence.actions.return_exhibit import return_exhibit
from libertad.evidence.actions.seize import seize
from libertad.evidence.models import Exhibit, ExhibitCount
from libertad.hits.models import Hit
from libertad.journal.node import close_node, node
from libertad.journal.row_changes import RowChanged
from libertad.journal.verify import verify
from libertad.operations.actions.close_operation import close_operation, reopen_operation
from libertad.operations.actions.report_lead import report_lead
from libertad.operations.actions.set_clock import set_clock
from libertad.operations.models import Lead, Site, SiteCount
from libertad.people import queries_keeping_files
from libertad.people.actions.erase_file import decide_file_erasure, request_file_erasure
from libertad.people.actions.keep_file import keep_file
from libertad.people.actions.lift_hold import lift_hold
from libertad.people.actions.place_hold import place_hold
from libertad.people.actions.set_detention import set_detention
from libertad.people.keeping import Kept
from libertad.people.keeping_models import FileKeeping
from libertad.people.models import Detention, Tally
from libertad.vocabulary.values import PersonName, Refused
from libertad.web.waiting import waiting
from tests.access.test_appointments import acting
from tests.care.test_screens import text
from tests.hits.making import phone_exhibit, phone_lead, scored
from tests.operations.making import a_site
from tests.people.making import meet
from tests.support.custody import record
from tests.support.forms import form_at
from tests.support.shuffling import assert_order_free
from tests.support.world import World

DAY: dict[str, Any] = {"keep_until": "2018-06-30", "reasons": "Police data act, section 12 (generated)"}
WHY = "Nobody needs it any more"
SUSPECT = {"country": "GY", "name": (PersonName(text="Otho Marbleton"),), "grounds": "Held the keys"}
LEAD = {
    "country": "GY",
    "summary": "A house behind the mill",
    "source_grade": "1",
    "information_grade": "B",
    "handling": "P",
}


@pytest.fixture(autouse=True)
def ninth_of_april(world: World) -> None:
    clock(world, 0)


def clock(world: World, days: int) -> None:
    """So many days after the ninth of April; the operation's clock shows it."""
    reads = world.at(9, 12).at + dt.timedelta(days=days)
    world.perform("coordinator", set_clock, reads=reads, set_at=dt.datetime.now(dt.UTC), rate=1.0)


def close(world: World) -> None:
    world.perform("coordinator", close_operation, reasons="Its days are over", source="decision")


def the_file(world: World, kind: str) -> str:
    return str(Compartment.objects.get(kind=kind, about=f"{world.operation}:GY").pk)


def detained(world: World) -> str:
    return str(world.perform("officer", set_detention, state="detained", happened=world.at(5, 10), **SUSPECT))


def release(world: World, detention: str) -> None:
    values = {"state": "released", "release": "without-charge", "country": "GY", "reasons": "No ground"}
    world.perform("officer", set_detention, detention=detention, **values)


def taken(world: World) -> str:
    return str(
        world.perform(
            "officer", seize, country="GY", kind="document", description="Ledger", happened=world.at(5, 15)
        )
    )


def give_back(world: World, exhibit: str) -> None:
    world.perform("officer", return_exhibit, exhibit=exhibit, signed="yes", in_person="yes")


def case_over(world: World) -> str:
    """A case file whose time is over, with a suspect who was released and an exhibit that is back."""
    release(world, detained(world))
    give_back(world, taken(world))
    return over(world, "case")


def leads_over(world: World) -> str:
    world.perform("officer", report_lead, **LEAD)
    a_site(world)
    return over(world, "police")


def over(world: World, kind: str) -> str:
    file = the_file(world, kind)
    world.perform("national-lead", keep_file, file=file, **DAY)
    close(world)
    clock(world, 120)
    return file


def request(world: World, file: str, role: str = "officer") -> str:
    return str(world.perform(role, request_file_erasure, file=file, reasons=WHY))


def decide(world: World, file: str, entry: str, role: str, **changes: Any) -> int:
    given = {"agrees": "yes", "reasons": "Its time is over", **changes}
    return int(world.perform(role, decide_file_erasure, file=file, entry=entry, **given))


def titles(world: World, role: str) -> list[str]:
    return [item.title for item in waiting(world.actor(role))]


DECIDE = "The erasure of a country's file waits for your decision"
OVER = "A file of your country is over its last day"
SET = "Until when is this file of your country kept?"


def test_the_prosecution_decides_on_a_case_file_and_nothing_of_it_opens_again(world: World) -> None:
    file = case_over(world)
    (detention,) = Detention.objects.all()
    counted = (Tally.objects.count(), ExhibitCount.objects.count())
    assert OVER in titles(world, "national-lead") and OVER in titles(world, "officer")
    assert OVER not in titles(world, "prosecutor")
    entry = request(world, file)
    assert DECIDE in titles(world, "prosecutor") and DECIDE not in titles(world, "national-lead")
    assert OVER not in titles(world, "national-lead")
    with pytest.raises(Refused, match="asked for already"):
        request(world, file, "national-lead")
    with pytest.raises(Refused, match="prosecution of this country decides"):
        decide(world, file, entry, "national-lead")
    assert decide(world, file, entry, "prosecutor") == 1
    for model in (Detention, Exhibit, FileKeeping):
        assert not model.objects.exists(), model
    assert not Compartment.objects.filter(pk=file).exists()
    assert (Tally.objects.count(), ExhibitCount.objects.count()) == counted, "what was counted stays"
    assert bytes.fromhex(file) in node().rings.erased_places()
    for role in ("officer", "national-lead", "prosecutor"):
        assert world.client(role).get(reverse("detention", args=[detention.pk])).status_code == 404
        assert queries_keeping_files.country_file(world.actor(role), file) is None
    assert DECIDE not in titles(world, "prosecutor")


def test_a_second_officer_of_the_police_decides_on_leads_and_sites(world: World) -> None:
    file = leads_over(world)
    counted = SiteCount.objects.count()
    entry = request(world, file, "national-lead")
    with pytest.raises(Forbidden, match="does not decide"):
        decide(world, file, entry, "national-lead")
    for role in ("officer", "prosecutor", "other-lead", "coordinator"):
        with pytest.raises((Refused, Forbidden)):
            decide(world, file, entry, role)
    assert DECIDE not in titles(world, "national-lead")
    later = {"keep_until": "2018-08-10", "reasons": "Another law"}
    world.perform("national-lead", keep_file, file=file, **later)
    clock(world, 150)
    entry = request(world, file)
    assert DECIDE in titles(world, "national-lead")
    assert decide(world, file, entry, "national-lead") == 1
    assert not Lead.objects.exists() and not Site.objects.exists()
    assert SiteCount.objects.count() == counted


def test_no_second_account_of_who_asked_decides_on_a_countrys_file(world: World) -> None:
    file, admin = leads_over(world), world.actor("administrator")
    entry = request(world, file, "national-lead")
    asked = open_row(admin, Officer.objects.get(pk=world.actor("national-lead").officer))
    values = {"service_number": "L-9", "role": "national-lead"}
    same = perform(admin, appoint_officer, name=asked["name"].upper(), **values)
    made_up = perform(admin, appoint_by_one, name="Made Up", **values | {"service_number": "L-8"})
    given = {"file": file, "entry": entry, "agrees": "yes", "reasons": "Its time is over"}
    for officer, why in ((same, "bears the name or number"), (made_up, "is not confirmed")):
        with pytest.raises(Forbidden, match=why):
            perform(acting(world, officer, "national-lead", "police"), decide_file_erasure, **given)
    other = perform(admin, appoint_officer, name="B. Lead", **values | {"service_number": "L-7"})
    assert perform(acting(world, other, "national-lead", "police"), decide_file_erasure, **given) == 1


def test_a_second_lead_decides_only_where_no_prosecution_of_the_country_is_left(world: World) -> None:
    file, out = case_over(world), [world.authorities["prosecution"]]
    entry = request(world, file)
    world.perform("national-lead", remove_reader, compartment=file, readers=out, reason="Not theirs")
    assert DECIDE not in titles(world, "national-lead")
    with pytest.raises(Refused, match="prosecution of this country decides"):
        decide(world, file, entry, "national-lead")
    place = Compartment.objects.get(kind="operation").pk
    world.perform("coordinator", remove_reader, compartment=place, readers=out, reason="It has left")
    assert DECIDE in titles(world, "national-lead")
    assert decide(world, file, entry, "national-lead") == 1


def test_hits_go_with_the_records_of_the_file(world: World) -> None:
    exhibit, lead = phone_exhibit(world), phone_lead(world)
    scored(world)
    refs = sorted((f"exhibit:{exhibit}", f"lead:{lead}"))
    assert Hit.objects.filter(left=refs[0], right=refs[1]).exists()
    give_back(world, exhibit)
    file = over(world, "case")
    decide(world, file, request(world, file), "prosecutor")
    assert not Hit.objects.exists()
    assert Lead.objects.filter(pk=lead).exists(), "the other file stays"
    assert_order_free(world)


def test_without_a_day_before_it_and_in_an_open_operation_nobody_asks(world: World) -> None:
    world.perform("officer", report_lead, **LEAD)
    file = the_file(world, "police")
    with pytest.raises(Refused, match="the operation is open"):
        request(world, file)
    assert not {SET, OVER} & set(titles(world, "national-lead")), "nothing is asked while it is open"
    close(world)
    assert SET in titles(world, "national-lead") and SET not in titles(world, "officer")
    with pytest.raises(Refused, match="no day says"):
        request(world, file)
    world.perform("national-lead", keep_file, file=file, **DAY)
    assert SET not in titles(world, "national-lead")
    clock(world, 81)  # 29 June
    with pytest.raises(Refused, match="kept until"):
        request(world, file)
    clock(world, 83)  # 1 July
    entry = request(world, file)
    world.perform("coordinator", reopen_operation, reasons="It goes on", source="decision")
    with pytest.raises(Refused, match="the operation is open"):
        decide(world, file, entry, "national-lead")
    assert not {SET, OVER, DECIDE} & set(titles(world, "national-lead"))


def test_who_is_held_and_a_charge_without_an_end_forbid_it(world: World) -> None:
    free, held = detained(world), detained(world)
    release(world, free)
    file = over(world, "case")
    reference = Detention.objects.get(pk=held).reference
    with pytest.raises(Refused, match=f"{reference} has no end"):
        request(world, file)
    for stage in ("arrested", "charged"):
        values = {"detention": held, "state": stage, "country": "GY"}
        world.perform("national-lead", set_detention, **values)
        with pytest.raises(Refused, match="has no end"):
            request(world, file)
    for stage in ("bail", "acquitted", "appeal"):
        record(world, held, stage, charge="Holding papers", skips="Recorded late")
    with pytest.raises(Refused, match="has no end"):
        request(world, file)
    record(world, held, "acquitted", charge="Holding papers", skips="Recorded late")
    record(world, held, "remanded", charge="Holding people", skips="Recorded late")
    with pytest.raises(Refused, match="has no end"):  # of the other charge
        request(world, file)
    record(world, held, "sentenced", charge="Holding people", skips="Recorded late")
    entry = request(world, file)
    again = {"detention": free, "state": "arrested", "country": "GY"}
    world.perform("national-lead", set_detention, **again)
    with pytest.raises(Refused, match="has no end"):
        decide(world, file, entry, "prosecutor")
    assert decide(world, file, entry, "prosecutor", agrees="no", reasons="He is held") == 0


def test_an_exhibit_that_is_not_back_forbids_it(world: World) -> None:
    exhibit = taken(world)
    file = over(world, "case")
    with pytest.raises(Refused, match=Exhibit.objects.get(pk=exhibit).reference):
        request(world, file)
    give_back(world, exhibit)
    assert request(world, file)


@pytest.mark.parametrize("kind", ["case", "police"])
def test_a_legal_hold_wins_over_two_officers(world: World, kind: str) -> None:
    person = meet(world)
    file = case_over(world) if kind == "case" else leads_over(world)
    decider = "prosecutor" if kind == "case" else "national-lead"
    entry = request(world, file)
    held = {"country": "GY", "person": person}
    world.perform("prosecutor", place_hold, reason="An appeal", order="CR 9/2018", **held)
    with pytest.raises(Refused, match="legal hold"):
        decide(world, file, entry, decider)
    assert decide(world, file, entry, decider, agrees="no", reasons="An appeal") == 0
    with pytest.raises(Refused, match="legal hold"):
        request(world, file)
    page = reverse("file-erasure", args=[file])
    assert "A legal hold stands" in text(world.client("officer").get(page))
    world.perform("prosecutor", lift_hold, reason="The appeal has ended", **held)
    assert request(world, file)


def test_the_later_word_on_the_day_counts_and_ends_a_request(world: World) -> None:
    file = leads_over(world)
    entry = request(world, file)
    for day in ("2031-01-01", "2030-01-01"):
        world.perform("national-lead", keep_file, file=file, keep_until=day, reasons=f"Until {day}")
    with pytest.raises(Refused, match="any more"):
        decide(world, file, entry, "national-lead")
    seen = queries_keeping_files.country_file(world.actor("officer"), file)
    assert seen is not None and seen.kept == Kept("2030-01-01")
    assert [word["keep_until"] for word in seen.words] == ["2030-01-01", "2031-01-01", "2018-06-30"]
    (row,) = FileKeeping.objects.all()
    assert b"Until" not in bytes(row.sealed)
    with pytest.raises(Refused, match="has gone by"):
        world.perform("national-lead", keep_file, file=file, keep_until="2017-01-01", reasons="Long ago")
    with pytest.raises(Refused, match="follows from"):
        world.perform("national-lead", keep_file, file=file, keep_until="2030-01-01", reasons=" ")
    assert_order_free(world)


def test_a_refusal_ends_the_request_and_it_may_be_asked_again(world: World) -> None:
    file = case_over(world)
    entry = request(world, file)
    assert decide(world, file, entry, "prosecutor", agrees="no", reasons="A retrial is likely") == 0
    with pytest.raises(Refused, match="any more"):
        decide(world, file, entry, "prosecutor")
    assert OVER in titles(world, "national-lead")
    assert request(world, file)


def test_another_country_and_another_kind_of_file_are_not_theirs(world: World) -> None:
    file = leads_over(world)
    identity = Compartment.objects.get(kind="person", about=meet_before(world)).pk
    for role, place in (("other-lead", file), ("national-lead", identity), ("national-lead", "0" * 32)):
        for act, values in ((keep_file, DAY), (request_file_erasure, {"reasons": WHY})):
            with pytest.raises((Refused, Forbidden)):
                world.perform(role, act, file=place, **values)
    assert queries_keeping_files.country_files(world.actor("other-lead")) == []
    assert queries_keeping_files.country_files(world.actor("coordinator")) == []
    assert world.client("other-lead").get(reverse("file-erasure", args=[file])).status_code == 404


def meet_before(world: World) -> str:
    return meet(world, happened=world.at(5, 10))


@pytest.mark.parametrize("role", roles())
@pytest.mark.parametrize(
    ("verb", "act", "who", "values"),
    [
        ("file.keep", keep_file, {"national-lead"}, DAY),
        ("file.erasure", request_file_erasure, {"national-lead", "officer"}, {"reasons": WHY}),
        (
            "file.erasure_refuse",
            decide_file_erasure,
            {"national-lead", "prosecutor"},
            {"entry": "", "agrees": "no", "reasons": WHY},
        ),
    ],
)
def test_who_may_say_what(
    world: World, role: str, verb: str, act: Callable[..., Any], who: set[str], values: dict[str, Any]
) -> None:
    release(world, detained(world))
    file = the_file(world, "case")
    assert matrix().may_say(role, verb, "case") == (role in who)
    if verb == "file.keep" and role in who:
        world.perform(role, act, file=file, **values)
        return
    with pytest.raises((Refused, Forbidden)):
        world.perform(role, act, file=file, **values)
    assert not FileKeeping.objects.exists()


def test_with_a_changed_row_in_the_database_nobody_erases_early(world: World) -> None:
    """A superuser of the database moves the day: the row is not believed, and nothing is erased by it."""
    world.perform("officer", report_lead, **LEAD)
    file = the_file(world, "police")
    world.perform("national-lead", keep_file, file=file, keep_until="2030-01-01", reasons="A law")
    close(world)
    FileKeeping.objects.update(keep_until="2018-04-01")
    with pytest.raises(RowChanged, match="people_filekeeping"):
        request(world, file)


@pytest.mark.parametrize("after", range(0, 10, 2))
def test_cut_off_between_the_entry_and_the_shredding_it_is_finished(
    world: World, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """os.replace fails at its n-th call, and the node starts anew: the file is gone, all others open."""
    file = case_over(world)
    world.perform("officer", report_lead, happened=world.at(5, 10), **LEAD)
    entry, real, calls = request(world, file), os.replace, []

    def failing(source: Any, target: Any) -> None:
        calls.append(str(target))
        if len(calls) > after:
            raise OSError(5, "Input/output error")
        real(source, target)

    monkeypatch.setattr(os, "replace", failing)
    with suppress(Exception):
        decide(world, file, entry, "prosecutor")
    monkeypatch.setattr(os, "replace", real)
    assert calls
    close_node()
    fresh = node()
    fresh.writer.submit(lambda tx: None)  # a node that starts to write finishes what was noted
    assert bytes.fromhex(file) not in fresh.rings.newest and fresh.rings.intended() == []
    assert bytes.fromhex(the_file(world, "police")) in fresh.rings.newest
    assert not Detention.objects.exists() and Lead.objects.exists()
    assert verify(fresh).findings == []


def test_in_the_browser_a_day_is_set_and_a_case_file_is_erased_by_two(world: World) -> None:
    release(world, detained(world))
    file = the_file(world, "case")
    lead, officer, prosecutor = (world.client(r) for r in ("national-lead", "officer", "prosecutor"))
    page = reverse("file-keep", args=[file])
    assert page in lead.get(reverse("retention")).content.decode()
    form = form_at(lead, page)
    day = {"keep_until_day": "30", "keep_until_month": "6", "keep_until_year": "2018"}
    for _arrival in range(2):  # posted twice
        lead.post(page, {**form.fields, **day, "reasons": DAY["reasons"]})
    page = reverse("file-erasure", args=[file])
    assert "The operation is open" in text(officer.get(page))
    close(world)
    assert "This file is kept until 30 June 2018." in text(officer.get(page))
    clock(world, 120)
    listed = text(lead.get(reverse("retention")))
    assert "Detentions and exhibits of Guyana" in listed and "Over its last day" in listed
    assert "section 12" in listed
    form = form_at(officer, page)
    for _arrival in range(2):  # posted twice
        officer.post(page, {**form.fields, "reasons": WHY})
    assert "You asked for it" in text(officer.get(page))
    assert "An officer of the prosecution decides" in text(lead.get(page))
    assert "Another officer decides" in text(prosecutor.get(reverse("retention")))
    shown = text(prosecutor.get(page))
    assert WHY in shown and "Decide: erase this file" in shown
    form = form_at(prosecutor, page)
    for _arrival in range(2):  # posted twice
        prosecutor.post(page, {**form.fields, "agrees": "yes", "reasons": "Its time is over"})
    assert prosecutor.get(page).status_code == 404
    assert "There is no such file" in text(prosecutor.get(reverse("retention")))
    assert not Detention.objects.exists()
