"""Corrections: the same verb said again with its reason, in place of exactly the values that it names.

Nothing is deleted: what was said before stays on file, superseded, and both are told. `Verb.CORRECTS` names
the field that makes an entry a correction; what has none of its own is corrected by no entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from libertad.journal.folding import Said, conflict, live
from libertad.vocabulary.body import reason_of as reason_of


class Corrected(NamedTuple):
    """`plain` and `sealed` columns: entries behind values; values of which two are on file, and reasons."""

    plain: dict[str, Any]
    sealed: dict[str, Any]


class Change(NamedTuple):
    """One field that a correction changed: the values before and after, and the entry that says it.

    `old`: the entries that said the values before; none where a value goes without saying.
    """

    name: str
    before: tuple[Any, ...]
    after: tuple[Any, ...]
    said: Said
    old: tuple[Said, ...] = ()


def why(entry: Said) -> str:
    """The reason of a correction; '' for an entry that is none."""
    return reason_of(entry.content)


def first_said(entries: Sequence[Said]) -> list[Said]:
    """The entries that no correction stands among, in order."""
    return [entry for entry in entries if not why(entry)]


def behind(entries: Sequence[Said], names: Sequence[str]) -> dict[str, list[str]]:
    """Per field the entries whose value stands: what a form that changes it supersedes."""
    return {name: sorted({value.said.id for value in live(entries, name)}) for name in names}


def corrected(entries: Sequence[Said], names: Sequence[str]) -> Corrected:
    """Two corrections that cross leave two values: both are told, until a third takes their place."""
    kind = type(entries[0].content)
    repeated = kind.multi_valued()
    versions = {name: conflict(entries, name) for name in names if name not in repeated}
    versions = {name: values for name, values in versions.items() if values}
    return Corrected(
        {"shown": behind(entries, names)},
        {
            "versions": {name: [value.value for value in values] for name, values in versions.items()},
            "corrections": [value.value for value in live(entries, kind.CORRECTS)],
        },
    )


def changes(entries: Sequence[Said], names: Sequence[str], timed: Sequence[str] = ()) -> Iterator[Change]:
    """What each correction changed, in order of time: every value that was ever taken back, and by whom.

    Of `timed` fields the moment is a part of the value; of others the same value said again is no change.
    """
    known = {entry.id: entry for entry in entries}
    for entry in entries:
        if not why(entry):
            continue
        defaults = dict(type(entry.content).defaults())
        for name in names:
            values, superseded = entry.fields.get(name, ((), ()))
            old = tuple(sorted(known[key] for key in dict.fromkeys(superseded) if key in known))
            before = tuple(
                value for entry_before in old for value in entry_before.fields.get(name, ((), ()))[0]
            )
            default = defaults.get(name)
            if values and not before and isinstance(default, bool):  # nobody says what goes without saying
                before = (default,)
            same = name not in timed and sorted(map(repr, before)) == sorted(map(repr, values))
            if (before or values) and not same:
                yield Change(name, before, values, entry, old)
