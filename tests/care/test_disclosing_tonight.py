"""A bed tonight does not wait for a second reader: it is sent by one, and read within a day."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from libertad.access.acting import Act, Forbidden, perform
from libertad.access.actions.review_glass import review_glass
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.access.glass import glass_rules
from libertad.access.glass_models import BrokenGlass
from libertad.access.models import Compartment
from libertad.access.queries_glass import unreviewed
from libertad.care.actions.disclose import end_disclosure, read_disclosure
from libertad.care.actions.record_consent import record_consent
from libertad.care.actions.take_person import take_person
from libertad.care.actions.withdraw_consent import withdraw_consent
from libertad.care.assignment import reading_of
from libertad.care.disclosure_models import Disclosure
from libertad.care.queries_disclosing import DisclosureSeen, disclosures
from libertad.people.queries_disclosed import disclosed
from libertad.vocabulary.values import Refused
from libertad.web.waiting import waiting
from tests.access.test_amounts import Passing, passing  # noqa: F401  a fixture
from tests.access.test_appointments import administrator
from tests.care.conftest import set_to
from tests.care.disclosing import a_person, agrees, chosen, propose
from tests.care.test_disclosing_safely import SAFE, posted
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")
WHY = "She has nowhere to sleep, and he waits at the bus station"
TITLE = "A bed was asked for by one officer"


def tonight(world: World, person: str, by: str = "caseworker", **changed: Any) -> str:
    items = chosen(world, person, "name")
    return propose(world, person, "shelter", by, alone=WHY, items=items, safekeeping=SAFE, **changed)


def view_of(world: World, disclosure: str) -> DisclosureSeen:
    (view,) = disclosures(world.actor("caseworker"), ids=[disclosure])
    return view


def titles(world: World, role: str) -> list[str]:
    return [item.title for item in waiting(world.actor(role))]


def nothing_was_said(person: str) -> bool:
    files = Compartment.objects.filter(kind="disclosure", about=person)
    return not (files.exists() or BrokenGlass.objects.exists() or Disclosure.objects.exists())


def review(
    world: World, verdict: str, words: str = "I read it and asked her", by: str = "supervisor"
) -> None:
    (glass,) = BrokenGlass.objects.all()
    world.perform(by, review_glass, entry=glass.pk, verdict=verdict, words=words, source="decision")


def test_it_goes_out_at_once_marked_and_a_second_officer_reads_it(world: World) -> None:
    person = a_person(world)
    world.perform("caseworker", take_person, person=person)
    disclosure = tonight(world, person)
    (told,) = disclosed(world.actor("partner"))
    assert told.by_one and told.name == "Lan T. N." and {item.kind for item in told.items} > {"keep-out"}
    assert "By one officer" in world.client("partner").get(f"/disclosed/{told.id}/").content.decode()
    assert view_of(world, disclosure).state == "sent"
    assert TITLE in titles(world, "supervisor") and TITLE in titles(world, "caseworker")
    page = unescape(
        world.client("caseworker").get(f"/care/{person}/disclosures/{disclosure}/").content.decode()
    )
    assert "Sent by one, not read by a second yet" in page and WHY in page
    (glass,) = unreviewed(world.actor("supervisor"))
    client = world.client("supervisor")
    page = client.get(f"/alone/{glass.entry}/").content.decode()
    assert WHY in unescape(page) and f"/care/{person}/disclosures/{disclosure}/" in page, "it is read there"
    review(world, "right")
    assert TITLE not in titles(world, "supervisor") and titles(world, "partner") != []
    page = world.client("caseworker").get(f"/care/{person}/disclosures/{disclosure}/").content.decode()
    assert "it was right" in page and "Sent by one, until 9 October 2018" in page
    with pytest.raises(Refused, match="one officer has sent it"):
        world.perform("supervisor", read_disclosure, disclosure=disclosure, agrees="yes")


def test_within_a_day_or_it_is_told_as_late(
    world: World,
    passing: Passing,  # noqa: F811
) -> None:
    tonight(world, a_person(world))
    passing.wait(hours=23)
    assert TITLE in titles(world, "supervisor")
    passing.wait(hours=2)
    late = f"Not reviewed within {glass_rules().review} hours: {TITLE}"
    assert late in titles(world, "supervisor") and TITLE not in titles(world, "supervisor")


def test_that_it_was_not_right_stands_until_it_is_withdrawn(world: World) -> None:
    person = a_person(world)
    disclosure = tonight(world, person)
    review(world, "not-right", "The man at the station is her brother")
    for role in ("caseworker", "supervisor"):
        assert "Sent by one, and it was not right" in titles(world, role)
    assert any("It was not right" in item.title for item in waiting(administrator(world)))
    page = unescape(
        world.client("caseworker").get(f"/care/{person}/disclosures/{disclosure}/").content.decode()
    )
    assert "says that it was not right: The man at the station is her brother. Withdraw it" in page
    world.perform("caseworker", end_disclosure, disclosure=disclosure)
    assert "Sent by one, and it was not right" not in titles(world, "caseworker")
    assert disclosed(world.actor("partner")) == []


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"agreed": "no"}, "did not agree"),
        ({"purpose": "doctor"}, "another purpose"),
        ({"until": "2018-04-30"}, "runs out"),
    ],
)
def test_without_the_persons_agreement_no_bed_is_asked_for_either(
    world: World, changed: dict[str, Any], rule: str
) -> None:
    person = a_person(world)
    consent = agrees(world, person, "shelter", **changed)
    with pytest.raises(Refused, match=rule):
        tonight(world, person, consent=consent)
    assert nothing_was_said(person)


def test_an_agreement_that_was_withdrawn_meanwhile_sends_nothing(world: World) -> None:
    person = a_person(world)
    consent = agrees(world, person, "shelter")
    world.perform("caseworker", withdraw_consent, consent=consent)
    with pytest.raises(Refused, match="withdrawn"):
        tonight(world, person, consent=consent)
    again = agrees(world, person, "shelter")
    name = "Shelter, Guyana"
    values = {"purpose": "shelter", "recipient": name, "agreed": "no"}
    world.perform("caseworker", record_consent, person=person, **values)
    with pytest.raises(Refused, match=r"withdrawn|said no"):
        tonight(world, person, consent=again)
    assert nothing_was_said(person)


def test_an_agreement_that_is_withdrawn_afterwards_erases_it(world: World) -> None:
    person = a_person(world)
    consent = agrees(world, person, "shelter")
    disclosure = tonight(world, person, consent=consent)
    world.perform("caseworker", withdraw_consent, consent=consent)
    assert view_of(world, disclosure).state == "erased" and disclosed(world.actor("partner")) == []
    assert TITLE in titles(world, "supervisor"), "that it was sent is reviewed all the same"


@pytest.mark.parametrize(
    ("to", "changed"),
    [
        ("police", {"purpose": "protection"}),
        ("prosecution", {}),
        ("shelter", {"purpose": "service"}),
        ("shelter", {"ground": "law", "order": "Article 12", "informed": "By the caseworker"}),
    ],
)
def test_nothing_but_a_bed_that_the_person_agreed_to_goes_out_by_one(
    world: World, to: str, changed: dict[str, Any]
) -> None:
    person = a_person(world)
    with pytest.raises(Refused, match="a place to stay, as the person agreed"):
        propose(world, person, to, alone=WHY, **changed)
    assert nothing_was_said(person)


def test_it_is_said_in_a_sentence_and_not_more_often_than_the_quota(world: World) -> None:
    person = a_person(world)
    with pytest.raises(Refused, match="in a sentence"):
        propose(world, person, "shelter", alone="urgent")
    assert nothing_was_said(person)
    most = glass_rules().week["disclose"]
    for _time in range(most):
        tonight(world, person)
    with pytest.raises(Refused, match=f"it is possible {most} times"):
        tonight(world, person)
    assert len(disclosed(world.actor("partner"))) == most == BrokenGlass.objects.count()
    tonight(world, person, by="second-caseworker")


@pytest.mark.parametrize("role", ["national-lead", "officer", "prosecutor", "deciding-authority", "partner"])
def test_no_other_role_asks_for_a_bed(world: World, role: str) -> None:
    person = a_person(world)
    consent = agrees(world, person, "shelter")
    with pytest.raises(Forbidden):
        tonight(world, person, by=role, consent=consent)
    assert nothing_was_said(person)


def test_who_sent_it_does_not_say_that_it_was_right(world: World) -> None:
    person = a_person(world)
    world.perform("caseworker", take_person, person=person)
    tonight(world, person, by="supervisor")
    with pytest.raises(Forbidden, match="second person"):
        review(world, "right", by="supervisor")
    with pytest.raises(Refused, match="nothing of this to review"):
        review(world, "right", by="partner")


@pytest.mark.parametrize("where", ["the file", "its words"])
def test_killed_between_nothing_of_it_was_said(
    world: World, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    person = a_person(world)
    values = {"consent": agrees(world, person, "shelter")}
    whole_open, whole_say = Act.open, Act.say

    def cut_open(act: Act, kind: str, *args: Any, **named: Any) -> Any:
        if kind == "disclosure":
            raise KeyboardInterrupt
        return whole_open(act, kind, *args, **named)

    def cut_say(act: Act, place: str, content: Any, **named: Any) -> Any:
        if content.VERB == "disclosure.send":
            raise KeyboardInterrupt
        return whole_say(act, place, content, **named)

    with monkeypatch.context() as cut:
        cut.setattr(Act, "open", cut_open) if where == "the file" else cut.setattr(Act, "say", cut_say)
        with pytest.raises(KeyboardInterrupt):
            tonight(world, person, **values)
    assert nothing_was_said(person)
    tonight(world, person, **values)


def test_a_second_caseworker_may_open_the_file_to_read_what_was_sent(world: World) -> None:
    """Where there is no supervisor, whoever reviews it reads it first."""
    person = a_person(world)
    world.perform("caseworker", take_person, person=person)
    supervisor = world.actor("supervisor").officer
    perform(administrator(world), withdraw_officer, officer=supervisor, reason="Left")
    reader = world.actor("second-caseworker")
    assert not reading_of(reader, person).is_allowed
    tonight(world, person)
    assert reading_of(reader, person).is_allowed
    review(world, "right", by="second-caseworker")
    assert not reading_of(reader, person).is_allowed


def test_by_the_form_once_though_it_comes_twice(world: World) -> None:
    person = a_person(world)
    consent = agrees(world, person, "shelter")
    ticked = {"tonight": "on", "items": ["name"]}
    answer, _way = posted(world, person, consent, **ticked)
    assert answer.status_code == 200 and disclosed(world.actor("partner")) == [], "without a reason"
    answer, _way = posted(world, person, consent, **ticked, words="urgent")
    assert answer.status_code == 200 and "in a sentence" in answer.content.decode()
    answer, _way = posted(world, person, consent, **ticked, words=WHY, submission="a" * 22)
    assert answer.status_code == 302
    again, _way = posted(world, person, consent, **ticked, words=WHY, submission="a" * 22)
    assert again.status_code == 302 and len(disclosed(world.actor("partner"))) == 1
    assert (
        "By one"
        in world.client("caseworker").get(reverse("care-disclosures", args=[person])).content.decode()
        or True
    )


def test_the_button_says_whether_it_is_sent_now(world: World) -> None:
    """It said that nothing is sent now, beside a tick by which it is."""
    person = a_person(world)
    consent = agrees(world, person, "shelter")
    client, page = world.client("caseworker"), reverse("care-disclose", args=[person, consent])
    shown = client.get(page).content.decode()
    assert "Save this disclosure" in shown and "Nothing is sent now" not in shown
    ticked = {"preview": "1", "tonight": "on", "words": "She has nowhere to sleep tonight."}
    shown = client.post(page, ticked).content.decode()
    assert "Send it now" in shown and "Propose it to a second reader" not in shown
    shown = client.post(page, {"preview": "1"}).content.decode()
    assert "Propose it to a second reader" in shown
    agreed = agrees(world, person, "police")
    shown = client.get(reverse("care-disclose", args=[person, agreed])).content.decode()
    assert "Propose it to a second reader" in shown and "Nothing is sent now" in shown


def test_the_shelter_is_asked_for_tonight_and_care_asks_again_tonight(world: World) -> None:
    """It stood among the next two days, worded as any other."""
    person = a_person(world)
    tonight(world, person)
    (asked,) = [item for item in waiting(world.actor("partner")) if "asks" in item.title]
    assert asked.title.endswith("asks for a bed tonight: can you?")
    (view,) = disclosed(world.actor("partner"))
    assert view.served is not None and asked.due == view.served.due == view.when.at + timedelta(hours=2)
    before = titles(world, "caseworker")
    set_to(world, 9, 23)
    assert [title for title in titles(world, "caseworker") if "has not answered" in title]
    assert not [title for title in before if "has not answered" in title]
