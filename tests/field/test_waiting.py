"""What comes after a phone's end waits, sealed, until a lead releases it or leaves it out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest

from libertad.evidence.models import Exhibit
from libertad.field.models import Waiting
from libertad.journal import clock
from libertad.people.models import DangerTally, Person, Tally
from tests.field.making import ended_phone, phone_of
from tests.field.test_hand_over import exhibit
from tests.support.phone import Written
from tests.support.world import World

REASON = "The officer read it over by telephone"


def answered(decision: str, entries: Sequence[Written], *only: Written) -> dict[str, Any]:
    """The form as its reader sends it: these entries stood on the page."""
    names = [entry.name for entry in entries]
    marked = [entry.name for entry in only]
    return {"decision": decision, "reason": REASON, "listed": " ".join(names), "only": marked}


def test_what_comes_after_the_end_is_in_no_file_and_on_the_leads_today(world: World) -> None:
    phone, person, entries = ended_phone(
        world.actor("administrator"), world.actor("officer").officer, danger="yes", with_whom="Inkwhistle"
    )
    assert not Person.objects.filter(pk=person).exists() and not Tally.objects.exists()
    assert len(phone.hand_over(entries).content["waits"]) == len(entries)  # as often as it comes
    assert Waiting.objects.count() == len(entries)
    assert b"Inkwhistle" not in b"".join(bytes(row.sealed) for row in Waiting.objects.all())
    lead = world.client("national-lead")
    assert f"/phones/{phone.device}/waiting/" in lead.get("/").content.decode()
    page = lead.get(f"/phones/{phone.device}/waiting/").content.decode()
    assert "Inkwhistle" in page
    for role in ("administrator", "officer", "caseworker"):
        assert world.client(role).get(f"/phones/{phone.device}/waiting/").status_code == 404
    assert world.client("other-lead").get(f"/phones/{phone.device}/waiting/").status_code == 404


def test_released_it_is_on_file_and_counted_once(world: World) -> None:
    phone, person, entries = ended_phone(
        world.actor("administrator"), world.actor("officer").officer, danger="yes"
    )
    lead = world.client("national-lead")
    address = f"/phones/{phone.device}/waiting/"
    assert lead.post(address, answered("release", entries)).status_code == 302
    row = Person.objects.get(pk=person)
    assert (Tally.objects.count(), DangerTally.objects.filter(open=True).count()) == (1, 1)
    assert set(Waiting.objects.values_list("state", flat=True)) == {"released"}
    assert phone.hand_over(entries).content["known"] == [entry.name for entry in entries]
    assert Tally.objects.count() == 1
    assert world.client("officer").get(f"/people/{row.pk}/").status_code == 200
    assert address not in lead.get("/").content.decode()


def test_left_out_it_stays_sealed_with_who_left_it(world: World) -> None:
    phone, person, entries = ended_phone(world.actor("administrator"), world.actor("officer").officer)
    lead = world.client("national-lead")
    address = f"/phones/{phone.device}/waiting/"
    assert lead.post(address, answered("leave", entries)).status_code == 302
    assert not Person.objects.filter(pk=person).exists()
    left = Waiting.objects.first()
    assert left is not None
    assert (left.state, left.officer, left.reason) == ("left", world.actor("national-lead").officer, REASON)


def test_what_came_after_the_page_was_made_is_not_released_unread(world: World) -> None:
    phone, person, entries = ended_phone(world.actor("administrator"), world.actor("officer").officer)
    later, further = phone.meet()
    assert len(phone.hand_over(further).content["waits"]) == len(further)
    lead = world.client("national-lead")
    address = f"/phones/{phone.device}/waiting/"
    assert lead.post(address, answered("release", entries)).status_code == 302
    assert Person.objects.filter(pk=person).exists() and not Person.objects.filter(pk=later).exists()
    assert set(Waiting.objects.filter(state="waits").values_list("entry", flat=True)) == {
        entry.name for entry in further
    }


def test_of_a_stolen_phone_s_reports_the_honest_ones_alone_are_released(world: World) -> None:
    phone, person, entries = ended_phone(world.actor("administrator"), world.actor("officer").officer)
    thief_s, further = phone.meet()
    phone.hand_over(further)
    lead = world.client("national-lead")
    address, every = f"/phones/{phone.device}/waiting/", [*entries, *further]
    honest = entries[-1]  # the meeting; the file that it stands in opens with it
    assert lead.post(address, answered("release", every, honest)).status_code == 302
    assert Person.objects.filter(pk=person).exists() and not Person.objects.filter(pk=thief_s).exists()
    assert lead.post(address, answered("leave", further)).status_code == 302
    assert not Person.objects.filter(pk=thief_s).exists()
    assert not Waiting.objects.filter(state="waits").exists()


def test_what_is_released_in_two_steps_stands_in_one_file(world: World) -> None:
    phone, person, entries = ended_phone(world.actor("administrator"), world.actor("officer").officer)
    lead = world.client("national-lead")
    address = f"/phones/{phone.device}/waiting/"
    for entry in entries:
        assert lead.post(address, answered("release", entries, entry)).status_code == 302
    assert Person.objects.filter(pk=person).exists()
    assert not Waiting.objects.filter(state="waits").exists()


def test_a_decision_needs_its_reason(world: World) -> None:
    phone, _person, entries = ended_phone(world.actor("administrator"), world.actor("officer").officer)
    form = answered("release", entries) | {"reason": " "}
    answer = world.client("national-lead").post(f"/phones/{phone.device}/waiting/", form)
    assert answer.status_code == 422


def test_the_pages_give_a_code_once_and_end_a_phone(world: World) -> None:
    administrator = world.client("administrator")
    page = administrator.post("/phones/new/", {"officer": world.actor("officer").officer, "days": "14"})
    assert page.status_code == 200 and "data:image/svg+xml" in page.content.decode()
    phone = phone_of(world)
    assert phone.grant["device"]["code"] in administrator.get("/phones/").content.decode()
    assert administrator.post(f"/phones/{phone.device}/end/", {"reason": "lost"}).status_code == 302
    assert phone.lease().content["ended"] is True


@pytest.mark.parametrize("decision", ["", "release", "leave"])
def test_what_follows_on_what_waits_waits_too_where_the_phone_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch, decision: str
) -> None:
    phone, now = phone_of(world, days=1), clock.now()
    _file, first = exhibit(phone)
    with monkeypatch.context() as wrong:  # the node's clock stood wrong for an hour
        wrong.setattr(clock, "now", lambda: now + dt.timedelta(days=2))
        assert phone.hand_over([first]).content["waits"]
    if decision:
        lead = world.client("national-lead")
        form = answered(decision, [first])
        assert lead.post(f"/phones/{phone.device}/waiting/", form).status_code == 302
    _file, second = exhibit(phone)
    answer = phone.hand_over([second])
    assert not answer.content["gaps"] and not answer.content["stored"]
    (waits,) = answer.content["waits"]
    assert waits["entry"] == second.name and "ask your lead" in waits["why"]
    assert len(phone.hand_over(phone.meet()[1]).content["stored"]) == 2  # a file of its own goes on
    lead = world.client("national-lead")
    assert lead.post(f"/phones/{phone.device}/waiting/", answered("release", [second])).status_code == 302
    assert Exhibit.objects.count() == (2 if decision == "release" else 1)
