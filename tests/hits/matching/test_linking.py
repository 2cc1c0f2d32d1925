"""Tables linked without labels: who is one person, who is not, and why."""

from __future__ import annotations

import csv
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from libertad.hits.matching import tables
from libertad.hits.matching.clustering import clusters
from libertad.hits.matching.linking import Linked, link
from libertad.hits.matching.reasons import words
from libertad.hits.matching.record import Birth, Name, Record

PEOPLE = [
    ("Yulimar", "Peña Rojas", "1994-03-12", "+58 412 5550134"),
    ("Deokie", "Persaud", "1988-07-30", ""),
    ("Jean Robert", "Baptiste", "1979-11-02", "+509 3455 0102"),
    ("Maria", "da Silva", "1999-05-21", "+55 92 5550 0123"),
    ("Shanice", "Browne", "2001-09-09", "+1 246 555 0177"),
    ("Wei", "Zhang", "1985-02-14", ""),
    ("Anil", "Ramdass", "1990-12-01", ""),
    ("Ketsia", "Joseph", "1997-08-17", "+509 3655 0199"),
    ("Rosa", "Quispe Mamani", "1983-04-04", ""),
    ("Carlos", "Méndez", "1976-06-25", "+502 5555 0120"),
]


def person(id_: str, given_name: str, family: str, born: str, phone: str = "") -> Record:
    facts = (("phone", phone),) if phone else ()
    return Record(id_, (Name(given=given_name, family=family),), Birth.of_text(born), facts=facts)  # type: ignore[arg-type]


def crowd() -> list[Record]:
    """Two hundred people none of whom is another: names and births in all mixtures."""
    return [
        person(
            f"c{at}",
            PEOPLE[at % 10][0],
            PEOPLE[at // 10 % 10][1],
            f"{1960 + at % 41}-{at % 12 + 1:02}-{at % 27 + 2:02}",
        )
        for at in range(200)
    ]


def everybody(sounds: str) -> list[Record]:
    """A thousand people, each of whom has a birth and a rare name, made of these ten sounds."""
    return [
        person(
            f"{a}{b}{c}",
            f"{a}{b}{c}ta",
            f"{c}{a}{b}nko",
            f"{1990 - at % 17}-{at % 12 + 1:02}-{at % 27 + 2:02}",
        )
        for at, (a, b, c) in enumerate(product(sounds.split(), repeat=3))
    ]


def pair_of(linked: Linked, left: str, right: str) -> int:
    """The place of a pair."""
    pairs = zip(linked.one, linked.other, strict=True)
    return [(linked.left.ids[i], linked.right.ids[j]) for i, j in pairs].index((left, right))


def chances(linked: Linked) -> dict[tuple[str, str], float]:
    return {
        (linked.left.ids[i], linked.right.ids[j]): float(p)
        for i, j, p in zip(linked.one, linked.other, linked.probability, strict=True)
    }


def test_a_person_written_otherwise_is_found_and_a_namesake_is_not() -> None:
    register = [person(f"a{n}", *fields) for n, fields in enumerate(PEOPLE)] + crowd()
    incoming = [
        person("b0", "Julimar", "Pena", "1994-12-03", "0058 412-5550134"),
        person("b2", "Robert", "Jean-Baptiste", "1979-11-02"),
        person("b3", "Maria", "Silva", "1971-01-30", "+55 95 5550 0100"),
    ]
    chance_of = chances(link(register, incoming))
    assert chance_of["a0", "b0"] > 0.9
    assert chance_of["a2", "b2"] > 0.9
    assert chance_of.get(("a3", "b3"), 0.0) < 0.3


def test_what_one_record_surely_is_the_others_are_not() -> None:
    register = [person(f"a{n}", *fields) for n, fields in enumerate(PEOPLE)] + crowd()
    sister = person("b1", "Yulimar", "Peña Rojas", "1994-08-30")
    alone = chances(link(register, [sister]))["a0", "b1"]
    together = chances(link(register, [sister, person("b0", *PEOPLE[0])]))
    assert together["a0", "b0"] > 0.9
    assert together["a0", "b1"] < 0.15 < 0.5 < alone


def test_where_nearly_all_are_found_who_is_left_is_likelier_of_whom_is_left() -> None:
    people = everybody("ba du fe gi ko lu ma ne pi ro")
    strangers = everybody("cha dro sty quo yi wo fla xu ze hu")
    home = (("place", "Puerto Ayacucho"),)
    known = [*people, Record("a", (Name(given="Maria"),), facts=home)]
    record = Record("b", (Name(given="Maria"),), facts=home)
    again, apart = link(known, [*people, record]), link(known, [*strangers, record])
    assert again.bits[pair_of(again, "a", "b")] < 1  # by itself not likelier than two to one
    assert chances(again)["a", "b"] > 0.99
    assert chances(apart)["a", "b"] < 0.01


def test_a_home_brings_together_of_whom_little_else_is_told() -> None:
    home = ("address", "12 Calle Sucre"), ("place", "Puerto Ayacucho")
    near = ("address", "12 Calle Sucrre"), ("place", "Puerto Ayacucho")
    first = Record("a", (Name(given="Yulimar", family="Peña"),), facts=home)
    second = Record("b", (Name(given="Kaycee", family="Bravo"),), facts=near)
    assert ("a", "b") in chances(link([first], [second]))
    elsewhere = Record("b", second.names, facts=(near[0], ("place", "Maturín")))
    assert ("a", "b") not in chances(link([first], [elsewhere]))


def test_the_same_tables_give_the_same_pairs() -> None:
    register = [person(f"a{n}", *fields) for n, fields in enumerate(PEOPLE)] + crowd()
    assert chances(link(register)) == chances(link(register))


def test_reasons_add_up_to_the_bits() -> None:
    links = link([person(f"a{n}", *fields) for n, fields in enumerate(PEOPLE)] + crowd())
    rows = np.arange(0, len(links.one), 7)
    for row, why in zip(rows, links.reasons(rows), strict=True):
        assert sum(reason.bits for reason in why) + links.prior.same == pytest.approx(
            links.bits[row], abs=0.01
        )
        assert all(words(reason) for reason in why)


def test_nothing_known_matches_nothing() -> None:
    odd = [
        Record("1"),
        Record("2", (Name("N/A"),)),
        Record("3", (Name("?"),), facts=(("document", "XXXXXXX"),)),
    ]
    assert len(link(odd).one) == 0
    assert len(link(odd, odd).one) == 0
    assert len(link([], []).one) == 0


def test_a_chain_is_no_person() -> None:
    left, right = np.array([0, 1, 0]), np.array([1, 2, 2])
    assert list(clusters(3, left, right, np.array([6.0, 5.0, 4.0], np.float32))) == [0, 0, 0]
    assert list(clusters(3, left, right, np.array([6.0, 3.0, -9.0], np.float32))) == [0, 0, 2]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(
            ["Record ID", "Nombres", "Apellidos", "Fecha de nacimiento", "Passport No", "Teléfono", "Colour"]
        )
        for at, (given_name, family, born, phone) in enumerate(PEOPLE * 2):
            out.writerow([f"r{at}", given_name, family, born, f"R01{at % 10}345", phone, "red"])
    return path


def read(path: Path, column_map: dict[str, str] | None = None) -> tuple[list[Record], list[str]]:
    """The rows of a table, and the columns that are not compared."""
    columns = tables.columns_of(path, column_map)
    return list(tables.rows(path, columns)), list(columns.rest)


def test_columns_are_recognised_in_the_regions_languages(table: Path) -> None:
    records, rest = read(table)
    assert rest == ["Colour"]
    assert records[0] == Record(
        "r0",
        (Name(given="Yulimar", family="Peña Rojas"),),
        Birth.of_text("1994-03-12"),
        facts=(("document", "R010345"), ("phone", "+58 412 5550134")),
    )


def test_a_column_can_be_told(table: Path) -> None:
    records, _ = read(table, {"place": "Colour"})
    assert records[0].all("place") == ["red"]
    with pytest.raises(tables.Unreadable, match="the table has the columns"):
        read(table, {"place": "Color"})
    with pytest.raises(tables.Unreadable, match="the fields are"):
        read(table, {"hair": "Colour"})


def test_pairs_are_written_with_their_cluster_and_why(table: Path, tmp_path: Path) -> None:
    records, _ = read(table)
    out = tmp_path / "pairs.csv"
    assert tables.write_pairs(out, link(records), 0.3, with_clusters=True) == 10
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["left_id"], row["right_id"]) for row in rows} == {(f"r{n}", f"r{n + 10}") for n in range(10)}
    assert all(row["cluster"] == row["left_id"] and float(row["probability"]) > 0.5 for row in rows)
    assert any("both are called Yulimar" in row["explanation"] for row in rows)


def test_a_table_that_cannot_be_used_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(tables.Unreadable, match="no such file"):
        read(tmp_path / "none.csv")
    path = tmp_path / "odd.csv"
    path.write_text("colour,size\nred,1\n")
    with pytest.raises(tables.Unreadable, match="--map name=COLUMN"):
        read(path)
