"""The screens of exhibits, through the browser-like client; and the record behind an exhibit."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.access.acting import Act, perform
from libertad.access.models import Opening
from libertad.evidence import queries
from libertad.evidence.actions.accept_custody import accept_custody
from libertad.evidence.actions.offer_custody import offer_custody
from libertad.evidence.actions.release_custody import release_custody
from libertad.evidence.actions.seal import seal
from libertad.evidence.actions.seize import seize
from libertad.evidence.models import Exhibit
from libertad.evidence.sentence import sentence
from libertad.evidence.whole import check
from libertad.journal.models import Device, Entry, Touch
from libertad.vocabulary.verbs.evidence import CustodyAccept, ExhibitSeal
from tests.support.sealed_rows import opened
from tests.support.world import World

PHONE = {
    "country": "GY",
    "kind": "mobile-phone",
    "description": "Mobile phone, black, cracked screen",
    "phone_number": "592 600 0182",
}
NO_CASH = {
    "cash-TOTAL_FORMS": "1",
    "cash-INITIAL_FORMS": "0",
    "cash-0-currency": "GYD",
    "cash-0-denomination": "",
    "cash-0-pieces": "",
}


@pytest.fixture
def phone(world: World) -> str:
    return str(world.perform("officer", seize, happened=world.at(5, 14, 5), **PHONE))


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


def at(day: int, time: str) -> dict[str, str]:
    return {
        "happened_day": str(day),
        "happened_month": "4",
        "happened_year": "2018",
        "happened_time": time,
    } | {f"happened_{n}": part for n, part in enumerate([str(day), "4", "2018", time])}


def test_what_is_wrong_in_a_row_of_cash_is_a_link_to_it(world: World) -> None:
    cash = {
        **NO_CASH,
        "kind": "cash",
        "description": "Bundle",
        "cash-0-denomination": "20",
        "cash-0-pieces": "x",
    }
    page = text(world.client("officer").post("/exhibits/take/", {**cash, **at(5, "10:05")}))
    assert '<li><a href="#id_cash-0-pieces">Cash, row 1, Number of pieces:' in page


def test_the_list_says_what_to_do_first_and_filters(world: World) -> None:
    empty = text(world.client("officer").get("/exhibits/"))
    assert "No exhibit yet" in empty and "Take an exhibit" in empty
    assert "Take an exhibit" not in text(world.client("prosecutor").get("/exhibits/"))
    world.perform("officer", seize, **PHONE)
    assert "GY-0001" in text(world.client("prosecutor").get("/exhibits/"))
    assert "GY-0001" in text(world.client("officer").get("/exhibits/?state=mine&kind=mobile-phone"))
    assert "No exhibit like that" in text(world.client("officer").get("/exhibits/?kind=cash"))
    assert "GY-0001" not in text(world.client("other-officer").get("/exhibits/"))


def test_an_exhibit_goes_from_hand_to_hand_through_the_forms(world: World) -> None:
    officer, keeper = world.client("officer"), world.client("exhibits-officer")
    response = officer.post(
        "/exhibits/take/", {**PHONE, **NO_CASH, "owner_agreed": "yes", **at(5, "10:05")}, follow=True
    )
    page = response.request["PATH_INFO"]
    screen = text(response)
    assert "Exhibit GY-0001" in screen and "Taken by Sgt. Name officer" in screen and "5 April 2018" in screen
    text(officer.post(f"{page}seal/", {"number": "SVG-118204", **at(5, "10:15")}, follow=True))
    to = f"{world.actor('exhibits-officer').officer}:{world.authorities['police']}"
    text(
        officer.post(
            f"{page}offer/", {"to_officer": to, "seal_read": "SVG-118204", **at(5, "12:14")}, follow=True
        )
    )
    assert "1 wait for you" in text(keeper.get("/exhibits/"))
    form = keeper.get(f"{page}accept/")
    assert "SVG-118204" not in text(form)
    offer = Exhibit.objects.get().offer
    assert offer in form.content.decode()
    took = {
        "offer": offer,
        "seal_read": "SVG-118204",
        "seal_state": "intact",
        "place": "Exhibit store",
        **at(5, "12:20"),
    }
    screen = text(keeper.post(f"{page}accept/", took, follow=True))
    assert "Sgt. Name officer to Sgt. Name exhibits-officer" in screen and "Both signed" in screen
    again = keeper.post(f"{page}accept/", took)
    assert "this offer stands no more" in text(again)
    text(
        keeper.post(
            f"{page}release/",
            {"to_whom": "Const. L. Samuel", "seal_read": "SVG-118204", **at(6, "19:05")},
            follow=True,
        )
    )
    lead = world.client("national-lead")
    text(
        lead.post(
            f"{page}accept/",
            {"seal_read": "SVG-118204", "seal_state": "intact", **at(6, "21:15")},
            follow=True,
        )
    )
    screen = text(lead.get(page))
    assert "Nobody is recorded as holding it for 2 h 10 min" in screen and "One signature" in screen
    assert "except on 6 April 2018 from 19:05 to 21:15 (UTC-4): 2 h 10 min, not explained" in screen
    statement = {"about_from": "2018-04-06T23:05:00+00:00", "words": "It lay in the boat."}
    screen = text(keeper.post(f"{page}statement/", statement, follow=True))
    assert (
        "It lay in the boat." in screen and "explained by a statement of Sgt. Name exhibits-officer" in screen
    )
    assert "Nobody is recorded as holding it for 2 h 10 min" in screen
    text(
        lead.post(
            f"{page}seal/",
            {"number": "SVG-118377", "opened": "SVG-118204", "why": "Order 18-044", **at(7, "08:40")},
            follow=True,
        )
    )
    back = {"signed": "yes", "in_person": "yes", **at(8, "09:00")}
    screen = text(lead.post(f"{page}return/", back, follow=True))
    assert "Seal opened and renewed by" in screen and "Returned to its owner" in screen
    assert "The record itself is whole" in screen and "9 of 9 entries: signatures verify" in screen


def test_every_opening_is_on_file_before_the_page_shows(world: World, phone: str) -> None:
    page = text(world.client("prosecutor").get(f"/exhibits/{phone}/"))
    assert "Your opening of this exhibit was recorded at" in page
    (opening,) = opened(Opening, subject=phone)
    assert (opening.officer, opening.page) == (world.actor("prosecutor").officer, "exhibit")


@pytest.mark.parametrize("rest", ["", "seal/", "offer/", "accept/", "release/", "statement/", "return/"])
def test_what_may_not_be_known_is_not_found(world: World, phone: str, rest: str) -> None:
    client = world.client("other-officer")
    missing = client.get(f"/exhibits/{'0' * 32}/{rest}")
    hidden = client.get(f"/exhibits/{phone}/{rest}")
    assert (missing.status_code, hidden.status_code) == (404, 404)
    assert not Opening.objects.filter(subject=phone).exists()
    for role in ("caseworker", "coordinator", "press", "administrator", "deciding-authority"):
        assert world.client(role).get(f"/exhibits/{phone}/{rest}").status_code == 404


def test_numbers_are_masked_until_asked_for(world: World, phone: str) -> None:
    client = world.client("officer")
    assert "592 600 0182" not in text(client.get(f"/exhibits/{phone}/"))
    assert "592 600 0182" in text(client.get(f"/exhibits/{phone}/?numbers=whole"))


def test_cash_is_added_row_by_row_and_a_wrong_row_is_named(world: World) -> None:
    client = world.client("officer")
    rows = {
        "cash-TOTAL_FORMS": "2",
        "cash-INITIAL_FORMS": "0",
        "cash-0-currency": "GYD",
        "cash-0-denomination": "1000",
        "cash-0-pieces": "12",
        "cash-1-currency": "USD",
        "cash-1-denomination": "20",
        "cash-1-pieces": "-3",
    }
    form = {"kind": "cash", "description": "Bundle in a tin", **rows}
    extended = text(client.post("/exhibits/take/", {**form, "add": "cash"}))
    assert 'name="cash-2-pieces"' in extended and 'value="1000"' in extended and "Bundle in a tin" in extended
    assert "Error" not in extended and not Exhibit.objects.exists()
    wrong = text(client.post("/exhibits/take/", form))
    assert "Cash, row 2, Number of pieces: cash is counted" in wrong and not Exhibit.objects.exists()
    too_many = text(client.post("/exhibits/take/", {**form, "cash-1-pieces": "99999999999999999999"}))
    assert "Number of pieces" in too_many and not Exhibit.objects.exists()
    none = text(client.post("/exhibits/take/", {"kind": "cash", "description": "Tin", **NO_CASH}))
    assert "count it: currency, denomination and number of pieces" in none and not Exhibit.objects.exists()
    done = text(client.post("/exhibits/take/", {**form, "cash-1-pieces": "3"}, follow=True))
    assert (
        "Total GYD" in done
        and "12000" in done
        and Exhibit.objects.get().cash_totals == {"GYD": "12000", "USD": "60"}
    )


def test_a_form_names_the_field_and_the_rule(world: World, phone: str) -> None:
    world.perform("officer", seal, exhibit=phone, number="S-1")
    client = world.client("officer")
    page = text(client.post(f"/exhibits/{phone}/seal/", {"number": "S-1", "opened": "S-1", "why": "copy"}))
    assert "used once, ever" in page and 'href="#id_number"' in page
    page = text(client.post(f"/exhibits/{phone}/release/", {**at(4, "10:00"), "place": "The boat"}))
    assert "give a time that is not before you took it over" in page
    to = f"{world.actor('caseworker').officer}:{world.authorities['care']}"
    page = text(client.post(f"/exhibits/{phone}/offer/", {"to_officer": to}))
    assert "Error" in page and Exhibit.objects.get().state == "held"


def test_the_offer_form_lists_the_case_s_officers_alone(world: World, phone: str) -> None:
    page = text(world.client("officer").get(f"/exhibits/{phone}/offer/"))
    for role in ("exhibits-officer", "national-lead", "prosecutor"):
        assert world.actor(role).officer in page
    for role in ("officer", "caseworker", "other-officer", "administrator", "coordinator"):
        assert f"{world.actor(role).officer}:" not in page


# -- the record ----------------------------------------------------------------------------


def check_exhibit(world: World, exhibit: str) -> Any:
    record = queries.exhibit(world.actor("officer"), exhibit)
    assert record is not None
    return check(exhibit, record.chain.events)


def test_the_record_is_whole_and_proved_in_the_tree(world: World, phone: str) -> None:
    world.perform("officer", seal, exhibit=phone, number="S-1")
    record = check_exhibit(world, phone)
    assert record.passes and (record.entries, record.signed, record.included) == (2, 2, 2)


def _last(phone: str) -> Entry:
    touched = Touch.objects.filter(key=f"evidence.Exhibit:{phone}").order_by("-entry").first()
    assert touched is not None
    return Entry.objects.get(pk=touched.entry)


@pytest.mark.parametrize("part", ["signature", "header", "body", "hash", "device", "touch"])
def test_tampering_shows_on_the_exhibit_s_page(world: World, phone: str, part: str) -> None:
    entry = _last(phone)
    if part == "touch":
        Touch.objects.filter(key=f"evidence.Exhibit:{phone}").delete()
    elif part == "device":
        Device.objects.filter(pk=bytes(entry.device)).update(public=b"\1" * 32)
    else:
        value = bytearray(bytes(getattr(entry, part)))
        value[-1] ^= 1
        Entry.objects.filter(pk=entry.pk).update(**{part: bytes(value)})
    assert not check_exhibit(world, phone).passes
    # The page is opened by another authority, whose own log is not the one tampered with.
    assert "The record itself is not whole" in text(world.client("prosecutor").get(f"/exhibits/{phone}/"))


# -- what two nodes may bring together ------------------------------------------------------


def elsewhere(world: World, role: str, exhibit: str, content: Any, when: Any) -> str:
    """An entry as another node would have written it: nobody there knew of what stands here."""

    def say(act: Act) -> str:
        row = act.get(Exhibit, exhibit)
        assert row is not None
        return act.say(row["compartment"], content, subject=exhibit)

    say.__name__ = "say"
    return perform(world.actor(role), say, happened=when)


def test_a_second_acceptance_is_a_visible_conflict(world: World, phone: str) -> None:
    keeper = world.actor("exhibits-officer")
    offer = world.perform(
        "officer",
        offer_custody,
        exhibit=phone,
        to_officer=keeper.officer,
        to_authority=keeper.authority,
        happened=world.at(5, 15),
    )
    world.perform("exhibits-officer", accept_custody, exhibit=phone, offer=offer, happened=world.at(5, 16))
    elsewhere(world, "exhibits-officer", phone, CustodyAccept(offer=offer), world.at(5, 17))
    elsewhere(world, "national-lead", phone, CustodyAccept(offer=offer), world.at(5, 17, 30))
    page = text(world.client("officer").get(f"/exhibits/{phone}/"))
    assert "This offer had been accepted already" in page and "It was offered to another officer." in page
    assert "2 entries contradict this" in page
    assert Exhibit.objects.get().holder == keeper.officer and Exhibit.objects.get().conflicts == 2


def test_a_seal_number_used_on_two_nodes_shows_on_both_exhibits(world: World, phone: str) -> None:
    other_exhibit = world.perform("officer", seize, **PHONE)
    world.perform("officer", seal, exhibit=phone, number="S-1")
    elsewhere(world, "officer", other_exhibit, ExhibitSeal(number="s-1"), None)
    for exhibit in (phone, other_exhibit):
        assert "Seal S-1 was used more than once" in text(
            world.client("officer").get(f"/exhibits/{exhibit}/")
        )


def test_an_open_gap_says_so(world: World, phone: str) -> None:
    world.perform("officer", release_custody, exhibit=phone, happened=world.at(6, 12))
    exhibit = queries.exhibit(world.actor("officer"), phone)
    assert exhibit is not None
    line = sentence(exhibit.chain, world.at(6, 15).utc)
    assert "since 6 April 2018, 08:00 (UTC-4): 3 h 00 min, not explained" in line
    assert "Nobody has accepted it yet" in text(world.client("prosecutor").get(f"/exhibits/{phone}/"))
