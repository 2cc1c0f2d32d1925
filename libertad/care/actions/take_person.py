"""Take a person: from then on the person is this officer's task, with a date."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.care.actions._desk import find_desk, is_at_work, refuse_elsewhere, say_at
from libertad.care.queue import SUPERVISOR
from libertad.care.queue_limits import limits
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.desk import DeskAcknowledge, DeskGiveBack, DeskTake


@action("desk.take")
def take_person(act: Act, *, person: str) -> str:
    """Returns the entry's hash. Refused while the person is somebody's task who is still at work; but for an
    offered hand-over that nobody answered in time, and for a supervisor, who settles who has whom."""
    desk = find_desk(act, DeskTake.VERB, person)
    refuse_elsewhere(act, person)
    if desk.worker == act.actor.officer:
        raise Refused("person", "the person is your task already")
    if desk.row is not None and desk.worker and is_at_work(act, desk.worker):
        if desk.offer and desk.row["offered_to"] == act.actor.officer:
            raise Refused("person", "the person is offered to you: accept the hand-over, or decline it")
        settles = act.actor.role == SUPERVISOR
        if not settles and not desk.offer:
            raise Refused("person", "the person is a colleague's task: ask for a hand-over")
        if not settles and act.now < desk.row["offered_at"] + limits().handover:
            raise Refused("person", "a hand-over to somebody waits for an answer: wait for it, or telephone")
    return say_at(act, desk, DeskTake(), person)


@action("desk.give_back")
def give_back(act: Act, *, person: str, reasons: str) -> str:
    """Returns the entry's hash. Only by whose task the person is; a hand-over that is offered ends by it."""
    desk = find_desk(act, DeskGiveBack.VERB, person)
    if desk.worker != act.actor.officer:
        raise Refused("person", "the person is not your task, so you have nothing to give back")
    return say_at(act, desk, DeskGiveBack(reasons=reasons.strip()), person)


@action("desk.acknowledge")
def acknowledge_taking(act: Act, *, person: str, taking: str) -> str:
    """Returns the entry's hash. `taking`: the entry by which the person was taken. Only by from whom."""
    desk = find_desk(act, DeskAcknowledge.VERB, person)
    unread = [(entry, of) for entry, of, *_rest in desk.row["takings"]] if desk.row else []
    if (taking, act.actor.officer) not in unread:
        raise Refused("taking", "you have read this already, or the person is your task again")
    return say_at(act, desk, DeskAcknowledge(taking=taking), person)
