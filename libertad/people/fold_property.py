"""Entries -> property: what was taken from people or is owed to them, where it is, and what was paid."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import cast

from libertad.journal.crossed import crossing, holding
from libertad.journal.fields import to_ms
from libertad.journal.folding import Row, Said, latest, live, project
from libertad.journal.subjects import content_of
from libertad.people import owing
from libertad.people.fold import by_their_own, entries_stating
from libertad.people.models import Property
from libertad.vocabulary.verbs import people as say
from libertad.vocabulary.verbs.documents import DOCUMENT

Payment = tuple[list[str], str, int, str, str, str]


def payments(entries: Sequence[Said], currency: str) -> list[Payment]:
    """What was paid in this currency, each: the entries by which it stands, the amount, when (ms), the zone,
    the authority that recorded it, and whether the person signed.

    Payments that crossed both count. Of two corrections of one payment that cross, the smaller amount does
    until a third takes the place of both: more is then owed, not less.
    """
    spoken = by_their_own([entry for entry in entries if isinstance(entry.content, say.PropertyPaid)])
    roots: dict[str, str] = {}
    for entry in spoken:
        old = [name for statement in entry.statements for name in statement.supersedes]
        roots[entry.id] = min((roots.get(name, name) for name in old), default=entry.id)
    by_payment: dict[str, list[Said]] = {}
    for value in live(spoken, "paid"):
        by_payment.setdefault(roots[value.said.id], []).append(value.said)
    listed: list[Payment] = []
    for standing in by_payment.values():
        said = min(standing, key=lambda entry: (Decimal(_paid(entry).paid), entry.id))
        content = _paid(said)
        if content.currency == currency:
            moment = to_ms(said.at), said.happened.zone
            listed.append(
                (sorted(e.id for e in standing), content.paid, *moment, said.authority, content.signed)
            )
    return listed


def _paid(entry: Said) -> say.PropertyPaid:
    return cast(say.PropertyPaid, entry.content)


@project(
    Property,
    verbs=("property.taken", "property.state", "property.paid"),
    key=lambda entry: (entry.subject,),
    begins=content_of(say.PropertyTaken),
    own=("property.taken",),
)
def property_row(key: str, entries: Sequence[Said]) -> Row | None:
    takings = [s for s in entries if isinstance(s.content, say.PropertyTaken)]
    if not takings:
        return None
    content = cast(say.PropertyTaken, takings[0].content)
    zone = takings[0].happened.zone
    state = holding(entries, "state", "returned")
    exhibit = latest(entries_stating(entries, "exhibit"), "exhibit")
    due = latest(entries_stating(entries, "due_back"), "due_back")
    states = [s.content for s in entries if isinstance(s.content, say.PropertyState)]
    if state and isinstance(state.said.content, say.PropertyState):
        states.append(state.said.content)  # what goes with the state that holds
    paid = payments(entries, content.currency) if content.amount else []
    left = content.amount and owing.remaining(content.amount, [line[1] for line in paid])
    return Row(
        takings[0].compartment,
        {
            "person": content.person,
            "kind": content.kind,
            "state": state.value if state else content.state,
            "taken_at": takings[0].at,
            "state_at": state.said.at if state else takings[0].at,
            "zone": zone,
            "exhibit": exhibit.value if exhibit else "",
            "due_back": due.value if due else "",
            "crossed": crossing(entries, ("state",)),
            "authority": takings[0].authority,
            "officer": takings[0].officer,
            "due_at": owing.due_at(due.value if due else "", zone),
            "money": bool(content.amount),
            "settled": bool((state and state.value == "returned") or (left and Decimal(left) <= 0)),
        },
        {
            "description": content.description,
            **({"amount": content.amount, "currency": content.currency} if content.amount else {}),
            **({"paid": paid} if paid else {}),
            **{name: value for name in DOCUMENT if (value := getattr(content, name))},
            "taken_by": content.taken_by,
            "signed": states[-1].signed if states else "",
            "witness": states[-1].witness if states else "",
            "note": states[-1].note if states else "",
        },
    )
