"""Who is held and for how long, on Today; and countries whose limit nobody has confirmed."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.access.queries import can_say
from libertad.look.words import words
from libertad.people import limits, timeline_custody
from libertad.people.fold_silence import UNREAD
from libertad.people.hours import BEFORE
from libertad.people.queries import detentions
from libertad.web.todo_item import Waiting


def limits_running(actor: Actor) -> Iterator[Waiting]:
    """Everybody who is held without a charge or a judge, for those who act on it: prosecutor and lead.

    Without a confirmed limit there is no hour by which it is due, and it stands there all the same.
    """
    if not (may_open(actor, "detention") and can_say(actor, "detention.stage")):
        return
    listed = [detention for detention in detentions(actor) if detention.running is not None]
    known = limits.limits(actor) if listed else []
    for detention in listed:
        limit = limits.standing(actor, detention, known)
        if limit is None:
            continue
        over = limits.exceedings(actor, detention, known)
        sentences = [
            *(
                f"{timeline_custody.unheard_title(word)}: {timeline_custody.flaw_words(word.flaw)}"
                for word in detention.unheard
            ),
            *map(timeline_custody.exceeding_words, over),
            timeline_custody.limit_words(limit),
            timeline_custody.ends_words(limit),
            timeline_custody.counted_words(limit),
        ]
        alarm = limit.stands.alarm
        tag = timeline_custody.alarm_words(alarm)
        if over and alarm != "passed":  # it stays what it is, whatever limit runs now
            alarm, tag = "passed", timeline_custody.was_passed()
        yield Waiting(
            timeline_custody.title(detention, limit),
            ". ".join(filter(None, sentences)),
            reverse("detention", args=[detention.id]),
            _("Open the detention"),
            limit.stands.ends,
            detention.reference,
            detention.name,
            rank=-0.5,
            alarm=alarm,
            tag=tag,
        )


def custody_to_read(actor: Actor) -> Iterator[Waiting]:
    """A release or a stage that another officer recorded: the hours go on until it is read."""
    if not (may_open(actor, "detention-read") and can_say(actor, "detention.read")):
        return
    for detention in detentions(actor):
        for word in detention.unheard:
            if word.flaw == UNREAD and timeline_custody.reads_second(actor, word):
                yield Waiting(
                    _("To be read: %(what)s") % {"what": timeline_custody.unheard_title(word)},
                    ". ".join([timeline_custody.unheard_text(word), timeline_custody.flaw_words(word.flaw)]),
                    reverse("detention-read", args=[detention.id, word.entry]),
                    _("Read it against the paper"),
                    None,
                    detention.reference,
                    detention.name,
                    rank=-0.4,
                )


def limit_missing(actor: Actor) -> Iterator[Waiting]:
    """For who may confirm it: nobody of this country has confirmed how long somebody may be held."""
    if not can_say(actor, "limit.confirm") or not may_open(actor, "limit-confirm"):
        return
    country = limits.own_country(actor)
    if country and not limits.limits_in_force(limits.limits(actor, country=country), country, BEFORE):
        yield Waiting(
            _("How long may somebody be held without a charge?"),
            _("Nobody has confirmed it for %(country)s: Today cannot warn before it is too late.")
            % {"country": words("countries", country)},
            reverse("limits"),
            _("Confirm the limit"),
        )
