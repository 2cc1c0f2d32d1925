"""Appointments that one person made, until a second person has confirmed them."""

from __future__ import annotations

from django.db import models

from libertad.journal.fields import JsonText, MomentField
from libertad.journal.models import ReadModel


class Appointment(ReadModel):
    """By officer: the last appointment that was submitted to a second person.

    `entry`: the appointment's hash, which a confirmation names. `by`: who appointed since a second person
    last confirmed one of this officer, the last of them last. `role`: the officer's now, by any appointment.
    """

    authority = models.CharField(max_length=32, db_index=True)
    role = models.CharField(max_length=32)
    entry = models.CharField(max_length=64)
    by = JsonText()
    at = MomentField()
    confirmed_by = models.CharField(max_length=32, blank=True, default="")
    withdrawn = models.BooleanField(default=False)
