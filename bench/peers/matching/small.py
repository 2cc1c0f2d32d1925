"""Splink on a small table of people: `small.py TABLE.csv OUT.csv`.

TABLE.csv has unique_id, first_name, surname, dob (as 1990-04-23), city, email and perhaps phone, document and
address. Comparisons and training are those of Splink's own example for fake_1000 ("Deduplicate 50k", "Quick
start"), with more blocking, so that pairs which no rule of an example reaches are scored too. OUT.csv: left,
right, match weight.
"""

import sys

import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

ALWAYS = ("first_name", "surname", "dob", "city", "email")
MORE = ("phone", "document", "address")


def main(table: str, out: str) -> None:
    db = DuckDBAPI()
    people = db._con.sql(f"from read_csv('{table}', all_varchar = true)")
    extra = [name for name in MORE if name in people.columns]
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            *(block_on(name) for name in ("first_name", "surname", "dob", "email", *extra)),
            block_on("city", "substr(first_name,1,1)"),
            block_on("substr(surname,1,4)", "substr(first_name,1,1)"),
        ],
        comparisons=[
            cl.NameComparison("first_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
            cl.EmailComparison("email"),
            *(cl.LevenshteinAtThresholds(name, 2) for name in extra),
        ],
    )
    linker = Linker(db.register(people), settings, log_level="ERROR")
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("first_name", "surname"), block_on("email")], recall=0.7
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
