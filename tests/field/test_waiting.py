"""What comes after a phone's end waits, sealed, until a lead releases it or leaves it out."""

from __future__ import annotations

from libertad.field.models import Waiting
from libertad.people.models import DangerTally, Person, Tally
from tests.field.making import ended_phone, phone_of
from tests.support.world import World

REASON = "The officer read it over by telephone"


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
    assert lead.post(address, {"decision": "release", "reason": REASON}).status_code == 302
    row = Person.objects.get(pk=person)
    assert (Tally.objects.count(), DangerTally.objects.filter(open=True).count()) == (1, 1)
    assert set(Waiting.objects.values_list("state", flat=True)) == {"released"}
    assert phone.hand_over(entries).content["known"] == [entry.name for entry in entries]
    assert Tally.objects.count() == 1
    assert world.client("officer").get(f"/people/{row.pk}/").status_code == 200
    assert address not in lead.get("/").content.decode()


def test_left_out_it_stays_sealed_with_who_left_it(world: World) -> None:
    phone, person, _entries = ended_phone(world.actor("administrator"), world.actor("officer").officer)
    lead = world.client("national-lead")
    address = f"/phones/{phone.device}/waiting/"
    assert lead.post(address, {"decision": "leave", "reason": REASON}).status_code == 302
    assert not Person.objects.filter(pk=person).exists()
    left = Waiting.objects.first()
    assert left is not None
    assert (left.state, left.officer, left.reason) == ("left", world.actor("national-lead").officer, REASON)


def test_a_decision_needs_its_reason(world: World) -> None:
    phone, _person, _entries = ended_phone(world.actor("administrator"), world.actor("officer").officer)
    answer = world.client("national-lead").post(f"/phones/{phone.device}/waiting/", {"decision": "release"})
    assert answer.status_code == 422


def test_the_pages_give_a_code_once_and_end_a_phone(world: World) -> None:
    administrator = world.client("administrator")
    page = administrator.post("/phones/new/", {"officer": world.actor("officer").officer, "days": "14"})
    assert page.status_code == 200 and "data:image/svg+xml" in page.content.decode()
    phone = phone_of(world)
    assert phone.grant["device"]["code"] in administrator.get("/phones/").content.decode()
    assert administrator.post(f"/phones/{phone.device}/end/", {"reason": "lost"}).status_code == 302
    assert phone.lease().content["ended"] is True
