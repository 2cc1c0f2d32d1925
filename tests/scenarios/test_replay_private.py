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
    results: list[Told] = []

    def private_checks(hosts: Mapping[str, Host]) -> list[Check]:
        results.append(private.ask_and_search(hosts))
        return private.proofs(results[0])

    home: Path = tmp_path_factory.mktemp("private") / "run"
    options = private.options(Options(carriage=EXCHANGE, seconds=6.0, home=home))
    report = replay(replace(options, more=private_checks))
    assert results, (report.wrong, report.trace)
    return results[0], report


def test_all_is_found_and_nothing_betrayed(replayed: tuple[Told, Report]) -> None:
    answers, report = replayed
    assert report.wrong == [], report.trace
    assert [f"{check.name}: {check.wrong[:3]}" for check in report.checks if not check.ok] == []
    assert report.holds
    assert sum(check.name.startswith("in private: ") for check in report.checks) == len(
        private.proofs(answers)
    )
    assert answers.asked["JM", "VE", "exhibit"] == 3 and answers.asked["GY", "VE", "exhibit"] == 5


def unfound(answers: Told) -> None:
    answers.met["GY", "VE", "person"].remove(answers.moved()[0])


def elsewhere(answers: Told) -> None:
    matches = answers.met["VE", "GY", "person"]
    matches[:] = [match._replace(owners=replace(match.owners, site="Farm 03")) for match in matches]


def not_met(answers: Told) -> None:
    answers.met["CW", "VE", "person"].clear()


def no_phone(answers: Told) -> None:
    answers.met["JM", "VE", "exhibit"].clear()


def any_phone(answers: Told) -> None:
    answers.met["GY", "VE", "exhibit"].append(answers.met["JM", "VE", "exhibit"][0])


def near(answers: Told) -> None:
    matches, right = (
        answers.met["CW", "VE", "person"],
        max(answers.persons(), key=lambda match: match.hit.bits),
    )
    matches.append(right._replace(owners_names=["Somebody else"]))


def read_before(answers: Told) -> None:
    answers.before = {ref: ["Yulimar Peña"] for ref in answers.before}


def never_read(answers: Told) -> None:
    answers.after = {ref: [] for ref in answers.after}


def unlogged(answers: Told) -> None:
    answers.logs["VE"].answered.pop()


def unsaid(answers: Told) -> None:
    answers.logs["JM"].made.pop()


def betrayed(answers: Told) -> None:
    answers.betrayed.append("GY: journal.db: of VE")


def blind(answers: Told) -> None:
    answers.planted.clear()


@pytest.mark.parametrize(
    ("plant", "proof"),
    [
        (unfound, private.second_site),
        (elsewhere, private.second_site),
        (not_met, private.met_twice),
        (no_phone, private.known_phone),
        (any_phone, private.known_phone),
        (near, private.by_chance),
        (read_before, private.released),
        (never_read, private.released),
        (unlogged, private.logged),
        (unsaid, private.logged),
        (betrayed, private.silent),
        (blind, private.silent),
    ],
)
def test_each_proof_can_fail(
    replayed: tuple[Told, Report], plant: Callable[[Told], None], proof: Callable[[Told], Check]
) -> None:
    answers = deepcopy(replayed[0])
    assert proof(answers).ok
    plant(answers)
    assert not proof(answers).ok
