"""Splink asked about persons in a large table: `million.py PEOPLE.csv QUERIES.csv OUT.csv STATS.json`.

A linking model for the columns of bench/_said.py with Splink's own comparisons for names, dates and
numbers, blocked on whatever two fields agree, trained without labels. First all queries at once (OUT.csv:
query, person, match probability), then some of them one by one, which is how an officer asks: the time of
each is told in STATS.json.
"""

import json
import sys
import time
from pathlib import Path

import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import ColumnExpression, DuckDBAPI, Linker, SettingsCreator, block_on

ALONE = 20  # queries asked one by one
# A name in one field is split at its comma or in the middle; accents and capitals are dropped on both sides.
CLEANED = """
with parts as (
    select *, strip_accents(lower(trim(replace(if(name <> '', name, given_name || ' ' || family_name), ',',
    '')))) as whole from read_csv('{file}', all_varchar=true, nullstr='\\0')
), named as (
    select *, string_split(whole, ' ') as words,
        string_split(strip_accents(lower(given_name)), ' ') as given,
        string_split(strip_accents(lower(family_name)), ' ') as family
    from parts
)
select id as unique_id,
    nullif(if(name = '', given[1], words[1]), '') as first_name,
    nullif(if(name = '', family[1], words[if(len(words) > 2, len(words) - 1, len(words))]), '')
        as surname,
    try_cast(if(len(birth_date) = 10, birth_date, null) as date) as dob,
    if(birth_date <> '', left(birth_date, 4),
        if(age <> '', cast(year(today()) - cast(split_part(age, '-', 1) as int) as varchar), null)) as born,
    nullif(sex, '') as sex, nullif(nationality, '') as nationality,
    nullif(regexp_replace(document, '[^A-Z0-9]', '', 'g'), '') as document,
    nullif(right(regexp_replace(phone, '[^0-9]', '', 'g'), 7), '') as phone,
    nullif(lower(address), '') as address, nullif(lower(place), '') as place
from named
"""
BLOCKS = [
    block_on("document"),
    block_on("phone"),
    block_on("address"),
    block_on("first_name", "surname"),
    block_on("dob"),
    block_on("first_name", "born"),
    block_on("surname", "born"),
    block_on("surname", "substr(first_name,1,2)", "nationality"),
    block_on("first_name", "substr(surname,1,3)", "nationality"),
]


def model() -> SettingsCreator:
    return SettingsCreator(
        link_type="link_only",
        blocking_rules_to_generate_predictions=BLOCKS,
        comparisons=[
            cl.NameComparison("first_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.CustomComparison(
                output_column_name="born",
                comparison_levels=[
                    cll.And(cll.NullLevel("dob"), cll.NullLevel("born")),
                    cll.ExactMatchLevel("dob"),
                    cll.LevenshteinLevel(ColumnExpression("dob").cast_to_string(), 1),
                    cll.ExactMatchLevel("born"),
                    cll.ElseLevel(),
                ],
            ),
            cl.ExactMatch("sex"),
            cl.ExactMatch("nationality").configure(term_frequency_adjustments=True),
            cl.LevenshteinAtThresholds("document", [1, 2]),
            cl.LevenshteinAtThresholds("phone", [1]),
            cl.ExactMatch("address"),
            cl.ExactMatch("place").configure(term_frequency_adjustments=True),
        ],
    )


def main(people: str, queries: str, out: str, stats: str) -> None:
    db = DuckDBAPI()
    for name, file in (("people", people), ("queries", queries)):
        db._con.execute(f"create table {name} as {CLEANED.format(file=file)}")
    began = time.perf_counter()
    table = db.register("people")
    linker = Linker([table, db.register("queries")], model(), log_level="ERROR")
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("document"), block_on("first_name", "surname", "dob")], recall=0.5
    )
    training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    for rule in (block_on("first_name", "surname"), block_on("dob"), block_on("phone")):
        training.estimate_parameters_using_expectation_maximisation(rule)
    predictions = linker.inference.predict(threshold_match_probability=1e-4)
    db._con.execute(
        f"copy (select unique_id_r, unique_id_l, match_probability from {predictions.physical_name}) "
        f"to '{out}' (header false)"
    )
    whole = time.perf_counter() - began
    for column in ("first_name", "surname", "nationality", "place"):
        linker.table_management.compute_tf_table(column)
    alone = []
    for number in range(ALONE + 1):
        db._con.execute(f"create table asked{number} as select * from queries offset {number} limit 1")
        began = time.perf_counter()
        linker.inference.predict_between(
            table, db.register(f"asked{number}"), threshold_match_probability=1e-4, warning_mode="never"
        ).as_record_list()
        if number:  # the first one finds nothing prepared
            alone.append(time.perf_counter() - began)
    Path(stats).write_text(json.dumps({"whole": whole, "alone": alone}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
