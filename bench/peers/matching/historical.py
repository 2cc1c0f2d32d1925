"""Splink on historical_50k: `historical.py PARQUET demo|widened|separate OUT.csv`.

'demo' is Splink's own example for this data set ("Linking historical persons" in its documentation): its
comparisons, blocking rules and training. 'widened' is the same model with more blocking rules, so that
pairs which no rule of the example reaches are scored too. 'separate' has these rules and compares the first
name and the surname each by itself with their frequencies, the best that was found. OUT.csv: left, right,
match weight.
"""

import sys

import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

DEMO = [
    block_on("substr(first_name,1,3)", "substr(surname,1,4)"),
    block_on("surname", "dob"),
    block_on("first_name", "dob"),
    block_on("postcode_fake", "first_name"),
    block_on("postcode_fake", "surname"),
    block_on("dob", "birth_place"),
    block_on("substr(postcode_fake,1,3)", "dob"),
    block_on("substr(postcode_fake,1,3)", "first_name"),
    block_on("substr(postcode_fake,1,3)", "surname"),
    block_on("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
]
WIDER = [
    block_on("postcode_fake"),
    block_on("dob"),
    block_on("surname"),
    block_on("substr(postcode_fake,1,4)"),
    block_on("first_name", "birth_place"),
    block_on("first_name", "substr(dob,1,4)"),
    block_on("birth_place", "occupation"),
    block_on("substr(surname,1,4)", "substr(dob,1,4)"),
    block_on("birth_place", "substr(dob,1,4)"),
]


def main(parquet: str, which: str, out: str) -> None:
    db = DuckDBAPI()
    table = db._con.sql(
        "select unique_id, first_name, surname, dob, birth_place, postcode_fake, gender, occupation, "
        f"first_name || ' ' || surname as whole_name from '{parquet}'"
    )
    names = [
        cl.ForenameSurnameComparison("first_name", "surname", forename_surname_concat_col_name="whole_name")
    ]
    if which == "separate":
        names = [
            cl.NameComparison(column).configure(term_frequency_adjustments=True)
            for column in ("first_name", "surname")
        ]
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=DEMO + ([] if which == "demo" else WIDER),
        comparisons=[
            *names,
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode_fake"),
            cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
            cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
        ],
    )
    linker = Linker(db.register(table), settings, log_level="ERROR")
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [
            "l.first_name = r.first_name and l.surname = r.surname and l.dob = r.dob",
            "substr(l.first_name,1,2) = substr(r.first_name,1,2) and l.surname = r.surname "
            "and substr(l.postcode_fake,1,2) = substr(r.postcode_fake,1,2)",
            "l.dob = r.dob and l.postcode_fake = r.postcode_fake",
        ],
        recall=0.6,
    )
    training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    training.estimate_parameters_using_expectation_maximisation(block_on("first_name", "surname"))
    training.estimate_parameters_using_expectation_maximisation(block_on("dob"))
    pairs = linker.inference.predict(threshold_match_weight=-10)
    db._con.execute(
        f"copy (select unique_id_l, unique_id_r, match_weight from {pairs.physical_name}) "
        f"to '{out}' (header false)"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
