"""On Today: proposals to let another authority read an identity file, for who answers and who proposed."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.queries_sharing import APPROVE, LET_READ, REVIEW, WAIT, ShareSeen, shares_waiting
from libertad.people.screens_sharing_answers import share_words
from libertad.web.todo_item import Waiting

FIRST = 6  # by themselves
ASKED, OWN = -0.7, 0.4  # an answer is awaited within minutes; one's own proposal waits for others


def shares_unanswered(actor: Actor) -> Iterator[Waiting]:
    """Until each is answered, taken back or lapsed; what danger shared until somebody second has read it."""
    rows = shares_waiting(actor)
    for place, row in enumerate(rows[:FIRST], 1):
        title, button = _words(row)
        yield Waiting(
            title % {"name": row.reader},
            share_words(actor, row),
            reverse("share-answer", args=[row.id]),
            button,
            rank=OWN if row.task == WAIT else ASKED,
            more=len(rows) - FIRST if place == FIRST else 0,
        )


def _words(share: ShareSeen) -> tuple[str, str]:
    if share.task == REVIEW:
        return _("A file was shared in danger with %(name)s: read it"), _("Read it")
    if share.task == APPROVE:
        return _("A second person is asked: share a file with %(name)s?"), _("Read and answer")
    if share.task == LET_READ:
        return _("Approved: %(name)s may read a file"), _("Let it read")
    if share.danger:
        return _("You shared a file with %(name)s in danger: nobody second has read it"), _("Read it")
    return _("Your proposal waits for a second person: %(name)s"), _("Read it")
