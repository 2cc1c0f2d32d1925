"""What each test costs in seconds of processor, and the table of it, `tests/cost.json`.

Processor, not wall clock: it is the same on a busy machine. Counted is the process that runs the test with
all of its descendants (servers, browsers). What is made once for several tests (a fixture of a module or a
session, the world that is copied) is the file's and no test's. `make test-all` writes the table of everything
on SQLite, `make cost FILES=…` the rows of those files. `mark` marks what it says is dear, which
`make test` leaves out; `tests/lint/test_cost.py` says what must hold.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

TABLE = Path(__file__).parents[1] / "cost.json"
TICKS = os.sysconf("SC_CLK_TCK")
LISTED = 1.0  # seconds; what a test costs below it stands in its file's sum alone
DEAR = 2.0  # seconds; above it a test is dear, unless it is marked `guard`
KEY = "processor"
BY_HAND = pytest.StashKey[str]()  # how a test's own file marks it: "guard", "nightly" or ""

_shared = 0.0  # of this process, since it began


def spent() -> float:
    """Seconds of processor of this process and its descendants, those that have ended included."""
    ticks, waiting = 0, [str(os.getpid())]
    while waiting:
        folder = Path("/proc", waiting.pop())
        try:
            # utime, stime, cutime and cstime; the name before them may hold spaces
            ticks += sum(map(int, (folder / "stat").read_text().rpartition(")")[2].split()[11:15]))
            for task in (folder / "task").iterdir():
                waiting += (task / "children").read_text().split()
        except OSError:
            continue  # it has ended: its parent has its time
    return ticks / TICKS


@contextmanager
def shared() -> Iterator[None]:
    """What is made here serves several tests."""
    global _shared
    before, inside = spent(), _shared
    try:
        yield
    finally:
        _shared += spent() - before - (_shared - inside)


class Recorder:
    """Writes `table` when the run is over; in a worker, hands each phase's cost to who does."""

    def __init__(self, table: Path) -> None:
        self.table = table
        self._at = (0.0, 0.0)
        self._seen: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        self._marks: dict[str, dict[str, str]] = defaultdict(dict)

    def pytest_runtest_logstart(self) -> None:
        self._at = (spent(), _shared)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Any:
        if fixturedef.scope == "function":
            return (yield)
        with shared():
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Any:
        report = yield
        now, all_shared = spent(), _shared
        of_others = max(all_shared - self._at[1], 0.0)
        own = max(now - self._at[0] - of_others, 0.0)  # who is orphaned takes its time along
        report.user_properties.append((KEY, (own, of_others, item.stash.get(BY_HAND, ""))))
        self._at = (now, all_shared)
        return report

    def pytest_runtest_logreport(self, report: Any) -> None:
        file, _, test = report.nodeid.partition("::")
        for own, of_others, mark in [seconds for key, seconds in report.user_properties if key == KEY][-1:]:
            self._seen[file][test.partition("@")[0]] += own
            self._seen[file][""] += of_others
            self._marks[file][test.partition("@")[0]] = mark

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workerinput") or not self._seen:
            return
        rows = json.loads(self.table.read_text("utf-8")) if self.table.exists() else {}
        rows |= {file: row(costs, self._marks[file]) for file, costs in self._seen.items()}
        there = {file: rows[file] for file in sorted(rows) if (session.config.rootpath / file).exists()}
        self.table.write_text(json.dumps(there, indent=1, ensure_ascii=False) + "\n", "utf-8")


def row(costs: dict[str, float], marks: dict[str, str]) -> dict[str, Any]:
    """`all`: the file's seconds; `quick`: those of `make test`; `tests`: those of each test above LISTED.

    `costs` by test, under "" what they share; `marks` by test: "guard", "dear", "nightly" or "". `quick` is
    missing where all of the file is dear: what is left costs more than DEAR a test, with what they share.
    """
    listed = {test: round(cost, 1) for test, cost in sorted(costs.items()) if test and cost > LISTED}
    left = [
        cost
        for test, cost in costs.items()
        if test and (marks.get(test) == "guard" or (cost <= DEAR and not marks.get(test)))
    ]
    quick = sum(left) + costs.get("", 0.0)
    found: dict[str, Any] = {"all": round(sum(costs.values()), 1)}
    if left and (quick <= DEAR * len(left) or "guard" in marks.values()):
        found["quick"] = round(quick, 1)
    return found | ({"tests": listed} if listed else {})


def table() -> dict[str, dict[str, Any]]:
    """The rows of `tests/cost.json`, by file."""
    rows: dict[str, dict[str, Any]] = json.loads(TABLE.read_text("utf-8"))
    return rows


def mark(items: list[pytest.Item]) -> None:
    """Mark what the table says is dear. What it does not know is quick until it is measured."""
    rows = table()
    for item in items:
        by_hand = next((name for name in ("guard", "dear", "nightly") if item.get_closest_marker(name)), "")
        item.stash[BY_HAND] = by_hand
        file, _, test = item.nodeid.partition("::")
        if by_hand or file not in rows:
            continue
        if "quick" not in rows[file] or rows[file].get("tests", {}).get(test, 0.0) > DEAR:
            item.add_marker(pytest.mark.dear)
