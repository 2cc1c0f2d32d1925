"""Rows of this room that decide what somebody may do, and how those that Django writes are sealed.

Sign-ins, factors, codes, keys and sessions are sealed as they are saved and deleted (Django's signals);
read models as they are folded. `queryset.update()` sends no signal: what it changes is found to be changed.
"""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Model
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save

from libertad.access.models import (
    Account,
    ApiKey,
    Appointment,
    Authority,
    Begun,
    BrokenGlass,
    CareConfirmed,
    Clock,
    Closing,
    Compartment,
    ComplaintRow,
    DangerContact,
    Device,
    Enrolment,
    ErasedFile,
    Hold,
    HoldTally,
    Member,
    Node,
    Officer,
    OfficerSuspension,
    OperationChange,
    Passkey,
    PasskeyUse,
    ProgramKey,
    Reader,
    Removed,
    Revocation,
    Session,
    Sharing,
    Suspended,
    Undone,
)
from libertad.journal import guards
from libertad.journal.guards import GUARDS, Guard, Values
from libertad.journal.node import node
from libertad.journal.seals import Change, RowChanged
from libertad.journal.sql import Sql

ANEW = "withdraw the officer's access and appoint the officer anew; then run libertad doctor --accept-rows"
ACCOUNT, FACTOR, SESSION = "access_account", "mfa_authenticator", "access_session"
CODE, KEY, PROGRAM = "access_enrolment", "access_api_key", "access_programkey"
PASSKEY = "access_passkey_use"
CREDENTIALS = frozenset({ACCOUNT, FACTOR})  # a change of these ends the account's sessions
DJANGO: tuple[type[Model], ...] = (Account, Enrolment, ApiKey, Session, Authenticator, PasskeyUse)


def register() -> None:
    """Declare the room's tables; called once when the application is ready."""
    guards.guard(ACCOUNT, ["id"], ["password", "service_number", "officer", "is_active"], ANEW)
    guards.guard(FACTOR, ["id"], ["user_id", "type", "data:json"], ANEW, group="user_id")
    guards.guard(PASSKEY, ["factor_id"], ["counter"], ANEW)
    guards.guard(
        CODE,
        ["id"],
        ["account_id", "code", "expires:moment"],
        "give the officer a new code",
        group="account_id",
    )
    guards.guard(
        KEY,
        ["id"],
        ["digest", "account_id", "authority", "role", "expires:moment"],
        "end the key and give the program a new one",
    )
    guards.guard(
        SESSION,
        ["session_key"],
        ["account"],
        "nothing: whoever used it signs in again",
        where="account is not null",
    )
    guards.guard(
        "access_operation_file",
        ["operation"],
        ["inviter", "compartment"],
        "look whether the row is right, then run libertad doctor --accept-rows",
    )
    guards.guard(
        "access_suspension",
        ["entry"],
        ["change", "whom", "heard", "state"],
        "look whether the row is right, then run libertad doctor --accept-rows",
    )
    guards.guard(
        "access_suspension_clock",
        ["entry"],
        ["lasted", "looked"],
        "nothing: the day is counted anew; lift the suspension if it is not right",
    )
    for model in (
        Authority,
        Member,
        Officer,
        Passkey,
        Appointment,
        OfficerSuspension,
        Compartment,
        Reader,
        Device,
        Revocation,
        Node,
        Clock,
        Hold,
        HoldTally,
        ErasedFile,
        ProgramKey,
        CareConfirmed,
        DangerContact,
        Begun,
        Closing,
        OperationChange,
        Undone,
        Suspended,
        Removed,
        Sharing,
    ):
        guards.guard_model(model)
    guards.guard_model(BrokenGlass, "compartment", "operation", "person", "reader", "sealed")
    guards.guard_model(ComplaintRow, "compartment", "operation", "sealed")
    for django_model in DJANGO:
        pre_save.connect(_before, sender=django_model)
        post_save.connect(_saved, sender=django_model)
        pre_delete.connect(_leaving, sender=django_model)
        post_delete.connect(_deleted, sender=django_model)


# -- reading -------------------------------------------------------------------------------------


def sql() -> Sql:
    return Sql()


def ready() -> None:
    """Rows that were there before there were seals are sealed once, at the first question."""
    node().seals.ready(sql())


def members(table: str, group: Any) -> set[str]:
    """Names of the rows of a group as this node wrote them, whatever the database has."""
    ready()
    return node().seals.members(table, str(group))


def stored(table: str, key: Any) -> Values | None:
    """A row that is there, as this node wrote it; None where there is none. RowChanged for any other."""
    guard = GUARDS[table]
    here = node()
    here.seals.ready(sql())
    row = sql().first(f'{guard.select} and "{guard.key[0]}" = ?', (key,))
    if row is None:
        if not here.seals.absent(table, str(key)):
            raise RowChanged(table, str(key))
        return None
    if not here.seals.holds(table, row):
        raise RowChanged(table, guard.name(row))
    return row


def believed(table: str, *row: Any) -> bool:
    """Whether a row that was read (key and columns of its guard, in order) is as this node wrote it."""
    here, guard = node(), GUARDS[table]
    here.seals.ready(sql())
    if here.seals.holds(table, row, quiet=True):
        return True
    again = sql().first(f'{guard.select} and "{guard.key[0]}" = ?', (row[0],))
    if again is not None:  # else, and where it is right now, this node changed it since it was read
        here.seals.holds(table, again)
    return False


def complete(table: str, group: Any) -> bool:
    """Whether a group's rows, such as the factors of an account, are those that this node wrote."""
    guard = GUARDS[table]
    here = node()
    here.seals.ready(sql())
    rows = guards.rows(sql(), guard, f' and "{guard.group}" = ?', (group,))
    return here.seals.complete(table, str(group), rows)


def trusted(account: Account) -> bool:
    """Whether an account and its second factors are as this node wrote them."""
    return account_holds(account) and complete(FACTOR, account.pk)


def account_holds(account: Account) -> bool:
    """As `trusted`, of the account alone."""
    row = (account.pk, account.password, account.service_number, account.officer, account.is_active)
    return believed(ACCOUNT, *row)


def enrols(account: int) -> bool:
    """Whether an account and the code with which it sets a password are as this node wrote them."""
    try:
        stored(ACCOUNT, account)
    except RowChanged:
        return False
    return complete(CODE, account)


def works(key: ApiKey) -> bool:
    """Whether a program's key, its officer's sign-in and what the journal tells of the key are believed, and
    the journal has not ended it."""
    row = (key.pk, key.digest, key.account_id, key.authority, key.role, key.expires)
    try:
        key_row = stored(PROGRAM, key.pk)
    except RowChanged:
        return False
    ended = key_row is None or key_row[GUARDS[PROGRAM].names.index("ended_at")] is not None
    return not ended and believed(KEY, *row) and trusted(key.account)


# -- writing, through Django ---------------------------------------------------------------------


def _row(guard: Guard, instance: Model) -> Values:
    return tuple(getattr(instance, name) for name in guard.names)


def _guard(instance: Model) -> Guard:
    return GUARDS[instance._meta.db_table]


def _matters(guard: Guard, fields: Any) -> bool:
    """Whether saving these fields (None: all) changes what is sealed."""
    if fields is None:
        return True
    names = {*fields, *(f"{field}_id" for field in fields)}
    return bool(names & set(guard.names))


def _before(sender: type[Model], instance: Model, update_fields: Any = None, **_: Any) -> None:
    """A row that is changed was right before: a forged one is not made right by saving it."""
    guard = _guard(instance)
    if not _matters(guard, update_fields):
        return
    table = guard.table
    before = None if instance._state.adding and table != SESSION else stored(table, instance.pk)
    row = _row(guard, instance)
    if before is not None and update_fields is not None:
        columns = dict(zip(guard.names, before, strict=True))
        names = {*update_fields, *(f"{field}_id" for field in update_fields)}
        row = tuple(
            value if name in names else columns[name] for name, value in zip(guard.names, row, strict=True)
        )
    instance.__dict__["_sealed_row"] = row
    if instance.pk is not None:
        _prepare(instance, row, before)


def _saved(sender: type[Model], instance: Model, update_fields: Any = None, **_: Any) -> None:
    row = instance.__dict__.pop("_sealed_row", None)
    if row is None:
        return
    changes: list[Change] | None = instance.__dict__.pop("_sealing", None)
    if changes is None:  # its id is known only now
        guard = _guard(instance)
        changes = _prepare(instance, (instance.pk, *row[1:]) if guard.key == ("id",) else row, None)
        instance.__dict__.pop("_sealing", None)
    if changes:
        transaction.on_commit(lambda: node().seals.settle(changes))


def _prepare(instance: Model, row: Values, before: Values | None) -> list[Change]:
    guard, here = _guard(instance), node()
    here.seals.ready(sql())
    changes: list[Change] = []
    if guard.table == SESSION and row[1] is None:
        changes = [here.seals.removal(SESSION, row)] if before is not None else []
    else:
        change = here.seals.change(guard.table, row)
        if before is None or here.seals.change(guard.table, before).seal != change.seal:
            changes = [change]
    if changes and guard.table in CREDENTIALS:
        _renew(int(row[0] if guard.table == ACCOUNT else row[1]))
    here.seals.prepare(changes)
    instance.__dict__["_sealing"] = changes
    return changes


def _renew(account: int) -> None:
    """Credentials change: sessions of the account end, but for the one in which its officer changes them."""
    node().seals.renew(account)
    carry = getattr(getattr(context.request, "session", None), "carry", None)
    if carry is not None:
        carry(account)


def _leaving(sender: type[Model], instance: Model, **_: Any) -> None:
    guard, here = _guard(instance), node()
    here.seals.ready(sql())
    row = _row(guard, instance)
    if guard.table in CREDENTIALS:
        _renew(int(row[0] if guard.table == ACCOUNT else row[1]))
    change = here.seals.removal(guard.table, row)
    here.seals.prepare([change])
    instance.__dict__["_sealing"] = [change]


def _deleted(sender: type[Model], instance: Model, **_: Any) -> None:
    changes = instance.__dict__.pop("_sealing", [])
    transaction.on_commit(lambda: node().seals.settle(changes))
