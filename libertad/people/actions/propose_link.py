"""Propose that two records are of one person. Until a second person has confirmed it nothing is linked."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.people.actions._linking import both, is_open, standing_of
from libertad.people.link_models import LinkProposal
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.linking import LinkPropose


@action("link.propose")
def propose_link(act: Act, *, person: str, other: str, reasons: str, recorded_twice: bool = False) -> str:
    """Said in both files; returns the hash of the proposal, which a second person confirms (`answer_link`).

    `recorded_twice`: `person` was recorded by mistake a second time, and one goes on in `other`.
    """
    row, other_row = both(act, person, other, recorded_twice)
    stands = standing_of(act, person, other)
    waiting = [
        *act.find(LinkProposal, person=person, other=other, authority=act.actor.authority),
        *act.find(LinkProposal, person=other, other=person, authority=act.actor.authority),
    ]
    if any(
        not earlier["linked"] and earlier["stands"] == stands and is_open(act, earlier) for earlier in waiting
    ):
        raise Refused("other", "that is proposed already, and waits for a second person")
    content = LinkPropose(other=other, reasons=reasons, stands=stands, recorded_twice=recorded_twice)
    first = act.say(row["compartment"], content, subject=person, supersedes={}, source="decision")
    mirrored = LinkPropose(other=person, reasons=reasons, stands=stands, first=first)
    act.say(other_row["compartment"], mirrored, subject=other, supersedes={}, source="decision")
    return first
