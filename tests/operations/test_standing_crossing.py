"""Two words of how a lead stands cross: both are shown on its page and among the conflicts, until settled."""

from __future__ import annotations

from libertad.operations.actions.report_lead import report_lead
from libertad.operations.actions.set_standing import set_standing
from libertad.operations.models import Lead
from tests.support.shuffling import assert_order_free
from tests.support.unaware import unaware
from tests.support.world import World

LEAD = {"country": "GY", "summary": "A lorry", "source_grade": "1", "information_grade": "B", "handling": "P"}


def test_both_words_are_shown_and_settled_by_form(world: World) -> None:
    lead = world.perform("officer", report_lead, happened=world.at(3, 10), **LEAD)
    stands = {"lead": lead, "ground": "other"}
    world.perform("officer", set_standing, standing="fresh", because="Seen today", **stands)
    assert Lead.objects.get(pk=lead).disputed == []
    with unaware():
        world.perform("national-lead", set_standing, standing="stale", because="They left", **stands)
    row = Lead.objects.get(pk=lead)
    assert (row.disputed, row.standing) == (["standing"], "fresh"), "it is followed until that is settled"
    client = world.client("officer")
    page = client.get(f"/leads/{lead}/").content.decode()
    part = page.partition("Two conflicting entries")[2]
    assert "Name officer" in part and "Name national-lead" in part and "Fresh" in part and "Stale" in part
    assert f"/leads/{lead}/standing/" in part
    listed = client.get("/conflicts/").content.decode()
    assert f"/leads/{lead}/standing/" in listed and "Name national-lead" in listed
    # Who reads no lead is shown neither, and cannot settle it.
    assert world.client("caseworker").get(f"/leads/{lead}/standing/").status_code in (403, 404)
    done = client.post(f"/leads/{lead}/standing/", {"standing": "stale", "because": "Both looked again"})
    assert done.status_code == 302
    row = Lead.objects.get(pk=lead)
    assert (row.standing, row.disputed) == ("stale", [])
    assert "Two conflicting entries" not in client.get(f"/leads/{lead}/").content.decode()
    assert_order_free(world)
