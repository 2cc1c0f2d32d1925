"""Whom a team's tasking asks, since when, and who has acknowledged it. By the team's entries alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from libertad.journal.fields import to_ms
from libertad.journal.folding import Said, latest, live
from libertad.operations.contacted import reached
from libertad.vocabulary.verbs.operations import TeamAssign, TeamContact
from libertad.vocabulary.verbs.tasking import TeamAcknowledge

# Who is in the team is no part of what it is to do: a change of it asks only whom it names anew.
WHO = frozenset({"officers", "member", "others", "taken_back", "correction"})


def tasking(entries: Sequence[Said]) -> dict[str, Any]:
    """`entries` that said the tasking, the last of them `at`; `members` by id, `others` by name, `unnamed`:
    how many more; `task` in words; `acknowledged`: when, by id. It is its sayer's own, and counts while it
    names all of these entries."""
    asked = [entry for entry in entries if _asks(entry)]
    assigned = [entry for entry in entries if isinstance(entry.content, TeamAssign)]
    unnamed, task = latest(assigned, "officers"), latest(assigned, "task")
    whole = {entry.id for entry in asked}
    return {
        "entries": sorted(entry.id for entry in asked),
        "at": to_ms(asked[-1].at),
        "changed": len(asked) > 1,
        "members": sorted({value.value for value in live(assigned, "member")}),
        "others": [value.value for value in live(assigned, "others")],
        "unnamed": 0 if unnamed is None else unnamed.value,
        "task": "" if task is None else task.value,
        "acknowledged": {
            entry.officer: to_ms(entry.at)
            for entry in entries
            if isinstance(entry.content, TeamAcknowledge) and whole <= set(entry.content.tasking)
        },
    }


def _asks(entry: Said) -> bool:
    if isinstance(entry.content, TeamAssign):
        return bool(entry.fields.keys() - WHO)
    return isinstance(entry.content, TeamContact) and reached(entry) and bool(entry.content.site)
