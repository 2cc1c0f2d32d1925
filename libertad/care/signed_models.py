"""Decisions about a person that their officers' passkeys may confirm."""

from __future__ import annotations

from django.db import models

from libertad.journal.models import ReadModel, SealedColumn


class SignedDecision(ReadModel):
    """As `access.passkey_models.Signed`, all of it sealed."""

    CLOSED = True

    person = models.CharField(max_length=32, db_index=True)
    entry = SealedColumn()
    verb = SealedColumn()
    subject = SealedColumn()
    authority = SealedColumn()
    officer = SealedColumn()
    at = SealedColumn(None, moment=True)
    vouches = SealedColumn(())
