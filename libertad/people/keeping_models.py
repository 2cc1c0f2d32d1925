"""Read models of how long identity files, and the files of a country, are kept."""

from __future__ import annotations

from django.db import models

from libertad.journal.fields import MomentField
from libertad.journal.models import ReadModel


class Retention(ReadModel):
    """Until which day an authority keeps the identity files of an operation: 'operation:authority'.

    Its reasons and its earlier words are sealed.
    """

    authority = models.CharField(max_length=32)
    keep_until = models.CharField(max_length=10)
    at = MomentField()
    zone = models.CharField(max_length=64)
    officer = models.CharField(max_length=32)


class Keeping(ReadModel):
    """What was said of keeping one person's identity file. `keep_until`: '' where only the operation's day
    counts; `asked`: a request to erase it stands, whose officer and reasons are sealed."""

    authority = models.CharField(max_length=32)
    keep_until = models.CharField(max_length=10, blank=True, default="")
    asked = models.BooleanField(default=False, db_index=True)


class FileKeeping(ReadModel):
    """What was said of keeping one file of a country, by the file's id. `keep_until`: '' where nobody said a
    day; `asked`: a request to erase it stands, whose officer and reasons are sealed, with all words."""

    keep_until = models.CharField(max_length=10, blank=True, default="")
    asked = models.BooleanField(default=False, db_index=True)
