"""What waits for a caseworker or the deciding authority, counted from the files, against the clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.queries import can_say, clock_now
from libertad.care import models, reads
from libertad.care.fold import due_at
from libertad.care.seen import CareTodo, FileSeen
from libertad.vocabulary.codelists import label

READING = timedelta(hours=24)
NOT_ASKED = ("", "not-asked")  # of a wish: nobody has recorded one
FAR = timedelta(days=3650)


def care_todos(actor: Actor) -> list[CareTodo]:
    """Due things of all files that the actor reads, the earliest first, those without an hour last."""
    known = {file.person: file for file in reads.files(actor)}
    if not known:
        return []
    now = clock_now(actor.operation)
    found = [*_readings(actor, known), *_referrals(actor, known, now), *_reviews(actor, known, now)]
    return sorted(found, key=lambda one: (one.due or now + FAR, one.reference, one.kind))


def _todo(file: FileSeen, kind: str, due: datetime | None, **words: Any) -> CareTodo:
    return CareTodo(
        kind=kind, person=file.person, reference=file.reference, name=file.name, due=due,
        zone=file.opened.zone, provenance=file.provenance, **words,
    )  # fmt: skip


def _readings(actor: Actor, known: dict[str, FileSeen]) -> Iterator[CareTodo]:
    """Second readings that are open and not of one's own decision."""
    if can_say(actor, "identification.read"):
        for made in reads.parts(actor, models.Identification, read=""):
            file = known.get(made.person)
            if file is None or made.officer == actor.officer or file.waiting != made.id:
                continue
            yield _todo(
                file, "second-reading", made.when.at + READING,
                title=_("Second reading: %(what)s") % {
                    "what": _(label("identification-statuses", made.plain["status"]))
                },
                why=_("Decided by %(who)s. It needs another reader before it counts.") % {"who": made.by},
                button=_("Read and decide"), route="care-reading", args=(made.person, made.id),
            )  # fmt: skip
    if can_say(actor, "return.read"):
        for made in reads.parts(actor, models.ReturnDecision, read=""):
            file = known.get(made.person)
            if file is None or made.officer == actor.officer or file.return_waiting != made.id:
                continue
            yield _todo(
                file, "return-reading", made.when.at + READING,
                title=_("Second reading: %(what)s") % {
                    "what": _(label("return-decisions", made.plain["decision"]))
                },
                why=_("Decided by %(who)s. It needs another reader before it counts.") % {"who": made.by},
                button=_("Read and decide"), route="care-return-reading", args=(made.person, made.id),
            )  # fmt: skip


def _referrals(actor: Actor, known: dict[str, FileSeen], now: datetime) -> Iterator[CareTodo]:
    """Referrals without an answer, and accepted ones whose time has passed without being given."""
    if not can_say(actor, "referral.answer"):
        return
    found = reads.parts(actor, models.Referral, state__in=("asked", "accepted"))
    withdrawn = reads.withdrawn(actor, found)
    for asked in found:
        file, due = known.get(asked.person), asked.plain["due_at"]
        if file is None:
            continue
        service = _(label("services", asked.plain["service"]))
        if asked.id in withdrawn:
            yield _todo(
                file, "stop", None, title=_("Agreement withdrawn: tell %(service)s") % {"service": service},
                why=_("%(who)s was told under it and may still go on.") % {"who": asked.words.get("to", "")},
                button=_("Record the answer"), route="care-referral", args=(asked.person, asked.id),
            )  # fmt: skip
            continue
        waits = asked.plain["state"] == "asked"
        if not (waits or (due and due < now)):
            continue
        title = _("%(service)s has not answered the referral") if waits else _("%(service)s: was it given?")
        yield _todo(
            file, "referral" if waits else "given", due, title=title % {"service": service},
            why=_("Asked: %(who)s.") % {"who": asked.words.get("to", "")}, button=_("Record the answer"),
            route="care-referral", args=(asked.person, asked.id),
        )  # fmt: skip


def _reviews(actor: Actor, known: dict[str, FileSeen], now: datetime) -> Iterator[CareTodo]:
    """Reviews, wishes still to be asked, decisions to make, and decisions that end."""
    refused = {one.person for one in reads.parts(actor, models.Identification, read="no")}
    running: dict[str, Any] = {}
    for one in reads.parts(actor, models.ReturnDecision, read="yes"):
        running.setdefault(one.person, one)
    for file in known.values():
        if file.closed is not None:
            if file.contact_on and can_say(actor, "care.close"):
                yield _todo(
                    file, "contact", due_at(file.contact_on, file.opened.zone),
                    title=_("Ask how the person is"), why=file.afterwards, button=_("Record the contact"),
                    route="care-close", args=(file.person,),
                )  # fmt: skip
            continue
        victim = file.status in ("presumed", "confirmed")
        if not file.status and not file.waiting and can_say(actor, "screening.record"):
            why = _("Until somebody has decided the person is treated as a potential victim.")
            if file.person in refused:
                why = _("The second reader did not agree: somebody decides anew.")
            yield _todo(
                file, "identify", None, title=_("Decide: victim or not"), why=why,
                button=_("Screen and decide"), route="care-screening", args=(file.person,),
            )  # fmt: skip
        if file.review_on and not file.waiting:
            yield _todo(
                file, "review", due_at(file.review_on, file.opened.zone), title=_("Review the decision"),
                why=_("The review date that was set."), button=_("Review"), route="care-screening",
                args=(file.person,),
            )  # fmt: skip
        asked = file.wish not in NOT_ASKED
        if victim and not asked and can_say(actor, "wish.record"):
            yield _todo(
                file, "wish", None, title=_("Ask what the person wants"),
                why=_("No wish is on file, so nothing can be decided."), button=_("Record the wish"),
                route="care-wish", args=(file.person,),
            )  # fmt: skip
        undecided = not file.decision and not file.return_waiting
        if victim and asked and undecided and can_say(actor, "return.decide"):
            yield _todo(
                file, "return", None, title=_("Decide: return or stay"),
                why=_(label("wishes", file.wish)), button=_("Decide"), route="care-return",
                args=(file.person,),
            )  # fmt: skip
        ends = running.get(file.person)
        if ends is not None and ends.plain["until"]:
            last = due_at(ends.plain["until"], file.opened.zone) if len(ends.plain["until"]) == 10 else None
            if last is not None and last - now < timedelta(days=30):
                yield _todo(
                    file, "ends", last, title=_("The decision ends"),
                    why=_(label("return-decisions", ends.plain["decision"])), button=_("Open"),
                    route="care-return", args=(file.person,),
                )  # fmt: skip
