"""What is published is the release of the latest moment, in whatever order releases are signed."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from libertad.figures import queries
from libertad.figures.actions.name_counting import name_counting
from libertad.figures.actions.propose_release import propose_release
from libertad.figures.actions.sign_release import sign_release
from libertad.figures.models import Release
from libertad.operations.actions.set_clock import set_clock
from libertad.operations.models import Operation
from libertad.vocabulary.values import Refused
from tests.figures.making import meet
from tests.support.releasing import publish
from tests.support.world import World


def test_a_release_of_an_earlier_moment_takes_no_later_ones_place(world: World) -> None:
    for day, count in ((3, 10), (5, 5)):
        for _person in range(count):
            meet(world, day)
    later = publish(world, as_of=world.at(5, 22).utc)
    first = publish(world, as_of=world.at(3, 8).utc)
    between = str(world.perform("press", propose_release, as_of=world.at(3, 22).utc))
    line = "Release 1, of a later moment (5 April 2018, 22:00 UTC), is published already"
    before = world.client("coordinator").get(f"/figures/releases/{between}/sign/").content.decode()
    assert line in before and "will not replace it" in before
    world.perform("coordinator", sign_release, release=between)

    reader = world.actor("press")
    listed = queries.releases(reader)
    assert [release.id for release in listed] == [later, between, first]
    assert [release.changes for release in listed] == [{"records": 5}, {"records": 10}, None]
    figures = queries.figures(reader)
    assert figures.reconciled is not None and figures.reconciled.release.id == later
    client = world.client("press")
    for address in ("/figures/", "/figures/public/"):
        text = re.sub(r"<[^>]+>", "", client.get(address).content.decode())
        assert "met 15 potential victims" in text and "met 10 potential" not in text, address
    assert ",all,potential-victims,15," in client.get("/figures/public/file/").content.decode()
    page = client.get(f"/figures/releases/{between}/").content.decode()
    assert "met 10 potential victims" in page
    # Which one is first changes with every release of an earlier moment: the list says by what it goes.
    listed = client.get("/figures/").content.decode()
    assert "First release" not in listed and "The earliest moment" in listed
    assert "What changed since the release of the moment before" in listed


def test_of_equal_moments_the_highest_number_is_published(world: World) -> None:
    meet(world, 3)
    moment = world.at(5, 22).utc
    publish(world, as_of=moment)
    meet(world, 4)  # came in late
    second = publish(world, as_of=moment)
    publish(world, as_of=world.at(3, 22).utc)
    listed = queries.releases(world.actor("press"))
    assert [release.number for release in listed] == [2, 1, 3] and listed[0].id == second
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


def test_each_proposal_that_waits_is_named_on_the_others_page(world: World) -> None:
    first = world.perform("press", propose_release, as_of=world.at(4, 22).utc)
    coordinator = world.client("coordinator")
    assert "as well" not in coordinator.get(f"/figures/releases/{first}/sign/").content.decode()
    second = world.perform("press", propose_release, as_of=world.at(5, 22).utc)
    for address, numbers in {
        f"releases/{first}/sign": "2",
        f"releases/{second}/sign": "1",
        "releases/new": "12",
    }.items():
        page = coordinator.get(f"/figures/{address}/").content.decode()
        named = re.findall(
            r"Release (\d), as of \d April 2018, 22:00 UTC, waits for a second signature", page
        )
        assert "".join(named) == numbers, address


def test_the_form_opens_on_a_moment_that_can_be_released(world: World) -> None:
    def clock(day: int, hour: int) -> None:
        reads = world.at(day, hour)
        world.perform("coordinator", set_clock, reads=reads.at, set_at=datetime.now(UTC), rate=0.0)

    clock(5, 23)
    world.perform("coordinator", name_counting, care=world.authorities["care"], cut_time="22:00")
    meet(world, 3)
    press = world.client("press")
    page = press.get("/figures/releases/new/").content.decode()
    assert "The newest that can be released is 5 April 2018, 22:00 UTC" in page
    assert "the next cut is 6 April 2018, 22:00 UTC" in page
    publish(world, as_of=world.at(5, 22).utc)
    world.perform("press", propose_release, as_of=world.at(4, 22).utc)
    page = press.get("/figures/releases/new/").content.decode()
    assert "Release 1 of the newest cut, 5 April 2018, 22:00 UTC, is published." in page
    assert "The next cut is 6 April 2018, 22:00 UTC" in page and 'name="as_of_day"' not in page
    assert "Of an earlier cut, 3 April 2018, 22:00 UTC, something can still be released" in page
    page = press.get("/figures/releases/new/?cut=earlier").content.decode()
    assert "The newest that can be released is 3 April 2018, 22:00 UTC" in page
    assert re.search(r'name="as_of_day"[^>]*value="3"', page) and "will not replace it" in page
    form = page_form(page)
    assert press.post("/figures/releases/new/", form).status_code == 302
    page = press.get("/figures/releases/new/").content.decode()
    assert "is published" in page and "earlier cut" not in page, "of none of them anything new"
    page = press.get("/figures/releases/new/?cut=earlier").content.decode()
    assert "nothing new can be released; the next is 6 April 2018, 22:00 UTC" in page
    meet(world, 4)  # came in late: the last cut can be released anew
    page = press.get("/figures/releases/new/").content.decode()
    assert "The newest that can be released is 5 April 2018, 22:00 UTC" in page
    world.perform("press", propose_release, as_of=world.at(5, 22).utc)
    page = press.get("/figures/releases/new/").content.decode()
    assert "waits for a second signature" in page and "Open the proposed release 4" in page


def test_what_changes_the_table_alone_can_be_released_anew(world: World) -> None:
    """One page must not say that the figures do not reconcile, and another that nothing can be released."""
    reads = world.at(5, 23)
    world.perform("coordinator", set_clock, reads=reads.at, set_at=datetime.now(UTC), rate=0.0)
    world.perform("coordinator", name_counting, care=world.authorities["care"], cut_time="22:00")
    meet(world, 3)
    moment = world.at(5, 22).utc
    publish(world, as_of=moment)
    meet(world, 4, seen_as="not-a-victim")  # came in late: in the table, not in the sentence
    press = world.client("press")
    assert "It does not reconcile" in press.get("/figures/").content.decode()
    page = press.get("/figures/releases/new/").content.decode()
    assert "The newest that can be released is 5 April 2018, 22:00 UTC" in page
    proposal = str(world.perform("press", propose_release, as_of=moment))
    with pytest.raises(Refused, match="waits for its signature and says just this"):
        world.perform("press", propose_release, as_of=moment)
    world.perform("coordinator", sign_release, release=proposal)
    assert "It does not reconcile" not in press.get("/figures/").content.decode()
    with pytest.raises(Refused, match="says just this"):
        world.perform("press", propose_release, as_of=moment)


def test_a_moment_between_cuts_is_refused_as_what_it_is(world: World) -> None:
    reads = world.at(5, 23)
    world.perform("coordinator", set_clock, reads=reads.at, set_at=datetime.now(UTC), rate=0.0)
    world.perform("coordinator", name_counting, care=world.authorities["care"], cut_time="22:00")
    press = world.client("press")
    form = page_form(press.get("/figures/releases/new/").content.decode())
    local = datetime(2018, 4, 5, 22, 45, tzinfo=UTC).astimezone(ZoneInfo(world.actor("press").zone))
    moment = {"as_of_day": str(local.day), "as_of_month": "4", "as_of_time": f"{local:%H:%M}"}
    page = press.post("/figures/releases/new/", {**form, **moment}).content.decode()
    assert "this is not a cut: figures are released as of 22:00 UTC of a day" in page
    assert "lies ahead" not in page
    assert page_form(page).items() >= moment.items()


def page_form(page: str) -> dict[str, str]:
    """The inputs of a page with their values."""
    values = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            values[name[1]] = value[1] if value else ""
    return values


def test_a_moment_that_has_not_come_is_answered_with_the_next_cut(world: World) -> None:
    reads = world.at(5, 23)
    world.perform("coordinator", set_clock, reads=reads.at, set_at=datetime.now(UTC), rate=0.0)
    press = world.client("press")
    ahead = {"as_of_day": "6", "as_of_month": "4", "as_of_year": "2018", "as_of_time": "18:00"}
    page = press.post("/figures/releases/new/", ahead).content.decode()
    assert (
        "this moment has not come yet: choose one that has" in page and "write when it happened" not in page
    )
    world.perform("coordinator", name_counting, care=world.authorities["care"], cut_time="22:00")
    page = press.post("/figures/releases/new/", ahead).content.decode()
    assert "this moment has not come yet: the next cut is 6 April 2018, 22:00 UTC" in page


def test_a_cut_before_the_first_day_by_the_operations_clock_is_neither_offered_nor_taken(
    world: World,
) -> None:
    """3 April, 01:00 UTC, is still the evening of 2 April where the operation begins on 3 April."""
    assert Operation.objects.get().zone == "America/Barbados"  # UTC-4, as Guyana
    world.perform("coordinator", name_counting, care=world.authorities["care"], cut_time="01:00")
    press = world.client("press")
    for day, hour, newest in ((3, 12, ""), (4, 12, "4 April 2018, 01:00 UTC")):
        reads = world.at(day, hour)
        world.perform("coordinator", set_clock, reads=reads.at, set_at=datetime.now(UTC), rate=0.0)
        page = press.get("/figures/releases/new/").content.decode()
        assert ("The newest that can be released is" in page) == bool(newest) and newest in page
    publish(world, as_of=world.at(4, 1).utc)
    page = press.get("/figures/releases/new/").content.decode()
    assert "is published" in page and "earlier cut" not in page
    with pytest.raises(Refused, match="before the operation's first day"):
        world.perform("press", propose_release, as_of=world.at(3, 1).utc)
