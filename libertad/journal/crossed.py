"""Dated states of which two words cross: neither was said in knowledge of the other, and they differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from libertad.journal import causal
from libertad.journal.folding import Said, Value, distinct, latest, live


def crossed(entries: Sequence[Said], name: str) -> list[Value]:
    """The last words of a dated state where they cross; else nothing. `entries` is all of the row, as the
    fold got it: through the others one may have known the other."""
    values = live(entries, name)
    if len(values) < 2:
        return []
    by_word = {value.said.id: value for value in values}
    last_values = distinct(
        by_word[entry.id] for entry in causal.crossing(entries, [value.said for value in values])
    )
    return last_values if len(last_values) > 1 else []


def crossing(entries: Sequence[Said], names: Iterable[str]) -> list[str]:
    """Those of these dated states of which two words cross."""
    return [name for name in names if crossed(entries, name)]


def holding(entries: Sequence[Said], name: str, lighter: str) -> Value | None:
    """The value of a dated state that holds: the last word. Of words that cross the last but for `lighter`,
    the value that would end somebody's care for it: the safer one holds until a person settles it."""
    safer = [value for value in crossed(entries, name) if value.value != lighter]
    return safer[-1] if safer else latest(entries, name)
