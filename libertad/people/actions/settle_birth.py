"""Settle which of two values of a single field holds. Nothing is deleted: the other stays, superseded."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from libertad.access.acting import Act, action
from libertad.people.actions._person import person_at_hand
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.decoding import prepared
from libertad.vocabulary.values import Birth, Refused
from libertad.vocabulary.verbs.people import PersonState

STALE = marked("the values on file have changed since this page was shown; load the page again")


@action("person.state")
def settle_birth(act: Act, *, person: str, keep: str, shown: Sequence[str], reasons: str) -> str:
    """`keep` is the entry whose value holds; `shown` are the entries of all values that the form showed.

    Refused when another value has come since: nobody settles what nobody has seen.
    """
    value = chosen(act, person, "birth", keep, shown, reasons)
    return _write_settlement(
        act, person, PersonState(birth=msgspec.convert(value, prepared(Birth)), reasons=reasons), shown
    )


@action("person.state")
def settle_sex(act: Act, *, person: str, keep: str, shown: Sequence[str], reasons: str) -> str:
    """As `settle_birth`, of two statements of sex."""
    value = chosen(act, person, "sex", keep, shown, reasons)
    return _write_settlement(act, person, PersonState(sex=value, reasons=reasons), shown)


def chosen(act: Act, person: str, field: str, keep: str, displayed: Sequence[str], reasons: str) -> str:
    """The value that is to hold, if the form showed exactly what is on file."""
    values = {entry: value for value, entry in person_at_hand(act, person)[field]}
    if set(displayed) != set(values):
        raise Refused("keep", STALE)
    if keep not in values:
        raise Refused("keep", "choose one of the values on file")
    if not reasons.strip():
        raise Refused("reasons", "say why this value holds and the other does not")
    return values[keep]  # type: ignore[no-any-return]


def _write_settlement(act: Act, person: str, content: PersonState, displayed: Sequence[str]) -> str:
    field = "birth" if content.birth is not None else "sex"
    place = person_at_hand(act, person)["compartment"]
    return act.say(
        place, content, subject=person, source="decision", supersedes={field: tuple(sorted(set(displayed)))}
    )
