"""That nobody is just left, on Today: whom nobody has taken in time, and whom care has not received."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access import receiving
from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.access.queries import can_say, clock_now
from libertad.care import queries as care
from libertad.care.answered import PAGE
from libertad.care.assignment import reading_of
from libertad.care.queue import Place
from libertad.figures.queries_care import late_number
from libertad.look.times import when
from libertad.people.queries import PersonSeen, people
from libertad.people.uncared import uncared
from libertad.vocabulary.values import Happened
from libertad.web.todo_item import Waiting

FIRST = 8  # of each, by themselves


def not_taken(actor: Actor) -> Iterator[Waiting]:
    """For care: who stands in the intake, or is being handed over, past the hour; and how many files have had
    no step for too long. A hand-over that nobody answered in time is the supervisor's, where there is one,
    and who offered's.

    What has an hour in a file stands on Today by itself, and so does who is in danger.
    """
    if not may_open(actor, "care-everybody"):
        return
    now, everybody = clock_now(actor.operation), reverse("care-everybody")
    settles = actor.role == care.SUPERVISOR or not care.has_supervisor(actor.authority)
    names = (care.INTAKE, care.HANDING) if settles else (care.INTAKE,)
    yield from _late(*care.overdue(actor, names, now, FIRST))
    if not settles:
        offers = care.own_offers(actor, now)
        yield from _late(offers[:FIRST], len(offers))
    listed, total = care.overdue(actor, (care.ASSIGNED,), now, 1)
    for standing in listed:
        yield Waiting(
            ngettext(
                "%(n)d protection file has no dated step", "%(n)d protection files have no dated step", total
            )
            % {"n": total},
            standing.todo.why,
            f"{everybody}?queue={care.ASSIGNED}",
            _("Open the list"),
            standing.todo.due,
        )


def _late(listed: Sequence[care.Standing], total: int) -> Iterator[Waiting]:
    for place, standing in enumerate(listed, 1):
        todo = standing.todo
        yield Waiting(
            todo.title,
            todo.why,
            todo.href,
            todo.button,
            todo.due,
            todo.reference,
            todo.name,
            more=total - len(listed) if place == len(listed) else 0,
        )


def late_caseloads(actor: Actor) -> Iterator[Waiting]:
    """For the supervisor: whose people are past their hour, a line an officer, the longest ago first."""
    if not may_open(actor, "care-team"):
        return
    late = care.late_loads(actor, clock_now(actor.operation))
    for place, (name, count, since) in enumerate(late[:FIRST], 1):
        yield Waiting(
            ngettext("%(name)s: %(n)d person past the hour", "%(name)s: %(n)d people past the hour", count)
            % {"name": name, "n": count},
            _("Ask how it goes. If the officer cannot, take the person over, or have a colleague take it."),
            reverse("care-team"),
            _("Open the team"),
            since,
            more=len(late) - FIRST if place == FIRST else 0,
        )


def late_in_care(actor: Actor) -> Iterator[Waiting]:
    """For who coordinates: how many people are past their hour in care's hands, one number for the whole
    operation. Nobody is listed, and no country: where few are met, that would tell who."""
    number = late_number(actor)
    if number is None or not may_open(actor, "counting"):
        return
    late, as_of = number
    yield Waiting(
        ngettext(
            "%(n)d person in care's hands is past the hour",
            "%(n)d people in care's hands are past the hour",
            late,
        )
        % {"n": late},
        _(
            "In the whole operation, as of %(when)s. Ask the care authorities what they need; by country "
            "there is no number."
        )
        % {"when": when(Happened(at=as_of, zone=actor.zone))},
        reverse("counting"),
        _("Who counts"),
        None,
    )


def missing(actor: Actor) -> Iterator[Waiting]:
    """For care: who is missing stands first for every caseworker until the person is said to be back."""
    if not may_open(actor, "care-missing"):
        return
    for standing in care.missing(actor):
        todo = standing.todo
        yield Waiting(
            todo.title if standing.place.service else _("Missing"),
            f"{standing.responsible}. {todo.why}",
            todo.href,
            todo.button,
            None,
            todo.reference,
            todo.name,
            danger=True,
            since=standing.place.missing_at,
        )


def answered(actor: Actor) -> Iterator[Waiting]:
    """For care: what a service answered, until an officer has said what was done. A danger stands first for
    everybody; all else is of whoever has the person and of the supervisor, and of everybody where nobody
    has. What the own file shows by itself is not told twice."""
    if not may_open(actor, "care-settle"):
        return
    settles = actor.role == care.SUPERVISOR or not care.has_supervisor(actor.authority)

    def is_for(place: Place) -> bool:
        return settles or place.officer in ("", actor.officer) or not place.assigned

    listed, behind = care.answered(actor, is_for, FIRST)
    for number, (standing, answers) in enumerate(listed, 1):
        todo, place = standing.todo, standing.place
        own = reading_of(actor, todo.person).is_allowed
        for seen in answers:
            if own and seen.answer.way == PAGE:
                continue  # `pages_to_settle` tells it, with what came of the page
            if not (seen.is_danger or is_for(place)):
                continue
            yield Waiting(
                seen.title,
                f"{standing.responsible}. {seen.why}",
                seen.href,
                _("Say what was done"),
                None if seen.is_danger else seen.due,
                todo.reference,
                todo.name,
                danger=seen.is_danger,
                since=seen.answer.at,
                more=behind if number == len(listed) and seen is answers[0] else 0,
            )


def handed_over(actor: Actor) -> Iterator[Waiting]:
    """For care: who is offered to the officer, from the moment of the offer on; who is in danger or missing
    too, beside that line."""
    if not may_open(actor, "care-accept"):
        return
    for standing in care.open_offers(actor):
        todo = standing.todo
        yield Waiting(
            _("A person is offered to you"),
            _("Accept or decline it: until then who offers is responsible."),
            reverse("care-task", args=[todo.person]),
            _("Open the hand-over"),
            standing.place.answer_by,
            todo.reference,
            todo.name,
        )


def taken_over(actor: Actor) -> Iterator[Waiting]:
    """For care: who was taken from the officer, by whom and when, until the officer says that it is read."""
    if not may_open(actor, "care-acknowledge"):
        return
    listed, total = care.taken_over(actor, FIRST)
    for place, takeover in enumerate(listed, 1):
        at = when(Happened(at=takeover.at, zone=actor.zone))
        yield Waiting(
            _("%(officer)s has taken this person over from you") % {"officer": takeover.by},
            _("%(when)s. The person is your task no more.") % {"when": at},
            reverse("care-acknowledge", args=[takeover.person, takeover.entry]),
            _("Read it"),
            None,
            takeover.reference,
            takeover.name,
            rank=-0.4,
            more=total - len(listed) if place == len(listed) else 0,
        )


def not_received(actor: Actor) -> Iterator[Waiting]:
    """For the lead of the police that met them: whom no care authority has received. They stay responsible.

    Nothing here comes from care's side but the receipt of the file's keys.
    """
    if actor.role != "national-lead" or not can_say(actor, "person.meet"):
        return
    ids, total = uncared(actor, FIRST)
    if not ids:
        return
    receiver = receiving.receiving(actor)
    why = (
        _("%(name)s has not received the file: telephone it.") % {"name": receiver.name}
        if receiver.name
        else _("No care authority reads the file: let one read it. Until then the person is your task.")
    )
    listed = people(actor, ids=ids)
    for place, person in enumerate(sorted(listed, key=lambda person: person.met_at), 1):
        yield Waiting(
            _("Care has not received this person"),
            why,
            reverse("person-share", args=[person.id]),
            _("Who reads this file"),
            person.met_at + _within(person),
            person.reference,
            person.name,
            more=total - len(listed) if place == len(listed) else 0,
        )


def _within(person: PersonSeen) -> timedelta:
    limits = care.limits()
    if person.endangered:
        return limits.danger
    return limits.urgent if person.child or "doctor" in person.needs else limits.intake
