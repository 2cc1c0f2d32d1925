"""The operation on nodes that share nobody's file: who was moved, met twice or called is found in private."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest

from scenarios.replay import private
from scenarios.replay.carriages import EXCHANGE
from scenarios.replay.checks import Check
from scenarios.replay.hosts import Host
from scenarios.replay.private import Told
from scenarios.replay.report import Report
from scenarios.replay.run import Options, replay

pytestmark = [pytest.mark.sqlite_only, pytest.mark.xdist_group("replay")]


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Told, Report]:
    kept: list[Told] = []

    def more(hosts: Mapping[str, Host]) -> list[Check]:
        kept.append(private.asked(hosts))
        return private.proofs(kept[0])

    home: Path = tmp_path_factory.mktemp("private") / "run"
    options = private.options(Options(carriage=EXCHANGE, seconds=6.0, home=home))
    report = replay(replace(options, more=more))
    assert kept, (report.wrong, report.trace)
    return kept[0], report


def test_all_is_found_and_nothing_betrayed(replayed: tuple[Told, Report]) -> None:
    told, report = replayed
    assert report.wrong == [], report.trace
    assert [f"{one.name}: {one.wrong[:3]}" for one in report.checks if not one.ok] == []
    assert report.holds
    assert sum(one.name.startswith("in private: ") for one in report.checks) == len(private.proofs(told))
    assert told.asked["JM", "VE", "exhibit"] == 3 and told.asked["GY", "VE", "exhibit"] == 5


def unfound(told: Told) -> None:
    told.met["GY", "VE", "person"].remove(told.moved()[0])


def elsewhere(told: Told) -> None:
    some = told.met["VE", "GY", "person"]
    some[:] = [one._replace(owners=replace(one.owners, site="Farm 03")) for one in some]


def not_met(told: Told) -> None:
    told.met["CW", "VE", "person"].clear()


def no_phone(told: Told) -> None:
    told.met["JM", "VE", "exhibit"].clear()


def any_phone(told: Told) -> None:
    told.met["GY", "VE", "exhibit"].append(told.met["JM", "VE", "exhibit"][0])


def near(told: Told) -> None:
    some, right = told.met["CW", "VE", "person"], max(told.persons(), key=lambda one: one.hit.bits)
    some.append(right._replace(owners_names=["Somebody else"]))


def read_before(told: Told) -> None:
    told.before = {ref: ["Yulimar Peña"] for ref in told.before}


def never_read(told: Told) -> None:
    told.after = {ref: [] for ref in told.after}


def unlogged(told: Told) -> None:
    told.logs["VE"].answered.pop()


def unsaid(told: Told) -> None:
    told.logs["JM"].made.pop()


def betrayed(told: Told) -> None:
    told.betrayed.append("GY: journal.db: of VE")


def blind(told: Told) -> None:
    told.planted.clear()


@pytest.mark.parametrize(
    ("plant", "proof"),
    [
        (unfound, private.second_site), (elsewhere, private.second_site), (not_met, private.met_twice),
        (no_phone, private.known_phone), (any_phone, private.known_phone), (near, private.by_chance),
        (read_before, private.released), (never_read, private.released), (unlogged, private.logged),
        (unsaid, private.logged), (betrayed, private.silent), (blind, private.silent),
    ],
)  # fmt: skip
def test_each_proof_can_fail(
    replayed: tuple[Told, Report], plant: Callable[[Told], None], proof: Callable[[Told], Check]
) -> None:
    told = deepcopy(replayed[0])
    assert proof(told).ok
    plant(told)
    assert not proof(told).ok
