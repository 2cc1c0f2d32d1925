"""docs/watching.md and its alert file say what the node tells, no more and no less."""

from __future__ import annotations

import json
import operator
import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from libertad.web import health, log_throttle, logs, metrics, monitoring
from libertad.web.health import BACKGROUND, MAIL, Health, Problem

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "watching.md").read_text("utf-8")
RULES = yaml.safe_load((ROOT / "docs" / "watching" / "alerts.yml").read_text("utf-8"))["groups"][0]["rules"]
WELL = Health(
    rings=2,
    disk_free=50_000_000_000,
    disk_share=0.5,
    memory=2**28,
    peers=2,
    exchange_age=0,
    broker=True,
    parts=(*BACKGROUND, MAIL),
    background=(*BACKGROUND, MAIL),
)
COMPARES = {"==": operator.eq, ">": operator.gt, "<": operator.lt}


def samples(now: Health) -> dict[str, list[float]]:
    """Name and values of all samples, read by another's parser of the format."""
    values: dict[str, list[float]] = {}
    for family in text_string_to_metric_families(metrics.exposition(now)):
        for sample in family.samples:
            values.setdefault(sample.name, []).append(sample.value)
    return values


def fires(now: Health) -> set[str]:
    """Alerts whose expression holds; `increase` is of this process's counters and holds for nothing here."""
    held, values = set(), samples(now)
    for rule in RULES:
        if match := re.fullmatch(r"(\w+) (==|>|<) ([\d.]+)", rule["expr"]):
            name, compare, bound = match.groups()
            if any(COMPARES[compare](value, float(bound)) for value in values.get(name, [])):
                held.add(rule["alert"])
    return held


def section(title: str) -> str:
    """The text under a heading of the page."""
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def first_cells(title: str) -> set[str]:
    """All names in the first column of the tables of a section."""
    cells = re.findall(r"^\| (`.*?) \|", section(title), re.M)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def test_the_page_names_each_metric() -> None:
    assert first_cells("`/metrics`") == set(samples(WELL))


def test_the_page_names_each_field_and_each_kind_of_problem() -> None:
    fields = set(json.loads(monitoring.health_body(WELL)))
    source = (ROOT / "libertad" / "web" / "health.py").read_text("utf-8")
    kinds = set(re.findall(r'Problem\(\s*"([a-z-]+)"', source))
    assert {"locked", "disk", "stale"} < kinds
    assert first_cells("`/healthz`") == fields | kinds
    for kind, ready in re.findall(r"^\| `([a-z-]+)`:.* \| (yes|no) \|$", PAGE, re.M):
        now = replace(WELL, at=health.time.monotonic(), problems=(Problem(kind, "x", "y"),))
        assert now.ready() == (ready == "yes"), kind


def test_the_page_names_each_field_of_the_log() -> None:
    source = Path(logs.__file__).read_text("utf-8")
    assert first_cells("The log") == set(re.findall(r'^            "(\w+)": ', source, re.M))


def test_the_page_says_who_reads_the_log_and_how_long_it_is_kept() -> None:
    (kept,) = re.findall(
        r"^\*\*Who reads it, and how long it is kept\.\*\* .*?\n\n", section("The log"), re.M | re.S
    )
    (days,) = re.findall(r"Keep it (\d+) days", kept)
    assert f"`MaxRetentionSec={days}day`" in kept and 30 <= int(days) <= 366
    assert "`systemd-journal`" in kept and "nobody else" in kept


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("one every {} seconds", health.EVERY),
        ("older than {} seconds", health.STALE),
        ("is written {} times a minute", log_throttle.MOST),
        ("end at {} a minute", log_throttle.MOST_ALL),
        ("steps of {} MB", health.DISK_STEP / 1e6),
        ("less than {} MB are free", health.LOW_DISK / 2**20),
        ("steps of {} MiB", health.MEMORY_STEP / 2**20),
    ],
)
def test_the_numbers_of_the_page_are_those_of_the_code(words: str, number: float) -> None:
    assert words.format(int(number)) in " ".join(PAGE.split())


def test_every_alert_is_of_a_metric_that_there_is_and_tells_a_person_what_to_do() -> None:
    known = {*samples(WELL), "up"}
    for rule in RULES:
        names = re.findall(r"\b(libertad_\w+|up)\b", rule["expr"].replace('job="libertad"', ""))
        assert names and set(names) <= known, rule["alert"]
        assert rule["annotations"]["summary"].count(".") >= 2
        assert re.fullmatch(r"\w+ (==|>|<) [\d.]+|increase\(\w+\[10m\]\) > \d+|up\{.*\} == 0", rule["expr"])
    assert 'up{job="libertad"} == 0' in [rule["expr"] for rule in RULES]


@pytest.mark.parametrize(
    ("broken", "alert"),
    [
        ({"locked": 1}, "LibertadLocked"),
        ({"database": False}, "LibertadDatabaseAway"),
        ({"writer": False}, "LibertadCannotStore"),
        ({"disk_free": 100_000_000}, "LibertadDiskLow"),
        ({"disk_share": 0.01}, "LibertadDiskShareLow"),
        ({"exchange_age": 7200}, "LibertadPeerSilent"),
        ({"background": ("hits",)}, "LibertadBackgroundEnded"),
        ({"background": tuple(BACKGROUND)}, "LibertadBackgroundEnded"),
        ({"broker": False}, "LibertadBrokerAway"),
        ({"problems": (Problem("database", "x", "y"),)}, "LibertadNotReady"),
    ],
)
def test_an_alert_fires_when_its_thing_is_broken_and_none_when_all_is_well(broken: dict, alert: str) -> None:  # type: ignore[type-arg]
    now = replace(WELL, at=health.time.monotonic())
    assert fires(now) == set()
    assert fires(replace(now, **broken)) == {alert}


def test_the_page_names_each_part_of_the_background() -> None:
    named = ", ".join(f"`{part}`" for part in BACKGROUND)
    for row in ("| `background` | ", "| `libertad_background_up` | "):
        assert re.search(rf"^{re.escape(row)}.*: {named}, `{MAIL}` ", PAGE, re.M), row


def test_a_node_without_mail_fires_nothing_for_it() -> None:
    now, parts = health.time.monotonic(), tuple(BACKGROUND)
    assert fires(replace(WELL, at=now, broker=None, parts=parts, background=parts)) == set()


def test_a_look_that_hangs_fires() -> None:
    old = replace(WELL, at=health.time.monotonic() - 60)
    assert fires(old) == {"LibertadHangs", "LibertadNotReady"}
