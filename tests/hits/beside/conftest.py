"""A small register and questions put to it, of synthetic persons, with what ours finds in them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from bench import _said
from libertad.hits.beside import columns
from libertad.hits.beside.columns import Prepared
from libertad.hits.matching import tables
from libertad.hits.matching.columns import Said
from libertad.hits.matching.linking import Linked, link
from tests.support import datasets

Sides = tuple[Said, Said]


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    datasets.matching()
    folder = tmp_path_factory.mktemp("people")
    _said.write(folder, 400, 1, 150)
    return folder


@pytest.fixture(scope="session")
def sides(files: Path) -> Sides:
    return tuple(  # type: ignore[return-value]
        tables.read_table(path, tables.columns_of(path))
        for path in (files / "people.csv", files / "queries.csv")
    )


@pytest.fixture(scope="session")
def prepared(sides: Sides, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return columns.prepared(tmp_path_factory.mktemp("prepared"), *sides)


@pytest.fixture(scope="session")
def linked(sides: Sides) -> Linked:
    return link(*sides)


@pytest.fixture(scope="session")
def truth(files: Path) -> set[tuple[str, str]]:
    """(person, question) of one person."""
    with (files / "truth.csv").open(encoding="utf-8", newline="") as file:
        return {(row["person"], row["id"]) for row in csv.DictReader(file) if row["person"]}
