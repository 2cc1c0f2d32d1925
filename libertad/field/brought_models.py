"""What ODK brought and nobody has accepted yet. Outside the journal: nothing of it is anybody's word here."""

from __future__ import annotations

from django.db import models


class Brought(models.Model):
    """A submission, by a keyed hash of its name: what was brought once is not brought again.

    `state`: 'waits', 'accepted' or 'left-out'; `at`: when it was brought (ms, the node's clock). All its
    words are `sealed` to the authority; of what is over no answer is left.
    """

    id = models.CharField(max_length=32, primary_key=True)
    authority = models.CharField(max_length=32)
    operation = models.CharField(max_length=32)
    state = models.CharField(max_length=16)
    at = models.BigIntegerField()
    sealed = models.BinaryField(null=True)

    class Meta:
        db_table = "field_brought"
        indexes = (models.Index(fields=["authority", "operation", "state"], name="field_brought_waits"),)
