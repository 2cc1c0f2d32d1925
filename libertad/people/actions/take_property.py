"""Record what was taken from a person."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.people.actions._exhibited import agree_with_custody
from libertad.people.actions._person import person_at_hand
from libertad.people.owing import check_due
from libertad.vocabulary.bounds import VALID, check_not_far
from libertad.vocabulary.verbs.people import PropertyTaken


@action("property.taken")
def take_property(
    act: Act,
    *,
    person: str,
    kind: str,
    taken_by: str,
    state: str,
    description: str = "",
    exhibit: str = "",
    due_back: str = "",
    amount: str = "",
    currency: str = "",
    document_number: str = "",
    document_country: str = "",
    document_expires: str = "",
    document_holder: str = "",
) -> str:
    """Returns the property's id. `amount`: decimal text, with its `currency`, of wages and cash above all.

    A claim (wages owed, compensation awarded) may have been due before; what was taken is due from today on.
    """
    row = person_at_hand(act, person)
    agree_with_custody(act, state, exhibit)
    if due_back:
        check_due(kind, due_back, act.happened.local.date())
    if document_expires:
        check_not_far(document_expires, act.happened.local.date(), "document_expires", years=VALID)
    subject = act.new_id(row["compartment"])
    content = PropertyTaken(
        person=person,
        kind=kind,
        description=description,
        taken_by=taken_by,
        state=state,
        exhibit=exhibit,
        due_back=due_back,
        amount=amount,
        currency=currency,
        document_number=document_number,
        document_country=document_country,
        document_expires=document_expires,
        document_holder=document_holder,
    )
    act.say(row["compartment"], content, subject=subject)
    return subject
