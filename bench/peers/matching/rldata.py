"""A data set of the R package RecordLinkage as CSV: `rldata.py RLdata10000.rda OUT.csv`.

German names and dates of birth, every tenth record a double (M. Sariyar and A. Borg). OUT.csv: id, person,
given_name, second_given_name, family_name, second_family_name, birth_date.
"""

import csv
import sys
from pathlib import Path

import rdata


def main(path: str, out: str) -> None:
    datasets = rdata.read_rda(path)
    (name,) = (key for key in datasets if key.startswith("RLdata"))
    persons = datasets[f"identity.{name}"]
    with Path(out).open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(
            (
                "id",
                "person",
                "given_name",
                "second_given_name",
                "family_name",
                "second_family_name",
                "birth_date",
            )
        )
        for number, (person, (_, row)) in enumerate(
            zip(persons, datasets[name].fillna("").iterrows(), strict=True)
        ):
            born = f"{int(row['by']):04d}-{int(row['bm']):02d}-{int(row['bd']):02d}"
            names = (row["fname_c1"], row["fname_c2"], row["lname_c1"], row["lname_c2"])
            rows.writerow((f"r{number}", int(person), *map(str, names), born))


if __name__ == "__main__":
    main(*sys.argv[1:])
