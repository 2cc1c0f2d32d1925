"""Record a document of a person, or say what has become of it."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.care.actions._desk import find_desk, refuse_elsewhere, say_at
from libertad.care.actions._file import refuse_closed
from libertad.care.actions.name_step import AHEAD
from libertad.care.document_models import PersonDocument
from libertad.vocabulary.bounds import VALID, check_ahead, check_not_far
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.documents import MOST, DocumentRecord

CHANGED = marked("this document was changed since you read it: read it again, then write")


@action("document.record")
def record_document(
    act: Act,
    *,
    person: str,
    kind: str,
    state: str,
    country: str = "",
    number: str = "",
    until: str = "",
    due: str = "",
    note: str = "",
    corrects: str = "",
    version: str = "",
) -> str:
    """Returns the entry's hash. By any caseworker of the authority whose task the person is, as a case note.
    `corrects`: the document, by the entry that recorded it first; `version`: its last word, as the form
    showed it. Refused where that is not the last any more, for a day that has gone by (but one that stays),
    and while the file is closed."""
    desk = find_desk(act, DocumentRecord.VERB, person)
    content = DocumentRecord(
        kind=kind,
        state=state,
        country=country,
        number=number.strip(),
        until=until,
        due=due,
        note=note.strip(),
        corrects=corrects,
        version=version,
    )
    refuse_elsewhere(act, person)
    refuse_closed(act, act.find_compartment("care", person))
    stands = ""
    if corrects:
        row = act.get(PersonDocument, corrects)
        if row is None or not desk.place or row["compartment"] != desk.place:
            raise Refused("kind", "there is no such document of this person")
        if row["last"] != version:
            raise Refused("kind", CHANGED)
        stands = row["due"]
    elif desk.place and len(act.find(PersonDocument, compartment=desk.place)) >= MOST:
        raise Refused("kind", "at most %(most)s documents of one person are recorded", most=MOST)
    if until:
        check_not_far(until, act.happened.local.date(), "until", years=VALID)
    if due and due != stands:
        check_ahead(due, act.happened.local.date(), "due", years=AHEAD)
    return say_at(act, desk, content, person)
