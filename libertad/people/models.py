"""Read models of people: met, property, detention, and the anonymous tally that figures count."""

from __future__ import annotations

from django.db import models

from libertad.journal.fields import JsonText, MomentField
from libertad.journal.models import ReadModel
from libertad.people.danger_models import DangerTally as DangerTally
from libertad.people.disclosed_models import Disclosed as Disclosed
from libertad.people.keeping_models import FileKeeping as FileKeeping
from libertad.people.keeping_models import Keeping as Keeping
from libertad.people.keeping_models import Retention as Retention
from libertad.people.limit_models import HoldingLimit as HoldingLimit
from libertad.people.link_models import LinkProposal as LinkProposal
from libertad.people.owing import NEVER


class Person(ReadModel):
    """A person met. Names, birth, documents, words and the counting id are sealed.

    `child`: the rules for a child apply, since `child_at`; `conflicts` names fields with two live values.
    `danger`: by the word of who met the person 'open', 'answered' or 'none'; '' of a row from before it stood
    here, which is looked at as if it were open.
    """

    reference = models.CharField(max_length=32, db_index=True)
    country = models.CharField(max_length=2)
    site = models.CharField(max_length=32, blank=True, default="")
    visit = models.CharField(max_length=32, blank=True, default="")
    authority = models.CharField(max_length=32)
    met_at = MomentField()
    zone = models.CharField(max_length=64)
    seen_as = models.CharField(max_length=24)
    seen_at = MomentField()
    child = models.BooleanField(default=True)
    child_at = MomentField()
    conflicts = JsonText(default=list)
    links = JsonText(default=list)
    danger = models.CharField(max_length=8, blank=True, default="", db_index=True)

    class Meta:
        # A page of people reads its own rows; of files without a conflict none is looked at to find those
        # with one, and an index of these alone costs the others nothing.
        indexes = [
            models.Index(fields=["-met_at", "id"], name="people_person_met"),
            models.Index(fields=["country", "-met_at", "id"], name="people_person_country"),
            models.Index(
                fields=["-met_at", "id"], name="people_person_two", condition=~models.Q(conflicts=[])
            ),
        ]


class Property(ReadModel):
    """Something taken from a person, and where it is now; of money what was paid of it.

    `authority`, `officer`: who recorded it. `due_at`: the end of the day by which it is due, `NEVER` where no
    day is said. `money`: an amount is on file. `settled`: returned, or all of it was paid.
    """

    person = models.CharField(max_length=32, db_index=True)
    kind = models.CharField(max_length=24)
    state = models.CharField(max_length=24)
    taken_at = MomentField()
    state_at = MomentField()
    zone = models.CharField(max_length=64)
    exhibit = models.CharField(max_length=32, blank=True, default="")
    due_back = models.CharField(max_length=10, blank=True, default="")
    crossed = JsonText(default=list)  # 'state' where two words cross
    authority = models.CharField(max_length=32, blank=True, default="")
    officer = models.CharField(max_length=32, blank=True, default="")
    due_at = MomentField(default=NEVER)
    money = models.BooleanField(default=False)
    settled = models.BooleanField(default=False)

    class Meta:
        indexes = [
            # What is not back, by when it is due: what is back costs neither the ledger nor Today.
            models.Index(
                fields=["due_at", "taken_at", "id"],
                name="people_property_due",
                condition=models.Q(settled=False),
            ),
            models.Index(fields=["exhibit"], name="people_property_exhibit"),
            models.Index(fields=["id"], name="people_property_two", condition=~models.Q(crossed=[])),
        ]


class Detention(ReadModel):
    """Detained, arrested, charged, released: separate columns, each with its date."""

    reference = models.CharField(max_length=32)
    country = models.CharField(max_length=2)
    site = models.CharField(max_length=32, blank=True, default="")
    authority = models.CharField(max_length=32)
    zone = models.CharField(max_length=64)
    state = models.CharField(max_length=16)
    detained_at = MomentField(null=True)
    arrested_at = MomentField(null=True)
    charged_at = MomentField(null=True)
    released_at = MomentField(null=True)
    crossed = JsonText(default=list)  # 'state' where two words cross

    class Meta:
        indexes = [
            models.Index(fields=["reference"], name="people_detention_two", condition=~models.Q(crossed=[]))
        ]


class Tally(ReadModel):
    """The open side of one counted record, under a random id: no decision of care's is in it.

    `protection`: the first view. `statuses`: [ms, status]; `links`: [ms, other, same].
    `changed_at`: when the last of its entries happened; as of any later moment the row holds as it is.
    """

    country = models.CharField(max_length=2)
    age_group = models.CharField(max_length=24, blank=True, default="")
    sex = models.CharField(max_length=16, blank=True, default="")
    workplace = models.CharField(max_length=32, blank=True, default="")
    met_at = MomentField()
    met = models.BooleanField()
    protection = models.CharField(max_length=24, blank=True, default="")
    custody = models.CharField(max_length=16, blank=True, default="")
    charged = models.BooleanField(default=False)
    linked = models.BooleanField(default=False)
    changed_at = MomentField()
    statuses = JsonText(default=list)
    links = JsonText(default=list)

    class Meta:
        # Covers the figures' sums: what nobody linked and nothing changed since is counted in the database.
        indexes = [
            models.Index(
                fields=[
                    "compartment",
                    "linked",
                    "country",
                    "met",
                    "protection",
                    "custody",
                    "charged",
                    "provenance",
                    "changed_at",
                ],
                name="people_tally_counts",
            )
        ]


class CareTally(ReadModel):
    """Decisions that care said of a counted record in the operation's file, as long as it did: all sealed.

    Counted on care's side alone. No page shows a row, and no role of police reads the verb that made it.
    """
