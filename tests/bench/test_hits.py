"""Ours and the peers are judged by the same functions, on what the commands wrote and nothing else."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from bench import _hits_run, hits
from bench._hits_names import Case, wrong
from bench._hits_run import Found, Hits, Ran
from bench.peers import matching, scripts
from tests.support import datasets
from tests.support.tables import read

datasets.matching()

TRUTH = {"a": "1", "b": "1", "c": "2", "d": "2"}
FASTEST = Ran(1.0, 10_000_000)


class Commands:
    """Stands for the commands: finds whoever has the document or the phone that is asked for."""

    def __init__(self) -> None:
        self.indexed: dict[Path, list[dict[str, str]]] = {}

    def __call__(self, *arguments: str | Path) -> Ran:
        words = [str(argument) for argument in arguments]
        options = {word: Path(words[at + 1]) for at, word in enumerate(words[:-1]) if word.startswith("--")}
        if words[:2] == ["hits", "index"]:
            self.indexed[options["--out"]] = read(Path(words[2]))
            return Ran(2.0, 0)
        people, queries = self.indexed[options["--index"]], read(Path(words[4]))
        with options["--out"].open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(("left_id", "right_id", "bits", "probability", "explanation"))
            for query in queries:
                for row in people:
                    if any(query[by] and query[by] == row[by] for by in ("document", "phone")):
                        out.writerow((query["id"], row["id"], "12.5", "0.99", "the same number"))
        options["--stats"].write_text(json.dumps({"p50_ms": 1.0, "p99_ms": 2.0, "bytes_a_record": 200}))
        return Ran(3.0, 10_000_000 + 1000 * len(people))


def test_pairs_and_clusters_are_read_as_they_were_written(tmp_path: Path) -> None:
    out = tmp_path / "pairs.csv"
    out.write_text(
        "left_id,right_id,bits,probability,explanation,cluster\na,b,9.5,0.99,why,a\nb,c,1.0,0.50,why,\n"
    )
    links = _hits_run.pairs(out)
    assert links.pairs == [("a", "b", 9.5), ("b", "c", 1.0)]
    assert links.clusters == {"a": "a", "b": "a"}
    assert links.alone(0.6) == [("a", "b", 9.5)]
    assert hits.judged(links.pairs, TRUTH).f1 == pytest.approx(2 / 3)  # one of one, of two
    assert hits.clustered(links.clusters, TRUTH).recall == 0.5


def test_a_peers_clusters_are_taken_at_its_best_threshold() -> None:
    pairs = [("a", "b", 9.0), ("c", "d", 5.0), ("b", "c", 1.0)]
    assert hits.best_clusters(pairs, TRUTH).f1 == 1
    assert hits.best_clusters(pairs[:1], TRUTH).recall == 0.5


def test_every_probability_that_was_told_is_calibrated() -> None:
    hit_lists = Hits(
        {"q1": [Found("a", 9.0, 0.9), Found("b", 1.0, 0.1)], "q2": [Found("c", 2.0, 0.2)]}, {}, FASTEST
    )
    truth = {"q1": "a", "q2": "", "q3": "d"}
    assert hit_lists.believed(truth) == [(0.9, True), (0.1, False), (0.2, False)]
    assert hit_lists.believed(truth, only_best=True) == [(0.9, True), (0.2, False)]
    answers = hit_lists.answers(truth)
    assert (answers[0].own, answers[2].top) == (9.0, float("-inf"))


def test_people_are_asked_for_by_commands_and_judged_beside_the_peer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_hits_run, "libertad", Commands())

    def peer(people: Path, queries: Path, folder: Path) -> matching.Asked:
        truth = {row["id"]: row["person"] for row in read(folder / "truth.csv")}
        right = [(query, person, 0.9) for query, person in truth.items() if person]
        return matching.Asked(right[:250], [2.0, 4.0])

    monkeypatch.setattr(matching, "million", peer)
    monkeypatch.setattr(hits, "SAMPLE", 500)
    lines = {
        line["what"].split(", ", 1)[1] + line["reference_name"][:6]: line
        for line in hits.people(tmp_path, 2000)
    }
    recall = lines["recall at 1% false hitsSplink"]
    assert recall["reference"] == 0.5
    assert 0.1 < recall["ours"] < 0.5  # a fifth of the queries say a document, a fifth a phone, not all right
    assert lines["one query, p99the bo"]["ratio"] == 2.5
    assert lines["one query, p99Splink"]["ratio"] == 2000
    memory = lines["memory a record, as the system sees itthe bo"]
    assert memory["ours"] == 950  # a thousand a record, less what a hundred records take
    assert lines["indexed from CSV, durablethe bo"]["ours"] == 1000


def test_a_command_that_fails_says_why() -> None:
    with pytest.raises(RuntimeError, match="hits unknown failed"):
        _hits_run.libertad("hits", "unknown")


def test_wrong_pairs_are_told() -> None:
    cases = [Case("A", "B", True), Case("C", "D", False), Case("E", "F", True)]
    assert wrong(cases, [1.0, 3.0, 4.0], 2.0) == ["missed A | B (1.0)", "false C | D (3.0)"]


@pytest.mark.parametrize(("lock", "least"), [(matching.LOCK, 30), (scripts.LOCK, 2)])
def test_every_library_of_the_peers_is_locked_with_its_hash_and_explained(lock: Path, least: int) -> None:
    locked = lock.read_text(encoding="utf-8")
    pins = re.findall(r"^(\S+==\S+) \\\n((?:    --hash=sha256:[0-9a-f]{64}.*\n)+)", locked, re.M)
    assert len(pins) == len(re.findall(r"^\S+==", locked, re.M)) > least
    requirements = lock.with_name("requirements.in").read_text(encoding="utf-8").split("\n")[1:]
    page = (matching.ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for line in filter(None, requirements):
        assert line in [pin for pin, _ in pins]
        assert f"| `{line.partition('==')[0]}` |" in page
    assert all((matching.HERE / name).exists() for name in matching.SCRIPTS)
