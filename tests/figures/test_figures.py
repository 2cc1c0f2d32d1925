"""Figures of an operation: counted once, equal to the entries behind them, never given by a client."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from libertad.access.acting import Forbidden
from libertad.figures import counted_rows, queries, queries_care, words
from libertad.figures.actions.propose_release import propose_release
from libertad.figures.models import Proposal, Release
from libertad.figures.page import COLUMNS
from libertad.figures.queries_entries import entries_behind
from libertad.people.models import Person
from libertad.vocabulary.values import Refused
from tests.figures.making import link, meet, small, status
from tests.support.releasing import publish
from tests.support.shuffling import assert_order_free
from tests.support.world import World


def test_a_person_met_twice_is_counted_once_where_first_met(world: World) -> None:
    first, later = meet(world, 3), meet(world, 5, role="other-officer")
    actor = world.actor("coordinator")
    assert queries.figures(actor).total.potential == 2
    link(world, first, later, 6)
    figures = queries.figures(actor)
    assert (figures.total.records, figures.total.met_twice, figures.total.potential) == (2, 1, 1)
    assert (figures.lines["GY"].potential, figures.lines["VC"].potential) == (1, 0)
    assert figures.counted.crossing == 1
    # As of the day before the link was said, there were two.
    assert queries.count_people(actor, world.at(5, 23).utc).total.potential == 2
    link(world, later, first, 7, same=False)
    assert queries.figures(actor).total.potential == 2


def test_small_operation_adds_up(world: World) -> None:
    small(world)
    line = queries.figures(world.actor("press")).total
    # What care decided is no part of the open side: all six but one are seen as potential victims.
    assert (line.records, line.met_twice, line.not_a_victim, line.not_assessed) == (7, 1, 0, 1)
    assert line.potential == 5
    assert (line.detained, line.released, line.held, line.arrests, line.charged) == (2, 1, 0, 1, 0)
    # What 0.1 said of care's decisions is counted on care's side, for care.
    care = queries_care.own_cells(world.actor("caseworker"))
    assert care is not None
    assert {name: number for name, number in care.cells["GY"].items() if number} == {
        "from_potential": 3,
        "to_presumed": 1,
        "to_confirmed": 1,
        "to_not_a_victim": 1,
    }
    assert_order_free(world, orders=2, replays=1)


@pytest.mark.parametrize("day", [None, 4, 5])
def test_every_cell_equals_the_entries_behind_it(world: World, day: int | None) -> None:
    small(world)
    actor = world.actor("analyst")
    as_of = None if day is None else world.at(day, 13).utc
    figures = queries.figures(actor, as_of)
    names = {figure: name for figure, name, _ in COLUMNS}
    for figure in counted_rows.FIGURES:
        name = names.get(figure, figure.replace("-", "_"))
        for country, line in [*figures.lines.items(), ("", figures.total)]:
            listing = entries_behind(actor, figure, country, as_of=as_of)
            assert listing.total == getattr(line, name) == len(listing.entries), (figure, country)
            assert all(entry.entry for entry in listing.entries)


def test_release_counts_inside_and_no_number_can_be_given(world: World) -> None:
    small(world)
    as_of = world.at(6, 20).utc
    with pytest.raises(TypeError):
        world.perform("coordinator", propose_release, as_of=as_of, arrests=400)
    client = world.client("press")
    page = client.get("/figures/releases/new/").content.decode()
    token = re.search(r'name="previewed"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="previewed"', page)
    assert token
    form = {
        "as_of_day": "6",
        "as_of_month": "4",
        "as_of_year": "2018",
        "as_of_time": "16:00",
        "previewed": token[1] or token[2],
        "arrests": "400",
        "potential_victims": "400",
    }
    answer = client.post("/figures/releases/new/", form)
    assert answer.status_code == 200 and not Release.objects.exists()  # another moment: read it first
    page = answer.content.decode()
    assert "met 5 potential victims" in page and "By first views" in page
    token = re.search(r'name="previewed"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="previewed"', page)
    assert token
    answer = client.post("/figures/releases/new/", {**form, "previewed": token[1] or token[2]}, follow=True)
    assert not Release.objects.exists() and "waits for a second signature" in answer.content.decode()
    (waits,) = Proposal.objects.all()
    answer = world.client("coordinator").post(
        f"/figures/releases/{waits.pk}/sign/", {"proposal": waits.entry}, follow=True
    )
    row = Release.objects.get()
    assert (row.potential_victims, row.arrests, row.number, row.as_of) == (5, 1, 1, as_of)
    assert "met 5 potential victims" in answer.content.decode()
    assert row.sealed is not None


def test_release_keeps_its_snapshot_and_what_changed_stands_beside_it(world: World) -> None:
    actor = world.actor("coordinator")
    first = meet(world, 3)
    meet(world, 3, "not-assessed")
    publish(world, as_of=world.at(3, 22).utc)
    assert queries.figures(actor).reconciled.same_now
    later = meet(world, 5)
    meet(world, 5)
    unsure = meet(world, 5)
    link(world, first, later, 5)
    status(world, unsure, "not-a-victim", 6)
    reconciliation = queries.figures(actor).reconciled
    assert reconciliation.holds and not reconciliation.same_now
    # Not what care decided: that is told by the next release alone.
    assert words.changed(reconciliation.since) == "3 people added, 1 linked"
    second = publish(world, as_of=world.at(6, 22).utc)
    after, before = queries.releases(actor)
    assert (before.total.records, after.total.records) == (2, 5)
    assert after.changes == {"records": 3, "met_twice": 1}
    assert after.care is None  # no care authority counts here
    for figure, count in (("records", 3), ("met-twice", 1), ("not-a-victim", 0)):
        new = entries_behind(actor, figure, as_of=after.as_of, since=before.as_of)
        assert new.total == count
    # An entry about the time before the release that comes in later: the release stays, the page says so.
    meet(world, 4)
    reconciliation = queries.figures(actor).reconciled
    assert not reconciliation.holds
    assert words.changed(reconciliation.then) == "1 person added"
    page = world.client("analyst").get("/figures/").content.decode()
    assert "It does not reconcile" in page and "1 person added" in page
    assert Release.objects.get(pk=second).potential_victims == 3


def test_release_of_a_moment_to_come_is_refused(world: World) -> None:
    with pytest.raises(Refused) as why:
        world.perform("coordinator", propose_release, as_of=world.at(9, 1).utc.replace(year=2150))
    assert why.value.field == "as_of"
    assert not Release.objects.exists()


@pytest.mark.parametrize("role", ["analyst", "officer", "caseworker", "national-lead", "administrator"])
def test_only_coordinator_and_press_publish(world: World, role: str) -> None:
    with pytest.raises((Forbidden, Refused)):
        world.perform(role, propose_release, as_of=world.at(4, 1).utc)
    assert world.client(role).get("/figures/releases/new/").status_code == 404


def test_press_sees_totals_and_no_file(world: World) -> None:
    small(world)
    client = world.client("press")
    page = client.get("/figures/").content.decode()
    assert "5 people seen as potential victims" in page and "Counts only: no names are shown" in page
    assert "/figures/entries/" not in page
    assert client.get(reverse("figures-entries", args=["records"])).status_code == 404
    for row in Person.objects.all():
        assert client.get(f"/people/{row.pk}/").status_code == 404
    assert world.client("administrator").get("/figures/").status_code == 404


@pytest.mark.parametrize("role", ["coordinator", "officer", "caseworker", "prosecutor", "deciding-authority"])
def test_numbers_open_to_entries_and_entries_to_their_signature(world: World, role: str) -> None:
    small(world)
    client = world.client(role)
    page = client.get("/figures/").content.decode()
    opened = client.get("/figures/entries/potential/?country=GY")
    assert "/figures/entries/potential/?country=GY" in page
    text = opened.content.decode()
    assert "Potential victim" in text
    for figure in ("presumed", "confirmed", "potential-victims"):
        assert client.get(f"/figures/entries/{figure}/").status_code == 404
    entry = re.search(r"/entries/[0-9a-f]{64}/", text)
    assert entry
    entry_page = client.get(entry[0])
    assert entry_page.status_code == 200 and "valid" in entry_page.content.decode()
    from libertad.people.models import Tally

    for counting in Tally.objects.values_list("id", flat=True):
        for each in (page, text, entry_page.content.decode()):
            assert counting not in each


def test_unknown_figure_release_and_page_are_not_found_or_empty(world: World) -> None:
    client = world.client("analyst")
    assert client.get("/figures/entries/names/").status_code == 404
    assert client.get("/figures/entries/records/?release=none").status_code == 404
    assert client.get("/figures/releases/none/").status_code == 404
    assert client.get("/figures/entries/records/?page=-3").status_code == 200
    assert client.get("/figures/public/file/").status_code == 404
    assert "Nothing has been released yet" in client.get("/figures/public/").content.decode()


def test_public_version_withholds_and_says_so_and_comes_from_the_release(world: World) -> None:
    for _ in range(12):
        meet(world, 3)
    for _ in range(3):
        meet(world, 3, role="other-officer")
    publish(world, as_of=world.at(4, 1).utc)
    meet(world, 5, role="other-officer")
    client = world.client("press")
    page = client.get("/figures/public/").content.decode()
    assert "15" in page and ">12<" not in page and page.count("withheld") >= 3
    assert "does not protect against comparing" in page
    text = client.get("/figures/public/file/").content.decode()
    assert ",GY,seen,withheld," in text and ",all,seen,15," in text and ",all,potential-victims,15," in text


def test_download_marks_where_each_number_comes_from(world: World) -> None:
    meet(world, 3)
    status(world, meet(world, 3), "presumed", 4)
    text = world.client("analyst").get("/figures/file/").content.decode()
    assert text.splitlines()[0] == "operation,as_of,country,figure,value,provenance"
    assert re.search(r",GY,records,2,\r?\n", text)


def test_summary_says_provenance(world: World) -> None:
    small(world)
    summary = queries.summary(world.actor("coordinator"))
    assert (summary["potential_victims"], summary["arrests"], summary["detained"]) == (5, 1, 2)
    assert (summary["police_and_interpol_authorities"], summary["countries"]) == (3, 3)
    assert set(summary["provenance"].values()) == {""}


def test_published_only_where_the_record_says_the_number(world: World) -> None:
    from types import SimpleNamespace
    from typing import Any

    from libertad.figures.published import bound, provenance, record

    recorded: Any = SimpleNamespace(**record()["operation"])
    other_operation: Any = SimpleNamespace(**{**record()["operation"], "first_day": "2018-04-04"})
    assert provenance(recorded, "arrests", 22, True) == "published"
    assert provenance(recorded, "arrests", 23, True) == "generated"
    assert provenance(recorded, "potential_victims", 347, True) == "generated"
    assert provenance(other_operation, "arrests", 22, True) == "generated"
    assert provenance(other_operation, "arrests", 22, False) == ""
    assert bound(recorded, "potential_victims", 347) == "nearly 350"
    assert bound(other_operation, "potential_victims", 347) == bound(recorded, "potential_victims", 400) == ""


def test_release_counts_as_of_its_moment_and_not_what_came_later(world: World) -> None:
    meet(world, 3)
    meet(world, 6)
    key = publish(world, "press", as_of=world.at(4, 1).utc)
    assert Release.objects.get(pk=key).potential_victims == 1
