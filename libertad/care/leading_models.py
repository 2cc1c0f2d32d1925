"""Which of two care authorities answers for a person: in a file that both read and nobody else."""

from __future__ import annotations

from django.db import models

from libertad.journal.models import ReadModel, SealedColumn


class Leading(ReadModel):
    """What two care authorities agreed of a person; its id is the file's. All but two ids is sealed.

    `person`, `other_record`: the records of who opened it and of the other; the same where both read one.
    `records`: (authority, record) of both. `base`: who answered before. `leader`: who leads by both words
    since `since`, '' for nobody. `offers`: what waits for an answer. `ended_at`: when both answer again.
    """

    CLOSED = True

    person = models.CharField(max_length=32, db_index=True)
    other_record = models.CharField(max_length=32, db_index=True)
    records = SealedColumn(())
    base = SealedColumn()
    leader = SealedColumn()
    since = SealedColumn(None, moment=True)
    ended_at = SealedColumn(None, moment=True)
    last_at = SealedColumn(None, moment=True)
    offers = SealedColumn(())
