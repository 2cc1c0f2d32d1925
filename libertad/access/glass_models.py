"""What officers did alone because of danger to life, until a second person has said whether it was right."""

from __future__ import annotations

from django.db import models

from libertad.journal.models import ReadModel, SealedColumn


class BrokenGlass(ReadModel):
    """By the entry that said it. `at`: when, by the operation's clock; `said`: by its device's. `reader`:
    the authority that was let in, or ''; in the clear, as readers are.

    `reviewed_by` '': no second person has said anything. `words`, and `review`, the words of that, are sealed
    beside these columns.
    """

    CLOSED = True

    person = models.CharField(max_length=32)
    reader = models.CharField(max_length=32, blank=True, default="")
    way = SealedColumn()
    officer = SealedColumn()
    authority = SealedColumn()
    at = SealedColumn(None, moment=True)
    said = SealedColumn(None, moment=True)
    verdict = SealedColumn()
    reviewed_by = SealedColumn()
    reviewed = SealedColumn(None, moment=True)
