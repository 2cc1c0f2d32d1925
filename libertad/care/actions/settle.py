"""Say what care did about what a service answered, or about a need that was said at the meeting."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.care.actions._desk import find_desk, refuse_elsewhere, say_at
from libertad.people.queries import needs_said
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.desk import DeskSettle


@action("desk.settle")
def settle_answer(act: Act, *, person: str, answer: str, outcome: str, words: str) -> str:
    """Returns the entry's hash. By any officer of the authority that the service answered. `answer`: as
    `Answered.entry`; it ends that one alone, and what the service answers later stands anew."""
    desk = find_desk(act, DeskSettle.VERB, person)
    return say_at(act, desk, DeskSettle(answer=answer, outcome=outcome, words=words.strip()), person)


@action("desk.settle")
def settle_need(act: Act, *, person: str, need: str, outcome: str, words: str) -> str:
    """Returns the entry's hash. Said again, the last word counts. Refused for a need that nobody said at the
    meeting. The person's identity file stays as it is: police read there the need, and no answer."""
    desk = find_desk(act, DeskSettle.VERB, person)
    refuse_elsewhere(act, person)
    if need not in needs_said(act, person):
        raise Refused("need", "nobody said this need at the meeting; load the page again")
    return say_at(act, desk, DeskSettle(need=need, outcome=outcome, words=words.strip()), person)
