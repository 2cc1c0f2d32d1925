"""An entry's statements in words: field, value, and what it supersedes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from libertad.journal.folding import Said
from libertad.look import times
from libertad.vocabulary.codelists import label

# Random ids: they say nothing to a person, and a counting id would lead from a file to its anonymous tally.
COUNTING = frozenset({"counting"})
TALLIES = ("tally.", "exhibit.count", "hit.count", "hit.tally", "site.count")


def title(entry: Said) -> str:
    """What kind of entry it is, in the first sentence of its definition."""
    first = (type(entry.content).__doc__ or entry.verb).split(".")[0]
    return _(first)


def statements(entry: Said) -> list[tuple[str, str, str]]:
    """(field, value, note) of each statement, counting ids left out."""
    lines = []
    for statement in entry.statements:
        name = statement.field
        if (
            name in COUNTING
            or name in type(entry.content).OPAQUE
            or (name == "other" and entry.verb.startswith(TALLIES))
        ):
            continue
        value = value_words(entry, name, statement.value)
        note = ""
        if statement.supersedes:
            note = _("in place of %(count)d earlier value(s), which stay on file") % {
                "count": len(statement.supersedes)
            }
        if statement.operator == "retract":
            value = _("taken back")
        lines.append((_(name.replace("_", " ")).capitalize(), value, note))
    return lines


def value_words(entry: Said, name: str, value: Any) -> str:
    """A value as a person reads it."""
    codes = type(entry.content).CODES.get(name)
    if codes and isinstance(value, str):
        return _(label(codes, value)) if value else ""
    if name in type(entry.content).moments():
        try:
            return times.when(datetime.fromisoformat(str(value)))
        except ValueError:
            return str(value)
    return value_in_words(value)


def value_in_words(value: Any) -> str:
    """Without braces: parts joined by commas, yes and no in words."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, msgspec.Struct):
        value = msgspec.to_builtins(value)
    if isinstance(value, dict):
        return ", ".join(
            f"{key.replace('_', ' ')}: {value_in_words(part)}" for key, part in value.items() if part
        )
    if isinstance(value, (list, tuple)):
        return ", ".join(value_in_words(part) for part in value)
    return "" if value is None else str(value)
