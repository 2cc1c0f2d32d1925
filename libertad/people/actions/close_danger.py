"""Say that a person is in danger, or what was done about it: for the police that met the person."""

from __future__ import annotations

from collections.abc import Sequence

from libertad.access.acting import Act, Forbidden, action
from libertad.access.actions._answering import answered
from libertad.people.actions._person import person_at_hand
from libertad.people.danger import later_tally_id, tally_id
from libertad.people.danger_said import unanswered
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.danger import DangerTally, PersonDanger, PersonDangerClose


@action("person.danger_close", "danger.tally")
def close_person_danger(act: Act, *, person: str, done: str, answers: Sequence[str] | None = None) -> str:
    """Returns the entry's hash. The same words sent twice by one officer close once; others are refused.

    It answers the dangers that the page showed (`answers`; None: all on file now), no other.

    Only by the authority that met the person. Nothing of it says what care did, nor waits for it.
    """
    row = person_at_hand(act, person)
    if row["authority"] != act.actor.authority:
        raise Forbidden("only the police that met the person close this for police")
    if row["danger"] != "yes":
        raise Refused("done", "nobody said that this person is in danger")
    closed = row.get("danger_closed", ())
    waiting = unanswered(row.get("dangers", ()), closed)
    read = answered([danger_row[5] for danger_row in waiting], answers)
    if not read:
        for _ms, _zone, officer, _authority, words, entry, *_answers in closed:
            if officer == act.actor.officer and words == done.strip():
                return str(entry)
        raise Refused("done", "this was closed meanwhile; read the file again")
    content = PersonDangerClose(done=done.strip(), answers=tuple(read))
    entry_hash = act.say(row["compartment"], content, subject=person, supersedes={}, depends=read)
    for danger_row in waiting:
        if danger_row[5] not in read:
            continue
        count_danger(act, person, danger_row[5] if danger_row[4] else "", "closed")
    return entry_hash


def count_danger(act: Act, person: str, entry: str, state: str) -> None:
    """Count a danger without a name. `entry`: that said it later; '' for the one of the meeting."""
    count = later_tally_id(entry) if entry else tally_id(person)
    act.say(act.operation_compartment, DangerTally(state=state), subject=count, supersedes={})


@action("person.danger", "danger.tally")
def say_danger(act: Act, *, person: str, words: str) -> str:
    """Later than at the meeting: the person is in danger now. Returns the entry's hash.

    By the police that met the person. While a danger is open another is refused, the same words apart.
    """
    row = person_at_hand(act, person)
    if row["authority"] != act.actor.authority:
        raise Forbidden("only the police that met the person say this for police")
    for danger_row in unanswered(row.get("dangers", ()), row.get("danger_closed", ())):
        if danger_row[2] == act.actor.officer and danger_row[4] == words.strip():
            return str(danger_row[5])
        raise Refused("words", "a danger is open already: it stands first until somebody says what was done")
    entry = act.say(row["compartment"], PersonDanger(words=words.strip()), subject=person, supersedes={})
    count_danger(act, person, entry, "open")
    return entry
