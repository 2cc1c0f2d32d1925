"""Reading for screens: services outside Libertad, and one-time pages by which they were asked."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from libertad.access.actor import Actor
from libertad.access.queries import officer_names, open_row, readable
from libertad.answer_page.limits import page_limits
from libertad.care.assignment import reading_of
from libertad.care.consent_rules import same_recipient
from libertad.care.fold_outside import PASSING
from libertad.care.outside_models import AskedPage, OpenPage, OutsideService
from libertad.care.reads import files
from libertad.journal.fields import from_ms
from libertad.vocabulary.values import Happened

SLOW = timedelta(minutes=10)  # until somebody is told that the host does not take or give back a page


@dataclass(frozen=True)
class Registered:
    """What waits for a second officer."""

    entry: str
    officer: str
    by: str
    when: Happened
    name: str
    telephone: str
    services: tuple[str, ...]
    checked_with: str


@dataclass(frozen=True)
class ServiceSeen:
    """A service in the list. `telephone` '': no second officer has confirmed any number."""

    id: str
    name: str
    telephone: str
    services: tuple[str, ...]
    confirmed_by: str
    confirmed: Happened | None
    ended: bool
    proposed: Registered | None
    words: Mapping[str, Any]
    provenance: str

    @property
    def title(self) -> str:
        return self.name or (self.proposed.name if self.proposed else "")


@dataclass(frozen=True)
class PageAsked:
    """A one-time page. `trouble`: the host has not taken it, or not given it back, for too long."""

    id: str
    person: str
    referral: str
    when: Happened
    by: str
    state: str
    state_at: Happened | None
    openings: int
    opened: Happened | None
    recalled: bool
    settled: bool
    trouble: bool
    words: Mapping[str, Any]
    provenance: str
    reference: str = ""
    name: str = ""

    @property
    def can_be_answered(self) -> bool:
        return self.state in ("", *PASSING)


def services(actor: Actor) -> list[ServiceSeen]:
    """The list of the actor's authority: those that wait first, then by name, those that ended last."""
    rows = [_service(actor, row) for row in readable(actor, OutsideService)]
    return sorted(rows, key=lambda row: (row.ended, row.proposed is None, row.title.casefold(), row.id))


def service(actor: Actor, key: str) -> ServiceSeen | None:
    """One of them; None alike for none and for another authority's."""
    row = readable(actor, OutsideService, [key]).first()
    return _service(actor, row) if row is not None else None


def askable(actor: Actor, recipient: str) -> list[ServiceSeen]:
    """Those with a confirmed number that go by the name which the person agreed to."""
    return [
        listed
        for listed in services(actor)
        if listed.telephone and not listed.ended and same_recipient(listed.name, recipient)
    ]


def _service(actor: Actor, row: OutsideService) -> ServiceSeen:
    waits = row.proposed
    officers = [row.confirmed_by, waits["officer"] if waits else ""]
    names = officer_names(actor, [officer for officer in officers if officer])
    proposed = None
    if waits:
        proposed = Registered(
            entry=waits["entry"],
            officer=waits["officer"],
            by=names.get(waits["officer"], ""),
            when=Happened(at=from_ms(waits["at"]), zone=waits["zone"]),
            name=waits["name"],
            telephone=waits["telephone"],
            services=tuple(waits["services"]),
            checked_with=waits["checked_with"],
        )
    confirmed = Happened(at=row.confirmed_at, zone=row.zone) if row.confirmed_at else None
    return ServiceSeen(
        id=row.pk,
        name=row.name,
        telephone=row.telephone,
        services=tuple(row.services),
        confirmed_by=names.get(row.confirmed_by, ""),
        confirmed=confirmed,
        ended=row.ended,
        proposed=proposed,
        words=open_row(actor, row),
        provenance=row.provenance,
    )


def pages(actor: Actor, person: str, referral: str) -> list[PageAsked]:
    """The pages of one referral, the newest first: one that can be answered is the newest."""
    rows = [row for row in readable(actor, AskedPage).filter(person=person) if row.referral == referral]
    return sorted(
        (_page(actor, row) for row in rows),
        key=lambda page: (page.can_be_answered, page.when.at, page.id),
        reverse=True,
    )


def page(actor: Actor, person: str, key: str) -> PageAsked | None:
    """One page of a person."""
    row = readable(actor, AskedPage, [key]).filter(person=person).first()
    return _page(actor, row) if row is not None else None


def to_settle(actor: Actor) -> list[PageAsked]:
    """Pages that somebody has to look at, of people whose files this officer reads: answered and not called
    back, ended without an answer, or in trouble. The earliest first."""
    waiting = [_page(actor, row) for row in readable(actor, OpenPage)]
    waiting = [page for page in waiting if page.trouble or not page.can_be_answered]
    waiting = [page for page in waiting if reading_of(actor, page.person).is_allowed]
    known = {file.person: file for file in files(actor, {page.person for page in waiting})}
    named = [_with_name(page, known) for page in waiting if page.person in known]
    return sorted(named, key=lambda page: (page.when.at, page.id))


def _with_name(page: PageAsked, known: Mapping[str, Any]) -> PageAsked:
    file = known[page.person]
    return replace(page, reference=file.reference, name=file.name)


def _page(actor: Actor, row: Any) -> PageAsked:
    words = open_row(actor, row)
    return PageAsked(
        id=row.pk,
        person=row.person,
        referral=row.referral,
        when=Happened(at=row.at, zone=row.zone),
        by=officer_names(actor, [row.officer]).get(row.officer, ""),
        state=row.state,
        state_at=Happened(at=row.state_at, zone=row.zone) if row.state_at else None,
        openings=row.openings,
        opened=Happened(at=row.opened_at, zone=row.zone) if row.opened_at else None,
        recalled=row.recalled_at is not None,
        settled=row.settled,
        trouble=_trouble(row),
        words=words,
        provenance=row.provenance,
    )


def _trouble(row: Any) -> bool:
    """By this node's clock, as the page's end is: not taken by the host ten minutes after it was asked, or
    not told to be over ten minutes after its end."""
    clock = datetime.fromtimestamp(time.time(), UTC)
    begun = row.ends - page_limits().open_for
    if row.state == "":
        return bool(clock - begun > SLOW)
    return row.state in PASSING and bool(clock - row.ends > 2 * SLOW)
