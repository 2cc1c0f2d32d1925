"""Two small tables of people with a key: Splink's fake_1000, and Senzing's truth set, 147 persons in three
files who were made to be mistaken for one another (fathers and sons, twins, one account for an office).

Ours gets the columns as they come; Splink gets them under the names that its script knows, with dates,
telephones and full names taken apart for it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path

from libertad.hits.matching.record import Birth

NUMBERS = ("PASSPORT_NUMBER", "SSN_NUMBER", "NATIONAL_ID_NUMBER", "DRIVERS_LICENSE_NUMBER")
Truth = dict[str, str]  # record -> person
Row = dict[str, str]


def fake(data: Path, folder: Path) -> tuple[Path, Path, Truth]:
    """Our table, Splink's, and the key."""
    with (data / "fake_1000.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    truth = {row["unique_id"]: row.pop("cluster") for row in rows}
    table = write_csv(folder / "fake_1000.csv", rows)
    return table, table, truth


def senzing(data: Path, folder: Path) -> tuple[Path, Path, Truth]:
    """Our table, Splink's, and the key; persons only."""
    place = data / "senzing_truth"
    rows: list[Row] = []
    for name in ("customers", "watchlist", "reference"):
        with (place / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows += [row for row in csv.DictReader(file) if row["RECORD_TYPE"] == "PERSON"]
    known = {row["RECORD_ID"] for row in rows}
    with (place / "actual_truthset_key.csv").open(encoding="utf-8", newline="") as file:
        truth = {row["RECORD_ID"]: row["CLUSTER_ID"] for row in csv.DictReader(file)}
    if not known <= truth.keys():
        raise RuntimeError("Senzing's key does not name every record of its files")
    fields = list(dict.fromkeys(name for row in rows for name in row))
    whole = [{name: row.get(name, "") for name in fields} for row in rows]
    return (
        write_csv(folder / "senzing.csv", whole),
        write_csv(folder / "senzing-splink.csv", map(_taken_apart, whole)),
        {record: person for record, person in truth.items() if record in known},
    )


def _taken_apart(row: Row) -> Row:
    words = (row["PRIMARY_NAME_FULL"] or row["NATIVE_NAME_FULL"]).split()
    born = Birth.of_text(row["DATE_OF_BIRTH"], month_first=True)
    return {
        "unique_id": row["RECORD_ID"],
        "first_name": row["PRIMARY_NAME_FIRST"] or " ".join(words[:1]),
        "surname": row["PRIMARY_NAME_LAST"] or " ".join(words[1:][-1:]),
        "dob": born.earliest.isoformat() if born else "",
        "city": row["ADDR_CITY"],
        "email": row["EMAIL_ADDRESS"],
        "phone": re.sub(r"\D", "", row["PHONE_NUMBER"])[-10:],
        "document": next((row[name] for name in NUMBERS if row[name]), ""),
        "address": row["ADDR_FULL"] or row["ADDR_LINE1"],
    }


def write_csv(path: Path, rows: Iterable[Row]) -> Path:
    rows = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        out.writerows(rows)
    return path
