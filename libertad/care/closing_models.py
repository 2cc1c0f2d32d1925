"""The proposal to close a protection file that waits for its second reader. All of it is sealed."""

from __future__ import annotations

from django.db import models

from libertad.journal.models import ReadModel, SealedColumn


class ProposedClosing(ReadModel):
    """A row while one waits; its id is the file's. `entry`: the one that proposed it, said by `officer`."""

    CLOSED = True

    person = models.CharField(max_length=32, db_index=True)
    entry = SealedColumn()
    at = SealedColumn(None, moment=True)
    zone = SealedColumn()
    officer = SealedColumn()
    authority = SealedColumn()
