"""The read model of how many places the care of a country has, as its care authorities said."""

from __future__ import annotations

from django.db import models

from libertad.journal.fields import MomentField
from libertad.journal.models import ReadModel


class Capacity(ReadModel):
    """By operation and authority: its last word. `places`: none, few or enough."""

    authority = models.CharField(max_length=32)
    places = models.CharField(max_length=12)
    at = MomentField()
    zone = models.CharField(max_length=64)
