"""How long somebody is held: on Today of prosecutor and lead, with a limit that is confirmed or none."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from libertad.access.acting import Forbidden, perform
from libertad.access.models import Officer
from libertad.evidence.actions.seize import seize
from libertad.evidence.models import Exhibit
from libertad.operations.actions.set_clock import set_clock
from libertad.operations.models import Site
from libertad.people import limits
from libertad.people.actions.confirm_limit import confirm_limit
from libertad.people.actions.link_suspect import link_suspect
from libertad.people.actions.set_detention import set_detention
from libertad.people.hours import Running, against, counted_from
from libertad.people.models import Detention
from libertad.people.queries import detention
from libertad.people.timeline_custody import counted_words
from libertad.vocabulary.values import Happened, PersonName, Refused
from tests.operations.making import a_site
from tests.support.custody import read_all, release, stage
from tests.support.forms import form_at
from tests.support.shuffling import assert_order_free
from tests.support.world import World

SUSPECT = {"country": "GY", "name": (PersonName(text="Otho Marbleton"),), "grounds": "Held the keys"}


def detain(world: World, day: int = 5, hour: int = 10, **overrides: object) -> str:
    values = {"state": "detained", "happened": world.at(day, hour), **SUSPECT, **overrides}
    key: str = world.perform("officer", set_detention, **values)
    return key


def now_is(world: World, day: int, hour: int) -> None:
    world.perform(
        "coordinator", set_clock, reads=world.at(day, hour).at, set_at=dt.datetime.now(dt.UTC), rate=0.0
    )


def today(world: World, role: str) -> str:
    return world.client(role).get("/?all=1").content.decode()


@pytest.mark.parametrize("role", ["prosecutor", "national-lead"])
def test_61_hours_uncharged_do_not_pass_in_silence(world: World, role: str) -> None:
    detain(world)
    now_is(world, 7, 23)
    page = today(world, role)
    assert "Held for 2 d 13 h without a charge" in page
    assert "Limit not confirmed here: ask" in page


TEXT = {
    "law": "Constitution art. 139",
    "text": "within seventy-two hours",
    "checked_with": "Chambers, 2 April",
}
LIMIT: dict[str, Any] = {"kind": "before-charge", "rule": "hours", "hours": 72, **TEXT}


def stands(world: World, key: str, role: str = "prosecutor") -> limits.Standing:
    shown_detention = detention(world.actor(role), key)
    assert shown_detention is not None
    standing = limits.standing(world.actor(role), shown_detention)
    assert standing is not None
    return standing


def test_a_limit_alarms_before_it_passes_and_after_in_words_and_not_by_colour_alone(world: World) -> None:
    detain(world)
    world.perform("prosecutor", confirm_limit, **LIMIT)
    now_is(world, 6, 10)
    calm = today(world, "prosecutor")
    assert "Limit 72 hours: Constitution art. 139" in calm and "Limit is near" not in calm
    now_is(world, 7, 23)
    near = today(world, "prosecutor")
    assert "Limit is near" in near and "tag--needs" in near and "Limit has passed" not in near
    assert "Passes at 8 April 2018, 06:00 (UTC-4)" in near
    now_is(world, 8, 11)
    passed = today(world, "prosecutor")
    assert "Limit has passed" in passed and "tag--danger" in passed and "Overdue" in passed


def test_nobody_confirms_the_law_of_another_country_and_no_silence_becomes_a_number(world: World) -> None:
    key = detain(world)
    administrator = replace(
        world.actor("other-lead"), officer=administrator_of(world, "other-police"), role="administrator"
    )
    perform(administrator, confirm_limit, **LIMIT)  # of Saint Vincent, its own
    assert stands(world, key).limit is None
    care = replace(
        administrator, officer=administrator_of(world, "care"), authority=world.authorities["care"]
    )
    with pytest.raises(Refused, match="police or the prosecution"):
        perform(care, confirm_limit, **LIMIT)
    for role in ("officer", "national-lead", "coordinator", "caseworker"):
        with pytest.raises(Forbidden):
            world.perform(role, confirm_limit, **LIMIT)


def administrator_of(world: World, key: str) -> str:
    return Officer.objects.get(authority=world.authorities[key], role="administrator").pk


def test_a_limit_is_superseded_with_a_reason_and_both_stay_visible(world: World) -> None:
    key = detain(world)
    world.perform("prosecutor", confirm_limit, **LIMIT)
    with pytest.raises(Refused, match="reasons"):
        world.perform("prosecutor", confirm_limit, **{**LIMIT, "hours": 48})
    world.perform("prosecutor", confirm_limit, **{**LIMIT, "hours": 48}, reasons="Amended in 2017")
    limit = stands(world, key).limit
    assert limit is not None and (limit.hours, limit.reasons) == (48, "Amended in 2017")
    assert [earlier.hours for earlier in limit.earlier] == [72]
    page = world.client("officer").get("/limits/").content.decode()
    assert (
        "48 hours" in page
        and "72 hours" in page
        and "Amended in 2017" in page
        and "Chambers, 2 April" in page
    )
    address = "/limits/withdraw/?kind=before-charge"
    assert address in world.client("prosecutor").get("/limits/").content.decode()
    assert world.client("administrator").get(address)["Location"] == "/limits/"  # it confirmed none itself
    world.client("prosecutor").post(address, {"reasons": "Emergency law"})
    assert stands(world, key).limit is None
    assert_order_free(world)


def test_of_two_limits_that_differ_the_shorter_one_counts_and_both_show(world: World) -> None:
    key = detain(world)
    world.perform("prosecutor", confirm_limit, **LIMIT)
    world.perform("administrator", confirm_limit, **{**LIMIT, "hours": 24})
    standing = stands(world, key)
    assert standing.limit is not None and standing.limit.hours == 24 and len(standing.limits) == 2
    page = world.client("prosecutor").get(f"/detentions/{key}/").content.decode()
    assert "the shorter one counts" in page
    listed = world.client("prosecutor").get("/limits/").content.decode()
    assert "Counts: the shorter one" in listed and "Confirmed; a shorter one counts" in listed
    world.perform("prosecutor", confirm_limit, **{**LIMIT, "hours": 24}, reasons="Amended in 2017")
    assert "shorter one" not in world.client("prosecutor").get("/limits/").content.decode()


def test_a_law_without_hours_is_told_as_such_and_sets_no_alarm(world: World) -> None:
    key = detain(world)
    none: dict[str, Any] = {
        "kind": "before-charge",
        "rule": "none",
        **TEXT,
        "text": "as soon as reasonably practicable",
    }
    world.perform("prosecutor", confirm_limit, **none)
    now_is(world, 20, 10)
    assert stands(world, key).stands.ends is None
    page = today(world, "national-lead")
    assert "The law gives no hours" in page and "not confirmed here" not in page
    with pytest.raises(Refused, match="hours"):
        world.perform("prosecutor", confirm_limit, **{**none, "hours": 5}, reasons="x")
    with pytest.raises(Refused, match="hours"):
        world.perform("prosecutor", confirm_limit, **{**LIMIT, "hours": 0}, reasons="x")


PARTS = [
    ("morning", "day", dt.datetime(2018, 4, 5, 10)),  # 06:00 in Guyana is 10:00 UTC
    ("", "day", dt.datetime(2018, 4, 5, 4)),
    ("evening", "day", dt.datetime(2018, 4, 5, 22)),
    ("", "hour", dt.datetime(2018, 4, 5, 13)),
]


@pytest.mark.parametrize(("part", "precision", "since"), PARTS)
def test_a_time_that_is_partly_known_counts_from_the_earliest_it_may_mean(
    world: World, part: str, precision: Any, since: dt.datetime
) -> None:
    beginning = Happened(
        at=dt.datetime(2018, 4, 5, 13, 40, tzinfo=dt.UTC), zone="America/Guyana", precision=precision
    )
    key = detain(world, happened=beginning, day_part=part)
    standing = stands(world, key)
    assert standing.running.since.at == since.replace(tzinfo=dt.UTC)
    assert counted_words(standing)
    # What follows the same day follows it, and the clock runs on from the beginning.
    world.perform(
        "officer", set_detention, detention=key, state="arrested", country="GY", happened=world.at(5, 23)
    )
    shown_detention = detention(world.actor("prosecutor"), key)
    assert (
        shown_detention is not None
        and shown_detention.state == "arrested"
        and shown_detention.running == standing.running
    )
    assert_order_free(world)


def test_an_unknown_beginning_counts_at_least_from_when_it_was_recorded(world: World) -> None:
    beginning = Happened(at=world.at(5, 10).at, zone="America/Guyana", precision="unknown")
    detain(world, happened=beginning)
    now_is(world, 6, 10)
    page = today(world, "prosecutor")
    assert "Held for at least 24 h 00 min without a charge" in page and "It is longer" in page


def test_hours_run_as_they_pass_when_the_clocks_change(world: World) -> None:
    """In Asunción the clocks went back on 25 March 2018: 24 hours later it was 23:00 there, not midnight."""
    start = Happened(at=dt.datetime(2018, 3, 24, 3, tzinfo=dt.UTC), zone="America/Asuncion")
    limit = SimpleNamespace(hours=24)
    ends = against(Running("before-charge", start, start), limit, start.at).ends
    assert ends == dt.datetime(2018, 3, 25, 3, tzinfo=dt.UTC)
    day = counted_from(
        Happened(at=dt.datetime(2018, 3, 25, 15, tzinfo=dt.UTC), zone="America/Asuncion", precision="day")
    )
    assert day.local.hour == 0 and day.at.astimezone(dt.UTC) == dt.datetime(2018, 3, 25, 4, tzinfo=dt.UTC)


def test_the_clock_ends_with_a_charge_a_release_or_a_court_and_begins_anew(world: World) -> None:
    key = detain(world)
    follows(world, key, "released", 5, 12)
    shown_detention = detention(world.actor("prosecutor"), key)
    assert shown_detention is not None and shown_detention.running is None
    world.perform(
        "officer", set_detention, detention=key, state="arrested", country="GY", happened=world.at(6, 9)
    )
    assert stands(world, key).running.since.at == world.at(6, 9).at
    follows(world, key, "charged", 7, 9)
    assert stands(world, key).running.kind == "after-charge"
    now_is(world, 7, 12)
    line = "Held for 27 h 00 min, 3 h 00 min of it since the charge, before a court"
    assert line in today(world, "prosecutor")
    now_is(world, 7, 15)
    stage(world, key, "remanded", happened=world.at(7, 15))
    shown_detention = detention(world.actor("prosecutor"), key)
    assert shown_detention is not None and shown_detention.running is None
    assert "since the charge" not in today(world, "prosecutor")


def stages(world: World, key: str) -> Any:
    shown_detention = detention(world.actor("prosecutor"), key)
    assert shown_detention is not None
    return shown_detention.stages


def test_a_suspect_is_linked_to_exhibits_and_sites_and_shown_on_both(world: World) -> None:
    key, site = detain(world), a_site(world)
    exhibit = world.perform(
        "officer",
        seize,
        country="GY",
        kind="mobile-phone",
        description="A grey phone",
        where_found="Behind the bar",
        owner_agreed="yes",
        witness="S. Adams",
        receipt=True,
    )
    lead = world.client("national-lead")
    references = Exhibit.objects.get(pk=exhibit).reference, Site.objects.get(pk=site).reference
    for target, reasons in zip(references, ("In his pocket", "Held the keys"), strict=True):
        linked = lead.post(f"/detentions/{key}/link/", {"other": target, "reasons": reasons})
        assert linked.status_code == 302, linked.content.decode()
    page = lead.get(f"/detentions/{key}/").content.decode()
    assert "In his pocket" in page and f"/exhibits/{exhibit}/" in page and f"/sites/{site}/" in page
    reference = detention(world.actor("officer"), key).reference  # type: ignore[union-attr]
    assert reference in lead.get(f"/exhibits/{exhibit}/").content.decode()
    assert reference in lead.get(f"/sites/{site}/").content.decode()
    # The prosecution does not read sites, and the analyst no detentions: neither learns of the link there.
    court = world.client("prosecutor").get(f"/detentions/{key}/").content.decode()
    assert "In his pocket" in court and f"/sites/{site}/" not in court
    for role in ("analyst", "coordinator"):
        assert reference not in world.client(role).get(f"/sites/{site}/").content.decode()
    lead.post(f"/detentions/{key}/unlink/", {"other": f"site:{site}", "reasons": "Another man's keys"})
    assert reference not in lead.get(f"/sites/{site}/").content.decode()
    with pytest.raises(Refused, match="no such"):
        world.perform("officer", link_suspect, detention=key, kind="exhibit", other=site, reasons="x")
    assert_order_free(world)


@pytest.mark.parametrize(
    ("moment", "is_refused"),
    [
        ({"happened_day": "5", "happened_time": "10:00"}, True),
        ({"happened_day": "5", "happened_time": ""}, False),
        ({}, False),  # the hour that the form came with
        ({"happened_time": "07:15"}, True),
    ],
)
def test_an_hour_beside_a_part_of_the_day_is_refused_and_never_left_out_unsaid(
    world: World, moment: dict[str, str], is_refused: bool
) -> None:
    now_is(world, 6, 10)
    client, path = world.client("officer"), "/detentions/new/"
    shown = client.get(path).context["form"]
    boxes = shown["happened"].value().local.strftime("%-d %-m %Y %H:%M").split()
    values = {
        "state": "detained",
        "name": "Otho Marbleton",
        "grounds": "Held the keys",
        "day_part": "evening",
        "hour_shown": shown["hour_shown"].value(),
        **dict(zip((f"happened_{box}" for box in ("day", "month", "year", "time")), boxes, strict=True)),
    }
    now_is(world, 6, 11)  # the clock goes on while the form is filled in
    answer = client.post(path, values | moment)
    assert (answer.status_code == 200) == is_refused, answer.content.decode()
    assert Detention.objects.exists() != is_refused
    if is_refused:
        page = answer.content.decode()
        assert "Both the hour, " in page and "leave the hour out above" in page
        assert list(answer.context["form"].errors) == ["day_part"]


@pytest.mark.parametrize(
    ("moment", "is_refused"),
    [
        ({"happened_day": "4"}, True),
        ({"happened_day": "4", "happened_time": ""}, True),
        ({"happened_time": "05:15"}, True),
        ({}, False),  # what the form came with
        ({"happened_time": ""}, False),
        (dict.fromkeys(("happened_day", "happened_month", "happened_year", "happened_time"), ""), False),
    ],
)
def test_a_date_beside_not_even_the_day_is_refused_and_never_left_out_unsaid(
    world: World, moment: dict[str, str], is_refused: bool
) -> None:
    now_is(world, 6, 10)
    client, path = world.client("officer"), "/detentions/new/"
    values = {**form_at(client, path).fields, "state": "detained", "name": "Otho Marbleton"}
    values |= {"grounds": "Held the keys", "day_part": "unknown"} | moment
    answer = client.post(path, values)
    assert Detention.objects.exists() != is_refused, answer.content.decode()
    if is_refused:
        form = answer.context["form"]
        (text,) = form.errors["day_part"]
        assert "choose 'The day is known, the hour is not'" in text and "2018, and 'Not even the day'" in text
        assert {name: form.data[name] for name in moment} == moment, "what was typed stays"


def test_the_form_takes_a_morning_and_the_place_s_own_clock(world: World) -> None:
    site = a_site(world, zone="America/Barbados")
    now_is(world, 6, 10)
    values = {
        "state": "detained",
        "name": "Otho Marbleton",
        "grounds": "Held the keys",
        "site": site,
        "happened_day": "5",
        "happened_month": "4",
        "happened_year": "2018",
        "happened_time": "",
        "day_part": "morning",
    }
    answer = world.client("officer").post("/detentions/new/", values)
    assert answer.status_code == 302, answer.content.decode()
    key = answer["Location"].rstrip("/").rsplit("/", 1)[-1]
    since = stands(world, key).running.since
    assert (since.zone, since.local.hour, since.precision) == ("America/Barbados", 6, "day")
    page = world.client("prosecutor").get(f"/detentions/{key}/").content.decode()
    assert "Known: In the morning. Counted from the earliest that this may mean: 5 April 2018, 06:00" in page


def follows(world: World, key: str, state: str, day: int, hour: int, **values: object) -> None:
    """Charged or released, and read by another officer."""
    happened = world.at(day, hour)
    if state == "charged":
        stage(world, key, state, happened=happened, **values)
    else:
        release(world, key, happened=happened, **values)
        read_all(world, key)


def test_a_limit_that_was_passed_is_told_after_the_charge_and_by_how_long(world: World) -> None:
    key = detain(world, state="arrested")
    world.perform("prosecutor", confirm_limit, **LIMIT)
    now_is(world, 9, 12)
    follows(world, key, "charged", 8, 15)
    line = "The limit of 72 hours was passed by 5 h 00 min before the charge"
    for role in ("prosecutor", "national-lead"):
        page = today(world, role)
        assert line in page and "tag--danger" in page and "Limit was passed" in page, role
    page = world.client("prosecutor").get(f"/detentions/{key}/").content.decode()
    assert line in page and "Limit was passed" in page
    assert (
        "by 5 h 00 min before the charge" in world.client("prosecutor").get("/detentions/").content.decode()
    )
    assert_order_free(world)


def test_it_is_told_after_a_release_and_after_a_court_too_and_not_where_the_limit_was_kept(
    world: World,
) -> None:
    world.perform("prosecutor", confirm_limit, **LIMIT)
    now_is(world, 9, 12)
    freed, remanded, in_time, twice = (detain(world, state="arrested") for _n in range(4))
    follows(world, freed, "released", 8, 12, reasons="No grounds")
    assert "passed by 2 h 00 min before the release" in detention_page(world, freed)
    stage(world, remanded, "charged", happened=world.at(8, 11))
    stage(world, remanded, "remanded", happened=world.at(8, 11))
    assert "passed by 1 h 00 min before the charge" in detention_page(world, remanded)
    follows(world, in_time, "charged", 8, 9)
    assert "was passed" not in detention_page(world, in_time)
    follows(world, twice, "released", 6, 10, reasons="No grounds")
    assert "was passed" not in detention_page(world, twice)


def test_the_limit_after_a_charge_is_told_when_a_court_came_too_late(world: World) -> None:
    key = detain(world, state="arrested")
    world.perform("prosecutor", confirm_limit, **{**LIMIT, "kind": "after-charge", "hours": 24})
    now_is(world, 9, 12)
    follows(world, key, "charged", 6, 10)
    stage(world, key, "remanded", happened=world.at(7, 13))
    assert "The limit of 24 hours after the charge was passed by 3 h 00 min before a court" in detention_page(
        world, key
    )


def detention_page(world: World, key: str) -> str:
    return world.client("prosecutor").get(f"/detentions/{key}/").content.decode()


def test_the_head_tells_the_whole_time_first_and_a_courts_order_after_it(world: World) -> None:
    key = detain(world, state="arrested")
    now_is(world, 8, 15)
    follows(world, key, "charged", 8, 14)
    for page in (today(world, "prosecutor"), detention_page(world, key)):
        assert "Held for 3 d 5 h, 1 h 00 min of it since the charge, before a court" in page
    head = detention_page(world, key).partition('class="status')[2][:600]
    assert "3 d 5 h" in head and head.index("3 d 5 h") < head.index("1 h 00 min")
    stage(world, key, "remanded", happened=world.at(8, 14, 30))
    page = detention_page(world, key)
    assert "Held by a court&#x27;s order" in page and "Remanded" in page
    listed = world.client("prosecutor").get("/detentions/").content.decode()
    assert "Held by a court&#x27;s order" in listed
    stage(world, key, "bail", happened=world.at(8, 14, 40))
    assert "Held by a court" not in detention_page(world, key)
