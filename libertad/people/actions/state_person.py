"""Record what was said or read about a person. Supersedes exactly the values that the form showed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from libertad.access.acting import Act, action
from libertad.people.actions._person import person_at_hand
from libertad.vocabulary.body import build
from libertad.vocabulary.bounds import VALID, check_not_far
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.people import PersonState
from libertad.vocabulary.written import check_birth, check_phone


@action("person.state")
def state_person(act: Act, /, *, person: str, **said: Any) -> str:
    """Returns the entry's hash. Takes the fields of PersonState; at least one must say something."""
    row = person_at_hand(act, person)
    content = build(PersonState, {name: value for name, value in said.items() if value not in ("", None, ())})
    if content.document_expires:
        check_not_far(content.document_expires, act.happened.local.date(), "document_expires", years=VALID)
    if content == PersonState() and not act.supersedes:
        raise Refused("words", "nothing was said; fill in at least one field")
    if content.birth is not None and content.birth.date:
        check_birth(content.birth.date, act.now.date() + timedelta(days=1))
    for number in content.phone:
        check_phone(number)
    return act.say(row["compartment"], content, subject=person)
