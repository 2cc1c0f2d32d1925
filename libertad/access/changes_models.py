"""Changes of an operation that a second authority countersigns, and since when that is needed."""

from __future__ import annotations

from django.db import models

from libertad.journal.fields import MomentField
from libertad.journal.models import ReadModel


class Begun(ReadModel):
    """By operation's file: its first action day has come. How far each log had come is in the entries."""

    authority = models.CharField(max_length=32)
    at = MomentField()


class Closing(ReadModel):
    """By operation's file: whether it is closed, since when by its clock, and who said so. Why is sealed."""

    closed = models.BooleanField()
    at = MomentField()
    authority = models.CharField(max_length=32)
    officer = models.CharField(max_length=32)


class Removed(ReadModel):
    """'file:authority': the authority was removed from the file's readers, by whom and when; the last time.

    It stays where the authority was let in again since: who reads a file `Reader` tells. `change`: what two
    authorities signed, of a member of an operation that has begun. Why is sealed.
    """

    authority = models.CharField(max_length=32, db_index=True)
    by = models.CharField(max_length=32)
    officer = models.CharField(max_length=32)
    at = MomentField()  # by the clock of the device that said it
    change = models.CharField(max_length=64, blank=True, default="")


class OperationChange(ReadModel):
    """A proposed change: who proposed what about which subject, who signed, refused, carried it out.

    Clocks are those of the devices that said it. `entry`: the proposal's hash, which a signature names.
    Content and reasons are sealed.
    """

    change = models.CharField(max_length=24)
    about = models.CharField(max_length=64)
    authority = models.CharField(max_length=32)
    officer = models.CharField(max_length=32)
    at = MomentField()
    entry = models.CharField(max_length=64)
    signed_by = models.CharField(max_length=32, blank=True, default="")
    signer = models.CharField(max_length=32, blank=True, default="")
    signed_at = MomentField(null=True)
    starts = MomentField(null=True)
    refused_by = models.CharField(max_length=32, blank=True, default="")
    refuser = models.CharField(max_length=32, blank=True, default="")
    refused_at = MomentField(null=True)
    done = models.CharField(max_length=64, blank=True, default="")


class Vouched(ReadModel):
    """By an entry's hash: an authority enrolled a device or announced a node for another (`about`).

    Once where it invited it; each later one is vouched for after a theft or a loss, and shown to all.
    """

    about = models.CharField(max_length=32, db_index=True)
    authority = models.CharField(max_length=32)
    officer = models.CharField(max_length=32)
    verb = models.CharField(max_length=24)
    at = MomentField()


class Undone(ReadModel):
    """'hash:undo' of an entry: the change that would take it back."""

    change = models.CharField(max_length=32)


class Suspended(ReadModel):
    """Which changes bear on a suspension: 'authority:suspend' (of it), 'authority:suspends' (by it),
    'change:lift' (that lift it) and 'file:change' (how far its logs had come there)."""

    change = models.CharField(max_length=32)


class Suspension(models.Model):
    """What this node knows of a suspension beside the journal: when it heard, and how it stands here.

    By the hash of the proposal. `heard` (ms, UTC) is of this node's own clock: by it the day is counted.
    """

    entry = models.CharField(max_length=64, primary_key=True)
    change = models.CharField(max_length=32)
    whom = models.CharField(max_length=32, db_index=True)
    heard = models.BigIntegerField()
    state = models.CharField(max_length=12)  # see `access.suspending`

    class Meta:
        db_table = "access_suspension"
