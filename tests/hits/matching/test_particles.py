"""A particle is one in its place and language only, and never leaves a name without its surname."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from libertad.hits.matching import Birth, Matcher, Name, Record
from libertad.hits.matching.particles import roles
from libertad.hits.matching.text import normalise_text, tokens

POPULAR = Path(os.environ.get("LIBERTAD_DATA") or Path(__file__).parents[4] / "shared" / "data") / "matching"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Nguyễn Văn Vân", "nguyen van van"),
        ("NGUYEN VAN VAN", "nguyen van van"),
        ("Văn Thị Hoa", "van thi hoa"),
        ("Lê Thị Hồng", "le thi hong"),
        ("LE THI HONG", "le thi hong"),
        ("Le Hong", "le hong"),
        ("Đỗ Thị Mai", "do thi mai"),
        ("La Văn Cầu", "la van cau"),
        ("Sunita Das", "sunita das"),
        ("Das Sunita", "das sunita"),
        ("Sunita Das Persaud", "sunita das persaud"),
        ("Du Xiao Ming", "du xiao ming"),
        ("Wu Di", "wu di"),
        ("Di Wu", "di wu"),
        ("Zhang Bin", "zhang bin"),
        ("Bin Zhang", "bin zhang"),
        ("Asha De", "asha de"),
        ("Ana Neto", "ana neto"),
        ("Junior Smith", "junior smith"),
        ("Ben Carter", "ben carter"),
        ("Van Morrison", "van morrison"),
        ("Iv Sokha", "iv sokha"),
        ("Irma López García", "irma lopez garcia"),
        ("Pastor Ruiz Díaz", "pastor ruiz diaz"),
    ],
)
def test_what_is_a_name_where_it_stands_is_kept(name: str, words: str) -> None:
    assert tokens(name) == tuple(words.split())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("María de los Ángeles Pérez", "maria angeles perez"),
        ("De la Cruz María José", "cruz maria jose"),
        ("Ana das Neves", "ana neves"),
        ("José da Silva Neto", "jose silva"),
        ("Carlos Souza Filho", "carlos souza"),
        ("Jan van Dijk", "jan dijk"),
        ("Van der Berg Jan", "berg jan"),
        ("Marie Le Blanc", "marie blanc"),
        ("Ahmed bin Hassan", "ahmed hassan"),
        ("Nimal de Silva", "nimal silva"),
        ("Sr. Juan Pérez", "juan perez"),
        ("Juan Pérez Sr", "juan perez"),
        ("Ana Ruiz viuda de Gómez", "ana ruiz gomez"),
    ],
)
def test_what_only_stands_with_a_name_goes(name: str, words: str) -> None:
    assert tokens(name) == tuple(words.split())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("de la Cruz", "cruz"),
        ("van Dijk", "dijk"),
        ("Le Blanc", "blanc"),
        ("Das", "das"),
        ("Lê", "le"),
        ("Đỗ", "do"),
        ("Das Neves", "neves"),
        ("Neto", "neto"),
        ("Silva Neto", "silva"),
        ("De", "de"),
    ],
)
def test_a_family_name_alone_may_begin_with_a_particle_and_never_is_one(name: str, words: str) -> None:
    assert tokens(name, family=True) == tuple(words.split())


def test_no_surname_of_any_people_is_eaten_from_its_usual_place() -> None:
    """Every particle after a given name, and as a family name."""
    known = roles()
    for word in sorted(known.every):
        assert tokens(f"Mira {word}")[-1:] == (word,) or word in known.beside, word
        assert tokens(word, family=True) == (word,)


def test_no_popular_surname_is_eaten() -> None:
    path = POPULAR / "popnames" / "common-surnames-by-country.csv"
    if not path.exists():
        pytest.skip(f"no popular names at {path}: set LIBERTAD_DATA")
    with path.open(encoding="utf-8-sig", newline="") as file:
        names = {
            normalise_text(row["Romanized Name"] or row["Localized Name"]) for row in csv.DictReader(file)
        }
    single = {name for name in names if name and " " not in name}
    assert len(single) > 1000
    assert [name for name in sorted(single) if tokens(f"mira {name}") != ("mira", name)] == []
    assert [name for name in sorted(single) if len(tokens(f"{name} mira")) < 2] == []


def hit(left: Name, right: Name) -> float:
    matcher = Matcher()
    matcher.upsert(Record("P-1", (left,), Birth.of_text("1994-03-12")))
    hits = matcher.ask(Record("P-2", (right,), Birth.of_text("1994-03-12")))
    return hits[0].bits if hits else -99.0


def test_two_women_who_share_a_given_name_and_a_middle_word_are_not_one_for_an_eaten_surname() -> None:
    same = hit(Name("Lê Thị Hồng"), Name("LE THI HONG"))
    different = hit(Name("Lê Thị Hồng"), Name("TRAN THI HONG"))
    assert same - different > 8
