"""The replay by letters, by sticks and by all ways at once: the same proofs, the same faults."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest

from scenarios.operation_libertad_2018 import play
from scenarios.replay.hosts import Host
from scenarios.replay.links import Links
from scenarios.replay.run import Options, replay
from scenarios.replay.travelling import BUNDLE, HTTP, MIXED, NATS, Travelling, carriage

pytestmark = [pytest.mark.sqlite_only, pytest.mark.xdist_group("replay")]
ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from libertad.cli import app; app()", "replay", "operation-libertad-2018"]
HANGS = 1800  # seconds; a replay gives up by itself long before


@pytest.mark.parametrize("transport", [NATS, BUNDLE, MIXED])
def test_one_country_reaches_its_end_by_each_way(tmp_path: Path, transport: str) -> None:
    """The short form: two police nodes and one of care, who have nothing but that way."""
    data = play.parameters()
    data["countries"] = {"BZ": data["countries"]["BZ"]}
    report = replay(
        Options(
            carriage=carriage(transport, tmp_path),
            nodes=2,
            care_nodes=1,
            level="none",
            seconds=3.0,
            data=data,
            home=tmp_path / "run",
        )
    )
    failed = [f"{check.name}: {check.wrong[:3]}" for check in report.checks if not check.ok]
    assert [*report.wrong, *failed] == [], report.trace
    assert report.holds and len(report.checks) >= 7 and report.acknowledged > 200


@pytest.mark.soak
@pytest.mark.parametrize("transport", [NATS, BUNDLE, MIXED])
def test_the_operation_holds_by_each_way(tmp_path: Path, transport: str) -> None:
    """The whole, without faults: the public totals are the operation's own, as by HTTP."""
    report = tmp_path / "report.json"
    done = subprocess.run(
        [
            *COMMAND,
            "--nodes",
            "3",
            "--faults",
            "none",
            "--seed",
            "1",
            "--minutes",
            "0.5",
            "--transport",
            transport,
            "--report",
            str(report),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=HANGS,
        check=False,
    )
    result = json.loads(report.read_text("utf-8")) if report.exists() else {}
    assert done.returncode == 0, "\n".join(
        [*result.get("wrong", ()), done.stdout[-3000:], done.stderr[-2000:]]
    )
    assert result["holds"] and all(fault["how"] == "played" for fault in result["played"])
    assert "the public totals equal the fixed points" in {check["name"] for check in result["checks"]}


def test_a_way_that_is_none_is_refused() -> None:
    for options in (["--transport", "pigeon"], ["--transport", NATS, "--private"]):
        done = subprocess.run([*COMMAND, *options], cwd=ROOT, capture_output=True, text=True, timeout=HANGS)
        assert done.returncode == 1 and "--transport: http, nats, bundle, mixed" in done.stderr


class Recorded(Links):
    """Links that do nothing but keep what is asked of them."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    def cut(self, pairs: Any) -> None:
        self.asked += [("cut", a.name, b.name) for a, b in pairs]

    def cut_to(self, host: Host, place: str) -> None:
        self.asked.append(("cut", host.name, place))

    def heal(self, pairs: Any) -> None:
        self.asked += [("heal", a.name, b.name) for a, b in pairs]

    def heal_to(self, host: Host, place: str) -> None:
        self.asked.append(("heal", host.name, place))


class Named:
    def __init__(self, name: str) -> None:
        self.name = name


def test_who_is_cut_off_from_the_lead_is_cut_off_from_the_hub(tmp_path: Path) -> None:
    """The hub stands with the lead: two who are cut off from each other alone go on by letters."""
    lead, second, third = (cast(Host, Named(name)) for name in ("lead", "second", "third"))
    carrier = Travelling(NATS, tmp_path)
    carrier.lead, carrier.hub, carrier.links = lead, cast(Any, object()), Recorded()
    carrier.cut([(lead, second), (second, third)])
    assert carrier.links.asked == [
        ("cut", "lead", "second"),
        ("cut", "second", "third"),
        ("cut", "second", "hub"),
    ]
    assert carrier.cuts == {frozenset(("lead", "second")), frozenset(("second", "third"))}
    carrier.links.asked.clear()
    carrier.heal([(lead, second)])
    assert carrier.links.asked == [("heal", "lead", "second"), ("heal", "second", "hub")]
    assert carrier.cuts == {frozenset(("second", "third"))}


def test_mixed_has_nodes_of_every_kind_and_others_have_one(tmp_path: Path) -> None:
    mixed = [Travelling(MIXED, tmp_path).kind(number) for number in range(5)]
    assert mixed == [HTTP, NATS, BUNDLE, HTTP, NATS]
    assert {Travelling(BUNDLE, tmp_path).kind(number) for number in range(5)} == {BUNDLE}
