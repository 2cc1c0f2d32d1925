"""Officers whose access was suspended, and for how long the node has counted it."""

from __future__ import annotations

from django.db import models

from libertad.journal.fields import JsonText, MomentField
from libertad.journal.models import ReadModel


class OfficerSuspension(ReadModel):
    """By officer: the last suspension. Sealed: `reason`, and `why` it was upheld or lifted.

    `state`: see `officer_suspensions`. `entry`: the suspension's hash. `at`, `ended`: by the devices' clocks.
    `spent`: suspensions of this officer that nobody but who said them ever stood behind, each [who, ms].
    """

    authority = models.CharField(max_length=32, db_index=True)
    state = models.CharField(max_length=12)
    entry = models.CharField(max_length=64)
    by = models.CharField(max_length=32)
    at = MomentField()
    upheld_by = models.CharField(max_length=32, blank=True, default="")
    ended = MomentField(null=True)
    ended_by = models.CharField(max_length=32, blank=True, default="")
    spent = JsonText()


class SuspensionClock(models.Model):
    """How long (ms) a suspension by one has lasted, as this node counted it, and when it looked (ms, UTC).

    By the suspension's hash. Counted by a clock that nobody sets, so that a day is a day.
    """

    entry = models.CharField(max_length=64, primary_key=True)
    lasted = models.BigIntegerField()
    looked = models.BigIntegerField()

    class Meta:
        db_table = "access_suspension_clock"
