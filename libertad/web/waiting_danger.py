"""People in danger on Today, and police who have confirmed no care authority: before anything else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access import queries_members, receiving
from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.access.matrix import matrix
from libertad.access.queries import can_say, operations_of
from libertad.care.queries import file, front_route, open_dangers
from libertad.look.danger import in_one_line
from libertad.look.words import words
from libertad.operations.presenters import TeamSeen
from libertad.operations.queries import danger_lines, operation, teams
from libertad.people import timeline_danger
from libertad.people.queries import DangerSaid, PersonSeen, dangers_counted, endangered, people
from libertad.web.todo_item import Waiting


def people_in_danger(actor: Actor) -> Iterator[Waiting]:
    """For the national lead of the police that met the person, for who recorded it, and for care: by name.

    For the coordinator a number. Each until its own side has said what was done.
    """
    if matrix().may_read(actor.role, "danger.tally"):
        yield from _number(actor)
    if not may_open(actor, "person"):
        return
    if can_say(actor, "care.danger_close"):
        yield from _of_care(actor)
        return
    for person in endangered(actor):
        if _is_readers(actor, person):
            yield _waits(actor, person, person.open_dangers)


def team_in_danger(actor: Actor, team: TeamSeen) -> Waiting:
    """One line a team, with the words of each danger that is open: of a new one an open page tells aloud."""
    dangers = danger_lines(actor, team)
    return Waiting(
        _("Danger to life: team %(team)s") % {"team": team.reference},
        " ".join(filter(None, [in_one_line(dangers), _("Stays first until it is said what was done.")])),
        reverse("team", args=[team.id]),
        _("Open the team"),
        None,
        team.site_reference,
        danger=True,
        since=team.danger_at,
        rings=tuple(danger.entry for danger in dangers),
    )


def danger_elsewhere(actor: Actor) -> Iterator[Waiting]:
    """That danger is open in another operation of the authority, closed or not; nothing else of it."""
    for key in operations_of(actor):
        elsewhere = replace(actor, operation=key)
        if key == actor.operation:
            continue
        since_each = [item.since for item in people_in_danger(elsewhere)]
        since_each += (
            [team.danger_at for team in teams(elsewhere) if team.danger] if may_open(actor, "team") else []
        )
        if since_each:
            row, moments = operation(elsewhere), [since for since in since_each if since is not None]
            name = row.name if row else _("not arrived yet")
            yield Waiting(
                _("Danger in another operation: %(name)s") % {"name": name},
                _("You work in this one now. Change to that one to see who is in danger, and what to do."),
                reverse("operation-choose"),
                _("Change operation"),
                danger=True,
                since=min(moments, default=None),
            )


def _waits(actor: Actor, person: PersonSeen, dangers: Sequence[DangerSaid]) -> Waiting:
    return Waiting(
        timeline_danger.title(person),
        timeline_danger.why(actor, person),
        reverse("person", args=[person.id]),
        _("Open the file"),
        None,
        person.reference,
        person.name,
        danger=True,
        since=dangers[0].when.utc,
        rings=tuple(danger.entry for danger in dangers),
    )


def _of_care(actor: Actor) -> Iterator[Waiting]:
    """What is open for care: by police's word or its own, until care has said what it did.

    What care alone said leads to care's own file: police read a list of the identity file's openings.
    """
    waiting = open_dangers(actor)
    known = {person.id: person for person in people(actor, ids=list(waiting))}
    for key, danger in waiting.items():
        met_person = known.get(key)
        if met_person is not None and (
            {report.entry for report in met_person.dangers} & {report.entry for report in danger.open_now}
        ):
            yield _waits(actor, met_person, danger.open_now)
        elif (care_file := file(actor, key)) is not None:
            yield Waiting(
                timeline_danger.title(met_person)
                if met_person is not None
                else _("A person in danger, perhaps a child")
                if care_file.child
                else _("A person in danger"),
                timeline_danger.spoken(actor, danger.open_now),
                reverse(front_route(actor), args=[key]),
                _("Open the file"),
                None,
                care_file.reference,
                care_file.name,
                danger=True,
                since=danger.open_now[0].when.utc,
                rings=tuple(report.entry for report in danger.open_now),
            )


def _number(actor: Actor) -> Iterator[Waiting]:
    count = dangers_counted(actor)
    if count:
        title = ngettext("%(n)d person in danger", "%(n)d people in danger", count) % {"n": count}
        yield Waiting(
            title,
            _("Their police have it first on Today. You see the number and no more."),
            reverse("board"),
            _("Open the board"),
            danger=True,
        )


def _is_readers(actor: Actor, person: PersonSeen) -> bool:
    """Whether police have it open and it is this reader's to see to: the lead's, or of who said it."""
    if person.authority != actor.authority:
        return False
    return actor.role == "national-lead" or actor.officer in {
        open_danger.officer for open_danger in person.open_dangers
    }


def _why_unconfirmed(receiver: receiving.Receiving) -> str:
    if receiver.amiss == receiving.NOT_JOINED:
        return _(
            "%(name)s, which was confirmed, has not joined: a person in danger reaches nobody of care."
        ) % {"name": receiver.name}
    if receiver.amiss == receiving.REMOVED:
        return _("%(name)s, which was confirmed, was removed from the operation.") % {"name": receiver.name}
    if receiver.state == receiving.RELIED:
        return _("%(name)s receives it as before; nobody made sure that it is the right one.") % {
            "name": receiver.name
        }
    return _("A person in danger reaches no care authority. The officer's form says so.")


def care_unconfirmed(actor: Actor) -> Iterator[Waiting]:
    """Asks the administrator of police to confirm; tells the national lead and the coordinator."""
    if matrix().may_read(actor.role, "danger.tally"):
        missing = receiving.unconfirmed(actor.operation)
        if missing:
            count = len(missing)
            without = sorted(
                {words("countries", member.country) for member in missing if receiving.to_be_invited(member)}
            )
            reaching = _(
                "Whom they record reaches no care that they made sure of: %(names)s. Ask them to confirm."
            )
            lacking = _("No care authority of %(countries)s has joined: invite one first.") % {
                "countries": ", ".join(without)
            }
            yield Waiting(
                ngettext(
                    "%(n)d police authority has confirmed no care authority",
                    "%(n)d police authorities have confirmed no care authority",
                    count,
                )
                % {"n": count},
                " ".join(
                    [
                        reaching % {"names": ", ".join(member.name for member in missing)},
                        *([lacking] if without else []),
                    ]
                ),
                reverse("operation"),
                _("Open the operation"),
            )
        return
    if (
        actor.role not in ("administrator", "national-lead")
        or receiving.hands_to_care(actor.authority) is None
    ):
        return
    own = queries_members.own_authority(actor)
    if own is None or not own.operation:
        return  # nobody can have been invited yet
    receiver = receiving.receiving(actor)
    if receiver.state == receiving.CONFIRMED and not receiver.amiss:
        return
    if own.kind != "police" and receiver.state == receiving.NONE and not receiving.candidates(actor):
        return  # a centre hands people to care only where a care authority of its country is in the operation
    why = _why_unconfirmed(receiver)
    if can_say(actor, "care.confirm"):
        yield Waiting(
            _("Who receives people in danger?"),
            why,
            reverse("care-authority"),
            _("Confirm the care authority"),
            rank=-1,
        )
    else:
        yield Waiting(
            _("No care authority is confirmed"),
            f"{why} {_('Your administrator confirms it.')}",
            reverse("person-new"),
            _("Read what officers are told"),
            rank=-1,
        )
