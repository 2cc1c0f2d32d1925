"""Proposals that two records are of one person, until a second person has confirmed or refused them."""

from __future__ import annotations

from django.db import models

from libertad.journal.fields import MomentField
from libertad.journal.models import ReadModel


class LinkProposal(ReadModel):
    """By the proposal (`entry`: its hash), in the identity file it stands in. Reasons and words are sealed.

    `first`: in the other record's file, the hash of the proposal in the one from which it was made; else ''.
    `said`: by the device's clock. `stands`: what was said of both, as a digest. `linked`: the hash of the
    word that linked them because of it; `second`: whoever said so who had not proposed it. `refused_by`: who
    ended it.
    """

    entry = models.CharField(max_length=64)
    person = models.CharField(max_length=32, db_index=True)
    other = models.CharField(max_length=32, db_index=True)
    first = models.CharField(max_length=64, blank=True, default="", db_index=True)
    authority = models.CharField(max_length=32, db_index=True)
    officer = models.CharField(max_length=32)
    said = MomentField()
    stands = models.CharField(max_length=64)
    recorded_twice = models.BooleanField(default=False)
    linked = models.CharField(max_length=64, blank=True, default="")
    second = models.CharField(max_length=32, blank=True, default="")
    refused_by = models.CharField(max_length=32, blank=True, default="")
