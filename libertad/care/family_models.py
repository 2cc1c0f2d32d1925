"""Who decides beside a child, and who belongs to a person; in the person's care compartment."""

from __future__ import annotations

from django.db import models

from libertad.journal.models import ReadModel


class Family(ReadModel):
    """Of one protection file; its id is the file's, since two authorities may each keep one of a person. All
    of it is sealed (`guardians`, `relatives`)."""

    CLOSED = True

    person = models.CharField(max_length=32, db_index=True)

    class Meta:
        app_label = "care"
