"""Each proof of the replay holds for what is right and fails for what was planted."""

from __future__ import annotations

import os
from copy import deepcopy
from pathlib import Path

import pytest

from scenarios.operation_libertad_2018.fixed import FIXED
from scenarios.replay import checks
from scenarios.replay.faults import WORDS, plan
from scenarios.replay.injecting import Played
from scenarios.replay.playing import Acknowledged
from scenarios.replay.report import Report
from scenarios.replay.searching import find_needles, search
from scenarios.replay.snapshots import Snapshot

KEY, OTHER = bytes(range(32)), bytes(range(100, 132))
ENTRY = "e" * 64
WORD = "a sentence that only the police read"


def snapshot(name: str, authority: str, reads: bool) -> Snapshot:
    """`shared` is read by a and b; `own` by a alone."""
    return Snapshot(
        name=name,
        origin=f"libertad/{name}",
        size=2,
        authorities=[authority],
        entries={"s" * 64: ("shared", True)} | ({ENTRY: ("own", True)} if reads else {}),
        readers={"shared": ["a", "b"]} | ({"own": ["a"]} if reads else {}),
        kinds={"shared": "operation"},
        keys={authority: {"shared": [OTHER]} | ({"own": [KEY]} if reads else {})},
        rows={"shared": {"access.Clock:1": "digest"}},
        figures={authority: {"summary": {**FIXED, "as_of": "now"}, "lines": {}, "releases": []}},
        words={"shared": {"a sentence that everybody reads"}} | ({"own": {WORD}} if reads else {}),
    )


@pytest.fixture
def both() -> list[Snapshot]:
    return [snapshot("one", "a", True), snapshot("two", "b", False)]


ACKNOWLEDGED = [Acknowledged(ENTRY, "own", "one"), Acknowledged("s" * 64, "shared", "one")]


def test_figures(both: list[Snapshot]) -> None:
    assert checks.figures_equal(both).ok
    both[1].figures["b"]["summary"]["arrests"] += 1
    assert not checks.figures_equal(both).ok


def test_rows(both: list[Snapshot]) -> None:
    assert checks.rows_equal(both).ok
    both[1].rows["shared"]["access.Clock:1"] = "other"
    assert not checks.rows_equal(both).ok
    both[0].mixed.add("access.Clock:1")
    assert checks.rows_equal(both).ok


def test_a_row_that_one_reader_has_not(both: list[Snapshot]) -> None:
    del both[1].rows["shared"]["access.Clock:1"]
    assert not checks.rows_equal(both).ok


def test_acknowledged(both: list[Snapshot]) -> None:
    assert checks.acknowledged_everywhere(both, ACKNOWLEDGED, {}).ok
    lost = deepcopy(both)
    del lost[1].entries["s" * 64]
    assert not checks.acknowledged_everywhere(lost, ACKNOWLEDGED, {}).ok
    assert checks.acknowledged_everywhere(lost, ACKNOWLEDGED, {"s" * 64: "on the lost device"}).ok
    closed = deepcopy(both)
    closed[1].entries["s" * 64] = ("shared", False)
    assert not checks.acknowledged_everywhere(closed, ACKNOWLEDGED, {}).ok
    both[1].held["s" * 64] = "waiting"
    assert not checks.acknowledged_everywhere(both, ACKNOWLEDGED, {}).ok


def test_opens_nowhere_else(both: list[Snapshot]) -> None:
    assert checks.opens_nowhere_else(both).ok
    sealed = deepcopy(both)
    sealed[1].entries[ENTRY] = ("own", False)  # relayed, and not opened
    assert checks.opens_nowhere_else(sealed).ok
    sealed[1].entries[ENTRY] = ("own", True)
    assert not checks.opens_nowhere_else(sealed).ok
    both[1].keys["b"]["died"] = [KEY]  # its opening came no further than the ring
    assert checks.opens_nowhere_else(both).ok
    both[0].entries["d" * 64] = ("died", False)
    assert not checks.opens_nowhere_else(both).ok
    del both[0].entries["d" * 64]
    both[1].keys["b"]["own"] = [KEY]
    assert not checks.opens_nowhere_else(both).ok


@pytest.mark.parametrize(
    "planted", [KEY, KEY.hex().encode(), WORD.encode()], ids=["key", "key in hex", "words"]
)
def test_files(both: list[Snapshot], tmp_path: Path, planted: bytes) -> None:
    homes = {"one": tmp_path / "one", "two": tmp_path / "two"}
    for home in homes.values():
        (home / "keys").mkdir(parents=True)
        (home / "libertad.sqlite3").write_bytes(os.urandom(5000) + OTHER + b"a sentence that everybody reads")
    (homes["one"] / "log").write_bytes(planted)
    assert checks.files_keep_silent(both, homes).ok
    (homes["two"] / "keys" / "left").write_bytes(os.urandom(1237) + planted + os.urandom(11))
    check = checks.files_keep_silent(both, homes)
    assert len(check.wrong) == 1 and "keys/left" in check.wrong[0]
    assert WORD not in check.wrong[0]


def test_fixed_points(both: list[Snapshot]) -> None:
    assert checks.fixed_points(both, FIXED).ok
    both[1].figures["b"]["summary"]["potential_victims"] = 346
    assert not checks.fixed_points(both, FIXED).ok


def test_journals(both: list[Snapshot]) -> None:
    assert checks.journals_whole(both).ok
    both[0].findings.append("entry 3: signature")
    assert not checks.journals_whole(both).ok


def test_forged(both: list[Snapshot]) -> None:
    assert checks.forged_nowhere(both, ["f" * 64]).ok
    both[1].entries["f" * 64] = ("shared", True)
    assert not checks.forged_nowhere(both, ["f" * 64]).ok
    both[1].held["f" * 64] = "revoked"
    assert checks.forged_nowhere(both, ["f" * 64]).ok


def test_canaries(both: list[Snapshot]) -> None:
    assert checks.canaries_known(both, {WORD: "somewhere"}).ok
    assert not checks.canaries_known(both, {"said by nobody at all": "somewhere"}).ok


def test_a_check_that_compared_nothing_does_not_hold() -> None:
    assert not checks.figures_equal([]).ok


@pytest.mark.parametrize("offset", range(17))
def test_a_needle_is_found_wherever_it_lies(offset: int) -> None:
    hay = bytes(offset) + KEY + bytes(3)
    assert find_needles(hay, [KEY, OTHER]) == [KEY]
    assert find_needles(hay[: offset + 31], [KEY]) == []


def test_search_tells_file_and_label(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_bytes(KEY)
    assert search(tmp_path, {KEY: "label"}) == [(tmp_path / "deep" / "file", "label")]


def test_a_short_needle_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        find_needles(b"anything", [b"seven.."])


POLICE, OTHERS = [f"P{n}" for n in range(12)], ["lead", "care", "deciding"]


def test_the_same_seed_plans_the_same_faults() -> None:
    first, second = (plan("harsh", 7, POLICE, OTHERS, "P3") for _ in range(2))
    assert first == second != plan("harsh", 8, POLICE, OTHERS, "P3")
    assert plan("none", 7, POLICE, OTHERS, "P3") == []


@pytest.mark.parametrize("seed", range(20))
def test_harsh_has_everything(seed: int) -> None:
    faults = plan("harsh", seed, POLICE, OTHERS, "P3")
    assert {fault.kind for fault in faults} == set(WORDS)
    assert all(
        "2018-04-03" < fault.at.isoformat() <= fault.until.isoformat() < "2018-04-09T07" for fault in faults
    )
    heavy = [fault.nodes for fault in faults if fault.kind in ("down", "restore", "lost", "stolen")]
    assert len(set(heavy)) == 4 and all(name in POLICE for (name,) in heavy)


def test_the_report_says_the_truth(both: list[Snapshot]) -> None:
    report = Report("harsh", 1, 2, 10.0)
    assert not report.holds  # nothing was proved
    report.checks = [checks.figures_equal(both)]
    assert report.holds
    report.faults = [Played(plan("harsh", 1, POLICE, OTHERS, "P3")[0])]
    assert not report.holds  # not played
    report.faults[0].how = "played"
    assert report.holds
    report.stand_in = True
    assert not report.holds
    report.stand_in, report.wrong = False, ["stuck"]
    assert not report.holds and report.as_json()["holds"] is False
