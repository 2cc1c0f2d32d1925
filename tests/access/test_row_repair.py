"""Going on after rows were changed in the database: sign-ins close, rights come from the entries anew."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.test import Client

from libertad.access import accounts
from libertad.access.models import Account, Officer, Session
from libertad.access.queries import actor_of
from libertad.access.row_repair import mend
from libertad.commands import doctor
from libertad.journal.node import node
from libertad.journal.sql import Sql
from libertad.journal.verify import verify
from tests.access.signing import sign_in
from tests.access.test_thief import PASSWORD, account_of, signed_in, write
from tests.support.world import World


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def test_an_administrator_sees_that_rows_were_changed_until_they_are_mended(world: World) -> None:
    client = signed_in("POLICE-ADM")
    assert "outside this node" not in client.get("/").content.decode()
    write("update access_officer set role = 'analyst' where id = %s", world.actor("officer").officer)
    assert signed_in("N-officer").get("/leads/").status_code == 302
    assert "1 row of the database was changed outside this node" in client.get("/").content.decode()
    page = client.get("/changed-rows/").content.decode()
    assert "access_officer" in page and world.actor("officer").officer in page and "rebuild" in page
    assert signed_in("N-caseworker").get("/changed-rows/").status_code == 404
    mend(node())
    assert "outside this node" not in client.get("/").content.decode()


def test_doctor_tells_each_row_and_what_to_do(world: World) -> None:
    account = account_of(world, "officer")
    write("update access_account set password = %s where id = %s", make_password("thief"), account.pk)
    findings = list(doctor._rows())
    assert [finding.what.partition(" was")[0] for finding in findings] == [
        f"row {account.pk} of access_account"
    ]
    assert "appoint the officer anew" in findings[0].mend


def test_what_let_somebody_in_is_closed_and_a_new_code_opens_it_again(world: World) -> None:
    account = account_of(world, "officer")
    TOTP.activate(account, generate_totp_secret())
    session = signed_in("N-caseworker")
    write("update access_account set password = %s where id = %s", make_password("thief"), account.pk)
    write("delete from mfa_authenticator where user_id = %s", account.pk)
    done = mend(node())
    assert done.closed == 1 and node().seals.findings(Sql()) == [] and verify(node()).clean
    assert sign_in(Client(), "N-officer", "thief").status_code == 200
    assert session.get("/care/").status_code == 200, "nobody else is signed out"
    enrolment = accounts.new_code(world.actor("administrator"), world.actor("officer").officer)
    accounts.enrol("N-officer", enrolment.code, PASSWORD)
    assert signed_in("N-officer").get("/leads/").status_code == 200


def test_rights_are_made_anew_and_other_rows_taken_as_they_stand(world: World) -> None:
    officer = world.actor("officer").officer
    Officer.objects.filter(pk=officer).update(role="administrator")
    write("insert into exchange_withheld (compartment, number) values ('c', 1)")
    done = mend(node())
    assert (done.closed, done.rebuilt, done.taken) == (0, True, 1)
    actor: Any = actor_of(Account.objects.get(officer=officer))
    assert actor.role == "officer" and node().seals.findings(Sql()) == []


def test_a_session_that_was_written_into_the_database_is_thrown_away(world: World) -> None:
    signed_in("N-caseworker")
    row = Session.objects.exclude(account=None).get()
    write("update access_session set account = %s where session_key = %s", row.account + 1, row.session_key)
    mend(node())
    assert not Session.objects.filter(pk=row.pk).exists() and node().seals.findings(Sql()) == []
