"""The table of what posted forms wrote and how they were answered (`submissions.py`)."""

from __future__ import annotations

from django.db import models


class SubmissionRecord(models.Model):
    """'<keyed hash>:<number of the write>' or ':answer'; sealed, and at (ms) when."""

    id = models.CharField(primary_key=True, max_length=80)
    sealed = models.BinaryField()
    at = models.BigIntegerField(db_index=True)

    class Meta:
        db_table = "access_submission"
