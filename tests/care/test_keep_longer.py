"""A closed file is kept until a later day: who may say so, what is refused, and what it ends."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from libertad.access.acting import Forbidden
from libertad.access.matrix import matrix, roles
from libertad.care import queries
from libertad.care.actions.keep_longer import keep_longer
from libertad.care.models import CareFile, Closing
from libertad.vocabulary.values import Refused
from tests.care.test_closing import END
from tests.care.test_erasure import KEPT, clock, closed, file_request, todos
from tests.care.test_screens import text
from tests.support.care_rows import care_row
from tests.support.closing import close_by_two
from tests.support.forms import form_at
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")
VALUES: dict[str, Any] = {"keep_until": "2019-01-01", "reasons": "A compensation is open"}


def test_there_has_to_be_a_closed_file_and_a_later_day(world: World) -> None:
    with pytest.raises(Refused, match="no such file"):
        world.perform("caseworker", keep_longer, person="0" * 32, **VALUES)
    person = closed(world)
    for day, why in ((KEPT, "already"), ("2018-04-20", "already"), ("2018-03-01", "has gone by")):
        with pytest.raises(Refused, match=why):
            world.perform("caseworker", keep_longer, person=person, **{**VALUES, "keep_until": day})
    with pytest.raises(Refused, match="still needed for"):
        world.perform("caseworker", keep_longer, person=person, **{**VALUES, "reasons": " "})


@pytest.mark.parametrize("role", roles())
def test_who_may_not_say_it_is_refused(world: World, role: str) -> None:
    """Whoever may, is asked for the file first."""
    allowed = matrix().may_say(role, "care.keep", "care")
    assert allowed == (role in ("caseworker", "supervisor"))
    with pytest.raises(Refused if allowed else (Refused, Forbidden)):
        world.perform(role, keep_longer, person="0" * 32, **VALUES)


def test_it_ends_a_request_to_erase_and_leaves_the_day_of_closing(world: World) -> None:
    person = closed(world)
    since = care_row(CareFile, person=person).closed_at
    clock(world, 40)
    file_request(world, person)
    world.perform("caseworker", keep_longer, person=person, **VALUES)
    file = queries.file(world.actor("caseworker"), person)
    assert file is not None and file.erasure is None and file.keep_until == "2019-01-01"
    close_by_two(world, person=person, keep_until="2019-01-01", **END)
    assert care_row(CareFile, person=person).closed_at == since and "keep-until" not in todos(world)


def test_on_the_page_the_day_is_changed_and_told_with_its_reason(world: World) -> None:
    person = closed(world)
    clock(world, 40)
    client = world.client("caseworker")
    page = reverse("care-keep", args=[person])
    assert page in client.get(reverse("care-erasure", args=[person])).content.decode()
    form = form_at(client, page)
    sent = {**form.fields, "keep_until_day": "10", "keep_until_month": "5", "keep_until_year": "2018"}
    sent["reasons"] = "A claim"
    assert "has gone by" in text(client.post(page, sent))
    sent["keep_until_year"] = "2030"
    for _arrival in range(2):  # posted twice
        client.post(page, sent)
    assert care_row(CareFile, person=person).keep_until == "2030-05-10"
    assert Closing.objects.filter(person=person).count() == 3
    shown = text(client.get(reverse("care-file", args=[person])))
    assert "Kept until 10 May 2030" in shown and "A claim" in shown
    assert "keep_until" not in client.get(reverse("care-close", args=[person])).content.decode()
