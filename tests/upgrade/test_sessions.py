"""Sessions that 0.1 made: they are not believed, and whoever had one signs in again."""

from __future__ import annotations

from django.urls import reverse

from libertad.access.models import Session
from tests.support.world import World


def test_sessions_of_0_1_end_and_everybody_signs_in_again(world: World) -> None:
    client = world.client("officer")
    assert client.get(reverse("home")).status_code == 200
    for row in Session.objects.all():
        # 0.1 wrote no version before what is sealed.
        Session.objects.filter(pk=row.pk).update(session_data=row.session_data.partition(".")[2])
    answer = client.get(reverse("home"))
    assert (answer.status_code, reverse("account_login") in answer["Location"]) == (302, True)
