"""Splink on any table of people: `unseen.py OUT.csv TABLE.csv [TABLE.csv]`.

The tables have unique_id, first_name, surname, dob (as 1990-04-23) and perhaps city, email, phone, document,
address, nationality. Comparisons and training as in Splink's own examples, names with their frequencies, the
best that was found ('separate' of historical.py). Blocking as wide as the size allows.
OUT.csv: left, right, match weight.
"""

import sys

import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

NUMBERS = ("phone", "document", "address")
MOST = 20  # pairs for each row, the best first, among which the labels choose
AT_MOST = 1_500_000
LARGE = 30_000  # rows from which one name alone brings too many pairs


def rules(rows: int, columns: list[str]):
    blocking = [
        block_on("first_name", "surname"),
        block_on("dob"),
        block_on("surname", "substr(dob,1,4)"),
        block_on("first_name", "substr(dob,1,4)"),
        block_on("surname", "substr(dob,6,5)"),
        block_on("first_name", "substr(dob,6,5)"),
        block_on("substr(surname,1,4)", "substr(first_name,1,3)"),
        *(block_on(name) for name in ("email", *NUMBERS) if name in columns),
    ]
    if rows < LARGE:
        blocking += [block_on("surname"), block_on("first_name")]
    if "city" in columns:
        blocking += [block_on("city", "substr(first_name,1,3)"), block_on("city", "substr(surname,1,3)")]
    return blocking


def main(out: str, *tables: str) -> None:
    db = DuckDBAPI()
    people = [db._con.sql(f"from read_csv('{table}', all_varchar = true)") for table in tables]
    columns, rows = people[0].columns, sum(relation.count("*").fetchone()[0] for relation in people)
    settings = SettingsCreator(
        link_type="dedupe_only" if len(people) == 1 else "link_only",
        blocking_rules_to_generate_predictions=rules(rows, columns),
        comparisons=[
            cl.NameComparison("first_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            *(
                cl.ExactMatch(name).configure(term_frequency_adjustments=True)
                for name in ("city", "nationality")
                if name in columns
            ),
            *([cl.EmailComparison("email")] if "email" in columns else []),
            *(cl.LevenshteinAtThresholds(name, 2) for name in NUMBERS if name in columns),
        ],
    )
    registered = [db.register(relation) for relation in people]
    linker = Linker(registered if len(people) > 1 else registered[0], settings, log_level="ERROR")
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [
            block_on("first_name", "surname", "dob"),
            *(block_on(n) for n in ("email", "document") if n in columns),
        ],
        recall=0.7,
    )
    training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    training.estimate_parameters_using_expectation_maximisation(block_on("first_name", "surname"))
    training.estimate_parameters_using_expectation_maximisation(block_on("dob"))
    # No threshold: where no two rows agree in all, its prior is so low that most true pairs lie far below 0.
    pairs = linker.inference.predict()
    db._con.execute(
        f"copy (select unique_id_l, unique_id_r, match_weight from {pairs.physical_name} "
        f"order by match_weight desc limit {min(MOST * rows, AT_MOST)}) to '{out}' (header false)"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
