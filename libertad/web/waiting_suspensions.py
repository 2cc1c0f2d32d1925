"""On Today: officers whose access is suspended, for who answers, for who suspended, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.officer_suspensions import LAPSED
from libertad.access.queries_suspensions import own_suspension, suspensions_seen
from libertad.access.screens_suspensions import seconds_words, state_words
from libertad.look.times import when
from libertad.look.words import words
from libertad.vocabulary.values import Happened
from libertad.web.todo_item import Waiting


def suspended_officers(actor: Actor) -> Iterator[Waiting]:
    """Until each is answered; one that lapsed for the days that count."""
    for row in suspensions_seen(actor):
        href = reverse("officer-suspension", args=[row.officer])
        if row.may_uphold:
            yield Waiting(
                _("An officer was suspended by one officer, and waits for you: %(role)s")
                % {"role": words("roles", row.role)},
                state_words(actor, row),
                href,
                _("Read and decide"),
                rank=-0.7,
            )
        elif row.by_me and row.stands and not row.upheld_by:
            yield Waiting(
                _("You suspended %(name)s, and nobody has upheld it yet") % {"name": row.name},
                _("Who upholds or lifts it: %(names)s. Telephone.") % {"names": seconds_words(row)},
                href,
                _("Open it"),
            )
        elif row.state == LAPSED:
            yield Waiting(
                _("Nobody upheld it: %(name)s has access again") % {"name": row.name or row.authority},
                state_words(actor, row),
                reverse("suspensions"),
                _("Look at it"),
            )


def own_access_back(actor: Actor) -> Iterator[Waiting]:
    """For whom it was about: that access was suspended, and is back."""
    row = own_suspension(actor)
    if row is not None and row.ended is not None:
        moments = {
            "at": when(Happened(at=row.at, zone=actor.zone)),
            "ended": when(Happened(at=row.ended, zone=actor.zone)),
        }
        yield Waiting(
            _("Your access was suspended, and is back"),
            _(
                "From %(at)s to %(ended)s. Ask the administrator of your authority why; if somebody else "
                "used your sign-in, say so."
            )
            % moments,
            reverse("account_sessions"),
            _("Where you are signed in"),
        )
