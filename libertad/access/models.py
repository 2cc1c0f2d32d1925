"""Who may: authorities, officers, compartments and their readers, holds, openings; and sign-ins."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from libertad.journal.fields import MomentField
from libertad.journal.models import ReadModel


class Authority(ReadModel):
    """A police force, an INTERPOL centre, an NGO, a social service, a prosecution or deciding office."""

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    country = models.CharField(max_length=2)
    zone = models.CharField(max_length=64)
    part = models.CharField(max_length=20)
    officers = models.IntegerField(default=0)


class Officer(ReadModel):
    """An officer; name, rank and service number are sealed."""

    authority = models.CharField(max_length=32, db_index=True)
    role = models.CharField(max_length=32)
    withdrawn = models.BooleanField(default=False)


class Compartment(ReadModel):
    """A compartment: its kind, its owner, and what it is about (a random id)."""

    kind = models.CharField(max_length=16)
    owner = models.CharField(max_length=32)
    about = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["kind", "about"], name="access_compartment_about")]


class Reader(ReadModel):
    """'compartment:authority': the authority reads the compartment."""

    authority = models.CharField(max_length=32)
    kind = models.CharField(max_length=16)

    class Meta:
        indexes = [models.Index(fields=["authority", "kind", "compartment"], name="access_reader_of")]


class Clock(ReadModel):
    """An operation's clock: it read `reads` at `set_at` and runs `rate` seconds a second."""

    reads = MomentField()
    set_at = MomentField()
    rate = models.FloatField()


class Hold(ReadModel):
    """A person under a legal hold; nothing of the person may be erased."""

    active = models.BooleanField()
    since = MomentField()
    place = models.CharField(max_length=32)


class Opening(ReadModel):
    """Somebody opened a file: when, who, which page."""

    subject = models.CharField(max_length=32, db_index=True)
    page = models.CharField(max_length=32)
    officer = models.CharField(max_length=32)
    authority = models.CharField(max_length=32)
    at = MomentField()


class Number(models.Model):
    """Last human reference number given in a series, so that none is given twice."""

    series = models.CharField(max_length=32, primary_key=True)
    last = models.BigIntegerField()


class AccountManager(BaseUserManager["Account"]):
    def create_user(self, service_number: str, password: str | None, officer: str) -> Account:
        account = self.model(service_number=service_number.strip().upper(), officer=officer)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """A sign-in. Says only which officer it is; role and authority come from the journal."""

    service_number = models.CharField(max_length=40, unique=True)
    officer = models.CharField(max_length=32, unique=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)
    email = ""

    objects = AccountManager()
    USERNAME_FIELD = "service_number"

    class Meta:
        db_table = "access_account"

    def __str__(self) -> str:
        return "account"
