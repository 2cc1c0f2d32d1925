"""Read models of an operation: itself, its windows, leads, sites, teams, visits, database checks."""

from __future__ import annotations

from django.db import models

from libertad.journal.fields import JsonText, MomentField
from libertad.journal.models import ReadModel


class Operation(ReadModel):
    """An operation; none of this is personal."""

    name = models.CharField(max_length=200)
    first_day = models.CharField(max_length=10)
    last_day = models.CharField(max_length=10)
    zone = models.CharField(max_length=64)
    countries = JsonText(default=list)


class Lead(ReadModel):
    """A lead. Grades and handling are plain; what was reported is sealed."""

    reference = models.CharField(max_length=32, db_index=True)
    country = models.CharField(max_length=2)
    source_grade = models.CharField(max_length=4)
    information_grade = models.CharField(max_length=4)
    handling = models.CharField(max_length=4)
    origin = models.CharField(max_length=32, blank=True, default="")
    workplace = models.CharField(max_length=32, blank=True, default="")
    site = models.CharField(max_length=32, blank=True, default="")
    authority = models.CharField(max_length=32)
    reported_at = MomentField()
    zone = models.CharField(max_length=64)
