"""Whose task a person is: in the desk's own file, which one care authority reads. Words are sealed."""

from __future__ import annotations

from django.db import models

from libertad.journal.fields import MomentField
from libertad.journal.models import ReadModel


class Desk(ReadModel):
    """A person's desk at one care authority; its id is the file's, so that no two desks are one row.

    `worker` '': nobody's task, since `back_at` where somebody gave the person back. `offer` '': no hand-over
    waits for an answer. `last_at`: when the last word was said. `missing_at`: when the
    person was last said to be missing, null for nobody. `step` '': no next step is named, due by
    `step_at`. All words are sealed (`words`).
    """

    person = models.CharField(max_length=32, db_index=True)
    worker = models.CharField(max_length=32, blank=True, default="")
    since = MomentField(null=True)
    offer = models.CharField(max_length=64, blank=True, default="")
    offered_to = models.CharField(max_length=32, blank=True, default="")
    offered_at = MomentField(null=True)
    back_at = MomentField(null=True)
    last_at = MomentField()
    missing_at = MomentField(null=True)
    step = models.CharField(max_length=20, blank=True, default="")
    step_until = models.CharField(max_length=40, blank=True, default="")
    step_at = MomentField(null=True)
