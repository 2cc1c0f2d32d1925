"""Read model of this room: releases, each with its own snapshot."""

from __future__ import annotations

from django.db import models

from libertad.journal.fields import JsonText, MomentField
from libertad.journal.models import ReadModel


class Release(ReadModel):
    """A published sentence and the table that it rested on. `lines`: a dict for each country or territory.

    `by_first_view`: the lines are the open side's. `care`: care's block, {} where none was published; of a
    release without `by_first_view` it is worked out from its lines.
    """

    number = models.IntegerField()
    as_of = MomentField()
    published_at = MomentField()
    countries = models.IntegerField()
    potential_victims = models.IntegerField()
    presumed = models.IntegerField()
    confirmed = models.IntegerField()
    arrests = models.IntegerField()
    sites = models.IntegerField()
    hits = models.IntegerField()
    lines = JsonText(default=list)
    by_first_view = models.BooleanField(default=False)
    care = JsonText(default=dict)
    entry = models.CharField(max_length=64)
