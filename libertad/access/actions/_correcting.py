"""A correction: only what changes, in place of exactly what its form showed, with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from libertad.access.acting import Act, Forbidden
from libertad.access.matrix import matrix
from libertad.vocabulary.body import Verb
from libertad.vocabulary.values import Refused


@dataclass(frozen=True)
class Correction:
    """`said`: the fields that change; `whole`: all of them as they will stand; `supersedes`: what goes."""

    said: dict[str, Any]
    whole: dict[str, Any]
    supersedes: dict[str, tuple[str, ...]]


def correction(
    act: Act,
    row: Mapping[str, Any],
    kind: type[Verb],
    form_values: Mapping[str, Any],
    reasons: str,
    names: Sequence[str],
    together: Sequence[str] = (),
) -> Correction:
    """What of `form_values` differs from what the form showed (without a form: from what is on file).

    Fields of `together` are said together. A field of which two values were shown is settled by being given.
    Another's correction that the form did not show is left beside this one, as a conflict that shows.
    """
    # Also where nothing was said before; whether the words are the officer's own is asked when they are said.
    if not matrix().may_supersede(act.actor.role, kind.VERB, own=True):
        raise Forbidden("your role may not supersede what %(verb)s said", verb=kind.VERB)
    for name in form_values:
        if name not in names:
            raise Refused(name, "is not corrected here: it decides where this is kept. Record it anew")
    if not reasons.strip():
        raise Refused("reasons", "say what was wrong and how you know")
    defaults, many_valued = dict(kind.defaults()), kind.multi_valued()
    on_file: Mapping[str, Sequence[str]] = row["shown"]
    displayed = act.supersedes or on_file
    whole: dict[str, Any] = {}
    changed = set()
    for name in names:
        values = _values_of(act, row, name, displayed.get(name, ()))
        before = tuple(values) if name in many_valued else values[-1] if values else defaults[name]
        whole[name] = form_values.get(name, before)
        if name not in form_values:
            continue
        if name in many_valued:
            differs = set(form_values[name]) != set(values)
        else:
            differs = form_values[name] != before or any(value != before for value in values)
        if differs:
            changed.add(name)
    if not changed:
        raise Refused("reasons", "nothing is changed; correct what is wrong, or go back")
    if changed & set(together):
        changed |= set(together)
    return Correction(
        {name: whole[name] for name in names if name in changed},
        whole,
        {name: tuple(displayed[name]) for name in names if name in changed and displayed.get(name)},
    )


def _values_of(act: Act, row: Mapping[str, Any], name: str, entries: Sequence[str]) -> list[Any]:
    """The values that these entries said of a field; Refused for an entry that is not of this file."""
    file_entries = []
    for key in entries:
        entry = act.find_entry(key)
        if entry is None or entry.compartment != row["compartment"] or entry.subject != row["id"]:
            raise Refused("supersedes", "the value that this form showed is not on file; load the page again")
        file_entries.append(entry)
    return [value for entry in sorted(file_entries) for value in entry.fields.get(name, ((), ()))[0]]
