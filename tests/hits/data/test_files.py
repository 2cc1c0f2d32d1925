"""Names as data: no row twice, no weight out of range, no row without a source that the page shows."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from libertad.hits.matching import datafiles
from libertad.hits.matching.calibration import first as first_curve
from libertad.hits.matching.calibration import linked as linked_curve
from libertad.hits.matching.datafiles import (
    FOLDER,
    Fault,
    arabic,
    frequencies,
    known_as,
    namesakes,
    nicknames,
    particles,
    peoples,
    sources,
    variants,
    written_for,
)
from libertad.hits.matching.dates import months
from libertad.hits.matching.spelling import rules
from libertad.hits.matching.tables import known_columns
from libertad.hits.matching.text import normalise_text

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "hits-data.md").read_text("utf-8")
FREE = {
    "CC0 1.0",
    "CC BY 4.0",
    "CC BY-SA 4.0",
    "MIT",
    "Apache-2.0",
    "public domain",
    "OGL 3.0",
    "free with attribution",
    "GPL-3.0-or-later",
    "LGPL-2.1-or-later",
    "AGPL-3.0-or-later",
    "cited for a fact",  # nothing of it is in a file
}

READERS: dict[str, Callable[[], tuple[object, ...]]] = {
    "arabic.csv": arabic,
    "frequency-family.csv": partial(frequencies, "family"),
    "frequency-given.csv": partial(frequencies, "given"),
    "namesakes.csv": namesakes,
    "nicknames.csv": nicknames,
    "particles.csv": particles,
    "variants.csv": variants,
    "spelling.yaml": rules,
    "countries.yaml": lambda: tuple(peoples()),
    "country-names.yaml": lambda: tuple(peoples()),
    "months.yaml": lambda: tuple(months()),
    "columns.yaml": lambda: tuple(known_columns()),
    "calibration.csv": lambda: tuple(first_curve().bits),
    "calibration-link.csv": lambda: tuple(linked_curve(0.01, True).bits),
}


def test_every_file_is_read_by_a_reader_and_explained() -> None:
    assert {path.name for path in FOLDER.iterdir() if path.is_file()} - {"sources.yaml"} == set(READERS)
    assert [file for file in READERS if f"`{file}`" not in PAGE] == []


@pytest.mark.parametrize("file", READERS)
def test_every_file_loads(file: str) -> None:
    assert READERS[file]()


def test_every_source_is_free_used_and_shown_with_its_licence() -> None:
    used = {row.source for reader in READERS.values() for row in reader() if hasattr(row, "source")}
    assert used == set(sources())
    for code, source in sources().items():
        assert source.licence in FREE, code
        assert f"| `{code}` | [{source.title}]({source.address}) | {source.licence} |" in PAGE


@pytest.fixture
def shared() -> Path:
    place = Path(os.environ.get("LIBERTAD_DATA") or ROOT.parent / "shared" / "data")
    if not (place / "matching" / "nicknames").is_dir():
        pytest.skip(f"no shared nicknames in {place}: set LIBERTAD_DATA")
    return place


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(datafiles, "FOLDER", tmp_path)
    sources()  # kept from the real folder
    return tmp_path


def read(folder: Path, *rows: str, header: str = "particle,language,role,source") -> list[object]:
    (folder / "particles.csv").write_text("\n".join((header, *rows)) + "\n", "utf-8")
    return list(particles.__wrapped__())


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("de,es,particle,nowhere", "the source 'nowhere'"),
        ("de,es,ornament,libpostal", "'ornament' is none of"),
        ("De,es,particle,libpostal", "not in lower case"),
        ("de ,es,particle,libpostal", "not trimmed"),
        ("de,,particle,libpostal", "a cell is empty"),
        ("de,es,particle,libpostal,more", "too many"),
        ("de,Spanish,particle,libpostal", "no language's code"),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused_with_its_line(folder: Path, row: str, problem: str) -> None:
    with pytest.raises(Fault, match=r"particles\.csv, line 3: ") as fault:
        read(folder, "von,de,particle,libpostal", row)
    assert problem in str(fault.value)


def test_a_row_that_stands_twice_is_refused(folder: Path) -> None:
    assert len(read(folder, "de,es,particle,libpostal", "de,es,married,libpostal")) == 2
    with pytest.raises(Fault, match="stands twice"):
        read(folder, "de,es,particle,libpostal", "de,es,particle,usage")


def test_another_header_is_refused(folder: Path) -> None:
    with pytest.raises(Fault, match="the header must be"):
        read(folder, header="particle,role,language,source")


def test_names_of_the_region_and_what_they_are_called() -> None:
    called = {(row.name, row.nickname) for row in nicknames()}
    assert {
        ("josé", "pepe"),
        ("francisco", "paco"),
        ("francisco", "pancho"),
        ("guadalupe", "lupe"),
        ("dolores", "lola"),
        ("josé", "zé"),
        ("francisco", "chico"),
        ("pierre", "pierrot"),
        ("jacob", "jaap"),
        ("william", "bill"),
        ("juan", "juanito"),
        ("joão", "joãozinho"),
    } <= called


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("josé,pepe,0,es,wiktionary", "not above 0 and at most 1"),
        ("josé,pepe,1.5,es,wiktionary", "not above 0 and at most 1"),
        ("josé,pepe,often,es,wiktionary", "not above 0 and at most 1"),
        ("josé,josé,0.4,es,wiktionary", "no nickname of itself"),
        ("juan,juanito,0.1,es,wiktionary", "stands twice"),
    ],
)
def test_a_weight_that_is_none_is_refused(folder: Path, row: str, problem: str) -> None:
    (folder / "nicknames.csv").write_text(
        f"name,nickname,weight,language,source\njuan,juanito,0.4,es,wiktionary\n{row}\n", "utf-8"
    )
    with pytest.raises(Fault, match=problem):
        nicknames.__wrapped__()


def test_a_nickname_stands_for_all_names_whose_bearers_have_it() -> None:
    table = known_as(normalise_text)
    assert table["ze"] == {"jose": 1.0}
    assert {"francisco", "federico"} <= set(table["quico"])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Hsu", "Xu"),
        ("Chang", "Zhang"),
        ("Wong", "Huang"),
        ("Wong", "Wang"),
        ("Ts'ai", "Cai"),
        ("Tsai", "Cai"),
        ("Lee", "Li"),
        ("Ng", "Wu"),
        ("Tan", "Chan"),
        ("Mohammed", "Mohamed"),
        ("Md", "Muhammad"),
        ("Hussain", "Hosein"),
        ("Persad", "Persaud"),
        ("Youssef", "Yousuf"),
    ],
)
def test_other_systems_of_writing_meet(left: str, right: str) -> None:
    table = written_for(normalise_text)
    both = [table.get(normalise_text(name), frozenset({normalise_text(name)})) for name in (left, right)]
    assert both[0] & both[1]


@pytest.mark.parametrize(("left", "right"), [("Wang", "Huang"), ("Hassan", "Hussain"), ("Wong", "Chan")])
def test_names_that_are_two_do_not_meet(left: str, right: str) -> None:
    table = written_for(normalise_text)
    assert not table.get(normalise_text(left), frozenset({normalise_text(left)})) & table.get(
        normalise_text(right), frozenset({normalise_text(right)})
    )


def test_a_system_that_nobody_knows_is_refused(folder: Path) -> None:
    (folder / "variants.csv").write_text("form,canonical,system,source\nhsu,xu,klingon,pypinyin\n", "utf-8")
    with pytest.raises(Fault, match="'klingon' is none of"):
        variants.__wrapped__()


def test_english_nicknames_agree_with_the_shared_list(shared: Path) -> None:
    listed = {
        (row["name1"], row["name2"])
        for row in csv.DictReader((shared / "matching" / "nicknames" / "names.csv").open(encoding="utf-8"))
    }
    our_pairs = {(row.name, row.nickname) for row in nicknames() if row.source == "carltonnorthern"}
    assert len(our_pairs & listed) > 0.95 * len(our_pairs)
