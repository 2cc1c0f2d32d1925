"""Two care authorities agree who answers for a person: the acts, the queues, the numbers and the pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.test import Client

from libertad.access.acting import Forbidden, perform
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actor import Actor
from libertad.access.models import Account, Compartment, Reader
from libertad.access.queries import clock_now
from libertad.care import overview
from libertad.care.actions.lead_person import accept_lead, decline_lead, end_lead, offer_lead, withdraw_lead
from libertad.care.actions.open_care import open_care
from libertad.care.actions.say_missing import say_missing
from libertad.care.actions.take_person import take_person
from libertad.care.leading_models import Leading
from libertad.care.queue import ELSEWHERE, LINKED, MISSING, Place
from libertad.people.actions.link_not_same import link_not_same
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary.values import Happened, Refused
from libertad.web.waiting_leading import leading_open
from tests.care.people import meet
from tests.care.test_screens import text
from tests.care.test_wall import another_care
from tests.support.forms import form_at
from tests.support.linking import link_same
from tests.support.sharing import share_person
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")
WHY = {"reason": "lives-there", "on": "2018-04-12"}


@dataclass
class Two:
    """`mine`: met by the police of Guyana; `theirs`: by care of Saint Vincent; linked, and read by both."""

    world: World
    vincent: Actor
    second: Actor
    mine: str
    theirs: str

    @property
    def guyana(self) -> Actor:
        return self.world.actor("caseworker")

    def offer(self, by: str, leader: str, **values: Any) -> str:
        own, other = (self.guyana, self.vincent) if by == "guyana" else (self.vincent, self.guyana)
        records = (self.mine, self.theirs) if by == "guyana" else (self.theirs, self.mine)
        given: dict[str, Any] = {
            "person": records[0],
            "linked": records[1],
            "to": other.authority,
            "leader": self.actor(leader).authority,
            **WHY,
            **values,
        }
        return str(perform(own, offer_lead, **given))

    def actor(self, name: str) -> Actor:
        return self.guyana if name == "guyana" else self.vincent

    def place(self, by: str, person: str) -> Place:
        place = overview.place(self.actor(by), person)
        assert place is not None
        return place

    def shared(self) -> str:
        """Somebody whom the police of Guyana met, and whose file Saint Vincent reads."""
        person = meet(self.world, name="Moves on")
        self.world.perform(
            "officer", share_person, person=person, authority=self.vincent.authority, reason="Moves there."
        )
        return person

    def owners(self) -> tuple[str, str]:
        """Who answers for each record, as its own authority has it."""
        names = {self.guyana.authority: "guyana", self.vincent.authority: "vincent"}
        return names[self.place("guyana", self.mine).owner], names[self.place("vincent", self.theirs).owner]

    def known(self, by: str) -> int:
        actor = self.actor(by)
        return overview.count_late(actor.authority, actor.operation, clock_now(actor.operation)).known


@pytest.fixture
def two(world: World) -> Iterator[Two]:
    vincent = another_care(world)
    admin = replace(vincent, officer=_administrator(vincent), role="administrator")
    key = perform(admin, appoint_officer, name="S. V.", service_number="VC-2", role="supervisor")
    second = replace(vincent, officer=key, role="supervisor")
    mine = meet(world)
    theirs = perform(vincent, meet_person, country="VC")
    world.perform("officer", share_person, person=mine, authority=vincent.authority, reason="Was seen there.")
    own = world.actor("caseworker").authority
    perform(vincent, share_person, person=theirs, authority=own, reason="Was seen there.")
    perform(vincent, link_same, person=theirs, other=mine, reasons="Same passport.")
    yield Two(world, vincent, second, mine, theirs)


def _administrator(actor: Actor) -> str:
    from libertad.access.models import Officer

    return str(Officer.objects.get(authority=actor.authority, role="administrator").pk)


def test_both_answer_until_both_agree_and_then_who_leads_alone(two: Two) -> None:
    assert two.owners() == ("guyana", "vincent")
    before = two.known("vincent")
    offer = two.offer("vincent", "guyana")
    assert two.owners() == ("guyana", "vincent"), "an offer changes nothing"
    perform(two.guyana, accept_lead, person=two.mine, offer=offer)
    assert two.owners() == ("guyana", "guyana")
    place = two.place("vincent", two.theirs)
    assert (place.queue, place.record, place.why) == (LINKED, two.mine, "led")
    assert two.known("vincent") == before - 1, "who leads counts the person, and nobody else"
    assert two.place("guyana", two.theirs).queue == LINKED
    with pytest.raises(Refused, match="another care authority answers"):
        perform(two.vincent, take_person, person=two.theirs)
    perform(two.guyana, take_person, person=two.mine)
    perform(two.vincent, end_lead, person=two.theirs, linked=two.mine, reason="over")
    assert two.owners() == ("guyana", "vincent") and two.known("vincent") == before


def test_who_works_with_the_person_follows_too(two: Two) -> None:
    perform(two.vincent, take_person, person=two.theirs)
    perform(two.vincent, open_care, person=two.theirs)
    perform(two.guyana, accept_lead, person=two.mine, offer=two.offer("vincent", "guyana"))
    place = two.place("vincent", two.theirs)
    assert (place.queue, place.officer) == (LINKED, two.vincent.officer), "who had the person reads it still"
    assert overview.own_people(two.vincent, clock_now(two.world.operation), 0, 9)[1].people == 0


def test_offers_that_say_different_things_are_a_conflict_for_both_until_one_gives_way(two: Two) -> None:
    first, second = two.offer("guyana", "guyana"), two.offer("vincent", "vincent")
    assert two.owners() == ("guyana", "vincent")
    for actor in (two.guyana, two.second):
        (item,) = leading_open(actor)
        assert "do not agree" in item.title
    page = text(two.world.client("caseworker").get(f"/care/{two.mine}/leads/"))
    assert "Not agreed" in page and "both answer" in page
    with pytest.raises(Refused, match="offers to lead itself"):
        perform(two.guyana, accept_lead, person=two.mine, offer=second)
    with pytest.raises(Refused, match="stands until the other answers"):
        perform(two.guyana, withdraw_lead, person=two.mine, offer=first)
    gift = two.offer("guyana", "vincent")
    assert two.owners() == ("guyana", "vincent")
    perform(two.vincent, accept_lead, person=two.theirs, offer=gift)
    assert two.owners() == ("vincent", "vincent")
    assert not list(leading_open(two.guyana))


def test_an_undone_link_gives_both_their_task_back(two: Two) -> None:
    perform(two.guyana, accept_lead, person=two.mine, offer=two.offer("vincent", "guyana"))
    perform(two.vincent, link_not_same, person=two.theirs, other=two.mine, reasons="Other eyes.")
    assert two.owners() == ("guyana", "vincent")


def test_who_is_no_member_any_more_leads_nobody(two: Two) -> None:
    perform(two.guyana, accept_lead, person=two.mine, offer=two.offer("vincent", "guyana"))
    operation = Compartment.objects.get(kind="operation", about=two.world.operation).pk
    Reader.objects.filter(pk=f"{operation}:{two.guyana.authority}").delete()
    overview.forget()
    assert two.place("vincent", two.theirs).owner == two.vincent.authority


def test_a_person_is_handed_over_to_another_authority_and_back(two: Two) -> None:
    """One record that both read: the same words."""
    person = two.shared()
    with pytest.raises(Refused, match="only who answers"):
        two.offer("vincent", "guyana", person=person, linked="")
    perform(two.guyana, take_person, person=person)
    offer = two.offer("guyana", "vincent", person=person, linked="", reason="moves")
    assert two.place("guyana", person).owner == two.guyana.authority, "who gives answers until then"
    with pytest.raises(Refused, match="another care authority answers"):
        perform(two.vincent, take_person, person=person)
    perform(two.vincent, accept_lead, person=person, offer=offer)
    assert (two.place("guyana", person).queue, two.place("guyana", person).owner) == (
        ELSEWHERE,
        two.vincent.authority,
    )
    assert two.place("vincent", person).owner == two.vincent.authority
    perform(two.vincent, take_person, person=person)
    assert two.place("vincent", person).officer == two.vincent.officer
    with pytest.raises(Refused, match="another care authority answers"):
        perform(two.guyana, take_person, person=person)
    back = two.offer("vincent", "guyana", person=person, linked="")
    perform(two.guyana, accept_lead, person=person, offer=back)
    assert two.place("guyana", person).officer == two.guyana.officer
    assert two.place("vincent", person).queue == ELSEWHERE


def test_who_takes_the_person_meanwhile_and_who_had_the_person_both_answer_and_both_see_it(two: Two) -> None:
    person = two.shared()
    two.offer("guyana", "vincent", person=person, linked="")
    claim = two.offer("vincent", "vincent", person=person, linked="", reason="present")
    assert two.place("guyana", person).owner == two.guyana.authority
    assert two.place("vincent", person).owner == two.vincent.authority
    for actor in (two.guyana, two.second):
        assert "do not agree" in next(iter(leading_open(actor))).title
    perform(two.guyana, decline_lead, person=person, offer=claim, reason="not-here")
    assert two.place("vincent", person).owner == two.guyana.authority


def test_an_offer_that_is_over_is_accepted_by_nobody(two: Two) -> None:
    offer = two.offer("vincent", "guyana")
    with pytest.raises(Refused, match="the other authority answers"):
        perform(two.vincent, accept_lead, person=two.theirs, offer=offer)
    perform(two.vincent, withdraw_lead, person=two.theirs, offer=offer)
    for act in (accept_lead, withdraw_lead):
        with pytest.raises(Refused, match="over"):
            perform(two.guyana, act, person=two.mine, offer=offer)
    again = two.offer("vincent", "guyana")
    with pytest.raises(Refused, match="offered already"):
        two.offer("vincent", "guyana")
    perform(two.guyana, decline_lead, person=two.mine, offer=again, reason="no-place")
    with pytest.raises(Refused, match="over"):
        perform(two.guyana, accept_lead, person=two.mine, offer=again)
    assert two.owners() == ("guyana", "vincent")


def test_nothing_is_dated_back(two: Two) -> None:
    offer = two.offer("vincent", "guyana")
    early = Happened(at=clock_now(two.world.operation).replace(hour=0), zone="UTC")
    with pytest.raises(Refused, match="as of now"):
        perform(two.guyana, accept_lead, person=two.mine, offer=offer, happened=early)


def test_whoever_is_looked_for_here_is_nobody_elses_task(two: Two) -> None:
    perform(two.guyana, accept_lead, person=two.mine, offer=two.offer("vincent", "guyana"))
    perform(two.vincent, end_lead, person=two.theirs, linked=two.mine, reason="over")
    perform(two.vincent, say_missing, person=two.theirs, seen="2018-04-08", words="Not at the house.")
    with pytest.raises(Refused, match="missing"):
        two.offer("vincent", "guyana")
    claim = two.offer("guyana", "guyana")
    with pytest.raises(Refused, match="missing"):
        perform(two.vincent, accept_lead, person=two.theirs, offer=claim)
    assert two.place("vincent", two.theirs).queue == MISSING


def test_nothing_is_offered_that_would_tell_the_other_side_something(two: Two) -> None:
    """Neither that there is a record, nor who cares for the person: both read both identity files before."""
    alone = meet(two.world, name="Alone")
    for values in (
        {"person": alone, "linked": ""},
        {"person": alone, "linked": two.theirs},
        {"linked": alone},
        {"to": two.world.authorities["police"]},
        {"to": two.guyana.authority},
    ):
        with pytest.raises(Refused):
            two.offer("guyana", "vincent", **values)
    with pytest.raises(Refused, match="one of the two"):
        perform(
            two.guyana,
            offer_lead,
            person=two.mine,
            to=two.vincent.authority,
            leader="0" * 32,
            linked=two.theirs,
            **WHY,
        )
    assert not Leading.objects.exists() and not Compartment.objects.filter(kind="leading").exists()
    offer = two.offer("guyana", "vincent")
    (file,) = Compartment.objects.filter(kind="leading").values_list("pk", flat=True)
    readers = set(Reader.objects.filter(compartment=file).values_list("authority", flat=True))
    assert readers == {two.guyana.authority, two.vincent.authority}
    for role in ("officer", "national-lead", "deciding-authority", "coordinator", "prosecutor"):
        with pytest.raises(Forbidden):
            two.world.perform(role, accept_lead, person=two.mine, offer=offer)
        assert two.world.client(role).get(f"/care/{two.mine}/leads/").status_code in (403, 404)


def test_the_whole_way_by_pages(two: Two) -> None:
    client, theirs = two.world.client("caseworker"), _client(two.vincent)
    page = text(client.get(f"/care/{two.mine}/leads/"))
    assert "Nothing has been offered" in page and "Your authority" in page
    data = {
        "partner": f"{two.vincent.authority}:{two.theirs}",
        "leader": "them",
        "reason": "lives-there",
        "on_day": "12",
        "on_month": "4",
        "on_year": "2018",
        "consent": "none",
    }
    address = f"/care/{two.mine}/leads/offer/"
    sent = {**form_at(client, address).fields, **data}
    for _arrival in range(2):  # posted twice
        answer = client.post(address, sent)
        assert answer.status_code == 302, answer.context["form"].errors
    (offer,) = [entry for entry, *_rest in _row(two).offers]
    (item,) = leading_open(two.second)
    assert "asks who leads" in item.title
    assert "Agree with" in text(theirs.get(f"/care/{two.theirs}/leads/"))
    address = f"/care/{two.theirs}/leads/{offer}/agree/"
    sent = form_at(theirs, address).fields
    for _arrival in range(2):  # posted twice
        assert theirs.post(address, sent).status_code == 302
    assert two.owners() == ("vincent", "vincent")
    assert "leads since" in text(client.get(f"/care/{two.mine}/leads/"))
    address = f"/care/{two.mine}/leads/{two.theirs}/end/"
    sent = {**form_at(client, address).fields, "reason": "over"}
    for _arrival in range(2):  # posted twice
        assert client.post(address, sent).status_code == 302
    assert two.owners() == ("guyana", "vincent")
    for way, values in (("withdraw", {}), ("decline", {"reason": "not-here"})):
        kept = two.offer("vincent", "guyana")
        by, person = (theirs, two.theirs) if way == "withdraw" else (client, two.mine)
        address = f"/care/{person}/leads/{kept}/{'take-back' if way == 'withdraw' else way}/"
        sent = {**form_at(by, address).fields, **values}
        for _arrival in range(2):  # posted twice
            assert by.post(address, sent).status_code == 302
    assert _row(two).offers == []


def _row(two: Two) -> Any:
    from libertad.access.queries import readable

    return readable(two.guyana, Leading).get()


def _client(actor: Actor) -> Client:
    client = Client()
    account = Account.objects.get(officer=actor.officer)
    client.force_login(account, backend="libertad.web.signing_in.Backend")
    return client
