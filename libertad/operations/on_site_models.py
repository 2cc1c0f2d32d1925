"""Read models of what a team says at a site beside its visit. Numbers and words are sealed but for sums."""

from __future__ import annotations

from django.db import models

from libertad.journal.fields import JsonText, MomentField
from libertad.journal.models import ReadModel


class Headcount(ReadModel):
    """People counted by eye: as it was counted last. `total`: all that were counted; `explained` and `other`:
    of how many the last explanation tells why they are not on file, and for another reason.

    Sealed: the number of each group, the note, counts before, explanations, and the entries that stand.
    """

    site = models.CharField(max_length=32, db_index=True)
    team = models.CharField(max_length=32)
    visit = models.CharField(max_length=32, blank=True, default="")
    total = models.IntegerField()
    explained = models.IntegerField(default=0)
    other = models.IntegerField(default=0)
    at = MomentField()
    zone = models.CharField(max_length=64)
    officer = models.CharField(max_length=32)
    authority = models.CharField(max_length=32)


class Room(ReadModel):
    """A room as it was measured; what was measured is sealed. `shown`: the entries behind each value."""

    site = models.CharField(max_length=32, db_index=True)
    at = MomentField()
    zone = models.CharField(max_length=64)
    officer = models.CharField(max_length=32)
    authority = models.CharField(max_length=32)
    shown = JsonText(default=dict)


class WayIn(ReadModel):
    """A way to a site; its words are sealed. `shown`: the entries behind each value."""

    site = models.CharField(max_length=32, db_index=True)
    closed = models.BooleanField(default=False)
    at = MomentField()
    zone = models.CharField(max_length=64)
    officer = models.CharField(max_length=32)
    authority = models.CharField(max_length=32)
    shown = JsonText(default=dict)
