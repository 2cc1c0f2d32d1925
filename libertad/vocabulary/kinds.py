"""Kinds of authority as data: what one of each kind is and may, from `codes/authority-kinds.yaml`.

What code asks of a kind it asks here; nothing in code lists them. A kind that this version does not know has
no row, and may nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from libertad.vocabulary import codelists, yamlfile
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.verbs.disclosing import SAFEKEEPING

LIST = "authority-kinds"
OTHERS = "others"  # the row of every kind that has none of its own
SIDES = ("police", "care", "own")
WHERE = ("any", "own")
FIELDS = frozenset({"side", "letter", "roles", "seconds", "opens", "reads", "told", "receives"})


@dataclass(frozen=True)
class Kind:
    """A row. `seconds`: roles of its second persons, in turn; `opens`: kind of file -> 'any' or 'own'
    country; `told`: purpose of a disclosure -> agreements that carry it; `receives`: it takes people in, and
    is told what keeps them safe."""

    side: str
    letter: str
    roles: frozenset[str]
    seconds: tuple[frozenset[str], ...]
    opens: Mapping[str, str]
    reads: frozenset[str]
    told: Mapping[str, frozenset[str]]
    receives: bool


def read(path: Path) -> dict[str, Kind]:
    """The rows of a file, by kind. Raises ValueError, which names what is wrong in it."""
    rows = yamlfile.read(path).get("kinds")
    if not isinstance(rows, dict) or list(rows) != list(codelist(LIST)):
        raise ValueError(f"{path.name}: 'kinds' has a row for each of its codes, in their order, alone")
    kinds = {name: _kind(path, name, row) for name, row in rows.items()}
    letters = [kind.letter for kind in kinds.values()]
    if len(set(letters)) != len(letters):
        raise ValueError(f"{path.name}: no two kinds have one letter: their numbers would be the same")
    return kinds


def _kind(path: Path, name: str, row: Any) -> Kind:
    if not isinstance(row, dict) or set(row) != FIELDS:
        raise ValueError(f"{path.name}: '{name}' has {', '.join(sorted(FIELDS))}, and nothing else")
    if row["side"] not in SIDES or not isinstance(row["letter"], str) or len(row["letter"]) > 1:
        raise ValueError(f"{path.name}: '{name}' has a side ({', '.join(SIDES)}) and a letter, or ''")
    files, opens, told = codelist("compartment-kinds"), row["opens"], row["told"]
    _names(path, f"{name}, roles", row["roles"], codelist("roles"))
    _names(path, f"{name}, reads", row["reads"], files)
    for names in row["seconds"] or [None]:
        _names(path, f"{name}, seconds", names, row["roles"])
    if not isinstance(opens, dict) or not set(opens) <= set(files) or not set(opens.values()) <= set(WHERE):
        raise ValueError(f"{path.name}: '{name}, opens' names kinds of files, each with {' or '.join(WHERE)}")
    if not isinstance(told, dict) or not set(told) <= set(codelist("disclosure-purposes")):
        raise ValueError(f"{path.name}: '{name}, told' names purposes of a disclosure")
    for purpose, agreements in told.items():
        _names(path, f"{name}, told, {purpose}", agreements, codelist("consent-purposes"))
    if bool(told) != ("disclosure" in row["reads"]):
        raise ValueError(f"{path.name}: '{name}' reads disclosures where something is told to it, else not")
    if not isinstance(row["receives"], bool) or (row["receives"] and (row["side"] == "police" or not told)):
        raise ValueError(f"{path.name}: '{name}, receives' is true or false, and never true on police's side")
    return Kind(
        row["side"] if row["side"] != "own" else name,
        row["letter"],
        frozenset(row["roles"]),
        tuple(frozenset(names) for names in row["seconds"]),
        opens,
        frozenset(row["reads"]),
        {purpose: frozenset(agreements) for purpose, agreements in told.items()},
        row["receives"],
    )


def _names(path: Path, place: str, names: Any, known: Any) -> None:
    if not isinstance(names, list) or not names or not set(names) <= set(known):
        raise ValueError(f"{path.name}: '{place}' is a list of names that there are")


@cache
def kinds() -> Mapping[str, Kind]:
    """The kinds that hold here."""
    return read(codelists.FOLDER / f"{LIST}.yaml")


def known(kind: str) -> Kind | None:
    """The row of a kind; None where this version does not know it."""
    return kinds().get(kind)


def that_read(file_kind: str) -> frozenset[str]:
    """Kinds of authority that may be let into a file of this kind by its owner."""
    return frozenset(name for name, kind in kinds().items() if file_kind in kind.reads)


def receives(kind: str) -> bool:
    """Whether an authority of this kind takes people in."""
    row = known(kind)
    return row is not None and row.receives


def disclosable_kinds(kind: str) -> list[str]:
    """What care may tell an authority of a kind at all (`disclosed-kinds`)."""
    return [name for name in codelist("disclosed-kinds") if name not in SAFEKEEPING or receives(kind)]


def may_open(kind: str, file_kind: str) -> bool:
    """Whether an authority of this kind opens files of that kind at all."""
    row = known(kind)
    return row is not None and file_kind in row.opens


def only_of_own_country(kind: str, file_kind: str) -> bool:
    """Whether it opens those of its own country alone."""
    row = known(kind)
    return row is not None and row.opens.get(file_kind) == "own"


def with_others(path: Path, place: str, rows: Any) -> dict[str, Any]:
    """A file's rows by kind of authority, for every kind: its own, or that of `others`.

    Raises ValueError for a row of no kind, and for a kind without a row where there is no `others`.
    """
    named = set(codelist(LIST))
    if not isinstance(rows, dict) or not set(rows) <= {*named, OTHERS}:
        raise ValueError(f"{path.name}: '{place}' names kinds of authority, or '{OTHERS}', and nothing else")
    if OTHERS not in rows and (missing := sorted(named - set(rows))):
        raise ValueError(f"{path.name}: '{place}' names each kind of authority once: {', '.join(missing)}")
    return {kind: rows.get(kind, rows.get(OTHERS)) for kind in codelist(LIST)}
