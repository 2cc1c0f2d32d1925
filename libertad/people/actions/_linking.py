"""What the acts of linking have in common: the proposal at hand, and who is a second person of it."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act, Forbidden
from libertad.access.actions.confirm_officer import staff_of
from libertad.access.another_person import require_second
from libertad.access.sharing import Age, age_of
from libertad.people.actions._person import person_at_hand
from libertad.people.fold_linking import key_of
from libertad.people.link_models import LinkProposal
from libertad.people.linking import PROPOSE, digest, linkers
from libertad.people.models import Person
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused

GONE = marked("this proposal does not wait any more: it was answered, it lapsed, or the link was ended")
STALE = marked(
    "something was said about one of the two since this was proposed: read both again, take it back or "
    "refuse it, and propose it anew"
)


def proposal_at_hand(act: Act, link: str) -> dict[str, Any]:
    """The proposal that was read, if it waits; Refused alike for one that does not and one not here."""
    row = act.get(LinkProposal, key_of(link))
    if row is None or row["operation"] != act.actor.operation or not act.reads(row["compartment"]):
        raise Refused("entry", GONE)
    if act.actor.authority != row["authority"]:
        raise Forbidden("only the authority that proposed it confirms it")
    if row["first"] or not is_open(act, row):
        raise Refused("entry", GONE)
    return row


def is_open(act: Act, row: dict[str, Any]) -> bool:
    """Whether a proposal waits still; one by which somebody linked alone does until a second person confirms
    that, or the link is ended."""
    if row["refused_by"] or row["second"]:
        return False
    if row["linked"]:
        person = act.get(Person, row["person"])
        return person is not None and row["other"] in person["links"]
    if not staff_of(act, row["authority"]).may_still(row["officer"], PROPOSE, "person"):
        return False
    return not age(act, row).lapsed


def age(act: Act, row: dict[str, Any]) -> Age:
    """How long it has waited."""
    return age_of(act.node, act.tx.sql, row["authority"], row["entry"], row["said"], act.tx.start)


def second_person(act: Act, row: dict[str, Any]) -> None:
    """Forbidden or Refused for whoever is no second person of a proposal."""
    require_second(act, staff_of(act, row["authority"]), row["officer"], linkers())


def standing_of(act: Act, *people: str) -> str:
    """As what records stand, of all that was said of who they are and is accepted here."""
    return digest(
        people,
        (entry for person in people for entry in act.tx.entries_touching(f"{Person._meta.label}:{person}")),
    )


def require_fresh(act: Act, row: dict[str, Any]) -> None:
    if standing_of(act, row["person"], row["other"]) != row["stands"]:
        raise Refused("entry", STALE)


def both(act: Act, person: str, other: str, recorded_twice: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """The rows of two records that may be linked; Refused or Forbidden for two that may not."""
    row, other_row = person_at_hand(act, person), person_at_hand(act, other, "other")
    if person == other:
        raise Refused("other", "this is the same record; choose another")
    if recorded_twice and row["authority"] != act.actor.authority:
        raise Forbidden("only the authority that made a record says that it was made twice")
    if recorded_twice and other_row.get("twice"):
        raise Refused("other", "that record was itself made twice; choose the one in which you go on")
    return row, other_row


def other_side(act: Act, row: dict[str, Any]) -> dict[str, Any]:
    """The same proposal as it stands in the other record's file."""
    rows = act.find(LinkProposal, first=row["entry"], authority=row["authority"], person=row["other"])
    if not rows:
        raise Refused("entry", GONE)
    return rows[0]
