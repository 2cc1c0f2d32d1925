"""The read model of how long the law of a country lets somebody be held, as its authorities confirmed it."""

from __future__ import annotations

from django.db import models

from libertad.journal.fields import MomentField
from libertad.journal.models import ReadModel


class HoldingLimit(ReadModel):
    """By operation, authority and kind of limit: its last word. Law, passage and earlier words are sealed.

    `rule`: hours or none (the law gives no hours); `withdrawn`: it was taken back.
    """

    authority = models.CharField(max_length=32)
    kind = models.CharField(max_length=16)
    rule = models.CharField(max_length=16, blank=True, default="")
    hours = models.IntegerField(default=0)
    withdrawn = models.BooleanField(default=False)
    at = MomentField()
    zone = models.CharField(max_length=64)
    officer = models.CharField(max_length=32)
