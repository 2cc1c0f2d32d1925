"""Who is held: birth, nationality, other names, phones, a document, each with how it is known."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act, action
from libertad.access.actions._correcting import correction
from libertad.people.actions._identity import identity_said
from libertad.people.actions.record_stage import detention_at_hand
from libertad.people.suspect import DOCUMENT, IDENTITY
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.custody import DetentionIdentity


@action("detention.identity")
def identify_suspect(act: Act, /, *, detention: str, reasons: str, **values: Any) -> str:
    """Returns the entry's hash. Takes the fields of `IDENTITY`; only what differs from what the form showed
    is said. What another authority said stands beside it."""
    row = detention_at_hand(act, detention)
    entries_shown = row.get("identity", {}).get("shown", {})
    if not reasons.strip():
        raise Refused("reasons", "say how you know it, such as 'passport shown' or 'said so'")
    change = correction(
        act, {**row, "shown": entries_shown}, DetentionIdentity, values, reasons, IDENTITY, together=DOCUMENT
    )
    content = identity_said(act, {**change.said, "reasons": reasons})
    own = {name: _own(act, entries) for name, entries in change.supersedes.items()}
    supersedes = {name: entries for name, entries in own.items() if entries}
    return act.say(row["compartment"], content, subject=detention, supersedes=supersedes)


def _own(act: Act, entries: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the entries that the actor's authority said."""
    own_entries = {key: act.find_entry(key) for key in entries}
    return tuple(
        key
        for key, entry in own_entries.items()
        if entry is not None and entry.authority == act.actor.authority
    )
