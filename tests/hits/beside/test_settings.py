"""The levels that Splink is given, as SQL, are the matcher's own; the exceptions are those that are told."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from rapidfuzz.distance import OSA, Levenshtein

from libertad.hits.beside import settings as told
from libertad.hits.beside.columns import COLUMNS, prepared
from libertad.hits.matching import facts
from libertad.hits.matching.columns import Said
from libertad.hits.matching.facts import Alike, Born
from libertad.hits.matching.lexicon import How
from libertad.hits.matching.model import OWN, Model
from libertad.hits.matching.model_file import WORDS
from libertad.hits.matching.record import Birth, Name, Record
from libertad.hits.matching.record_table import Words, build_frame

BOTH_HAVE = {
    "levenshtein",
    "length",
    "least",
    "greatest",
    "abs",
    "power",
    "substr",
    "instr",
    "coalesce",
    "concat",
    "cast",
    "in",
    "and",
    "or",
}


def comparison(name: str) -> list[dict[str, Any]]:
    comparisons = told.settings(Model(), set(COLUMNS), 0.01, True)["comparisons"]
    return next(each["comparison_levels"] for each in comparisons if each["output_column_name"] == name)


def levels(folder: Path, records: Sequence[Record], name: str) -> dict[tuple[int, int], str]:
    """What Splink would call each pair of records, by running the levels' SQL."""
    ready = prepared(folder, Said.of(records), None)
    cases = " ".join(
        f"else '{level['label_for_charts']}'"
        if level["sql_condition"] == "ELSE"
        else f"when {level['sql_condition']} then '{level['label_for_charts']}'"
        for level in comparison(name)
    )
    sides = ", ".join(f"{side}.{column} as {column}_{side}" for side in "lr" for column in COLUMNS)
    with duckdb.connect() as base:
        people = base.read_parquet(str(ready.tables[0])).create_view("people")  # noqa: F841
        rows = base.execute(
            f"select unique_id_l, unique_id_r, case {cases} end from "
            f"(select {sides} from people l, people r where l.unique_id < r.unique_id)"
        ).fetchall()
    return {(left, right): level for left, right, level in rows}


def births(count: int) -> list[Record]:
    """Births of every precision, many of them near one another."""
    rng = random.Random(5)
    records = []
    for n in range(count):
        day = date(1990, 1, 1) + timedelta(
            days=rng.choice([0, 31, 40, 181, 365, 366, 401, 3653, rng.randrange(9000)])
        )
        text = rng.choice(["%Y-%m-%d", "%Y-%d-%m", "%Y-%m", "%Y", "%Y-01-01", "%Y-%m-%d"])
        born = Birth.of_text(day.strftime(text))
        if rng.random() < 0.15:
            age = rng.randrange(18, 40)
            born = Birth.of_age(age, age + rng.randrange(4), date(2026, 5, 1))
        records.append(Record(str(n), birth=born if rng.random() > 0.05 else None))
    return records


def test_births_are_alike_in_sql_as_in_the_matcher(tmp_path: Path) -> None:
    records = births(150)
    labels = levels(tmp_path, records, "birth")
    frame = build_frame(records, Words())
    left, right = np.triu_indices(len(records), 1)
    our_levels, _surprise = facts.births(frame, frame, left, right, facts.Ages.of(frame))
    wrong = [
        (records[i].birth, records[j].birth, labels[i, j], level)
        for i, j, level in zip(left.tolist(), right.tolist(), our_levels.tolist(), strict=True)
        if labels[i, j] != ("not said" if level == facts.UNKNOWN else WORDS[Born][Born(level)])
    ]
    assert wrong == []
    assert set(labels.values()) == {"not said", *WORDS[Born].values()}  # every level was tried


NUMBERS = [
    "C1234567",
    "C1234568",
    "C1234576",
    "C123456",
    "C12345678",
    "X1234567",
    "C1234",
    "234565",
    "91",
    "98",
    "VE:C1234567",
    "GY:C1234567",
    "GY:C1234568",
    "VE:C1234",
    "GY:C1234",
    "GY:C12345",
    "VE:C12346",
    "VE:91",
    "5926001234",
    "6001234",
    "1235",
    "C1239967",
    "ABCDEFG",
    "1234565",
]


@pytest.mark.parametrize("kind", ["document", "phone"])
def test_numbers_are_alike_in_sql_as_in_the_matcher(kind: Any, tmp_path: Path) -> None:
    values = [n for n in NUMBERS if kind == "document" or (n.isdigit() and len(n) > 4)]
    labels = levels(
        tmp_path, [Record(str(n), facts=((kind, value),)) for n, value in enumerate(values)], kind
    )
    left, right = np.triu_indices(len(values), 1)
    our_levels = facts.comparison_levels([values[i] for i in left], [values[j] for j in right], kind)
    transposed = []
    for i, j, level in zip(left.tolist(), right.tolist(), our_levels.tolist(), strict=True):
        expected = WORDS[Alike][Alike(level)]
        two = values[i].rpartition(":")[2], values[j].rpartition(":")[2]
        if OSA.distance(*two) < Levenshtein.distance(*two):
            transposed.append((values[i], values[j]))  # two figures in each other's place
        elif labels[i, j] == told.BY_END:
            assert level == Alike.SAME and kind == "phone"
        else:
            assert labels[i, j] == expected, (values[i], values[j])
    assert len(transposed) < 9


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("Ana Perez", "Ana Rojas", WORDS[How][How.SAME]),
        ("Ana Perez", "Perez Ana", told.ELSEWHERE),
        ("Gonzalez Ana", "Gonsales Ana", WORDS[How][How.SPELLING]),
        ("Pepe Perez", "Jose Perez", WORDS[How][How.NICKNAME]),
        ("J Perez", "Jose Perez", WORDS[How][How.INITIAL]),
        ("Marlin Perez", "Martin Perez", WORDS[How][How.CLOSE]),
        ("Yulimar Perez", "Yuli Perez", WORDS[How][How.NEAR]),
        ("Deokie Perez", "Wei Perez", WORDS[How][How.DIFFERENT]),
    ],
)
def test_words_are_alike_as_the_matcher_says(one: str, other: str, level: str, tmp_path: Path) -> None:
    labels = levels(tmp_path, [Record("1", (Name(one),)), Record("2", (Name(other),))], "given")
    assert labels[0, 1] == level


def test_weights_are_the_models() -> None:
    model = Model()
    for name, field, kind in (
        ("birth", model.fields["birth"], Born),
        ("document", model.fields["document"], Alike),
    ):
        by_label = {setting["label_for_charts"]: setting for setting in comparison(name)}
        for way in kind:
            level = by_label[WORDS[kind][way]]
            assert level["m_probability"] == field.m[way]
            assert level.get("u_probability", OWN) == field.u[way]
    family = {setting["label_for_charts"]: setting for setting in comparison("family")}
    same, elsewhere = family[WORDS[How][How.SAME]], family[told.ELSEWHERE]
    assert same["tf_adjustment_column"] == "family" and "u_probability" not in same
    assert np.log2(elsewhere["m_probability"] / same["m_probability"]) == pytest.approx(model.swapped)


def test_only_functions_are_used_that_duckdb_and_spark_both_have() -> None:
    splink_settings = told.settings(Model(), set(COLUMNS), 0.01, False)
    conditions = [
        level["sql_condition"]
        for each in splink_settings["comparisons"]
        for level in each["comparison_levels"]
    ]
    conditions += [
        rule["blocking_rule"] for rule in splink_settings["blocking_rules_to_generate_predictions"]
    ]
    used = {name for sql in conditions for name in re.findall(r"(\w+) ?\(", sql)}
    assert used and used <= BOTH_HAVE


def test_what_a_table_does_not_say_is_neither_compared_nor_a_rule() -> None:
    splink_settings = told.settings(Model(), {"given", "given_sound", "born_from", "born"}, 0.01, False)
    assert [field["output_column_name"] for field in splink_settings["comparisons"]] == ["given", "birth"]
    rules = [rule["blocking_rule"] for rule in splink_settings["blocking_rules_to_generate_predictions"]]
    assert rules == ["l.born = r.born"]
