"""What a newcomer meets of a changed node: a real one, whose bundle is held, and told with what to do."""

from __future__ import annotations

from django.urls import reverse

from libertad.access.models import Officer
from libertad.exchange.models import Alarm
from libertad.journal.models import Held
from libertad.web.demo_guide import texts
from libertad.web.waiting import waiting
from scenarios.operation_libertad_2018 import forging, guide
from tests.support.world import World


def test_the_bundle_of_a_changed_node_is_held_and_today_says_what_to_do(world: World) -> None:
    coordinator = world.actor("coordinator")
    with forging.changed_node() as other:
        alarm = forging.receive_forgery(coordinator, other)
    assert Alarm.objects.get(pk=alarm).kind == "about"
    assert list(Held.objects.values_list("reason", flat=True)) == ["about"]
    analyst = Officer.objects.get(pk=world.actor("analyst").officer)
    assert not analyst.withdrawn, "what it said of another's officer counts nowhere"
    (item,) = [item for item in waiting(coordinator) if alarm in item.href.replace("%3A", ":")]
    assert item.title == "Entry from an authority not entitled to make it"
    client = world.client("coordinator")
    page = client.get(item.href)
    assert page.status_code == 200 and forging.NAME in page.content.decode()
    held = client.get(reverse("exchange-quarantine")).content.decode()
    assert "Its authority was not entitled to make it" in held and "Call " in held


def test_every_step_of_the_five_minutes_has_its_words() -> None:
    assert [step for step, *_ in guide.STEPS] == list(texts())
