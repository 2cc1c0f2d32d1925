"""Whose task a person is: in the desk's own file, which one care authority reads. All of it is sealed."""

from __future__ import annotations

from django.db import models

from libertad.journal.models import ReadModel, SealedColumn


class Desk(ReadModel):
    """A person's desk at one care authority; its id is the file's, so that no two desks are one row.

    `worker` '': nobody's task, since `back_at` where somebody gave the person back. `offer` '': no hand-over
    waits for an answer. `last_at`: when the last word was said. `missing_at`: when the
    person was last said to be missing, null for nobody. `step` '': no next step is named, due by
    `step_at`. `risk` '': nobody assessed it. `contact_at`: when an officer was last in contact with the
    person. `takings`: (entry, of whom, by whom, ms) of each that is not read. `settled`: of
    each answer of a service, and each need, what care did (`DeskSettle`). `words`: what was said.
    """

    CLOSED = True

    person = models.CharField(max_length=32, db_index=True)
    worker = SealedColumn()
    since = SealedColumn(None, moment=True)
    offer = SealedColumn()
    offered_to = SealedColumn()
    offered_at = SealedColumn(None, moment=True)
    back_at = SealedColumn(None, moment=True)
    last_at = SealedColumn(None, moment=True)
    missing_at = SealedColumn(None, moment=True)
    step = SealedColumn()
    step_until = SealedColumn()
    step_at = SealedColumn(None, moment=True)
    takings = SealedColumn(())
    settled = SealedColumn(())
    risk = SealedColumn()
    contact_at = SealedColumn(None, moment=True)


class CaseNote(ReadModel):
    """A case note; its id is that of the entry that wrote it first. `at`: when what it tells of was.

    `words`: what it says, the last correction first, each with when and as what it was written.
    """

    CLOSED = True

    person = models.CharField(max_length=32, db_index=True)
    officer = SealedColumn()
    at = SealedColumn(None, moment=True)
