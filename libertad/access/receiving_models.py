"""Which care authority police have confirmed as theirs, and whom their officers telephone."""

from __future__ import annotations

from django.db import models

from libertad.journal.fields import MomentField
from libertad.journal.models import ReadModel


class CareConfirmed(ReadModel):
    """By 'operation:authority', of police: the care authority that it confirmed. Telephone, note and reason
    are sealed.

    `withdrawn`: it took the confirmation back, or said that the one of the roster is not its own.
    """

    care = models.CharField(max_length=32, blank=True, default="")
    country = models.CharField(max_length=2, blank=True, default="")
    how = models.CharField(max_length=24, blank=True, default="")
    withdrawn = models.BooleanField(default=False)
    at = MomentField()
    zone = models.CharField(max_length=64)
    officer = models.CharField(max_length=32)


class DangerContact(ReadModel):
    """By authority: whom its officers telephone in danger. Name and telephone are sealed."""

    at = MomentField()
    zone = models.CharField(max_length=64)
