"""What correcting a decision needs: the entries that stand, and that they are those which the form showed."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act, Forbidden
from libertad.access.matrix import matrix
from libertad.vocabulary.body import Verb
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused

STALE = marked("the decision has changed since this page was shown; load the page again")


def superseding(
    act: Act, row: dict[str, Any], kind: type[Verb], shown_entries: str, correction: str
) -> dict[str, tuple[str, ...]]:
    """Per field the entries whose words the correction takes the place of: all that stand of the decision.

    `shown_entries`: those that the form showed, with commas between. Refused where others stand by now, where
    no reason is given, and for another authority than the one that decided.
    """
    if row["authority"] != act.actor.authority:
        raise Forbidden("only the authority that decided corrects its decision")
    if not matrix().may_supersede(act.actor.role, kind.VERB):
        raise Forbidden("your role may not supersede what %(verb)s said", verb=kind.VERB)
    if not correction.strip():
        raise Refused("correction", "say what was wrong and how you know")
    entries = tuple(row["entries"])
    if set(shown_entries.split(",")) != set(entries):
        raise Refused("correction", STALE)
    superseded = [act.find_entry(entry) for entry in entries]
    fields = {statement.field for entry in superseded if entry is not None for statement in entry.statements}
    return dict.fromkeys(sorted(fields - {kind.CORRECTS}), entries)


def unchanged(act: Act, content: Verb, entries: list[str]) -> None:
    """Refused where the only words on file are the same: then there is nothing to correct."""
    last = act.find_entry(entries[-1])
    if len(entries) > 1 or last is None:
        return
    names = [name for name in content.__struct_fields__ if name != type(content).CORRECTS]
    if all(getattr(content, name) == getattr(last.content, name) for name in names):
        raise Refused("correction", "nothing is changed; correct what is wrong, or go back")
