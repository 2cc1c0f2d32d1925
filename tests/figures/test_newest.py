"""What is published is the release of the latest moment, in whatever order releases are signed."""

from __future__ import annotations

import re

from libertad.figures import queries
from libertad.figures.actions.propose_release import propose_release
from libertad.figures.actions.sign_release import sign_release
from libertad.figures.models import Release
from tests.figures.making import meet
from tests.support.releasing import publish
from tests.support.world import World


def test_a_release_of_an_earlier_moment_takes_no_later_ones_place(world: World) -> None:
    for day, count in ((3, 10), (5, 5)):
        for _person in range(count):
            meet(world, day)
    later = publish(world, as_of=world.at(5, 22).utc)
    first = publish(world, as_of=world.at(2, 22).utc)
    between = str(world.perform("press", propose_release, as_of=world.at(3, 22).utc))
    told = "Release 1, of a later moment (5 April 2018, 22:00 UTC), is published already"
    before = world.client("coordinator").get(f"/figures/releases/{between}/sign/").content.decode()
    assert told in before and "will not replace it" in before
    world.perform("coordinator", sign_release, release=between)

    reader = world.actor("press")
    listed = queries.releases(reader)
    assert [one.id for one in listed] == [later, between, first]
    assert [one.changes for one in listed] == [{"records": 5}, {"records": 10}, None]
    seen = queries.figures(reader)
    assert seen.reconciled is not None and seen.reconciled.release.id == later
    client = world.client("press")
    for address in ("/figures/", "/figures/public/"):
        text = re.sub(r"<[^>]+>", "", client.get(address).content.decode())
        assert "met 15 potential victims" in text and "met 10 potential" not in text, address
    assert ",all,potential-victims,15," in client.get("/figures/public/file/").content.decode()
    page = client.get(f"/figures/releases/{between}/").content.decode()
    assert "met 10 potential victims" in page


def test_of_equal_moments_the_highest_number_is_published(world: World) -> None:
    meet(world, 3)
    moment = world.at(5, 22).utc
    publish(world, as_of=moment)
    meet(world, 4)  # came in late
    second = publish(world, as_of=moment)
    publish(world, as_of=world.at(3, 22).utc)
    listed = queries.releases(world.actor("press"))
    assert [one.number for one in listed] == [2, 1, 3] and listed[0].id == second
    assert queries.later_release(listed, moment) is None
    assert Release.objects.count() == 3


def test_who_proposes_an_earlier_moment_reads_that_it_replaces_nothing(world: World) -> None:
    meet(world, 3)
    publish(world, as_of=world.at(5, 22).utc)
    form = {"as_of_day": "4", "as_of_month": "4", "as_of_year": "2018", "as_of_time": "16:00"}
    page = world.client("press").post("/figures/releases/new/", form).content.decode()
    assert "Release 1, of a later moment" in page and "will not replace it" in page
    form["as_of_day"] = "6"
    page = world.client("press").post("/figures/releases/new/", form).content.decode()
    assert "of a later moment" not in page
