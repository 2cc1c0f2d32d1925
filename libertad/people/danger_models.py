"""The read model of dangers that are counted without a name."""

from __future__ import annotations

from django.db import models

from libertad.journal.fields import MomentField
from libertad.journal.models import ReadModel


class DangerTally(ReadModel):
    """A person whom police recorded in danger, under an id that only readers of the file can work out."""

    at = MomentField()
    authority = models.CharField(max_length=32)
    open = models.BooleanField()
