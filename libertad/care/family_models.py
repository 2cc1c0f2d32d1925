"""Who decides beside a child, and who belongs to a person, in the person's care compartment; at the desk,
which guardian is safe to contact."""

from __future__ import annotations

from django.db import models

from libertad.journal.models import ReadModel, SealedColumn


class Family(ReadModel):
    """Of one protection file; its id is the file's, since two authorities may each keep one of a person. All
    of it is sealed (`guardians`, `relatives`)."""

    CLOSED = True

    person = models.CharField(max_length=32, db_index=True)

    class Meta:
        app_label = "care"


class GuardianClearing(ReadModel):
    """That a guardian is safe to contact, by `officer`; its id is the entry's. It counts with `read` 'yes'
    (second reader) and without `revoked_at`, while `among` is what stands of guardians in the protection
    file."""

    CLOSED = True

    person = models.CharField(max_length=32, db_index=True)
    guardian = SealedColumn()
    among = SealedColumn(())
    officer = SealedColumn()
    at = SealedColumn(None, moment=True)
    zone = SealedColumn()
    read = SealedColumn()
    reader = SealedColumn()
    read_at = SealedColumn(None, moment=True)
    revoker = SealedColumn()
    revoked_at = SealedColumn(None, moment=True)

    class Meta:
        app_label = "care"
