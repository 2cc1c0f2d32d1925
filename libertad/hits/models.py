"""Read models of hits, and how far each authority's records were scored."""

from __future__ import annotations

from django.db import models

from libertad.journal.fields import MomentField
from libertad.journal.models import ReadModel


class Hit(ReadModel):
    """A pair of records and what was decided. What they have in common is sealed under the hit's own key.

    `left`, `right`: 'person:<id>' and so on. `state`: of `wording.states`; 'not-yet' ends on the day `until`.
    `decided_bits`: what it scored when it was confirmed or rejected, as long as that stands. `reference`: the
    same at every authority that knows the pair; `number`: what a node of 0.1 called it for itself, else ''.
    """

    reference = models.CharField(max_length=32, blank=True, default="", db_index=True)
    number = models.CharField(max_length=32, blank=True, default="")
    left = models.CharField(max_length=48, db_index=True)
    right = models.CharField(max_length=48, db_index=True)
    left_country = models.CharField(max_length=2, blank=True, default="")
    right_country = models.CharField(max_length=2, blank=True, default="")
    authority = models.CharField(max_length=32)
    bits = models.FloatField()
    probability = models.FloatField()
    state = models.CharField(max_length=12)
    until = models.CharField(max_length=10, blank=True, default="")
    found_at = MomentField()
    scored_at = MomentField()
    decided_at = MomentField(null=True)
    decided_by = models.CharField(max_length=32, blank=True, default="")
    decided_bits = models.FloatField(null=True)
    proposed_by = models.CharField(max_length=32, blank=True, default="")
    zone = models.CharField(max_length=64)


class Question(ReadModel):
    """'hit-record': what one authority asks the owner of a record; the words of both are sealed."""

    hit = models.CharField(max_length=32, db_index=True)
    record = models.CharField(max_length=48)
    asked_by = models.CharField(max_length=32)
    to = models.CharField(max_length=32, db_index=True)
    asked_at = MomentField()
    zone = models.CharField(max_length=64)
    answer = models.CharField(max_length=12, blank=True, default="")
    answered_by = models.CharField(max_length=32, blank=True, default="")
    answered_at = MomentField(null=True)


class Scored(models.Model):
    """Outside the journal: what of an authority's records was scored already. Lost, all is scored again.

    `size` of the tree, and `places`: a number that stands for the files that could be read then.
    """

    authority = models.CharField(primary_key=True, max_length=32)
    size = models.BigIntegerField()
    places = models.BigIntegerField()

    class Meta:
        db_table = "hits_scored"
