"""Proposals to let a further authority read an identity file, and what a second person answered."""

from __future__ import annotations

from django.db import models

from libertad.journal.fields import MomentField
from libertad.journal.models import ReadModel


class Sharing(ReadModel):
    """By proposal, in the identity file that it is about. Reason and words are sealed.

    `entry`: the proposal's hash, which an answer names; `said`: by the device's clock. `approval`: the hash
    of the second person's word, by `approved_by` of `approved_authority`; `refused_by`: who ended it.
    """

    authority = models.CharField(max_length=32)
    officer = models.CharField(max_length=32)
    reader = models.CharField(max_length=32)
    entry = models.CharField(max_length=64)
    said = MomentField(db_index=True)
    danger = models.BooleanField(default=False)
    approval = models.CharField(max_length=64, blank=True, default="")
    approved_by = models.CharField(max_length=32, blank=True, default="")
    approved_authority = models.CharField(max_length=32, blank=True, default="")
    refused_by = models.CharField(max_length=32, blank=True, default="")
