"""Real node processes: started, killed, done exactly once; and a small operation replayed on some of them."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from libertad.access.acting import Forbidden, new_id
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actor import Actor
from libertad.vocabulary.values import Refused
from scenarios.operation_libertad_2018 import play
from scenarios.replay import on_node
from scenarios.replay.carriages import STAND_IN
from scenarios.replay.hosts import Down, Host, Nursery, Raised
from scenarios.replay.ports import free_ports
from scenarios.replay.report import Report
from scenarios.replay.run import Options, layout, replay

pytestmark = [pytest.mark.sqlite_only, pytest.mark.xdist_group("replay")]
SMALL = ("BZ", "LC", "VC")


@pytest.fixture(scope="module")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    new_nursery = Nursery(tmp_path_factory.mktemp("nursery"))
    yield new_nursery
    new_nursery.close()


@pytest.fixture
def host(nursery: Nursery, tmp_path: Path) -> Iterator[Host]:
    new_host = Host("one", (), tmp_path / "one", nursery, free_ports(1)[0])
    new_host.start()
    yield new_host
    new_host.stop()


@pytest.fixture
def lead(host: Host) -> Actor:
    authority = new_id()
    host.call(on_node.ring, authority, "police")
    actor: Actor = host.call(
        on_node.found_first_officer, authority, name="A. Adams", rank="", service_number="1", zone="UTC"
    )
    return actor


def officer(number: int) -> dict[str, Any]:
    return {"name": f"B. Number {number}", "service_number": str(number), "role": "officer"}


def test_each_process_has_its_own_node(nursery: Nursery, host: Host, tmp_path: Path) -> None:
    other_host = Host("two", (), tmp_path / "two", nursery)
    other_host.start()
    try:
        assert other_host.pid != host.pid
        assert other_host.told["origin"] != host.told["origin"]
        secrets = [(h.home / "secrets" / "django").read_text() for h in (host, other_host)]
        assert secrets[0] != secrets[1]
        assert {p.name for p in other_host.home.iterdir()} >= {"libertad.sqlite3", "rings.db", "keys", "log"}
    finally:
        other_host.stop()


def test_what_was_acknowledged_survives_a_kill(host: Host, lead: Actor) -> None:
    done = host.call(on_node.once, "token", lead, appoint_officer, officer(7))
    host.kill()
    with pytest.raises(Down):
        host.call(on_node.holds)
    host.start()
    assert host.starts == 2
    entries = [entry for entry, _ in done.entries]
    assert entries and host.call(on_node.has, entries) == entries
    assert host.call(on_node.once, "token", lead, appoint_officer, officer(7)) == done
    assert host.call(on_node.once, "other", lead, appoint_officer, officer(7)).value != done.value


def test_killed_at_any_moment_each_call_is_done_once(host: Host, lead: Actor) -> None:
    """The driver asks again with the same token until it is told: each officer is there once."""
    before, acknowledged = len(host.call(on_node.everything)), 0
    for number in range(12):
        if number % 3 == 0:
            _killed_while(
                host,
                lambda n=number: host.call(on_node.once, f"t{n}", lead, appoint_officer, officer(n)),  # type: ignore[misc]
            )
        host.call(on_node.once, f"t{number}", lead, appoint_officer, officer(number))
        acknowledged += 1
    assert len(host.call(on_node.everything)) == before + acknowledged


def _killed_while(host: Host, call: Callable[[], Any]) -> None:
    def call_while_down() -> None:
        with contextlib.suppress(Down):
            call()

    thread = threading.Thread(target=call_while_down)
    thread.start()
    time.sleep(0.002)
    host.kill()
    thread.join()
    host.start()


def test_refusals_come_back_as_they_are(host: Host, lead: Actor) -> None:
    with pytest.raises(Refused, match="give the officer's name") as refused:
        host.call(on_node.once, "a", lead, appoint_officer, officer(1) | {"name": " "})
    assert refused.value.field == "name"
    with pytest.raises(Forbidden, match="nobody may change an own role"):
        host.call(on_node.once, "b", lead, appoint_officer, officer(1) | {"officer": lead.officer})
    with pytest.raises(Raised) as raised:
        host.call("scenarios.replay.on_node:nothing_of_this_name")
    assert raised.value.kind == "AttributeError"


def test_police_and_care_never_share_a_process(host: Host, lead: Actor) -> None:
    with pytest.raises(Raised, match="police and care never share a node"):
        host.call(on_node.ring, new_id(), "care")


def test_an_older_copy_is_refused_until_it_is_accepted(host: Host, lead: Actor, tmp_path: Path) -> None:
    host.call(on_node.back_up, str(tmp_path / "copy"))
    device = host.call(on_node.device_of, lead.authority)
    host.call(on_node.once, "lost", lead, appoint_officer, officer(3))
    host.kill()
    on_node.put_back(tmp_path / "copy", host.home)
    host.start(hello=False)
    assert "it is an older copy" in host.call(on_node.behind)
    assert host.call(on_node.accept_restore)["lost"] == 1
    host.ready()
    assert host.call(on_node.device_of, lead.authority) != device
    assert host.call(on_node.behind) == ""


@pytest.mark.parametrize("nodes", [1, 2, 5, 16])
@pytest.mark.parametrize("care_nodes", [1, 2])
def test_everybody_lives_somewhere_and_no_side_with_the_other(nodes: int, care_nodes: int) -> None:
    data = play.parameters()
    places = layout(data, nodes, care_nodes)
    keys = [key for _, listed in places for key in listed]
    assert len(places) == nodes + care_nodes and len(keys) == len(set(keys)) == 3 + 4 * len(data["countries"])
    for _, listed in places:
        protects = [key.endswith(("-care", "-deciding")) for key in listed]
        assert all(protects) or not any(protects)


def small(**overrides: Any) -> Options:
    """Three countries on two nodes, and two for care."""
    data = play.parameters()
    data["countries"] = {code: data["countries"][code] for code in SMALL}
    return Options(
        **{"nodes": 2, "level": "none", "seconds": 6.0, "patience": 60.0, "data": data} | overrides
    )


def failing(report: Report) -> list[str]:
    return [f"{check.name}: {check.wrong[:3]}" for check in report.checks if not check.ok] + report.wrong


def test_a_small_operation_carried_by_the_stand_in(tmp_path: Path) -> None:
    report = replay(small(carriage=STAND_IN, home=tmp_path / "run"))
    assert failing(report) == [] and len(report.checks) >= 7, report.trace
    assert report.acknowledged > 1000
    assert not report.holds and report.as_json()["stand_in"]  # it says so, and never passes


class Late(STAND_IN):
    """It asks a node whose rings it has, and the node gets one more before it carries."""

    def __init__(self) -> None:
        super().__init__()
        self.late: set[tuple[str, str, int]] = set()

    def _carry(self, giver: Host, taker: Host, way: Any, authorities: list[str]) -> int:
        key = (giver.name, taker.name, len(authorities))
        if len(authorities) > 1 and key not in self.late:
            self.late.add(key)
            authorities = authorities[:-1]
        return super()._carry(giver, taker, way, authorities)


def test_an_authority_founded_while_its_invitation_was_carried_gets_the_key(tmp_path: Path) -> None:
    carriages: list[Late] = []

    def late() -> Late:
        carriages.append(Late())
        return carriages[-1]

    report = replay(small(carriage=late, home=tmp_path / "run", patience=20.0))
    assert failing(report) == [], report.trace
    assert any(taker == "care" for _, taker, _ in carriages[0].late)


def test_what_is_planted_in_the_files_of_a_node_is_found(tmp_path: Path) -> None:
    def plant(hosts: Mapping[str, Host]) -> None:
        """The care node writes a sentence of the police into its log."""
        (hosts["care"].home / "log").open("ab").write(b"quetzal VC river report")

    report = replay(small(carriage=STAND_IN, home=tmp_path / "run", meddle=plant))
    (check,) = [check for check in report.checks if not check.ok]
    assert check.wrong and all("words of" in line and line.endswith("in log") for line in check.wrong)


def test_a_kill_after_all_is_quiet_loses_nothing(tmp_path: Path) -> None:
    def kill(hosts: Mapping[str, Host]) -> None:
        for host in hosts.values():
            host.kill()
            host.start()

    assert failing(replay(small(carriage=STAND_IN, home=tmp_path / "run", meddle=kill))) == []
