"""Entries of which no row can be made, whatever else is on file.

Folds are written for what officers say. Who has a device and a file's key can say what no form would: a text
of a megabyte where a code stands, a record's name that is none. Found before it is folded, such an entry is
held and told; found while rows are written, it would take the whole batch with it, and each that follows.
"""

from __future__ import annotations

from libertad.journal import folding
from libertad.journal.causal import Standing
from libertad.journal.folding import SORTED, Said


def misfit(entry: Said) -> str:
    """Why no row can be made of an entry alone; '' where one can, or none is."""
    try:
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
