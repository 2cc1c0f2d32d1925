"""On Today: proposals that two records are of one person, for who confirms them and who proposed."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.people.queries_linking import CONFIRM, REVIEW, LinkSeen, links_waiting
from libertad.people.screens_linking import link_words
from libertad.web.todo_item import Waiting

FIRST = 6  # by themselves
ASKED, OWN = -0.6, 0.4  # after those who are to read a file; one's own proposal waits for others


def links_unconfirmed(actor: Actor) -> Iterator[Waiting]:
    """Until each is confirmed, refused, taken back or lapsed; what one person linked until a second one has
    read it."""
    rows = links_waiting(actor) if may_open(actor, "link-answer") else []
    for place, row in enumerate(rows[:FIRST], 1):
        yield Waiting(
            _title(row),
            f"{link_words(actor, row)} “{row.reasons}”",
            reverse("link-answer", args=[row.id]),
            _("Read and answer") if row.task in (CONFIRM, REVIEW) else _("Read it"),
            rank=ASKED if row.task in (CONFIRM, REVIEW) else OWN,
            more=len(rows) - FIRST if place == FIRST else 0,
        )


def _title(row: LinkSeen) -> str:
    if row.task == CONFIRM:
        return _("A second person is asked: are two records of one person?")
    if row.task == REVIEW:
        return _("Two records were linked by one person: read it")
    if row.is_alone:
        return _("You linked two records alone: nobody second has read it")
    return _("Your proposal waits for a second person: two records, one person?")
