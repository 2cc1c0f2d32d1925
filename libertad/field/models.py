"""Tables of the room. Outside the journal: which codes and phones there are, and what waits for a release.

Times are milliseconds since 1970, UTC, by the node's own clock.
"""

from __future__ import annotations

from django.db import models

from libertad.field.brought_models import Brought as Brought


class Code(models.Model):
    """A code by which one phone is enrolled. `token` is the public half of the key that is made from it: with
    it the node knows who has the code, and nobody who reads this table can use it."""

    id = models.CharField(max_length=32, primary_key=True)
    token = models.BinaryField(max_length=32, unique=True)
    authority = models.CharField(max_length=32, db_index=True)
    operation = models.CharField(max_length=32)
    officer = models.CharField(max_length=32)
    issuer = models.CharField(max_length=32)
    role = models.CharField(max_length=32)  # of the issuer
    made = models.BigIntegerField()
    expires = models.BigIntegerField()
    until = models.BigIntegerField()  # of the phone
    device = models.CharField(max_length=32, blank=True, default="")  # that used it
    team = models.CharField(max_length=32, blank=True, default="")  # '': decided by the last check-in

    class Meta:
        db_table = "field_code"


class Phone(models.Model):
    """A phone, by its device. `readers`: authorities (separated by blanks) that it was told read people whom
    it records. `code` ('K7') stands in references that it gives; none is given twice."""

    device = models.CharField(max_length=32, primary_key=True)
    authority = models.CharField(max_length=32, db_index=True)
    operation = models.CharField(max_length=32)
    officer = models.CharField(max_length=32)
    code = models.CharField(max_length=12)
    issuer = models.CharField(max_length=32)
    readers = models.TextField(blank=True, default="")
    team = models.CharField(max_length=32, blank=True, default="")  # as of its code
    enrolled = models.BigIntegerField()
    leased = models.BigIntegerField(default=0)
    handed = models.BigIntegerField(default=0)  # when it handed something over last

    class Meta:
        db_table = "field_phone"


class Taken(models.Model):
    """An entry (hash, hex) that a phone handed over and that is in the journal; `counted` once the node wrote
    what is to be written beside it."""

    entry = models.CharField(max_length=64, primary_key=True)
    device = models.CharField(max_length=32)
    counted = models.BooleanField(default=False, db_index=True)

    class Meta:
        db_table = "field_taken"


class Waiting(models.Model):
    """An entry that came from a phone after its access had ended, outside the journal, until somebody
    releases or leaves it. `place` orders what came; `sealed` is header, signature, body and key, under the
    key `kid` of the authority's own file."""

    entry = models.CharField(max_length=64, primary_key=True)
    place = models.BigIntegerField()
    device = models.CharField(max_length=32, db_index=True)
    authority = models.CharField(max_length=32, db_index=True)
    operation = models.CharField(max_length=32)
    why = models.CharField(max_length=12)  # revoked, withdrawn, suspended, ended
    received = models.BigIntegerField()
    kid = models.BinaryField(max_length=32)
    sealed = models.BinaryField()
    state = models.CharField(max_length=12, default="waits")  # waits, released, left
    officer = models.CharField(max_length=32, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")
    decided = models.BigIntegerField(null=True)
    said_as = models.CharField(max_length=64, blank=True, default="")  # the entry by which it was released

    class Meta:
        db_table = "field_waiting"


class GivenKey(models.Model):
    """A recipient key that a phone was given, and when last: its secret is kept for what comes back."""

    pk = models.CompositePrimaryKey("authority", "key_id")
    authority = models.CharField(max_length=32)
    key_id = models.BinaryField(max_length=16)
    given = models.BigIntegerField()

    class Meta:
        db_table = "field_given_key"
