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
from libertad.hits.matching.facts import Alike, Born
from libertad.hits.matching.frame import Words, framed
from libertad.hits.matching.lexicon import How
from libertad.hits.matching.model import OWN, Model
from libertad.hits.matching.record import Birth, Name, Record
from libertad.hits.matching.said import Said
from libertad.hits.matching.trained import WORDS

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
    found = told.settings(Model(), set(COLUMNS), 0.01, True)["comparisons"]
    return next(one["comparison_levels"] for one in found if one["output_column_name"] == name)


def levels(folder: Path, records: Sequence[Record], name: str) -> dict[tuple[int, int], str]:
    """What Splink would call each pair of records, by running the levels' SQL."""
    ready = prepared(folder, Said.of(records), None)
    cases = " ".join(
        f"else '{one['label_for_charts']}'" if one["sql_condition"] == "ELSE"
        else f"when {one['sql_condition']} then '{one['label_for_charts']}'"
        for one in comparison(name)
    )  # fmt: skip
    sides = ", ".join(f"{side}.{column} as {column}_{side}" for side in "lr" for column in COLUMNS)
    with duckdb.connect() as base:
        people = base.read_parquet(str(ready.tables[0])).create_view("people")  # noqa: F841
        found = base.execute(
            f"select unique_id_l, unique_id_r, case {cases} end from "
            f"(select {sides} from people l, people r where l.unique_id < r.unique_id)"
        ).fetchall()
    return {(one, other): level for one, other, level in found}


def births(many: int) -> list[Record]:
    """Births of every precision, many of them near one another."""
    rng = random.Random(5)
    found = []
    for n in range(many):
        day = date(1990, 1, 1) + timedelta(
            days=rng.choice([0, 31, 40, 181, 365, 366, 401, 3653, rng.randrange(9000)])
        )
        text = rng.choice(["%Y-%m-%d", "%Y-%d-%m", "%Y-%m", "%Y", "%Y-01-01", "%Y-%m-%d"])
        born = Birth.of_text(day.strftime(text))
        if rng.random() < 0.15:
            age = rng.randrange(18, 40)
            born = Birth.of_age(age, age + rng.randrange(4), date(2026, 5, 1))
        found.append(Record(str(n), birth=born if rng.random() > 0.05 else None))
    return found


def test_births_are_alike_in_sql_as_in_the_matcher(tmp_path: Path) -> None:
    records = births(150)
    found = levels(tmp_path, records, "birth")
    frame = framed(records, Words())
    one, other = np.triu_indices(len(records), 1)
    ours, _surprise = facts.births(frame, frame, one, other, facts.Ages.of(frame))
    wrong = [
        (records[i].birth, records[j].birth, found[i, j], level)
        for i, j, level in zip(one.tolist(), other.tolist(), ours.tolist(), strict=True)
        if found[i, j] != ("not said" if level == facts.UNKNOWN else WORDS[Born][Born(level)])
    ]
    assert wrong == []
    assert set(found.values()) == {"not said", *WORDS[Born].values()}  # every level was tried


NUMBERS = [
    "C1234567", "C1234568", "C1234576", "C123456", "C12345678", "X1234567", "C1234", "234565", "91", "98",
    "VE:C1234567", "GY:C1234567", "GY:C1234568", "VE:C1234", "GY:C1234", "GY:C12345", "VE:C12346", "VE:91",
    "5926001234", "6001234", "1235", "C1239967", "ABCDEFG", "1234565",
]  # fmt: skip


@pytest.mark.parametrize("kind", ["document", "phone"])
def test_numbers_are_alike_in_sql_as_in_the_matcher(kind: Any, tmp_path: Path) -> None:
    values = [n for n in NUMBERS if kind == "document" or (n.isdigit() and len(n) > 4)]
    found = levels(tmp_path, [Record(str(n), facts=((kind, one),)) for n, one in enumerate(values)], kind)
    one, other = np.triu_indices(len(values), 1)
    ours = facts.alike([values[i] for i in one], [values[j] for j in other], kind)
    transposed = []
    for i, j, level in zip(one.tolist(), other.tolist(), ours.tolist(), strict=True):
        expected = WORDS[Alike][Alike(level)]
        two = values[i].rpartition(":")[2], values[j].rpartition(":")[2]
        if OSA.distance(*two) < Levenshtein.distance(*two):
            transposed.append((values[i], values[j]))  # two figures in each other's place
        elif found[i, j] == told.BY_END:
            assert level == Alike.SAME and kind == "phone"
        else:
            assert found[i, j] == expected, (values[i], values[j])
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
    found = levels(tmp_path, [Record("1", (Name(one),)), Record("2", (Name(other),))], "given")
    assert found[0, 1] == level


def test_weights_are_the_models() -> None:
    model = Model()
    for name, field, kind in (
        ("birth", model.fields["birth"], Born),
        ("document", model.fields["document"], Alike),
    ):
        by_label = {one["label_for_charts"]: one for one in comparison(name)}
        for way in kind:
            level = by_label[WORDS[kind][way]]
            assert level["m_probability"] == field.m[way]
            assert level.get("u_probability", OWN) == field.u[way]
    family = {one["label_for_charts"]: one for one in comparison("family")}
    same, elsewhere = family[WORDS[How][How.SAME]], family[told.ELSEWHERE]
    assert same["tf_adjustment_column"] == "family" and "u_probability" not in same
    assert np.log2(elsewhere["m_probability"] / same["m_probability"]) == pytest.approx(model.swapped)


def test_only_functions_are_used_that_duckdb_and_spark_both_have() -> None:
    found = told.settings(Model(), set(COLUMNS), 0.01, False)
    conditions = [one["sql_condition"] for each in found["comparisons"] for one in each["comparison_levels"]]
    conditions += [one["blocking_rule"] for one in found["blocking_rules_to_generate_predictions"]]
    used = {name for sql in conditions for name in re.findall(r"(\w+) ?\(", sql)}
    assert used and used <= BOTH_HAVE


def test_what_a_table_does_not_say_is_neither_compared_nor_a_rule() -> None:
    found = told.settings(Model(), {"given", "given_sound", "born_from", "born"}, 0.01, False)
    assert [one["output_column_name"] for one in found["comparisons"]] == ["given", "birth"]
    rules = [one["blocking_rule"] for one in found["blocking_rules_to_generate_predictions"]]
    assert rules == ["l.born = r.born"]
