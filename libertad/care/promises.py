"""What care promised somebody: decided, asked of services, and who is there after the file was closed.

Read where the person is met again. What a colleague's task is stays that colleague's: nothing of it is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.care import models, reads
from libertad.care.assignment import readable_file
from libertad.care.presenters import verdict
from libertad.care.queries_serving import services_asked
from libertad.care.serving_words import stage_words
from libertad.look.times import date_words
from libertad.look.words import words
from libertad.vocabulary.values import Happened


@dataclass(frozen=True)
class Promise:
    """Something that the person was told to count on. `kept`: it came about; None where nobody can tell."""

    what: str
    state: str
    detail: str
    when: Happened
    kept: bool | None = None


def promises(actor: Actor, person: str) -> Sequence[Promise] | None:
    """The newest first; None for no protection file, and for one that this officer may not read."""
    file = readable_file(actor, person)
    if file is None:
        return None
    listed = [*_decided(actor, person), *_services(actor, person)]
    if file.wish:
        wish = next(iter(reads.parts(actor, models.Wish, person)), None)
        if wish is not None:
            listed.append(
                Promise(_("What the person wanted"), words("wishes", wish.plain["wish"]), "", wish.when)
            )
    if file.closed is not None:
        contact = _("To be asked again on %(day)s") % {"day": date_words(file.contact_on)}
        detail = contact if file.contact_on else ""
        listed.append(Promise(_("Who is there afterwards"), file.afterwards, detail, file.closed))
    return sorted(listed, key=lambda promise: promise.when.utc, reverse=True)


def _decided(actor: Actor, person: str) -> list[Promise]:
    """Decisions on return or stay that count, with how long they hold and when they are looked at anew."""
    listed = []
    for decision in reads.parts(actor, models.ReturnDecision, person):
        if verdict(decision) != "counts":
            continue
        until, review = decision.plain["until"], decision.plain["review_on"]
        days = [
            _("until %(day)s") % {"day": date_words(until)} if until else "",
            _("to be looked at anew on %(day)s") % {"day": date_words(review)} if review else "",
        ]
        label = words("return-decisions", decision.plain["decision"])
        listed.append(Promise(_("Return or stay"), label, ", ".join(filter(None, days)), decision.when))
    return listed


def _services(actor: Actor, person: str) -> list[Promise]:
    """Services that were asked for; of these alone it is on file whether they came."""
    return [
        Promise(
            words("services", view.service),
            stage_words(view.stage, view.way),
            view.name,
            view.requested,
            view.stage in ("given", "here", "left"),
        )
        for view in services_asked(actor, person)
        if view.was_sent
    ]
