"""What care discloses of a person: in the protection file, all of it sealed."""

from __future__ import annotations

from django.db import models

from libertad.journal.models import ReadModel, SealedColumn


class Disclosure(ReadModel):
    """A disclosure to one authority, as care keeps it. `proposal`: the entry that a second officer reads;
    `read`: '', 'yes' or 'no'. `file`: the file with the copies, '' before they were sent; `alone`: the
    `glass.break` by which one officer sent them. `ended_at`: it is withdrawn; `retained`: its copies are not
    erased yet, as under a legal hold; `released`: a key of them had left this node. `service`: for which it
    asks, '' where it asks for no answer; late when `due_at` passes."""

    CLOSED = True

    person = models.CharField(max_length=32, db_index=True)
    at = SealedColumn(None, moment=True)
    zone = SealedColumn()
    officer = SealedColumn()
    authority = SealedColumn()
    reference = SealedColumn()
    recipient = SealedColumn()
    purpose = SealedColumn()
    ground = SealedColumn()
    consent = SealedColumn()
    until = SealedColumn()
    service = SealedColumn()
    due_at = SealedColumn(None, moment=True)
    proposal = SealedColumn()
    read = SealedColumn()
    reader = SealedColumn()
    read_at = SealedColumn(None, moment=True)
    read_zone = SealedColumn("UTC")
    file = SealedColumn()
    alone = SealedColumn()
    ended_at = SealedColumn(None, moment=True)
    ended_zone = SealedColumn("UTC")
    cause = SealedColumn()
    retained = SealedColumn(False)
    released = SealedColumn(False)

    class Meta:
        app_label = "care"
