"""What is due for a person until when, and whose task it is, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.actor import Actor
from libertad.access.queries import authority_names, officer_names
from libertad.care import overview, queue, reads
from libertad.care.answered import act_of
from libertad.care.answered_words import AnsweredSeen, answered_title, answered_why, answers_seen
from libertad.care.presenters import CareTodo, FileSeen
from libertad.care.queue import Place
from libertad.care.queue_limits import limits
from libertad.care.queues import Counted
from libertad.look.times import date_words
from libertad.look.words import words as code_words
from libertad.people import queries as people
from libertad.vocabulary.values import Happened

MOST_MISSING = 200  # on one page of Today
Placed = Sequence[tuple[str, Place]]


@dataclass(frozen=True)
class Standing:
    """A person in a queue: what is due as a thing to do, and whose task it is. `offered_to`: by name, to whom
    a hand-over is offered."""

    todo: CareTodo
    place: Place
    responsible: str
    offered_to: str = ""

    def overdue(self, now: datetime) -> bool:
        """Whether its hour has passed."""
        return self.place.due < now


def queue_names() -> dict[str, str]:
    """Each queue in words, in the order in which they are listed."""
    return {
        queue.MISSING: _("Missing"),
        queue.ANSWERED: _("Answer of a service"),
        queue.INTAKE: _("Not taken yet"),
        queue.HANDING: _("Being handed over"),
        queue.ASSIGNED: _("No dated step"),
        queue.WAITING: _("Waiting for an answer"),
        queue.FOLLOW_UP: _("Follow-up"),
        queue.ENDED: _("Closed, with a date"),
        queue.LINKED: _("Another record"),
        queue.ELSEWHERE: _("With another authority"),
    }


def everybody(actor: Actor, names: Sequence[str], start: int, size: int) -> tuple[list[Standing], int]:
    """The people of these queues at these places of the list, and how many there are (`overview`)."""
    placed, total = overview.everybody(actor, names, start, size)
    return standing(actor, placed), total


def overdue(actor: Actor, names: Sequence[str], now: datetime, limit: int) -> tuple[list[Standing], int]:
    """The first in these queues whose hour has passed and who are in no danger, and how many there are."""
    placed, total = overview.overdue(actor, names, now, limit)
    return standing(actor, placed), total


def open_offers(actor: Actor) -> list[Standing]:
    """Who is offered to the officer, and waits for the answer."""
    return standing(actor, overview.open_offers(actor))


def own_offers(actor: Actor, now: datetime) -> list[Standing]:
    """Whom the officer has offered to somebody who has not answered in time."""
    return standing(actor, overview.own_offers(actor, now))


@dataclass(frozen=True)
class TakenOver:
    """That a colleague took somebody from the officer: by name, when, and in which entry."""

    person: str
    reference: str
    name: str
    by: str
    at: datetime
    entry: str


def taken_over(actor: Actor, limit: int) -> tuple[list[TakenOver], int]:
    """The first who were taken from the officer, who has not read it yet, and how many they are."""
    takings = overview.taken_over(actor)
    placed = {person: (place, taking) for person, place, taking in takings[:limit]}
    names = officer_names(actor, sorted({taking.by for _place, taking in placed.values()}))
    listed = []
    for item in standing(actor, [(person, place) for person, (place, _taking) in placed.items()]):
        todo, taking = item.todo, placed[item.todo.person][1]
        by = names.get(taking.by) or _("An officer")
        listed.append(TakenOver(todo.person, todo.reference, todo.name, by, taking.at, taking.entry))
    return listed, len(takings)


def missing(actor: Actor) -> list[Standing]:
    """Everybody who is missing, the longest ago first."""
    listed, _total = everybody(actor, (queue.MISSING,), 0, MOST_MISSING)
    return listed


def answered(
    actor: Actor, is_for: Callable[[Place], bool], limit: int
) -> tuple[list[tuple[Standing, list[AnsweredSeen]]], int]:
    """Who is in danger by an answer, all of them; then of those whose task `is_for` says that it is the first
    `limit` by the hour; and how many come behind those."""
    listed = overview.answered(actor)
    seen = {person: answers_seen(person, told, known) for person, _place, told, known in listed}
    placed = sorted(
        ((person, place) for person, place, _told, _known in listed),
        key=lambda item: (not item[1].danger, item[1].due, item[0]),
    )
    endangered = {person for person, answers in seen.items() if any(answer.is_danger for answer in answers)}
    others = [item for item in placed if item[0] not in endangered and is_for(item[1])]
    given = [item for item in placed if item[0] in endangered] + others[:limit]
    return [(item, seen[item.todo.person]) for item in standing(actor, given)], len(others) - len(
        others[:limit]
    )


def own_people(actor: Actor, now: datetime, start: int, size: int) -> tuple[list[Standing], Counted]:
    """Whom the officer has taken, at these places of the list, and how many they are."""
    placed, counted = overview.own_people(actor, now, start, size)
    return standing(actor, placed), counted


@dataclass(frozen=True)
class Caseload:
    """Whom one officer has taken: how many, and who is first (None for nobody). Without an officer: who is
    worked with and whom nobody has taken."""

    officer: str
    name: str
    counted: Counted
    first: Standing | None


def caseloads(actor: Actor, now: datetime) -> list[Caseload]:
    """Of each officer of the authority who takes people on, and of whom nobody has taken where there is
    somebody: danger first, then whose hour is the earliest, then who has nobody."""
    loads = overview.loads(actor, now)
    first = {
        item.todo.person: item
        for item in standing(actor, [load.first for load in loads.values() if load.first is not None])
    }
    names = officer_names(actor, [key for key in loads if key])
    listed = [
        Caseload(
            key, names.get(key) or key[:8], load.counted, first.get(load.first[0]) if load.first else None
        )
        for key, load in loads.items()
    ]
    return sorted(listed, key=_eldest)


def late_loads(actor: Actor, now: datetime) -> list[tuple[str, int, datetime]]:
    """Of each other officer some of whose people are past their hour: the name, how many, and since when; the
    longest ago first. No file is opened for it."""
    late = {
        key: (load.counted.overdue, load.due)
        for key, load in overview.loads(actor, now).items()
        if load.due is not None and load.counted.overdue and key not in ("", actor.officer)
    }
    names = officer_names(actor, list(late))
    listed = [(names.get(key) or key[:8], count, due) for key, (count, due) in late.items()]
    return sorted(listed, key=lambda load: (load[2], load[0]))


def _eldest(load: Caseload) -> tuple[bool, bool, float, str]:
    if load.first is None:
        return True, True, 0.0, load.name
    return False, not load.first.place.danger, load.first.place.due.timestamp(), load.name


def standing(actor: Actor, placed: Placed) -> list[Standing]:
    """These people in this order; without who has gone from the actor's sight since."""
    ids = [person for person, _place in placed]
    record_ids = [place.record for _person, place in placed if place.record]
    files = {file.person: file for file in reads.files(actor, {*ids, *record_ids})}
    unopened = [key for key in (*ids, *record_ids) if key not in files]
    met = {person.id: person for person in people.people(actor, ids=unopened)} if unopened else {}
    officers = officer_names(
        actor, list({name for _person, place in placed for name in (place.officer, place.offered_to) if name})
    )
    offices = authority_names(list({place.owner for _person, place in placed}))
    listed = []
    for key, place in placed:
        known = files.get(key) or met.get(key)
        if known is None:
            continue
        led_by = files.get(place.record) or met.get(place.record)
        office = offices.get(place.owner, "")
        words = _words(place, led_by.reference if led_by else "", office)
        responsible_name = responsible(actor, place, officers.get(place.officer, ""), office)
        opened = (
            Happened(at=known.met_at, zone=known.zone)
            if isinstance(known, people.PersonSeen)
            else known.opened
        )
        todo = CareTodo(
            kind=place.queue,
            person=key,
            reference=known.reference,
            name=known.name,
            due=place.due,
            zone=opened.zone,
            provenance=known.provenance,
            **words,
            **_target(key, place, files),
        )
        listed.append(Standing(todo, place, responsible_name, officers.get(place.offered_to, "")))
    return listed


def _target(key: str, place: Place, files: dict[str, FileSeen]) -> dict[str, Any]:
    person = place.record or key
    if place.why == "led":
        return {"button": _("Who leads"), "route": "care-leading", "args": (key,)}
    if place.queue == queue.INTAKE:
        return {"button": _("Take the person"), "route": "care-task", "args": (key,)}
    if place.answer is not None:
        route, args = act_of(key, place.answer)
        return {"button": _("Say what was done"), "route": route, "args": args}
    if place.queue == queue.MISSING:
        return {"button": _("Say what was done"), "route": "care-task", "args": (key,)}
    if place.queue == queue.HANDING:
        return {"button": _("Open the hand-over"), "route": "care-task", "args": (key,)}
    if person in files:
        return {"button": _("Open the file"), "route": "care-tonight", "args": (person,)}
    if place.assigned and place.queue != queue.LINKED:
        return {"button": _("Open a protection file"), "route": "care-open", "args": (person,)}
    return {"button": _("Open the record"), "route": "person", "args": (person,)}


def _words(place: Place, record_reference: str, office: str) -> dict[str, str]:
    """The title and one sentence more."""
    title, why = _wording(place, record_reference, office)
    if place.queue == queue.ANSWERED:
        title, why = answered_title(place.why, place.service), answered_why(place.why)
    elif place.why == "danger":
        until = span(limits().danger)
        title, why = _("In danger now"), _("Say what was done, within %(span)s.") % {"span": until}
    return {"title": title, "why": why}


def _wording(place: Place, record_reference: str, office: str) -> tuple[str, str]:
    bounds = limits()
    not_taken = _("Nobody has taken this person yet")
    match place.why:
        case "child":
            return not_taken, _("The rules for a child apply: within %(span)s of the meeting.") % {
                "span": span(bounds.urgent)
            }
        case "doctor":
            return not_taken, _("A doctor was asked for: within %(span)s of the meeting.") % {
                "span": span(bounds.urgent)
            }
        case "nobody":
            return not_taken, _("Within %(span)s of the meeting somebody takes the person.") % {
                "span": span(bounds.intake)
            }
        case "given-back":
            within = bounds.intake
            return _("Given back to the duty desk"), _(
                "Within %(span)s of that somebody takes the person; within "
                "%(urgent)s where the rules for a child apply or a doctor was asked for."
            ) % {"span": span(within), "urgent": span(bounds.urgent)}
        case "missing":
            if place.service:
                return _("Missing, and %(name)s says: there now") % {"name": place.service}, _(
                    "Telephone it: has somebody seen the person? Then say that the person is back, or what "
                    "was done since."
                )
            return _("Missing"), _(
                "Within %(span)s somebody says what was done, or that the person is back. Police are "
                "not told by it: telephone them."
            ) % {"span": span(bounds.missing)}
        case "next":
            return _("Next step: %(step)s") % {"step": code_words("next-steps", place.step)}, _(
                "Say whether it was done when you name the next one."
            )
        case "contact-due":
            return _("Be in contact with the person"), _(
                "The risk was assessed as %(risk)s: within %(span)s of the last contact there is another."
            ) % {
                "risk": code_words("risk-levels", place.step).lower(),
                "span": span(bounds.contact(place.step)),
            }
        case "offer":
            return _("A hand-over waits for an answer"), _(
                "Within %(span)s it is accepted or declined; then anybody on duty takes the person."
            ) % {"span": span(bounds.handover)}
        case "worker-left":
            return _("Who worked on this file has left"), _(
                "Somebody else takes it over, and does the next step."
            )
        case "step":
            return _("The next step has no date"), _(
                "Within %(span)s of the last one somebody does it, or gives it a date."
            ) % {"span": span(bounds.step)}
        case "linked":
            return _("Another record of this person is worked on"), _(
                "What is due there, under %(reference)s, is due for both."
            ) % {"reference": record_reference}
        case "led":
            return _("%(authority)s leads") % {"authority": office}, _(
                "As both authorities agreed it answers for the person. Ask it by telephone how it goes."
            )
        case "elsewhere":
            return _("%(authority)s received this person") % {"authority": office}, _(
                "Whether it has taken the person is not told here: telephone it."
            )
        case "second-reading" | "return-reading":
            return _("A decision waits for its second reader"), _("Until it is read it does not count.")
        case "closing-reading":
            return _("A closing waits for its second reader"), _(
                "Within %(span)s another officer reads it. Until then the file is open."
            ) % {"span": span(bounds.closing)}
        case "stop":
            return _("A service is to be told to stop"), _(
                "The person has withdrawn the agreement behind it."
            )
        case "referral":
            return _("A service has not answered yet"), _("Record its answer, or ask again.")
        case "given":
            return _("A service has accepted"), _("Record whether it was given.")
        case "review":
            return _("The decision is to be reviewed"), _("The review date that was set.")
        case "ask":
            return _("Ask for the decision"), _("Nobody has been asked whether the person returns or stays.")
        case "ends":
            return _("The decision on return or stay ends"), _("What comes after it is decided before.")
        case "contact":
            return _("Closed: ask how the person is"), _(
                "The day on which somebody asks again: within %(span)s where contact with a child is lost."
            ) % {"span": span(bounds.lost)}
        case "keep-until":
            return _("Closed: decide whether the file is kept"), _("Nothing is erased by itself.")
        case "erasure":
            return _("Closed: its erasure is asked for"), _("Another caseworker decides.")
    return _("Closed: ask how the person is"), _(
        "No day was named: asked again %(span)s after it was closed."
    ) % {"span": span(bounds.closed)}


def wording(place: Place) -> tuple[str, str]:
    """What is due for the person, and one sentence more."""
    words = _words(place, "", _office(place))
    return words["title"], words["why"]


def titles(places: Mapping[str, Place]) -> dict[str, str]:
    """What is due for each of these people; of a record that is linked to another without its reference."""
    offices = authority_names(list({place.owner for place in places.values()}))
    return {
        person: _words(place, "", offices.get(place.owner, ""))["title"] for person, place in places.items()
    }


def _office(place: Place) -> str:
    return authority_names([place.owner]).get(place.owner, "")


def responsible(actor: Actor, place: Place, officer: str, office: str = "") -> str:
    """Whose task it is: somebody by name, else the duty desk; of another authority its name."""
    if place.owner != actor.authority:
        return office or _office(place)
    if officer:
        text = _("Responsible: %(officer)s") if place.assigned else _("Last at work: %(officer)s")
        return text % {"officer": officer}
    return _("Duty desk")


def span(limit: timedelta) -> str:
    """'15 min', '60 min', '72 h', '90 days'."""
    minutes = int(limit.total_seconds() // 60)
    if minutes % 1440 == 0 and minutes > 3 * 1440:
        return ngettext("%(n)d day", "%(n)d days", minutes // 1440) % {"n": minutes // 1440}
    if minutes % 60 == 0 and minutes > 60:
        return _("%(n)d h") % {"n": minutes // 60}
    return _("%(n)d min") % {"n": minutes}


def due_words(text: str) -> str:
    """A date, or a moment with its offset, in words."""
    return date_words(text[:10]) + (f", {text[11:16]}" if "T" in text else "")
