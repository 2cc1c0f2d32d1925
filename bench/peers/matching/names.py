"""logic-v2 of nomenklatura (the matcher behind yente) on pairs of names: `names.py PAIRS.csv OUT.csv`.

PAIRS.csv: name1, name2; both are names of a Person and nothing else is known. OUT.csv: the score, and the
seconds that the pair took. All pairs are compared twice and the second time is told, so that loading its
data does not count. Every entity has an id of its own, because it keeps what it computed by the id.
"""

import csv
import sys
import time
from pathlib import Path

from followthemoney import EntityProxy, model
from nomenklatura.matching import LogicV2
from nomenklatura.matching.types import ScoringConfig


def entity(key: str, name: str) -> EntityProxy:
    return EntityProxy.from_dict(
        {"id": key, "schema": "Person", "properties": {"name": [name]}}, cleaned=False
    )


def main(pairs: str, out: str) -> None:
    assert model.get("Person") is not None
    config = ScoringConfig.defaults()
    with Path(pairs).open(encoding="utf-8", newline="") as file, Path(out).open("w") as output:
        rows = list(csv.reader(file))
        for turn in range(2):
            for number, (left, right) in enumerate(rows):
                first, second = entity(f"left {turn} {number}", left), entity(f"right {turn} {number}", right)
                began = time.perf_counter()
                score = LogicV2.compare(first, second, config).score
                took = time.perf_counter() - began
                if turn:
                    output.write(f"{score},{took}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
