"""Custody: from an exhibit's entries to who held it when, where nobody did, and what contradicts.

Pure: no database, no clock. `chain(events)` gives the same answer whatever the order of its events.
Held times and gaps together are always the whole time from taking to return (or to now).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal

import msgspec

from libertad.evidence.gaps import explain_gaps
from libertad.evidence.seals import same_seal

Kind = Literal[
    "seize",
    "correct",
    "seal",
    "offer",
    "accept",
    "take_over",
    "witness",
    "store",
    "release",
    "statement",
    "ask",
    "return",
    "settle",
]
ORDER = (
    "seize",
    "correct",
    "seal",
    "offer",
    "accept",
    "take_over",
    "witness",
    "store",
    "release",
    "ask",
    "statement",
    "return",
    "settle",
)
RANK = {kind: place for place, kind in enumerate(ORDER)}
ANSWERS: dict[str, str] = {"accept": "offer", "witness": "take_over"}
CLOCKS = timedelta(
    minutes=10
)  # by which two phones at one site may differ: what names an entry came after it


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry about an exhibit, as far as custody asks."""

    id: str
    kind: Kind
    at: datetime
    clock: datetime
    officer: str
    authority: str
    zone: str = "UTC"
    precision: str = "minute"
    by: str = ""
    offer: str = ""
    to_officer: str = ""
    to_authority: str = ""
    to_name: str = ""
    place: str = ""
    seal_read: str = ""
    seal_state: str = ""
    number: str = ""
    opened: str = ""
    witness: str = ""
    words: str = ""
    about_from: str = ""
    signed: str = ""
    keep: str = ""
    aside: tuple[str, ...] = ()
    stands: int = 0  # of what settles alone: in which order, whatever the dates say (`journal/causal.py`)
    holder: str = ""
    holder_name: str = ""
    witness_name: str = ""
    taking: str = ""
    agrees: str = ""
    store: str = ""
    deed: str = ""
    in_person: str = ""


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """An officer holds the exhibit from `since`; `until` is None while that lasts."""

    officer: str
    authority: str
    by: str
    place: str
    since: datetime
    until: datetime | None
    start: Event


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Nobody is recorded as holding it. A statement explains a gap and never closes it.

    `asks` are the requests for a statement; `open_asks` those after which the authority asked said nothing.
    """

    since: datetime
    until: datetime | None
    release: Event
    ended: Event | None
    statements: tuple[Event, ...] = ()
    asks: tuple[Event, ...] = ()
    open_asks: tuple[Event, ...] = ()


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that contradicts the chain; both sides stay and are shown. `code` says how."""

    code: str
    event: Event


class Chain(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What an exhibit's entries say about its custody."""

    events: tuple[Event, ...]
    holds: tuple[Hold, ...]
    gaps: tuple[Gap, ...]
    conflicts: tuple[Conflict, ...]
    start: datetime
    end: datetime | None
    state: Literal["held", "offered", "released", "returned"]
    holder: Hold | None
    offer: Event | None
    seal: str
    taking: Event | None = None  # a taking over that waits for its witness
    aside: tuple[Event, ...] = ()  # acceptances that a person has said do not hold
    stored: Event | None = (
        None  # how its holder last put it at a place of the store; None since it changed hands
    )

    def until(self, now: datetime) -> datetime:
        """The end of the time that is told about: the return, else now."""
        last = max([self.start, *(h.since for h in self.holds), *(g.since for g in self.gaps)])
        return self.end if self.end is not None else max(now, last)

    def total_time(self, now: datetime) -> timedelta:
        return self.until(now) - self.start

    def gap_time(self, now: datetime) -> timedelta:
        """How long nobody is recorded as holding it."""
        end = self.until(now)
        return sum(((g.until or end) - g.since for g in self.gaps), timedelta())

    def held_time(self, now: datetime) -> timedelta:
        end = self.until(now)
        return sum(((h.until or end) - h.since for h in self.holds), timedelta())

    @property
    def returned(self) -> Event | None:
        """The return that ended custody, and none that contradicts; None while it goes on."""
        ends = (event for event in self.events if event.kind == "return" and event.at == self.end)
        return next((event for event in ends if not self.flaw(event)), None)

    def flaw(self, event: Event) -> str:
        """How an event contradicts the chain; '' when it does not."""
        return self._flaws.get(event.id, "")

    @cached_property
    def _flaws(self) -> dict[str, str]:
        """Code by entry: of several, the first."""
        return {conflict.event.id: conflict.code for conflict in reversed(self.conflicts)}


def ordered(events: Iterable[Event]) -> tuple[Event, ...]:
    """When it happened, then when it was written down; each entry once, no answer before what it names."""
    unique = {event.id: event for event in events}

    def place(event: Event) -> tuple[datetime, datetime, int, str]:
        asked = unique.get(event.offer or event.taking, event)
        late = event_time(event, asked) != event.at
        clock = max(event.clock, asked.clock) if late else event.clock
        return event_time(event, asked), clock, RANK[event.kind], event.id

    return tuple(sorted(unique.values(), key=place))


def event_time(event: Event, asked: Event | None) -> datetime:
    """When an answer happened: never before what it names, where only the clocks of two phones say so."""
    if asked is None or event.kind not in ANSWERS or asked.kind != ANSWERS[event.kind]:
        return event.at
    return asked.at if asked.at - CLOCKS <= event.at < asked.at else event.at


def set_aside(every: Sequence[Event]) -> tuple[Event, ...]:
    """Acceptances that do not hold: the last word about each counts. Nothing else is ever set aside.

    No authority decides alone in its own favour: where what it keeps is its own and what it sets aside is
    another's, its word counts once an officer of another authority has settled it alike.
    """
    last: dict[str, bool] = {}
    by = {event.id: event.authority for event in every}
    waiting: dict[tuple[str, tuple[str, ...]], set[str]] = {}
    for settled in sorted((event for event in every if event.kind == "settle"), key=lambda e: e.stands):
        asides = waiting.setdefault((settled.keep, tuple(sorted(settled.aside))), set())
        asides.add(settled.authority)
        authorities = {by.get(entry, "") for entry in settled.aside} - {settled.authority}
        if authorities and by.get(settled.keep) == settled.authority and len(asides) < 2:
            continue
        last |= {settled.keep: False} | dict.fromkeys(settled.aside, True)
    return tuple(event for event in every if event.kind == "accept" and last.get(event.id, False))


def chain(events: Iterable[Event]) -> Chain | None:
    """The chain of an exhibit; None while its taking is not on file."""
    every = ordered(events)
    seizure = next((event for event in every if event.kind == "seize"), None)
    return None if seizure is None else _Teller(seizure, every).tell()


class _Teller:
    """Walks the events once, keeping who holds the exhibit."""

    def __init__(self, taken: Event, every: Sequence[Event]) -> None:
        self.taken, self.every = taken, tuple(every)
        self.offers = {event.id: event for event in every if event.kind == "offer"}
        self.holds: list[Hold] = [_hold(taken)]
        self.gaps: list[Gap] = []
        self.conflicts: list[Conflict] = []
        self.holder: Hold | None = self.holds[0]
        self.open_offer: Event | None = None
        self.takings = {event.id: event for event in every if event.kind == "take_over"}
        self.open_taking: Event | None = None
        self.answered: set[str] = set()
        self.accepted: set[str] = set()
        self.seal = ""
        self.end: datetime | None = None
        self.aside = set_aside(every)
        self._aside_ids = {event.id for event in self.aside}
        self._handovers = self._last_handovers()
        self.stored: Event | None = None

    def tell(self) -> Chain:
        for event in self.every:
            if (
                event is self.taken
                or event.kind in ("correct", "statement", "ask", "settle")
                or event.id in self._aside_ids
            ):
                continue
            if self._time(event) < self.taken.at:
                self._flaw("before-taking", event)
            elif self.end is not None and event.kind != "seal":
                self._flaw("after-return", event)
            else:
                getattr(self, f"_{event.kind}")(event)
        held = "offered" if self.open_offer else "held"
        return Chain(
            events=self.every,
            holds=tuple(self.holds),
            gaps=explain_gaps(self.gaps, self.every),
            conflicts=tuple(self.conflicts),
            start=self.taken.at,
            end=self.end,
            state="returned" if self.end is not None else held if self.holder else "released",  # type: ignore[arg-type]
            holder=self.holder,
            offer=self.open_offer,
            seal=self.seal,
            taking=self.open_taking,
            aside=self.aside,
            stored=self.stored,
        )

    def _time(self, event: Event) -> datetime:
        return event_time(event, self.offers.get(event.offer) or self.takings.get(event.taking))

    def _flaw(self, code: str, event: Event) -> None:
        self.conflicts.append(Conflict(code=code, event=event))

    def _holds(self, event: Event) -> bool:
        held = self.holder
        return held is not None and (held.officer, held.authority) == (event.officer, event.authority)

    def _read(self, event: Event) -> None:
        """A seal that is not the one put on, or not whole, is told; custody moves all the same."""
        if event.seal_read and not same_seal(event.seal_read, self.seal):
            self._flaw("seal-differs", event)
        elif event.seal_state in ("damaged", "opened", "missing"):
            self._flaw("seal-not-intact", event)

    def _seize(self, event: Event) -> None:
        """A second taking of one exhibit is none: what it says of it is no word of its custody."""

    def _seal(self, event: Event) -> None:
        """Who does not hold the exhibit puts no seal on it: the one on file stays."""
        if not self._holds(event):
            self._flaw("not-holder", event)
            return
        if not same_seal(event.opened, self.seal):
            self._flaw("seal-opened-differs", event)
        self.seal = event.number

    def _offer(self, event: Event) -> None:
        if not self._holds(event):
            self._flaw("not-holder", event)
            return
        self._read(event)
        self.open_offer = event

    def _accept(self, event: Event) -> None:
        offer = self.offers.get(event.offer)
        if event.offer and (offer is None or offer.at > self._time(event)):
            self._flaw("no-such-offer", event)
        elif offer and (offer.to_officer, offer.to_authority) != (event.officer, event.authority):
            self._flaw("not-offered-to", event)
        elif event.offer in self.accepted:
            self._flaw("accepted-twice", event)
        elif self.holder is not None and (offer is None or not self._holds(offer)):
            self._flaw("held-by-another", event)
        else:
            self._read(event)
            if event.offer:
                self.accepted.add(event.offer)
            self._take(msgspec.structs.replace(event, at=self._time(event)))

    def _take(self, event: Event) -> None:
        if self.holder is None:
            self.gaps[-1] = msgspec.structs.replace(self.gaps[-1], until=event.at, ended=event)
        self._let_go(event.at)
        self.holder = _hold(event)
        self.holds.append(self.holder)

    def _let_go(self, at: datetime) -> None:
        if self.holder is not None:
            self.holds[-1] = msgspec.structs.replace(self.holder, until=at)
        self.holder = self.open_offer = self.open_taking = self.stored = None

    def _take_over(self, event: Event) -> None:
        """Of one's own authority's holder alone; nothing changes hands by it."""
        if not self._from_holder(event):
            self._flaw("not-holder", event)
            return
        self._read(event)
        self.open_taking = event

    def _from_holder(self, taking: Event) -> bool:
        held = self.holder
        return held is not None and (held.officer, held.authority) == (taking.holder, taking.authority)

    def _witness(self, event: Event) -> None:
        """The officer whom the taking over names, of the same authority and no party to it, answers once."""
        taking = self.takings.get(event.taking)
        if taking is None or taking.at > self._time(event):
            self._flaw("no-such-taking", event)
        elif (event.officer, event.authority) != (taking.witness, taking.authority) or (
            event.officer in (taking.officer, taking.holder)
        ):
            self._flaw("not-the-witness", event)
        elif taking.id in self.answered:
            self._flaw("witnessed-twice", event)
        elif event.agrees != "yes":
            self.answered.add(taking.id)
            self.open_taking = None if self.open_taking is taking else self.open_taking
        elif not self._from_holder(taking):
            self._flaw("held-by-another", event)
        else:
            self.answered.add(taking.id)
            self._take(msgspec.structs.replace(taking, at=self._time(event)))

    def _store(self, event: Event) -> None:
        """Only who holds it puts it anywhere; custody does not move, and an offer of it stands."""
        if not self._holds(event):
            self._flaw("not-holder", event)
            return
        self._read(event)
        self.stored = event

    def _release(self, event: Event) -> None:
        if not self._holds(event):
            self._flaw("not-holder", event)
            return
        self._read(event)
        self._let_go(event.at)
        self.gaps.append(Gap(since=event.at, until=None, release=event, ended=None))

    def _return(self, event: Event) -> None:
        """Nobody returns what the same officer, by its own later word, handed over to one who took it."""
        if not self._holds(event) or self._handed_over(event):
            self._flaw("not-holder", event)
            return
        self._let_go(event.at)
        self.end = event.at

    def _handed_over(self, event: Event) -> bool:
        """Whether an offer by the same officer, dated no earlier than the event, was accepted."""
        last = self._handovers.get((event.officer, event.authority))
        return last is not None and last >= event.at

    def _last_handovers(self) -> dict[tuple[str, str], datetime]:
        """By (officer, authority): when it last offered what was accepted by whom it was offered to."""
        handovers: dict[tuple[str, str], datetime] = {}
        for receipt in self.every:
            offer = self.offers.get(receipt.offer) if receipt.kind == "accept" else None
            if offer is None or receipt.id in self._aside_ids:
                continue
            if (offer.to_officer, offer.to_authority) == (receipt.officer, receipt.authority):
                by = (offer.officer, offer.authority)
                handovers[by] = max(offer.at, handovers.get(by, offer.at))
        return handovers


def _hold(event: Event) -> Hold:
    return Hold(
        officer=event.officer,
        authority=event.authority,
        by=event.by,
        place=event.place,
        since=event.at,
        until=None,
        start=event,
    )


def doubles(custody: Chain) -> list[tuple[Event, Event]]:
    """Acceptances that contradict another word of who holds it: (that word, the acceptance)."""
    pairs = []
    for conflict in custody.conflicts:
        event = conflict.event
        if conflict.code == "accepted-twice":
            receipts = [hold.start for hold in custody.holds if hold.start.offer == event.offer]
        elif conflict.code == "held-by-another" and event.kind == "accept":
            receipts = [hold.start for hold in custody.holds if hold.since <= event.at]
        else:
            continue
        if receipts:
            pairs.append((receipts[-1], event))
    return pairs
