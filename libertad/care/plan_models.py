"""The case plan at a person's desk: its goals, and what of it nobody second has read. All of it is sealed."""

from __future__ import annotations

from django.db import models

from libertad.journal.models import ReadModel, SealedColumn


class PlanGoal(ReadModel):
    """A goal; its id is that of the entry that wrote it first. `last`: the entry that said of it last what
    it says, by `officer`. `words`: what it said, the last first, each with by whom and when."""

    CLOSED = True

    person = models.CharField(max_length=32, db_index=True)
    officer = SealedColumn()
    last = SealedColumn()
    area = SealedColumn()
    until = SealedColumn()
    progress = SealedColumn()


class PlanUnread(ReadModel):
    """What of a plan waits for its second reader: a row while something does; its id is the desk's.

    `unread`: the entries, written by `authors`, the first of them at `since`. `objector` '': nobody has said
    no to it as it stands; `words`: why."""

    CLOSED = True

    person = models.CharField(max_length=32, db_index=True)
    unread = SealedColumn(())
    authors = SealedColumn(())
    since = SealedColumn(None, moment=True)
    objector = SealedColumn()
