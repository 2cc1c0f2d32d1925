"""Settle which of two birth values holds. Nothing is deleted: the other stays on file, superseded."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from libertad.access.acting import Act, action
from libertad.people.actions._person import person_at_hand
from libertad.vocabulary.values import Birth, Refused
from libertad.vocabulary.verbs.people import PersonState

STALE = "the values on file have changed since this page was shown; load the page again"


@action("person.state")
def settle_birth(act: Act, *, person: str, keep: str, shown: Sequence[str], reasons: str) -> str:
    """`keep` is the entry whose value holds; `shown` are the entries of all values that the form showed.

    Refused when another value has come since: nobody settles what nobody has seen.
    """
    row = person_at_hand(act, person)
    values = {entry: value for value, entry in row["birth"]}
    if set(shown) != set(values):
        raise Refused("keep", STALE)
    if keep not in values:
        raise Refused("keep", "choose one of the values on file")
    if not reasons.strip():
        raise Refused("reasons", "say why this value holds and the other does not")
    what = PersonState(birth=msgspec.convert(values[keep], Birth), reasons=reasons)
    return act.say(
        row["compartment"],
        what,
        subject=person,
        source="decision",
        supersedes={"birth": tuple(sorted(values))},
    )
