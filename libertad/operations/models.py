"""Read models of an operation: itself, its windows, leads, sites, teams, visits, database checks."""

from __future__ import annotations

from django.db import models

from libertad.journal.fields import JsonText, MomentField
from libertad.journal.models import ReadModel
from libertad.operations.capacity_models import Capacity as Capacity
from libertad.operations.on_site_models import Headcount as Headcount
from libertad.operations.on_site_models import Room as Room
from libertad.operations.on_site_models import WayIn as WayIn


class Operation(ReadModel):
    """An operation; none of this is personal."""

    name = models.CharField(max_length=200)
    first_day = models.CharField(max_length=10)
    last_day = models.CharField(max_length=10)
    zone = models.CharField(max_length=64)
    countries = JsonText(default=list)


class Window(ReadModel):
    """A time in which teams act together. `shown` holds the entries behind each value."""

    name = models.CharField(max_length=200)
    opens = MomentField()
    closes = MomentField()
    shown = JsonText(default=dict)


class Lead(ReadModel):
    """A lead. Grades and handling are plain; what was reported is sealed.

    `shown` holds the entries behind each grade; `disputed` names grades of which two are on file.
    `standing`: '' until something bears on it, then 'fresh' or 'stale'.
    """

    # No index of its own: leads are read by their date, and each index is a page more a commit.
    compartment = models.CharField(max_length=32)
    reference = models.CharField(max_length=32)
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
    shown = JsonText(default=dict)
    disputed = JsonText(default=list)
    standing = models.CharField(max_length=16, blank=True, default="")
    standing_at = MomentField(null=True)
    ground = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        # A page of leads, and those that wait, without looking at the others.
        indexes = [
            models.Index(fields=["-reported_at", "id"], name="operations_lead_reported"),
            models.Index(
                fields=["-reported_at", "id"],
                name="operations_lead_free",
                condition=models.Q(site=""),
            ),
            models.Index(fields=["reference"], name="operations_lead_two", condition=~models.Q(disputed=[])),
        ]


class Site(ReadModel):
    """A workplace. Its name and where it lies are sealed; what was found there is plain.

    `shown`: the entries behind each value that a correction may change; of a visit and a check as well.

    `status`: not-visited, team-on-site, people-met, found-empty or aborted.
    """

    reference = models.CharField(max_length=32, db_index=True)
    country = models.CharField(max_length=2)
    workplace = models.CharField(max_length=32)
    zone = models.CharField(max_length=64)
    access = JsonText(default=list)
    living_space_m2 = models.FloatField(null=True)
    living_space_people = models.IntegerField(null=True)
    leads = JsonText(default=list)
    authority = models.CharField(max_length=32)
    registered_at = MomentField()
    status = models.CharField(max_length=16)
    visited_at = MomentField(null=True)
    people = models.IntegerField(default=0)
    visits = models.IntegerField(default=0)
    on_site = JsonText(default=list)
    shown = JsonText(default=dict)


class SiteCount(ReadModel):
    """Anonymous: a site exists. For those who may count sites but not see where they are."""

    workplace = models.CharField(max_length=32)
    country = models.CharField(max_length=2)
    at = MomentField()


class Team(ReadModel):
    """A team at a site. Whether it is overdue depends on the clock and is asked in queries."""

    reference = models.CharField(max_length=32, db_index=True)
    country = models.CharField(max_length=2)
    officers = models.IntegerField()
    site = models.CharField(max_length=32, db_index=True)
    window = models.CharField(max_length=32, blank=True, default="")
    zone = models.CharField(max_length=64)
    first_check_in = MomentField()
    every_minutes = models.IntegerField()
    silent_until = MomentField(null=True)
    state = models.CharField(max_length=16, blank=True, default="")
    last_check_in = MomentField(null=True)
    next_due = MomentField(null=True)
    danger = models.BooleanField(default=False)
    check_ins = models.IntegerField(default=0)
    assigned_at = MomentField()
    authority = models.CharField(max_length=32)
    taken_back = models.BooleanField(default=False)
    shown = JsonText(default=dict)


class CheckIn(ReadModel):
    """One check-in of a team; its note is sealed."""

    team = models.CharField(max_length=32, db_index=True)
    site = models.CharField(max_length=32, blank=True, default="")
    state = models.CharField(max_length=16)
    next_due = MomentField(null=True)
    danger = models.BooleanField(default=False)
    at = MomentField()
    zone = models.CharField(max_length=64)
    officer = models.CharField(max_length=32)
    authority = models.CharField(max_length=32)


class Visit(ReadModel):
    """What a team found at a site; its note is sealed."""

    site = models.CharField(max_length=32, db_index=True)
    team = models.CharField(max_length=32)
    country = models.CharField(max_length=2)
    outcome = models.CharField(max_length=16)
    people = models.IntegerField(default=0)
    at = MomentField()
    zone = models.CharField(max_length=64)
    officer = models.CharField(max_length=32)
    authority = models.CharField(max_length=32)
    shown = JsonText(default=dict)


class Check(ReadModel):
    """A question to a database and its answer; what identifies a document is sealed."""

    database = models.CharField(max_length=32)
    about = models.CharField(max_length=32)
    answer = models.CharField(max_length=16)
    country = models.CharField(max_length=2)
    person = models.CharField(max_length=32, blank=True, default="", db_index=True)
    exhibit = models.CharField(max_length=32, blank=True, default="")
    at = MomentField()
    zone = models.CharField(max_length=64)
    officer = models.CharField(max_length=32)
    authority = models.CharField(max_length=32)
    shown = JsonText(default=dict)

    class Meta:
        indexes = [models.Index(fields=["exhibit"], name="operations_check_exhibit")]


class HitCount(ReadModel):
    """Anonymous: a database check gave a hit."""

    about = models.CharField(max_length=32)
    country = models.CharField(max_length=2)
    at = MomentField()
