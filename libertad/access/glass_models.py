"""What officers did alone because of danger to life, until a second person has said whether it was right."""

from __future__ import annotations

from django.db import models

from libertad.journal.fields import MomentField
from libertad.journal.models import ReadModel


class BrokenGlass(ReadModel):
    """By the entry that said it. `at`: when, by the operation's clock; `said`: by its device's. `reader`:
    the authority that was let in, or ''.

    `reviewed_by` '': no second person has said anything. Sealed: `words`, and `review`, the words of that.
    """

    person = models.CharField(max_length=32)
    way = models.CharField(max_length=16)
    reader = models.CharField(max_length=32, blank=True, default="")
    officer = models.CharField(max_length=32)
    authority = models.CharField(max_length=32, db_index=True)
    at = MomentField()
    said = MomentField()
    verdict = models.CharField(max_length=16, blank=True, default="")
    reviewed_by = models.CharField(max_length=32, blank=True, default="")
    reviewed = MomentField(null=True)
