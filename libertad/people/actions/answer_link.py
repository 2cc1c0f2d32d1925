"""Answer a proposal that two records are of one person: the second pair of eyes; or link them alone."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act, Forbidden, action
from libertad.access.actions.confirm_officer import staff_of
from libertad.people.actions._linking import (
    GONE,
    age,
    other_side,
    proposal_at_hand,
    require_fresh,
    second_person,
)
from libertad.people.actions.link_same import link_same
from libertad.people.linking import second_persons
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.linking import LinkRefuse


@action("person.same", "tally.link")
def confirm_link(act: Act, *, entry: str, words: str) -> None:
    """Confirm just this proposal (`entry`: its hash), as a second person: the two records are linked.

    Where its proposer linked them alone: that it was right, and nothing else changes.
    """
    row = proposal_at_hand(act, entry)
    second_person(act, row)
    if not row["linked"]:
        require_fresh(act, row)
    _link(act, row, words)


@action("person.same", "tally.link")
def link_alone(act: Act, *, entry: str, words: str) -> None:
    """By who proposed it, where nobody second can confirm it, once the wait is over. It stays marked until a
    second person has read it."""
    row = proposal_at_hand(act, entry)
    if act.actor.officer != row["officer"]:
        raise Forbidden("who proposed it links them alone, and nobody else")
    if row["linked"]:
        raise Refused("entry", GONE)
    if not age(act, row).unanswered:
        raise Refused("words", "a second person is asked first, and the time to answer is not over")
    if second_persons(staff_of(act, row["authority"]), row["officer"]):
        raise Refused("words", "a second person of your authority can confirm it: ask that person")
    require_fresh(act, row)
    _link(act, row, words)


@action("link.refuse")
def refuse_link(act: Act, *, entry: str, words: str) -> None:
    """End a proposal: by a second person, or by who proposed it, who takes it back. Nothing is linked."""
    row = proposal_at_hand(act, entry)
    if row["linked"]:
        raise Refused("entry", "they are linked already: say that they are not the same person")
    if act.actor.officer != row["officer"]:
        second_person(act, row)
    for side in (row, other_side(act, row)):
        content = LinkRefuse(entry=side["entry"], words=words)
        act.say(
            side["compartment"],
            content,
            subject=side["person"],
            source="decision",
            supersedes={},
            depends=[side["entry"]],
        )


def _link(act: Act, row: dict[str, Any], words: str) -> None:
    mirrored = other_side(act, row)
    link_same(
        act,
        person=row["person"],
        other=row["other"],
        reasons=words,
        proofs=(row["entry"], mirrored["entry"]),
        recorded_twice=row["recorded_twice"],
    )
