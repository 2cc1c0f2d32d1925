"""The agreement that an act works at: who answers for a person, and what the two authorities said of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, cast

from libertad.access.acting import Act, Forbidden
from libertad.access.matrix import matrix
from libertad.access.models import Compartment, Member, Reader
from libertad.care.actions._file import NO_FILE
from libertad.care.fold_leading import agreement_in
from libertad.care.leading import Agreement, Standing, standing_of
from libertad.care.leading_models import Leading
from libertad.care.owners import choose_taker
from libertad.exchange.queries import asked_to_erase
from libertad.people.queries import links_of
from libertad.vocabulary.body import Verb
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.people import PersonMeet

KIND = "leading"
OVER = marked(
    "this offer is over: it was answered or taken back, or another one was accepted. Load the page again"
)


class Agreed(NamedTuple):
    """One agreement of the actor's authority about its record of a person: its file, and when the last word
    in it was said."""

    place: str
    agreement: Agreement
    last_at: Any


def agreed(act: Act, record: str) -> list[Agreed]:
    """All of one record, by file; without those that the other authority has erased."""
    rows = {
        row["id"]: row for name in ("person", "other_record") for row in act.find(Leading, **{name: record})
    }
    removed = asked_to_erase(act.tx.sql, act.node.rings.authorities()) if rows else frozenset()
    listed = [
        Agreed(key, agreement_in(rows[key]), rows[key]["last_at"]) for key in sorted(rows.keys() - removed)
    ]
    return [item for item in listed if item.agreement.record_of(act.actor.authority) == record]


def standing(act: Act, record: str) -> Standing:
    """What the agreements come to (`leading.standing_of`)."""
    listed = agreed(act, record)
    if not listed:
        return Standing(False, None)
    members = act.find(Member, operation=act.actor.operation, kind="care")
    present = {
        row["authority"]
        for row in members
        if act.get(Reader, f"{row['compartment']}:{row['authority']}") is not None
    }
    return standing_of(
        (item.agreement for item in listed), act.actor.authority, record, links_of(act, record), present
    )


def answering(act: Act, record: str) -> str:
    """The care authority that answers for a record, as far as this one knows: by what two agreed, else who
    keeps the protection file, or is to open one."""
    stands = standing(act, record)
    if stands.is_leader:
        return act.actor.authority
    if stands.lead is not None:
        return stands.lead.leader
    care = act.find_compartment("care", record)
    if care is not None and act.reads(care):
        row = act.get(Compartment, care)
        return str(row["owner"]) if row is not None else act.actor.authority
    return _taker(act, record)


def _taker(act: Act, record: str) -> str:
    identity = act.find_compartment("person", record)
    members = {row["id"]: row["country"] for row in act.members(kind="care")}
    named = {row["authority"]: row["kind"] for row in act.find(Reader, compartment=identity or "")}
    met = [e for e in act.tx.entries_touching(f"people.Person:{record}") if isinstance(e.content, PersonMeet)]
    by, country = (met[0].authority, cast(PersonMeet, met[0].content).country) if met else ("", "")
    named = {authority: kind for authority, kind in named.items() if authority in members}
    return choose_taker(named, members, by, country) if named else act.actor.authority


def find_record(act: Act, verb: str, person: str) -> None:
    """The role is asked first; then Refused alike for nobody and for whom the authority does not know."""
    if not matrix().may_say(act.actor.role, verb, KIND):
        raise Forbidden("your role may not say %(verb)s", verb=verb)
    files = [act.find_compartment(kind, person) for kind in ("person", "care")]
    if not any(file is not None and act.reads(file) for file in files):
        raise Refused("person", NO_FILE)


def with_offer(act: Act, verb: str, person: str, offer: str) -> Agreed:
    """The agreement in which this offer waits; Refused for one that is over."""
    find_record(act, verb, person)
    for item in agreed(act, person):
        if any(waiting.entry == offer for waiting in item.agreement.offers):
            return item
    raise Refused("offer", OVER)


def say(act: Act, place: str, content: Verb, person: str) -> str:
    """Returns the entry's hash. It is later than all that was said of who answers for the person: none is
    dated back, and of two agreements the later one counts."""
    moments = [item.last_at for item in agreed(act, person)]
    last, happened = max(moments, default=None), act.happened
    if last is not None and happened.at <= last:
        if act.is_dated and happened.at < last:
            raise Refused(
                "happened", "something was said of who answers for the person after that: say it as of now"
            )
        happened = act.later(last)
    return act.say(place, content, subject=person, supersedes={}, happened=happened, source="decision")


def both_read(act: Act, authorities: Iterable[str], records: Iterable[str]) -> bool:
    """Whether each of these reads the identity file of each record: then neither is told by the other that
    there is one, nor who cares for the person."""
    for record in records:
        place = act.find_compartment("person", record)
        if place is None:
            return False
        if any(act.get(Reader, f"{place}:{authority}") is None for authority in authorities):
            return False
    return True
