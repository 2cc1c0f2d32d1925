"""Reading proposals that two records are of one person, and which links stand by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from libertad.access.actor import Actor
from libertad.access.appointments import Staff
from libertad.access.entries import entry as find_entry
from libertad.access.entries import said_of
from libertad.access.lookup import Lookup
from libertad.access.queries import authority_names, officer_names, open_row, readable
from libertad.access.queries_appointments import staff_of
from libertad.access.sharing import age_of, sharing_rules
from libertad.journal import clock
from libertad.journal.node import node
from libertad.people.link_models import LinkProposal
from libertad.people.linking import PROPOSE, digest, linkers, second_persons
from libertad.people.models import Person
from libertad.vocabulary.verbs.hits import HitConfirm, HitFound, HitRead

# What the actor does about it: confirm a proposal, read what one person linked alone, or wait for others.
CONFIRM, REVIEW, WAIT = "confirm", "review", "wait"


@dataclass(frozen=True)
class LinkSeen:
    """A proposal that waits, or by which its proposer linked two records alone (`is_alone`). `task`: what the
    actor does about it, '' nothing. `second`: names of who confirms it. `is_stale`: something was said of
    either since. `is_own`: the actor proposed it. `may_alone`: the actor links them alone, in time."""

    id: str
    person: str
    other: str
    authority: str
    officer: str
    reasons: str
    words: str
    recorded_twice: bool
    said: datetime
    is_alone: bool
    is_own: bool
    is_stale: bool
    task: str
    second: tuple[str, ...]
    may_alone: bool


def links_waiting(actor: Actor, person: str = "") -> list[LinkSeen]:
    """Proposals that wait for the actor, or that the actor made; of a record, where it is named, all that are
    about it. The oldest first; of two about the same records the last."""
    fresh = Q(linked="", said__gte=clock.now() - sharing_rules().lapse) | ~Q(linked="")
    rows = readable(actor, LinkProposal).filter(fresh, refused_by="", second="")
    # Whoever reads one of the files alone reads the proposal that stands in it.
    rows = rows.filter(person=person) if person else rows.filter(first="", authority=actor.authority)
    waiting = list(rows.order_by("said", "pk"))
    if not waiting:
        return []
    linked = dict(
        readable(actor, Person, [row.person for row in waiting if row.linked]).values_list("pk", "links")
    )
    staffs: dict[str, Staff] = {}
    latest: dict[tuple[str, frozenset[str]], LinkSeen] = {}
    for row in waiting:
        if row.linked and row.other not in linked.get(row.person, ()):
            continue
        if row.authority not in staffs:
            staffs[row.authority] = staff_of(actor, row.authority)
        view = _link(actor, row, staffs[row.authority])
        if view is not None and (person or view.task):
            latest[row.authority, frozenset((row.person, row.other))] = view
    return sorted(latest.values(), key=lambda view: (view.said, view.id))


def link_waiting(actor: Actor, key: str) -> LinkSeen | None:
    """One of these for whoever answers it or proposed it."""
    return next((view for view in links_waiting(actor) if view.id == key), None)


def _link(actor: Actor, row: LinkProposal, staff: Staff) -> LinkSeen | None:
    here, own = node(), row.authority == actor.authority
    age = age_of(here, here.sql(), row.authority, row.entry, row.said)
    if not row.linked and (age.lapsed or (own and not staff.may_still(row.officer, PROPOSE, "person"))):
        return None
    able = second_persons(staff, row.officer) if own else set()
    names = officer_names(actor, [row.officer, *able]) if own else {}
    is_own, task = row.officer == actor.officer, ""
    if actor.officer in able:
        task = REVIEW if row.linked else CONFIRM
    elif is_own:
        task = WAIT
    words = open_row(actor, row)
    return LinkSeen(
        row.first or row.entry,
        row.person,
        row.other,
        authority_names([row.authority]).get(row.authority, row.authority),
        names.get(row.officer, ""),
        str(words.get("reasons", "")),
        str(words.get("words", "")),
        row.recorded_twice,
        row.said,
        bool(row.linked),
        is_own,
        not row.linked and _standing(actor, row) != row.stands,
        task,
        tuple(sorted(names.get(name, "") for name in able)),
        is_own and not row.linked and not able and actor.role in linkers(),
    )


def _standing(actor: Actor, row: LinkProposal) -> str:
    pair = [row.person, row.other]
    entries = said_of(actor, Person._meta.label, pair)
    return digest(pair, (entry for group in entries.values() for entry in group))


# -- links that stand by one -----------------------------------------------------------------------


def linked_by_one(actor: Actor, person: str) -> set[str]:
    """Of the records linked with one those of which no second person is known here."""
    row = readable(actor, Person, [person]).first()
    if row is None or not row.links:
        return set()
    unsure: dict[str, list[Sequence[str]]] = {}
    for record, *word in open_row(actor, row).get("by_one", ()):
        unsure.setdefault(record, []).append(word)
    by_one = {
        record for record, words in unsure.items() if not any(_read(actor, person, record, *w) for w in words)
    }
    return by_one | _same_person(actor, row)


def _read(actor: Actor, person: str, record: str, proof: str, authority: str, officer: str) -> bool:
    """Whether a word rests on a hit of the two that its speaker read, and another officer had confirmed."""
    read = find_entry(actor, proof) if proof else None
    if read is None or not isinstance(read.said.content, HitRead) or read.said.content.agrees != "yes":
        return False
    if (read.said.authority, read.said.officer) != (authority, officer):
        return False
    hit_entries = said_of(actor, "hits.Hit", [read.said.subject])[read.said.subject]
    pair = {f"person:{person}", f"person:{record}"}
    is_theirs = any(
        isinstance(e.content, HitFound) and {e.content.left, e.content.right} == pair for e in hit_entries
    )
    first = {e.officer for e in hit_entries if isinstance(e.content, HitConfirm) and e.authority == authority}
    return is_theirs and bool(first - {officer, ""})


def _same_person(actor: Actor, row: Person) -> set[str]:
    """Records that the actor's own authority linked by two accounts that bear one name or number."""
    rows = readable(actor, LinkProposal).filter(person=row.pk, authority=actor.authority).exclude(second="")
    proposals = list(rows)
    if not proposals:
        return set()
    officers = staff_of(actor, actor.authority).officers
    return {
        proposal.other
        for proposal in proposals
        if proposal.other in row.links
        and proposal.officer in officers
        and proposal.second in officers
        and officers[proposal.officer].names & officers[proposal.second].names
    }


def links_of(act: Lookup, record: str) -> frozenset[str]:
    """Records that are linked to one, as the last words say: for acts, in their transaction."""
    row = act.get(Person, record)
    return frozenset(row["links"]) if row is not None else frozenset()
