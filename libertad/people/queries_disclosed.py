"""What care disclosed to the actor's authority: copies, and nothing of the file that they are from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from libertad.access.actor import Actor
from libertad.access.models import Authority, Compartment, Opening
from libertad.access.queries import authority_names, clock_now, open_row, readable
from libertad.exchange import queries as exchange
from libertad.journal.fields import from_ms
from libertad.look.copies import opened_copies
from libertad.people.disclosed_models import Disclosed
from libertad.people.serving import serving_rules, stage
from libertad.vocabulary.kinds import disclosable_kinds
from libertad.vocabulary.values import Copied, Happened, span


@dataclass(frozen=True)
class ConcernSeen:
    """A danger or a need that the service told care. `reply`: what care does, '' if not answered."""

    entry: str
    concern: str
    words: str
    when: Happened
    reply: str
    replied: Happened | None


@dataclass(frozen=True)
class ServedSeen:
    """What a service has answered. `stage`: 'asked', 'declined', 'expected', 'here' or 'left'; `due`: until
    when it answers. `entry`: its last answer that is no concern. `stopped`: care has withdrawn it.
    `sought`: since when care looks for the person."""

    file: str
    person: str
    stage: str
    due: datetime
    zone: str
    answered: Happened | None
    arrived: Happened | None
    left: Happened | None
    way: str
    reasons: str
    note: str
    concerns: list[ConcernSeen]
    entry: str = ""
    stopped: bool = False
    sought: Happened | None = None

    @property
    def waiting(self) -> list[ConcernSeen]:
        """Concerns that care has not answered."""
        return [concern for concern in self.concerns if not concern.reply]


@dataclass(frozen=True)
class DisclosedSeen:
    """`id`: the file's. `person`: whom it is about. `request`: of care to erase it, '' where none waits.

    `state`: 'open', 'over' (its last day has gone by), 'asked' (care asks to erase it) or 'held' (withdrawn,
    and kept for a legal hold). `is_new`: nobody of this authority has opened it. `kinds`: what care may
    disclose to it at all. `by_one`: one officer of care sent it before a second one had read it.
    """

    id: str
    person: str
    reference: str
    giver: str
    purpose: str
    ground: str
    order: str
    by_one: bool
    until: str
    when: Happened
    provenance: str
    state: str
    request: str
    is_new: bool
    items: list[Copied]
    kinds: list[str]
    served: ServedSeen | None

    @property
    def shows_copies(self) -> bool:
        """What is over, or asked back, nobody opens; what a hold keeps it keeps for the court."""
        return self.state in ("open", "held")

    @property
    def may_answer(self) -> bool:
        """Whether the service may record something: after its last day too, of somebody still there."""
        return self.served is not None and self.state in ("open", "over")

    @property
    def name(self) -> str:
        """As the person is called, where that was disclosed and is open."""
        if not self.shows_copies:
            return ""
        return next((item.words for item in self.items if item.kind == "name"), "")


def disclosed(actor: Actor, ids: Iterable[str] | None = None, person: str = "") -> list[DisclosedSeen]:
    """What other authorities disclosed to the actor's, the newest first; about one person, where named."""
    rows = {row.pk: row for row in readable(actor, Disclosed, ids)}
    if not rows:
        return []
    files = Compartment.objects.filter(pk__in=list(rows), kind="disclosure").exclude(owner=actor.authority)
    about = dict(files.values_list("pk", "about"))
    listed_rows = [row for key, row in rows.items() if key in about and person in ("", about[key])]
    names = authority_names([row.authority for row in listed_rows])
    requests = exchange.promises_of(actor, [row.pk for row in listed_rows])
    opened = {
        row.compartment
        for row in readable(actor, Opening).filter(compartment__in=[row.pk for row in listed_rows])
        if row.authority == actor.authority
    }
    kinds = disclosable_kinds(Authority.objects.get(pk=actor.authority).kind)
    today = clock_now(actor.operation).date()
    listed = []
    for row in sorted(listed_rows, key=lambda row: (row.at, row.pk), reverse=True):
        words = open_row(actor, row)
        waiting = [p for p in requests.get(row.pk, ()) if p.authority == actor.authority]
        request = next((p.request for p in waiting if p.answered is None), "")
        state = "open"
        if request:
            state = "asked"
        elif row.stopped_at is not None or waiting:
            state = "held"
        elif span(row.until)[1] < today:
            state = "over"
        listed.append(
            DisclosedSeen(
                row.pk,
                about[row.pk],
                row.reference,
                names.get(row.authority, ""),
                row.purpose,
                row.ground,
                words["order"],
                row.by_one,
                row.until,
                Happened(at=row.at, zone=row.zone),
                row.provenance,
                state,
                request,
                row.pk not in opened,
                opened_copies(words["items"]),
                kinds,
                _served(row, words, about[row.pk]),
            )
        )
    return listed


def served(actor: Actor, files: Iterable[str]) -> dict[str, ServedSeen]:
    """By the file of a disclosure that the actor's authority made, what a service has answered there."""
    rows = {row.pk: row for row in readable(actor, Disclosed, files)}
    own_files = Compartment.objects.filter(pk__in=list(rows), owner=actor.authority, kind="disclosure")
    listed = {}
    for key, person in own_files.values_list("pk", "about"):
        view = _served(rows[key], open_row(actor, rows[key]), person)
        if view is not None:
            listed[key] = view
    return listed


def _served(row: Disclosed, words: Mapping[str, Any], person: str) -> ServedSeen | None:
    """None where it asks for nothing."""
    rules = serving_rules()
    if row.purpose not in rules.asks:
        return None

    def moment(at: datetime | None) -> Happened | None:
        return Happened(at=at, zone=row.zone) if at is not None else None

    concerns = [
        ConcernSeen(
            concern["entry"],
            concern["concern"],
            concern["words"],
            Happened(at=from_ms(concern["at"]), zone=concern["zone"]),
            concern.get("reply", ""),
            moment(from_ms(concern["replied"])) if "replied" in concern else None,
        )
        for concern in words["concerns"]
    ]
    return ServedSeen(
        row.pk,
        person,
        stage(row.answer, row.arrived_at, row.left_at),
        row.at + (rules.tonight if row.by_one else rules.answer),
        row.zone,
        moment(row.answered_at),
        moment(row.arrived_at),
        moment(row.left_at),
        row.left_how,
        words["reasons"],
        words["note"],
        concerns,
        words["entry"],
        row.stopped_at is not None,
        moment(row.sought_at),
    )
