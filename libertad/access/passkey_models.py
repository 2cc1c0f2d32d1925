"""Passkeys with which officers confirm what they decide, and what they confirmed."""

from __future__ import annotations

from django.db import models

from libertad.journal.fields import JsonText, MomentField
from libertad.journal.models import ReadModel


class Passkey(ReadModel):
    """An officer's passkey in an operation's file; credential, public key and the page's name are sealed.

    `at` and `ended_at` are of the device's clock: what is confirmed has one between the two.
    """

    authority = models.CharField(max_length=32)
    officer = models.CharField(max_length=32, db_index=True)
    at = MomentField()
    ended_at = MomentField(null=True)


class Signed(ReadModel):
    """By the first 48 signs of its hash: an entry that a passkey may confirm. `at`: its device's clock;
    `vouches`: the entries that say that one did."""

    entry = models.CharField(max_length=64)
    verb = models.CharField(max_length=40)
    subject = models.CharField(max_length=32)
    authority = models.CharField(max_length=32)
    officer = models.CharField(max_length=32, db_index=True)
    at = MomentField(db_index=True)
    vouches = JsonText()

    class Meta:
        abstract = True
