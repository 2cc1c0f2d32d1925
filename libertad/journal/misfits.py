"""Entries of which no row can be made, whatever else is on file.

Folds are written for what officers say. Who has a device and a file's key can say what no form would: a text
of a megabyte where a code stands, a record's name that is none. Found before it is folded, such an entry is
held and told; found while rows are written, it would take the whole batch with it, and each that follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import msgspec

from libertad.journal import folding
from libertad.journal.causal import Standing
from libertad.journal.folding import SORTED, Said
from libertad.vocabulary.body import VERBS, Verb

# What a record is called by: it stands in addresses of pages, where a slash or nothing leads nowhere.
NAME = re.compile(r"[0-9A-Za-z:_.\-]{1,96}")


def misfit(entry: Said) -> str:
    """Why no row can be made of an entry alone; '' where one can, or none is."""
    try:
        if not NAME.fullmatch(entry.subject) or not all(map(NAME.fullmatch, _named(entry.content))):
            return "what it is about has no name that a record can have"
        for projection, key in folding.touched(entry):
            row = projection.row(key, Standing([entry]))
            if row is None:
                if any(at == projection.place["id"] and len(key) > limit for at, limit in projection.lengths):
                    return "a value of it is longer than any record keeps"
                continue
            SORTED.encode(row.sealed)
            values = folding.columns(projection, key, row, entry.operation, entry.provenance)[0]
            if folding.overflows(projection, values):
                return "a value of it is longer or larger than any record keeps"
    except MemoryError:
        raise
    except Exception as why:
        return f"no row can be made of it ({type(why).__name__})"
    return ""


def _named(content: Verb) -> Iterator[str]:
    """The records that a content names in fields called as what they are: a person, an exhibit, a site."""
    for field, required in _naming(type(content)):
        value = getattr(content, field)
        for name in value if isinstance(value, tuple) else (value,):
            if isinstance(name, str) and (name or required):
                yield name


@cache
def _naming(content: type[Verb]) -> tuple[tuple[str, bool], ...]:
    """Fields that name a record, each with whether it has to."""
    kinds = {verb.SUBJECT for verb in VERBS.values()}
    fields = msgspec.structs.fields(content)
    return tuple((field.name, field.required) for field in fields if field.name in kinds)
