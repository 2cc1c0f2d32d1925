"""Ask the authority that owns one of the two records. The question stands in that record's own file."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.access.models import Compartment
from libertad.hits.actions._hit import hit_at_hand, record_at_hand, undecided
from libertad.hits.models import Question
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.hits import HitAsk


def owner_of(act: Act, compartment: str) -> str:
    """The authority that opened a file."""
    row = act.get(Compartment, compartment)
    return str(row["owner"]) if row else ""


@action("hit.ask")
def ask_owner(act: Act, *, hit: str, record: str, words: str) -> str:
    """Returns the hit's id. Whoever reads the record's file reads the question; it names no other record."""
    row = hit_at_hand(act, hit)
    undecided(row)
    record_row = record_at_hand(act, record) if record in (row["left"], row["right"]) else None
    if record_row is None:
        raise Refused("record", "choose one of the two records")
    owner = owner_of(act, record_row["compartment"])
    if not owner or owner == act.actor.authority:
        raise Refused("record", "this record is your own authority's: ask the officer who made it")
    if any(not question["answer"] for question in act.find(Question, hit=hit, record=record)):
        raise Refused("record", "its owner is asked already and has not answered")
    content = HitAsk(record=record, to=owner, words=words)
    act.say(record_row["compartment"], content, subject=hit, supersedes={})
    return hit
