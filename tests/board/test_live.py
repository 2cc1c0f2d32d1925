"""The live stream over a real server process: what is said by one shows on the others, and only there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.access.actor import Actor
from libertad.access.models import Account
from libertad.access.sessions import end
from libertad.board import hub
from libertad.board.cursor import Sealer
from libertad.board.gate import Admitted
from libertad.board.queries import newest
from libertad.board.viewers import WAITING, Viewer
from libertad.evidence.actions.seal import seal
from libertad.evidence.actions.seize import seize
from libertad.operations.actions.check_in import check_in
from libertad.operations.actions.report_lead import report_lead
from tests.operations.making import a_site, a_team
from tests.support.serving import server
from tests.support.streaming import HUNG, Stream
from tests.support.world import World

Open = Callable[..., Stream]


@pytest.fixture
def served(world: World) -> Iterator[str]:
    with server(world.home) as base:
        yield base


def cookie(world: World, role: str) -> str:
    from django.conf import settings

    value = world.client(role).cookies[settings.SESSION_COOKIE_NAME].value
    return f"{settings.SESSION_COOKIE_NAME}={value}"


@pytest.fixture
def watch(world: World, served: str) -> Iterator[Open]:
    """Opens a role's stream: `watch("coordinator", after=...)`. Waits until it has begun."""
    with ExitStack() as stack:

        def open_stream(role: str, **options: object) -> Stream:
            base = str(options.pop("base", served))
            jar = str(options.pop("cookie", "") or cookie(world, role))
            stream = Stream(base, jar, **options)  # type: ignore[arg-type]
            stack.callback(stream.close)
            return stream

        yield open_stream


def account(world: World, role: str) -> int:
    key = Account.objects.get(officer=world.actor(role).officer).pk
    assert key is not None
    return int(key)


def lead(world: World, role: str = "officer", country: str = "GY") -> str:
    return str(
        world.perform(
            role,
            report_lead,
            happened=world.at(5, 12),
            country=country,
            summary="Canary of a summary.",
            source_grade="2",
            information_grade="B",
            handling="P",
            workplace="farm",
        )
    )


def test_a_report_shows_on_another_viewer(world: World, watch: Open) -> None:
    stream = watch("coordinator")
    stream.wait(1, "clock")
    lead(world)
    event = stream.wait(1)[0]
    assert hub.TICK <= 0.5, "what is new is looked for more than once a second"
    assert "farm" in event.data
    assert "Canary" not in stream.words()


def test_the_parts_of_the_board_follow(world: World, watch: Open) -> None:
    stream = watch("coordinator")
    stream.wait(1, "clock")
    a_site(world)
    counters = stream.wait(1, "counters")[0]
    assert "of 1" in counters.data
    assert "GY-01" in stream.wait(1, "map")[0].data
    before = len(stream.events)
    site = a_site(world)
    a_team(world, site)
    until = time.monotonic() + HUNG
    while not any(e.name == "overdue" and "T-GY-01" in e.data for e in stream.events[before:]):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_two_servers_of_one_node_show_the_same(world: World, watch: Open) -> None:
    with server(world.home) as second:
        streams = [watch("coordinator"), watch("coordinator", base=second)]
        for stream in streams:
            stream.wait(1, "clock")
        site = a_site(world)
        a_team(world, site)
        for stream in streams:
            stream.wait(2)
        assert streams[0].ids() == streams[1].ids()


def test_after_a_cut_nothing_is_lost_and_nothing_comes_twice(world: World, watch: Open) -> None:
    site = a_site(world)
    team = a_team(world, site)
    stream = watch("national-lead")
    stream.wait(1, "clock")

    def speak() -> None:
        world.perform("officer", check_in, team=team, state="on-site", happened=world.at(5, 13))

    ids: list[str] = []
    for _round in range(3):
        for _n in range(3):
            speak()
        stream.wait(3)
        cursor = stream.last_id()
        ids += stream.ids()
        stream.close()
        for _n in range(2):
            speak()
        stream = watch("national-lead", last_event_id=cursor, after="superseded-by-the-header")
        stream.wait(2)
    ids += stream.ids()
    time.sleep(0.5)
    from libertad.board.lines import lines

    every = set(lines(world.actor("national-lead")).filter(verb="team.check_in").values_list("id", flat=True))
    assert len(ids) == len(set(ids)) == 15
    assert set(ids) == every


def test_the_cut_may_fall_on_any_event(world: World, watch: Open) -> None:
    site = a_site(world)
    team = a_team(world, site)
    first = watch("national-lead")
    first.wait(1, "clock")
    for _n in range(6):
        world.perform("officer", check_in, team=team, state="on-site", happened=world.at(5, 13))
    first.wait(6)
    first.wait(1, "counters")
    marks = [(n, event.id) for n, event in enumerate(first.events) if event.id]
    for n, cursor in marks:
        rest = [event.content["id"] for event in first.events[n + 1 :] if event.name == "feed"]
        again = watch("national-lead", last_event_id=cursor)
        again.wait(1, "clock")
        assert again.ids() == rest
        again.close()


def test_a_viewer_gets_only_lines_of_its_own_compartments(world: World, watch: Open) -> None:
    centre, own, stranger = watch("coordinator"), watch("officer"), watch("other-officer")
    for stream in (centre, own, stranger):
        stream.wait(1, "clock")
    a_site(world)
    lead(world)
    centre.wait(2)
    own.wait(2)
    time.sleep(1.5)
    assert stranger.feed() == []
    assert "GY-01" not in stranger.words()


def test_a_role_gets_only_verbs_that_the_matrix_lets_it_read(world: World, watch: Open) -> None:
    from libertad.board.fold import LINES
    from libertad.board.lines import verbs_of

    key = world.perform(
        "administrator", appoint_officer, name="Own analyst", service_number="N-own", role="analyst"
    )
    world.actors["own-analyst"] = replace(world.actor("officer"), officer=key, role="analyst")
    Account.objects.create_user("N-own", "correct horse battery", key)
    # One authority and so one ring and the same compartments; only the role differs.
    analyst, keeper = watch("own-analyst"), watch("exhibits-officer")
    for stream in (analyst, keeper):
        stream.wait(1, "clock")
    exhibit = world.perform("officer", seize, country="GY", kind="mobile-phone", description="A phone.")
    world.perform("officer", seal, exhibit=exhibit, number="S-1")
    assert "sealed" in keeper.wait(2)[1].data
    analyst.wait(1)
    time.sleep(0.5)
    assert "sealed" not in analyst.words()
    assert "exhibit.seal" not in verbs_of("analyst")
    assert "exhibit.seal" in verbs_of("exhibits-officer")
    assert "lead.report" not in verbs_of("caseworker")
    assert not any(verb.startswith(("care.", "consent.", "screening.", "identification.")) for verb in LINES)


@pytest.mark.parametrize("role", ["caseworker", "deciding-authority", "prosecutor", "press", "administrator"])
def test_the_stream_is_for_police_alone(world: World, watch: Open, role: str) -> None:
    stream = watch(role)
    assert stream.status == 404
    assert stream.ended.wait(HUNG)


def test_nobody_streams_without_signing_in(world: World, watch: Open) -> None:
    assert watch("nobody", cookie="libertad=none").status == 302


def test_a_withdrawn_officer_sees_nothing_more_within_five_seconds(world: World, watch: Open) -> None:
    stream, stranger = watch("officer"), watch("national-lead")
    for each in (stream, stranger):
        each.wait(1, "clock")
    officer = world.actor("officer").officer
    world.perform("national-lead", withdraw_officer, officer=officer, reason="left the force")
    assert stream.ended.wait(HUNG)
    assert hub.CHECK_EVERY + hub.TICK < 5, "who may watch is asked again within five seconds"
    assert stream.events[-1].name == "reload"
    assert not stranger.ended.is_set()


def test_a_stream_ends_with_its_session(world: World, watch: Open) -> None:
    stream = watch("officer")
    stream.wait(1, "clock")
    end([account(world, "officer")])
    assert stream.ended.wait(HUNG)


def test_a_changed_password_ends_the_stream(world: World, watch: Open) -> None:
    stream = watch("officer")
    stream.wait(1, "clock")
    own_account = Account.objects.get(officer=world.actor("officer").officer)
    own_account.set_password("another horse battery")
    own_account.save()
    assert stream.ended.wait(HUNG)


def test_a_cursor_of_another_account_is_refused(world: World, watch: Open) -> None:
    start = newest()
    a_site(world)
    foreign = Sealer(account(world, "coordinator")).seal(start)
    stream = watch("officer", last_event_id=foreign)
    assert stream.ended.wait(HUNG)
    assert [event.name for event in stream.events] == ["reload"]
    own = watch("officer", last_event_id=Sealer(account(world, "officer")).seal(start))
    own.wait(1)


@pytest.mark.parametrize("cursor", ["nonsense", "AAAA", "é", "A" * 5000])
def test_what_is_no_cursor_is_refused(world: World, watch: Open, cursor: str) -> None:
    stream = watch("officer", after=cursor)
    assert stream.ended.wait(HUNG)
    assert [event.name for event in stream.events] == ["reload"]


def test_a_line_that_a_viewer_has_is_not_sent_again() -> None:
    loop = asyncio.new_event_loop()
    admitted = Admitted(Actor("o", "a", "officer"), 1, "s", "p", "en", "", "", [])
    viewer = Viewer(admitted, Sealer(1), 5, loop)
    sent = viewer.feed([(5, "sites", "had"), (6, "sites", "new")])
    loop.close()
    assert b"new" in sent and b"had" not in sent


def test_a_viewer_that_does_not_read_is_cut() -> None:
    loop = asyncio.new_event_loop()
    viewer = Viewer(Admitted(Actor("o", "a", "officer"), 1, "s", "p", "en", "", "", []), Sealer(1), 5, loop)
    for _n in range(WAITING + 2):
        viewer.enqueue(b"x")
    loop.close()
    assert viewer.queue._queue[-1] is None  # type: ignore[attr-defined]


def test_cursors_tell_nothing_about_the_journal(world: World) -> None:
    sealer = Sealer(1)
    assert sealer.seal(5) != sealer.seal(5)
    assert len(sealer.seal(0)) == len(sealer.seal(10**12))
    assert Sealer(2).open(sealer.seal(5)) is None
    assert sealer.open(sealer.seal(5)) == 5
    assert sealer.open(sealer.seal(-1)) == -1


def test_the_stream_has_a_pages_headers(world: World, watch: Open, served: str) -> None:
    stream = watch("coordinator")
    page = world.client("coordinator").get("/board/")
    for name in ("content-security-policy", "x-content-type-options", "referrer-policy", "x-frame-options"):
        # The policy's parts have no order.
        assert sorted(stream.headers[name].split("; ")) == sorted(page.headers[name].split("; "))
    assert stream.headers["cache-control"] == "no-store"
    assert stream.headers["x-accel-buffering"] == "no"
    assert stream.headers["content-type"].startswith("text/event-stream")


def test_a_filter_narrows_the_stream_as_well(world: World, watch: Open) -> None:
    hits, every = watch("coordinator", query={"feed": "hits"}), watch("coordinator")
    for stream in (hits, every):
        stream.wait(1, "clock")
    lead(world)
    every.wait(1)
    time.sleep(0.5)
    assert hits.feed() == []


def test_the_line_is_heard_even_when_nothing_is_said(world: World, watch: Open) -> None:
    stream = watch("coordinator")
    assert hub.BEAT_EVERY <= 10
    stream.wait(1, "ping")
