"""What the exchange leaves to somebody, on Today: alarms, words held back, requests to erase, a removal."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.access.queries import can_say
from libertad.exchange.queries import names
from libertad.exchange.queries_held import alarms, open_alarms, parked, promises
from libertad.exchange.queries_removed import removed
from libertad.exchange.queries_settling import CONFIRM, REVIEW, by_one, settlements
from libertad.exchange.wording import alarm as alarm_words
from libertad.web.todo_item import Waiting


def alarms_open(actor: Actor) -> Iterator[Waiting]:
    """For who settles them and who is a second person of that; care is told what waits outside because of
    one."""
    if may_open(actor, "exchange-alarm-answer"):
        yield from _settling(actor)
    if not may_open(actor, "exchange-alarm-settle"):
        yield from _held_back(actor)
        return
    proposed = {settlement.alarm for settlement in settlements(actor) if settlement.task == CONFIRM}
    listed = [alarm for alarm in open_alarms() if alarm.id not in proposed]
    offices = names([authority for alarm in listed for authority in alarm.authorities])
    for alarm in listed:
        yield Waiting(
            alarm_words(alarm.kind),
            _("Its node may have been robbed or changed: telephone it before you rely on what it sends."),
            reverse("exchange-alarm", args=[alarm.id]),
            _("Read the alarm"),
            None,
            ", ".join(filter(None, map(offices.get, alarm.authorities))) or alarm.who,
        )


def _settling(actor: Actor) -> Iterator[Waiting]:
    """A proposal to settle an alarm that waits for this second person, and alarms that one settled alone."""
    by_alarm = {settlement.alarm: settlement for settlement in settlements(actor)}
    listed = [alarm for alarm in alarms() if alarm.id in by_alarm or alarm.settled is not None]
    offices = names([authority for alarm in listed for authority in alarm.authorities])
    alone = by_one(listed)
    for alarm in listed:
        seen = by_alarm.get(alarm.id)
        about = ", ".join(filter(None, map(offices.get, alarm.authorities))) or alarm.who
        if alarm.settled is None and seen is not None and seen.task == CONFIRM:
            yield Waiting(
                _("A second person is asked: settle an alarm?"),
                _("%(who)s proposes it: “%(reason)s”. Nothing is released before you have confirmed it.")
                % {"who": seen.officer, "reason": seen.reason},
                reverse("exchange-alarm", args=[alarm.id]),
                _("Read the alarm and answer"),
                None,
                about,
            )
        elif alarm.id in alone:
            yield Waiting(
                _("An alarm was settled by one person"),
                _("What waited because of it is believed, and no second person has said that it was right."),
                reverse("exchange-alarm", args=[alarm.id]),
                _("Review it") if seen is not None and seen.task == REVIEW else _("Read how"),
                None,
                about,
            )


def _held_back(actor: Actor) -> Iterator[Waiting]:
    """For care, which receives who is in danger: that an authority's words wait here, and what to do. Which
    words they are nobody may say: their officer's appointment waits with them."""
    if not can_say(actor, "care.danger_close") or not parked():
        return
    accused = {
        authority for alarm in open_alarms() if alarm.kind == "about" for authority in alarm.authorities
    }
    offices = names(sorted(accused))
    for name in sorted(offices.get(authority, authority) for authority in accused):
        yield Waiting(
            _("Some of what %(authority)s recorded waits outside") % {"authority": name},
            _(
                "An alarm about it is open, and somebody in danger may be among it. Telephone it and ask. "
                "Your administrator settles the alarm, and a second person confirms it."
            ),
            reverse("care"),
            _("Open my people"),
            rank=-1.0,
        )


def erasures_asked(actor: Actor) -> Iterator[Waiting]:
    """Requests to erase that this authority owes an answer; when they were made is real time, so no hour."""
    if not may_open(actor, "exchange-erasure"):
        return
    for promise in promises(actor):
        if promise.answered is None and promise.authority == actor.authority and can_say(actor, promise.verb):
            yield Waiting(
                _("A request to erase waits for your answer"),
                _asked_words(promise.kind),
                reverse("exchange-erasure", args=[promise.request]),
                _("Answer"),
            )


def _asked_words(kind: str) -> str:
    if kind == "disclosure":
        return _("Care has withdrawn what it disclosed to you of a person, and asks you to erase your copy.")
    if kind:
        return _("Another authority erased the file of a whole country and asks you to erase your copy.")
    return _("Another authority erased a person's files and asks you to erase your copy.")


def removed_from(actor: Actor) -> Iterator[Waiting]:
    """The officer's authority was removed from an operation: why its pages are empty, and what is left."""
    page = next(
        (name for name in ("people", "care", "exhibits", "officers") if may_open(actor, name)), "find"
    )
    for removal in removed([actor.authority]):
        yield Waiting(
            _("Your authority was removed from %(operation)s") % {"operation": removal.name},
            _(
                "By %(who)s, on %(since)s. Unexpected? Telephone them, by a number that you knew before. "
                "Your own files stay readable; of the operation nothing new comes or goes. Why: %(reason)s"
            )
            % {"who": removal.by, "since": removal.since, "reason": removal.reason or _("not readable now")},
            reverse(page),
            _("Open what you have"),
            None,
            rank=-2,
        )
