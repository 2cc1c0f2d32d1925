"""What a reader sees of a protection file, as frozen objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.care.appeals import SET_ASIDE
from libertad.vocabulary.values import Happened


@dataclass(frozen=True)
class CrossedDecision:
    """One of two decisions of which neither knew the other."""

    value: str
    when: Happened
    by: str


@dataclass(frozen=True)
class ClosingDeclined:
    """Who did not agree that the file be closed, when and why."""

    by: str
    when: Happened
    reasons: str


@dataclass(frozen=True)
class FileSeen:
    """Where a person stands. `status` is '' until a second reader confirmed a decision.

    `crossed`: by 'status' and 'decision', the decisions that cross until a further one settles it.

    `suspended`: an appeal suspends the decision. `closed` is None while the file is open. `closing`: a
    proposal to close it waits (its entry) since `closing_when`, by the officer `closing_by`. `declined`: the
    last one was not agreed to. `erasure`: as `retaining.standing_request`. `kept_by`: the name of the
    authority that keeps it, where the reader reads a further file of this person; else ''.
    """

    person: str
    compartment: str
    reference: str
    name: str
    opened: Happened
    child: bool
    child_since: Happened
    status: str
    status_when: Happened | None
    waiting: str
    review_on: str
    wish: str
    decision: str
    decision_when: Happened | None
    suspended: bool
    return_waiting: str
    closed: Happened | None
    closed_for: str
    contact_on: str
    keep_until: str
    afterwards: str
    provenance: str
    crossed: Mapping[str, Sequence[CrossedDecision]] = field(default_factory=dict)
    erasure: Mapping[str, Any] | None = None
    kept_by: str = ""
    closing: str = ""
    closing_by: str = ""
    closing_when: Happened | None = None
    declined: ClosingDeclined | None = None

    @property
    def key(self) -> str:
        """As lists name it (`key_of`)."""
        return key_of(self.person, self.compartment if self.kept_by else "")

    @property
    def query(self) -> str:
        """What an address of it ends with: which file is meant, where there are several of the person."""
        return file_query(self.compartment if self.kept_by else "")


def front_route(actor: Actor) -> str:
    """Where links to a protection file lead: Tonight for whose work it is, else the file."""
    return "care-tonight" if may_open(actor, "care-tonight") else "care-file"


def key_of(person: str, compartment: str = "") -> str:
    """What a line of a person is called; of a person with several files that are read, each file's."""
    return f"{person}:{compartment}" if compartment else person


def person_of(key: str) -> str:
    """The person of a line."""
    return key.partition(":")[0]


def file_query(compartment: str) -> str:
    """The end of an address that names a file; '' where no further file of the person is read."""
    return f"?file={compartment}" if compartment else ""


@dataclass(frozen=True)
class PartSeen:
    """A dated part of a file: by whom, when; `plain` are its columns, `words` its opened ones."""

    id: str
    person: str
    when: Happened
    officer: str
    by: str
    plain: Mapping[str, Any]
    words: Mapping[str, Any]
    provenance: str
    read_when: Happened | None = None
    read_by: str = ""


def verdict(decided: PartSeen) -> str:
    """Whether a decision counts: 'counts', or why it does not: 'taken-back', 'crossed' (two corrections of
    it, which no third has settled), 'set-aside' (on appeal), 'refused' (by the second reader), 'unread'."""
    if decided.words.get("taken_back"):
        return "taken-back"
    if len(decided.words.get("entries", ())) > 1:
        return "crossed"
    return {"yes": "counts", SET_ASIDE: "set-aside", "no": "refused"}.get(decided.plain["read"], "unread")


@dataclass(frozen=True)
class CareTodo:
    """Something in a protection file that waits for this reader. `due` None: no hour is set.

    kinds: 'second-reading', 'return-reading', 'closing-reading', 'referral', 'given', 'stop', 'identify',
    'review', 'wish', 'return', 'appeal', 'ends', 'contact', 'keep-until', 'erasure'.
    """

    kind: str
    person: str
    reference: str
    name: str
    title: str
    why: str
    button: str
    route: str
    args: Sequence[str]
    due: datetime | None
    zone: str
    provenance: str
    query: str = ""

    @property
    def href(self) -> str:
        return reverse(self.route, args=list(self.args)) + self.query

    def for_others(self, now: datetime) -> bool:
        """Whether somebody else has to do something until its hour: a service that was asked."""
        return self.kind == "referral" and self.due is not None and self.due >= now
