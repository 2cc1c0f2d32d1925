"""Our model as Splink's settings: the same ways of being alike, as SQL that DuckDB and Spark both understand.

Only functions that both have are used (a test lists them), so one text goes to either. m comes from the
model, u too, but where a value has its own: there Splink takes the shares that `columns` tells as term
frequencies, and estimates what is left from pairs at random.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from enum import IntEnum
from typing import Any

from libertad.hits.beside.columns import COUNTRY, FACTS, SLOTS
from libertad.hits.matching.facts import SOME, Alike, Born
from libertad.hits.matching.lexicon import How
from libertad.hits.matching.model import OWN, Field, Model
from libertad.hits.matching.model_file import WORDS
from libertad.hits.matching.record import NUMBERED

Settings = dict[str, Any]


class Senseless(ValueError):
    """What tables say, or what was learnt from them, is nothing to go by; says which part."""


ELSEWHERE = "the same word in another place"
BY_END = "the same telephone, one without what stands before"
EXACT = "born_l is not null and born_r is not null"
FIGURE = "levenshtein(born_year_l, born_year_r) = 1"
# A sum of powers of five tells which four figures these are, not in which order.
REORDERED = " = ".join(
    "(" + " + ".join(f"power(5, cast(substr(born_year_{side}, {at}, 1) as int))" for at in (1, 2, 3, 4)) + ")"
    for side in "lr"
)
# Which pairs are compared: what agrees, each as columns that must be the same, as in the matcher's own keys.
RULES: tuple[tuple[str, ...], ...] = (
    *((kind,) for kind in NUMBERED),
    ("address",),
    ("given_called", "family_sound"),
    ("given_sound", "family_sound"),
    ("family_sound", "family2_sound"),
    ("given_sound", "family2_sound"),
    ("given_sound", "given2_sound"),
    ("born",),
    *((slot, "born_year") for slot in ("given_called", "given_sound", "family_sound", "family2_sound")),
    *((slot, "born_month", "born_day") for slot in ("given_sound", "family_sound")),
    ("place", "born_from"),
    ("place", "given_sound"),
    ("place", "family_sound"),
)
CROSSED = {
    ("given_sound", "family_sound"): "l.given_sound = r.family_sound and l.family_sound = r.given_sound"
}


def settings(model: Model, filled: Container[str], chance: float, two: bool) -> Settings:
    """Settings for tables whose columns `filled` say something. `chance`: that any two records are of one
    person. `two`: pairs go from one table to the other. Raises Senseless."""
    blocking_rules = rules(filled)
    if not blocking_rules:
        raise Senseless("no two records could share a name, a birth, a number or an address")
    return {
        "link_type": "link_only" if two else "dedupe_only",
        "unique_id_column_name": "unique_id",
        "probability_two_random_records_match": chance,
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
        "comparisons": [
            {"output_column_name": name, "comparison_levels": [_nothing(name), *levels]}
            for name, levels in _comparisons(model).items()
            if needs(name) in filled
        ],
        "blocking_rules_to_generate_predictions": [{"blocking_rule": rule} for rule in blocking_rules],
    }


def rules(filled: Container[str]) -> list[str]:
    """Which pairs are compared, as SQL."""
    conditions = []
    for columns in RULES:
        if all(column in filled for column in columns):
            conditions.append(agree(columns))
            conditions += [CROSSED[columns]] if columns in CROSSED else []
    return conditions


def agree(columns: Iterable[str]) -> str:
    return " and ".join(f"l.{column} = r.{column}" for column in columns)


def needs(name: str) -> str:
    """What a comparison needs both tables to say."""
    return "born_from" if name == "birth" else name


def _comparisons(model: Model) -> dict[str, list[dict[str, Any]]]:
    levels = {slot: list(_word(slot, model)) for slot in SLOTS}
    levels["birth"] = list(_birth(model.fields["birth"]))
    levels["sex"] = list(_sex(model.fields["sex"]))
    for kind in FACTS:
        levels[kind] = list((_number if kind in NUMBERED else _text)(kind, model.fields[kind]))
    return levels


def _nothing(name: str) -> dict[str, Any]:
    column = needs(name)
    return {
        "sql_condition": f"{column}_l is null or {column}_r is null",
        "label_for_charts": "not said",
        "is_null_level": True,
    }


def _level(
    sql: str, way: IntEnum, field: Field, common: str = "", label: str = "", m: float | None = None
) -> dict[str, Any]:
    """`common`: the column whose shares take the place of u. `m`: another than the field's, which stays."""
    u = float(field.u[way])
    level: dict[str, Any] = {
        "sql_condition": sql,
        "label_for_charts": label or WORDS[type(way)][way],
        "m_probability": float(field.m[way]) if m is None else m,
        "fix_m_probability": m is not None,
    }
    if u != OWN:
        level |= {"u_probability": u, "fix_u_probability": True}
    elif common:
        level |= {"tf_adjustment_column": common, "disable_tf_exact_match_detection": True}
    return level


def _word(slot: str, model: Model) -> Iterable[dict[str, Any]]:
    """A word of a name, with that in its place in the other record."""
    names, other_slots = model.names, ", ".join(f"{name}_{{side}}" for name in SLOTS if name != slot)
    short = f"least(length({slot}_l), length({slot}_r))"
    within = " or ".join(f"substr({slot}_{a}, 1, length({slot}_{b})) = {slot}_{b}" for a, b in ("lr", "rl"))
    edits = f"levenshtein({slot}_l, {slot}_r)"
    yield _level(f"{slot}_l = {slot}_r", How.SAME, names, slot)
    yield _level(
        f"{slot}_l in ({other_slots.format(side='r')}) or {slot}_r in ({other_slots.format(side='l')})",
        How.SAME,
        names,
        slot,
        ELSEWHERE,
        float(names.m[How.SAME] * 2**model.swapped),
    )
    yield _level(f"{slot}_sound_l = {slot}_sound_r", How.SPELLING, names, f"{slot}_sound")
    yield _level(f"{slot}_called_l = {slot}_called_r", How.NICKNAME, names, f"{slot}_called")
    yield _level(
        f"{short} = 1 and {slot}_letter_l = {slot}_letter_r",
        How.INITIAL,
        names,
        f"{slot}_letter",
        m=float(names.m[How.INITIAL]),
    )
    yield _level(f"{short} > 3 and {edits} <= 1", How.CLOSE, names)
    yield _level(f"{short} > 2 and ({within}) or {short} > 5 and {edits} <= 2", How.NEAR, names)
    yield _level("ELSE", How.DIFFERENT, names)


def _birth(field: Field) -> Iterable[dict[str, Any]]:
    """As `facts.births`, condition by condition."""
    year, month, day = (f"born_{part}_l = born_{part}_r" for part in ("year", "month", "day"))
    apart = "abs(cast(born_year_l as int) - cast(born_year_r as int))"
    near = f"({apart} <= 1 or {FIGURE} or {REORDERED})"
    gap = "greatest(born_from_l, born_from_r) - least(born_to_l, born_to_r)"
    loose = "(born_l is null or born_r is null)"
    spans = " and ".join(f"born_to_{side} - born_from_{side} < 366" for side in "lr")
    for sql, way, common in (
        ("born_l = born_r", Born.SAME, "born"),
        (
            f"{EXACT} and {year} and born_month_l = born_day_r and born_day_l = born_month_r",
            Born.SWAPPED,
            "",
        ),
        (
            f"{EXACT} and ({year} and ({month} or {day}) or {month} and {day} and {near})",
            Born.ONE_PART,
            "",
        ),
        (f"{EXACT} and {month} and {day}", Born.YEAR, ""),
        (f"{loose} and {gap} <= 0", Born.OVERLAP, ""),
        (f"{EXACT} and {year}", Born.SAME_YEAR, ""),
        (f"{loose} and ({gap} <= 366 or {FIGURE} and {spans})", Born.NEAR_YEAR, ""),
        (f"{gap} <= {SOME}", Born.SOME_YEARS, ""),
        ("ELSE", Born.DIFFERENT, ""),
    ):
        yield _level(sql, way, field, common)


def _sex(field: Field) -> Iterable[dict[str, Any]]:
    yield _level("sex_l = sex_r", Alike.SAME, field, "sex")
    yield _level("ELSE", Alike.DIFFERENT, field)


def _number(kind: str, field: Field) -> Iterable[dict[str, Any]]:
    """As `facts.comparison_levels`, but that two figures in each other's place are two edits."""
    short = f"least(length({kind}_l), length({kind}_r))"
    edits = f"levenshtein({kind}_l, {kind}_r)"
    held = f"(instr({kind}_l, {kind}_r) > 0 or instr({kind}_r, {kind}_l) > 0)"
    same, close = f"{kind}_l = {kind}_r", f"{short} > 4 and {edits} <= 1"
    part = f"{short} > 4 and ({short} > 6 and {edits} <= 2 or {held})"
    if kind == "document":  # numbers of two countries agree in part at most
        same_country = f"coalesce({COUNTRY}_l = {COUNTRY}_r, true)"
        same, close, part = (
            f"{same} and {same_country}",
            f"{close} and {same_country}",
            f"{same} or {close} or {part}",
        )
    yield _level(same, Alike.SAME, field, kind)
    if kind == "phone":
        ends = " or ".join(f"{kind}_{a} like concat('%', {kind}_{b})" for a, b in ("lr", "rl"))
        yield _level(f"{short} > 6 and ({ends})", Alike.SAME, field, kind, BY_END)
    yield _level(close, Alike.CLOSE, field)
    yield _level(part, Alike.PART, field)
    yield _level("ELSE", Alike.DIFFERENT, field)


def _text(kind: str, field: Field) -> Iterable[dict[str, Any]]:
    """Much as `facts.comparison_levels`, which does not mind the order of words."""
    distance = f"levenshtein({kind}_l, {kind}_r) / greatest(length({kind}_l), length({kind}_r))"
    held = f"instr({kind}_l, {kind}_r) > 0 or instr({kind}_r, {kind}_l) > 0"
    yield _level(f"{kind}_l = {kind}_r", Alike.SAME, field, kind)
    yield _level(f"{distance} <= 0.12", Alike.CLOSE, field)
    yield _level(f"{distance} <= 0.3 or {held}", Alike.PART, field)
    yield _level("ELSE", Alike.DIFFERENT, field)
