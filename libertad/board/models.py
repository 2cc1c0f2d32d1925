"""Read model of the live feed: one line an entry that is worth one."""

from __future__ import annotations

from django.db import models

from libertad.journal.fields import JsonText, MomentField
from libertad.journal.models import ReadModel


class Live(ReadModel):
    """What was said, without anything personal; `id` is the entry's hash, the compartment the entry's own.

    `kind` is a filter of the feed (`fold.KINDS`). `about` is the one file that the line opens, if any.
    """

    # No index of its own: the feed asks by operation and time, and each index is a page more a commit.
    compartment = models.CharField(max_length=32)
    verb = models.CharField(max_length=32)
    kind = models.CharField(max_length=12)
    subject = models.CharField(max_length=64)
    about = models.CharField(max_length=64, blank=True, default="")
    authority = models.CharField(max_length=32)
    country = models.CharField(max_length=2, blank=True, default="")
    at = MomentField()
    zone = models.CharField(max_length=64)
    detail = JsonText(default=dict)

    class Meta:
        indexes = [models.Index(fields=["operation", "at"], name="board_live_at")]
