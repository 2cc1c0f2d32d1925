"""Documents of a person, at the person's desk. All of it is sealed."""

from __future__ import annotations

from django.db import models

from libertad.journal.models import ReadModel, SealedColumn


class Papers(ReadModel):
    """A document; its id is the hash of the entry that recorded it first. `last`: the entry that said of it
    last what it says; `kind`, `state` and `due` as that says."""

    CLOSED = True

    person = models.CharField(max_length=32, db_index=True)
    last = SealedColumn()
    kind = SealedColumn()
    state = SealedColumn()
    due = SealedColumn()

    class Meta:
        abstract = True


class PersonDocument(Papers):
    """Every document. `words`: what it said, the last first, each with by whom and when."""


class DueDocument(Papers):
    """A document about which something is to be done by a day: a row while that stands. `words`: what."""
