"""Reading what ODK brought: of the officer's own authority and operation, what the role may say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from libertad.access.actor import Actor
from libertad.access.matrix import matrix
from libertad.field.brought import DAY, FILES, WAITS, Words, oldest, open_words
from libertad.field.brought_models import Brought
from libertad.field.xlsform import limits
from libertad.journal.node import node


@dataclass(frozen=True)
class BroughtSeen:
    """A row of the list. `urgent`: it says that somebody is in danger. `at`, `ends`: brought, and until when
    its words are kept."""

    id: str
    state: str
    at: datetime
    ends: datetime
    words: Words

    @property
    def urgent(self) -> bool:
        return any(answer.name == "danger" and answer.codes == ("yes",) for answer in self.words.answers)


def brought_waiting(actor: Actor) -> list[BroughtSeen]:
    """What waits: danger to life first, then the oldest."""
    rows = Brought.objects.filter(
        authority=actor.authority, operation=actor.operation, state=WAITS, at__gt=oldest()
    )
    views = [view for row in rows if (view := _view(actor, row)) is not None]
    return sorted(views, key=lambda view: (not view.urgent, view.at, view.id))


def brought_row(actor: Actor, key: str) -> BroughtSeen | None:
    """One of them, also once it is settled; None alike where there is none, and for whoever may not know."""
    row = Brought.objects.filter(
        pk=key, authority=actor.authority, operation=actor.operation, at__gt=oldest()
    ).first()
    return _view(actor, row) if row is not None else None


def _view(actor: Actor, row: Brought) -> BroughtSeen | None:
    words = open_words(node(), actor.authority, actor.operation, row.pk, row.sealed)
    if words is None or not matrix().may_say(actor.role, words.verb, FILES.get(words.verb, "")):
        return None
    at, ends = (
        datetime.fromtimestamp(ms / 1000, UTC) for ms in (row.at, row.at + limits()["kept_days"] * DAY)
    )
    return BroughtSeen(row.pk, row.state, at, ends, words)
