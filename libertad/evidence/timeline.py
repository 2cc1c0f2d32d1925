"""The chain in words and to scale: custody -> what the exhibit's page draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from django.utils.translation import gettext as _

from libertad.access.queries import authority_names
from libertad.evidence.custody import Chain, Event, Gap
from libertad.evidence.flaws import FLAWS, MOVES_ALL_THE_SAME
from libertad.evidence.queries import ExhibitSeen
from libertad.evidence.sentence import happened, sealed_at_once, stretch
from libertad.look import times
from libertad.look.custody import BarTick, CustodyBar, CustodyStep, bar_part
from libertad.look.page_objects import Action
from libertad.look.words import words

Opens = Callable[[Gap], Sequence[Action]]


def name(event: Event) -> str:
    return event.by or _("an officer")


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def steps(
    exhibit: ExhibitSeen, now: datetime, actions: Opens, passkeys: Mapping[str, str]
) -> list[CustodyStep]:
    """The rows of the chain, in order of time; a gap is a row. `actions(gap)` are its buttons; `passkeys`: by
    entry, what is told of a passkey's confirmation."""
    teller = _Steps(exhibit, now, actions, passkeys)
    for event in exhibit.chain.events:
        teller.add(event)
    return teller.rows


class _Steps:
    def __init__(
        self, found: ExhibitSeen, now: datetime, actions: Opens, passkeys: Mapping[str, str]
    ) -> None:
        self.found, self.told, self.now, self.actions = found, found.chain, now, actions
        self.passkeys = passkeys
        self.rows: list[CustodyStep] = []
        self.number = 0
        self.holds = {hold.start.id: n for n, hold in enumerate(self.told.holds)}
        self.first_seal = _first_seal(self.told)
        self.accepted = {hold.start.offer for hold in self.told.holds if hold.start.offer}

    def add(self, event: Event) -> None:
        flaw = self.told.flaw(event)
        if event.kind == "settle" or event in self.told.aside:
            self._settlement(event)
            return
        if event.kind in ("statement", "ask", "correct") or event is self.first_seal:
            return
        if flaw and flaw not in MOVES_ALL_THE_SAME:
            self._step(event, _contradicts(event), str(FLAWS[flaw]), signatures=_("Contradicts"), one=True)
            return
        getattr(self, f"_{event.kind}")(event, str(FLAWS.get(flaw, "")))

    def _step(
        self, event: Event, title: str, text: str, *, signatures: str, one: bool = False, note: str = ""
    ) -> None:
        self.number += 1
        seal = event.number or event.seal_read
        state = _("new") if event.number else words("seal-states", event.seal_state).lower()
        if event is self.told.holds[0].start:
            first = self.first_seal
            seal, state = (first.number, _("new")) if first else (_("No seal"), _("on record"))
        contradicts = self._is_flawed(event)
        self.rows.append(
            CustodyStep(
                happened(event),
                title,
                "one" if one or contradicts else "both",
                self.number,
                text=_line([text, self._confirmed_words(event.offer, event.id)]),
                seal=seal,
                seal_note=state,
                signatures=_("Contradicts") if contradicts else signatures,
                note=note,
            )
        )

    def _is_flawed(self, event: Event) -> bool:
        """Whether a step contradicts the chain, or the offer whose acceptance it is."""
        return any(map(self.told.flaw, filter(None, (event, self._offer_of(event)))))

    def _offer_of(self, event: Event) -> Event | None:
        """The offer that an event accepts; None for what accepts none."""
        return next((offer for offer in self.told.events if event.offer and offer.id == event.offer), None)

    def _confirmed_words(self, *entries: str) -> str:
        """What is told of passkeys that confirm these entries, each once."""
        listed = dict.fromkeys(self.passkeys[entry] for entry in entries if entry in self.passkeys)
        return _line([f"{text}." for text in listed])

    def _seize(self, event: Event, note: str) -> None:
        if self.told.holds[0].start is not event:
            self._step(
                event, _("Description corrected by %(by)s") % {"by": name(event)}, "", signatures=_("Signed")
            )
            return
        exhibit = self.found
        agreed = {"yes": _("The owner agreed."), "no": _("The owner did not agree.")}.get(
            exhibit.owner_agreed, ""
        )
        parts = [
            f"{upper_first(exhibit.where_found)}." if exhibit.where_found else "",
            _("Taken from: %(name)s.") % {"name": exhibit.taken_from} if exhibit.taken_from else "",
            agreed,
            {True: _("Receipt given."), False: _("No receipt."), None: ""}[exhibit.receipt],
            _("Witness: %(name)s.") % {"name": exhibit.witness} if exhibit.witness else "",
        ]
        self._step(
            event, _("Taken by %(by)s") % {"by": name(event)}, _line(parts), signatures=_("Signed"), note=note
        )

    def _seal(self, event: Event, note: str) -> None:
        title = _("Seal opened and renewed by %(by)s") if event.opened else _("Sealed by %(by)s")
        parts = [
            f"{event.words.rstrip('.')}." if event.words else "",
            _("Opened: %(seal)s.") % {"seal": event.opened} if event.opened else "",
            _("Witness: %(name)s.") % {"name": event.witness} if event.witness else "",
        ]
        self._step(event, title % {"by": name(event)}, _line(parts), signatures=_("Signed"), note=note)

    def _settlement(self, event: Event) -> None:
        """What a person settled, and what has not held since."""
        if event.kind == "settle":
            title = _("Settled by %(by)s which acceptance holds") % {"by": name(event)}
            self._step(event, title, f"{event.words.rstrip('.')}.", signatures=_("Signed"))
            return
        title = _("Acceptance by %(by)s, which does not hold") % {"by": name(event)}
        text = _("It contradicted another entry; it stays on file and was set aside by the decision below.")
        self._step(event, title, text, signatures=_("Set aside"), one=True)

    def _store(self, event: Event, note: str) -> None:
        values = {"by": name(event), "place": event.place}
        text = _("Its seal was read.") if event.seal_read else ""
        self._step(event, _("Put at %(place)s by %(by)s") % values, text, signatures=_("Signed"), note=note)

    def _offer(self, event: Event, note: str) -> None:
        if event.id in self.accepted:
            return
        waits = self.told.offer is not None and self.told.offer.id == event.id
        values = {"by": name(event), "to": event.to_name or _("an officer")}
        text = _("%(by)s holds it until it is accepted.") if waits else _("It was not accepted.")
        self._step(
            event,
            _("Offered by %(by)s to %(to)s") % values,
            text % values,
            one=True,
            note=note,
            signatures=_("Waits") if waits else _("Not accepted"),
        )

    def _accept(self, event: Event, note: str) -> None:
        before = self.holds[event.id] - 1
        offer = self._offer_of(event)
        place = f"{event.place}." if event.place else ""
        after_gap = any(gap.ended is not None and gap.ended.id == event.id for gap in self.told.gaps)
        if after_gap or offer is None:
            why = _("No offer is on record for this step.")
            title = _("Accepted by %(by)s") % {"by": name(event)}
            self._step(event, title, _line([place, why]), signatures=_("One signature"), one=True, note=note)
            return
        values = {
            "from": name(self.told.holds[before].start),
            "to": name(event),
            "offered": _short(offer, event),
            "accepted": f"{happened(event).local:%H:%M}",
        }
        text = _line([_("Offered %(offered)s, accepted %(accepted)s.") % values, place])
        if self.told.flaw(offer):
            seal = _("Offered with the seal read as %(seal)s.") % {"seal": offer.seal_read}
            note = _line([note, seal, str(FLAWS[self.told.flaw(offer)])])
        self._step(event, _("%(from)s to %(to)s") % values, text, signatures=_("Both signed"), note=note)

    def _take_over(self, event: Event, note: str) -> None:
        """Told where it took effect; one that waits or was not confirmed has a row of its own."""
        if event.id in self.holds:
            return
        waits = self.told.taking is not None and self.told.taking.id == event.id
        values = {
            "by": name(event),
            "from": event.holder_name or _("an officer"),
            "witness": event.witness_name or _("an officer"),
        }
        text = (
            _("Nothing has changed hands: %(witness)s has not confirmed it as the witness.")
            if waits
            else _("It was not confirmed by its witness and changed nothing.")
        )
        self._step(
            event,
            _("%(by)s wants to take it over from %(from)s") % values,
            _line([f"{event.words.rstrip('.')}.", text % values]),
            one=True,
            note=note,
            signatures=_("Waits") if waits else _("Not confirmed"),
        )

    def _witness(self, event: Event, note: str) -> None:
        taking = next(witnessed for witnessed in self.told.events if witnessed.id == event.taking)
        values = {
            "by": name(taking),
            "from": taking.holder_name or _("an officer"),
            "witness": name(event),
            "why": taking.words.rstrip("."),
        }
        if event.agrees != "yes":
            title = _("%(witness)s did not confirm the taking over") % values
            self._step(event, title, f"{event.words.rstrip('.')}.", signatures=_("Not confirmed"), one=True)
            return
        parts = [
            _("Not handed over: %(from)s had no access any more.") % values,
            _("Reason: %(why)s.") % values,
            _("%(witness)s confirmed it as the witness.") % values,
            f"{taking.place}." if taking.place else "",
        ]
        event_shown = msgspec.structs.replace(taking, at=event.at, zone=event.zone, precision=event.precision)
        self._step(
            event_shown,
            _("Taken over by %(by)s from %(from)s") % values,
            _line(parts),
            one=True,
            note=note,
            signatures=_("Taken over, with a witness"),
        )

    def _release(self, event: Event, note: str) -> None:
        gap = next(gap for gap in self.told.gaps if gap.release.id == event.id)
        span = times.span((gap.until or max(self.now, gap.since)) - gap.since)
        values = {
            "by": name(event),
            "to": event.to_name,
            "time": f"{happened(event).local:%H:%M}",
            "before": event.seal_read,
            "after": gap.ended.seal_read if gap.ended else "",
        }
        let_go = (
            _("%(by)s released it to %(to)s at %(time)s.")
            if event.to_name
            else _("%(by)s released it at %(time)s.")
        )
        ended = _("Nobody has accepted it yet.") if gap.ended is None else ""
        seals = [
            _("Seal read before: %(before)s.") if event.seal_read else _("No seal was read before."),
            _("Seal read after: %(after)s.") if values["after"] else "",
        ]
        lines = [
            _("%(by)s said on %(day)s: “%(words)s”")
            % {"by": name(statement), "day": times.day(happened(statement)), "words": statement.words}
            for statement in gap.statements
        ]
        lines += [_request_line(ask, waits=ask in gap.open_asks) for ask in gap.asks]
        passkey_text = self._confirmed_words(event.id)
        text = _line([let_go % values, ended, *(seal % values for seal in seals), passkey_text, *lines, note])
        self.rows.append(
            CustodyStep(
                happened(event),
                _("Nobody is recorded as holding it for %(span)s") % {"span": span},
                "gap",
                until=_until(gap),
                text=text,
                signatures=_("Contradicts") if self.told.flaw(event) else "",
                actions=self.actions(gap),
                note=_("A statement explains a gap and never closes it. The court reads both."),
            )
        )

    def _return(self, event: Event, note: str) -> None:
        signed = event.signed == "yes"
        received = _("Received by the owner in person.") if event.in_person == "yes" else ""
        parts = [
            _("Received by %(name)s.") % {"name": event.to_name} if event.to_name else received,
            _("Witness: %(name)s.") % {"name": event.witness} if event.witness else "",
        ]
        self._step(
            event,
            _("Returned to its owner by %(by)s") % {"by": name(event)},
            _line(parts),
            one=not signed,
            note=note,
            signatures=_("Signed for") if signed else _("Not signed for"),
        )


def _request_line(event: Event, *, waits: bool) -> str:
    to = event.to_name or authority_names([event.to_authority]).get(event.to_authority, "")
    values = {"by": name(event), "to": to, "day": times.day(happened(event)), "words": event.words}
    text = _("%(by)s asked %(to)s for a statement on %(day)s.") % values
    if event.words:
        text = _("%(by)s asked %(to)s for a statement on %(day)s: “%(words)s”") % values
    return _line([text, _("No answer yet.") if waits else ""])


def _line(parts: Sequence[str]) -> str:
    return " ".join(part for part in parts if part)


def _contradicts(event: Event) -> str:
    titles = {
        "accept": _("Acceptance by %(by)s"),
        "offer": _("Offer by %(by)s"),
        "release": _("Release by %(by)s"),
        "return": _("Return by %(by)s"),
        "seal": _("Seal by %(by)s"),
        "store": _("Put at a place by %(by)s"),
    }
    return titles.get(event.kind, _("Entry by %(by)s")) % {"by": name(event)}


def _first_seal(chain: Chain) -> Event | None:
    """The seal put on in the minute of the taking, by who took it, before all else: told with the taking.

    One put on later has a row of its own: a court must see how long the exhibit was without a seal.
    """
    if not sealed_at_once(chain):
        return None
    seizure = chain.holds[0].start
    later = [
        event
        for event in chain.events
        if event is not seizure and event.kind not in ("statement", "ask", "correct")
    ]
    first = later[0] if later else None
    plain = (
        first is not None
        and first.kind == "seal"
        and first.officer == seizure.officer
        and not chain.flaw(first)
    )
    return first if plain else None


def _short(earlier: Event, later: Event) -> str:
    """'12:14', or with its day when that is another."""
    local = happened(earlier).local
    same = local.date() == happened(later).local.date()
    return f"{local:%H:%M}" if same else f"{times.day(happened(earlier))}, {local:%H:%M}"


def _until(gap: Gap) -> str:
    since = happened(gap.release).local
    if gap.until is None:
        return _("since %(time)s") % {"time": times.clock(happened(gap.release))}
    until = gap.until.astimezone(since.tzinfo)
    if until.date() == since.date():
        return _("%(since)s to %(until)s") % {"since": f"{since:%H:%M}", "until": f"{until:%H:%M}"}
    day = times.day(until)
    return _("%(since)s to %(day)s, %(until)s") % {
        "since": f"{since:%H:%M}",
        "day": day,
        "until": f"{until:%H:%M}",
    }


# -- to scale ------------------------------------------------------------------------------

LETTER = 0.68  # width of a letter on the bar, in percent of 1200 px


def bar(exhibit: ExhibitSeen, now: datetime) -> CustodyBar:
    """The whole time from taking to return or now, with each gap hatched."""
    chain = exhibit.chain
    zone = ZoneInfo(exhibit.zone)
    start, end = chain.start, chain.until(now)
    parts = []
    for hold in chain.holds:
        label = exhibit.holder_place if hold is chain.holder and chain.stored else hold.place or hold.by
        if hold is chain.holds[0]:
            label = hold.by
        part = bar_part(start, end, hold.since, hold.until or end, label=label)
        fits = part.width > LETTER * len(label) + 2
        parts.append(part if fits else bar_part(start, end, hold.since, hold.until or end))
    middles: list[float] = []
    for gap in chain.gaps:
        span = times.span((gap.until or end) - gap.since)
        part = bar_part(start, end, gap.since, gap.until or end, gap=True)
        clear = all(abs(part.middle - middle) > 14 for middle in middles) and 8 < part.middle < 92
        above = _("Gap: %(span)s") % {"span": span} if clear else ""
        parts.append(bar_part(start, end, gap.since, gap.until or end, gap=True, above=above))
        middles.append(part.middle)
    parts.sort(key=lambda part: part.x)
    events = []
    for event in chain.events:
        if event.kind == "seal" and event.opened and start <= event.at <= end:
            x = bar_part(start, end, start, event.at).width
            clear = x < 80 and all(not -8 < middle - x < 22 for middle in middles)
            events.append(BarTick(x, _("Seal opened and renewed") if clear else ""))
            middles.append(x)
    held, whole = times.span(chain.held_time(now)), times.span(chain.total_time(now))
    values = {"zone": times.offset(start.astimezone(zone)), "held": held, "whole": whole}
    return CustodyBar(
        parts,
        _ticks(start, end, zone, returned=chain.end is not None),
        _spoken(chain, end, zone),
        events,
        _("Times in %(zone)s. Held for %(held)s of %(whole)s.") % values,
    )


def _ticks(start: datetime, end: datetime, zone: ZoneInfo, *, returned: bool) -> list[BarTick]:
    first = start.astimezone(zone)
    ticks = [BarTick(0, f"{times.day(first)}, {first:%H:%M}")]
    days = (end - start).days
    step = max(1, -(-days // 7))
    day = first.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    while day < end:
        x = bar_part(start, end, start, day).width
        label = f"{times.day(day)}".rsplit(" ", 1)[0] if days < 300 else times.day(day)
        ticks.append(BarTick(x, label if 15 < x < 92 else ""))
        day += timedelta(days=step)
    return [*ticks, BarTick(100, _("returned") if returned else _("now"), True)]


def _spoken(chain: Chain, end: datetime, zone: ZoneInfo) -> str:
    """The bar in words, for who does not see it."""
    values = {"start": times.when(chain.start.astimezone(zone)), "end": times.when(end.astimezone(zone))}
    if not chain.gaps:
        return _("Held from %(start)s to %(end)s without a gap.") % values
    gaps = "; ".join(stretch(gap) for gap in chain.gaps)
    return _("Held from %(start)s to %(end)s, except %(gaps)s.") % {**values, "gaps": gaps}
