"""A superuser of the database, who writes any row and has no key and no file of the node's home."""

from __future__ import annotations

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.db import connection
from django.test import Client

from libertad.access import accounts
from libertad.access.models import Account, Enrolment, Session
from libertad.access.queries import actor_of
from libertad.access.sessions import storage_name
from libertad.journal.node import node
from libertad.journal.verify import verify
from libertad.operations.actions.report_lead import report_lead
from tests.access.signing import code_for, sign_in
from tests.support.world import World

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def write(text: str, *params: Any) -> int:
    """A statement as the superuser of the database runs it, past all of the node's code."""
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return cursor.rowcount


def account_of(world: World, role: str) -> Account:
    return Account.objects.get(officer=world.actor(role).officer)


def noticed(table: str) -> bool:
    """Whether the running node, and the journal's verifier, tell of a row of this table."""
    tables = {notice.table for notice in node().seals.notices()}
    places = [finding.where for finding in verify(node(), models=False).findings if finding.kind == "row"]
    return table in tables and any(where.startswith(f"{table}:") for where in places)


def signed_in(number: str) -> Client:
    client = Client()
    assert sign_in(client, number, PASSWORD).status_code == 302
    return client


def own_session(client: Client) -> Session:
    return Session.objects.get(session_key=storage_name(client.cookies["libertad"].value))


def test_a_session_row_copied_into_an_own_one_opens_nothing_and_is_noticed(world: World) -> None:
    victim, thief = signed_in("N-caseworker"), signed_in("N-press")
    assert victim.get("/care/").status_code == 200 and thief.get("/care/").status_code != 200
    copied, own = own_session(victim), own_session(thief)
    write(
        "update access_session set session_data = %s, account = %s where session_key = %s",
        copied.session_data,
        copied.account,
        own.session_key,
    )
    assert thief.get("/care/").status_code == 302 and thief.get("/").url.startswith("/sign-in/")
    assert noticed("access_session")
    assert victim.get("/care/").status_code == 200, "the copied officer's own session goes on"


def test_a_session_that_was_ended_and_is_put_back_opens_nothing_and_is_noticed(world: World) -> None:
    client = signed_in("N-caseworker")
    cookie, row = client.cookies["libertad"].value, own_session(client)
    client.post("/sign-out/")
    assert not Session.objects.filter(pk=row.pk).exists()
    write(
        "insert into access_session (session_key, session_data, expire_date, account) "
        "values (%s, %s, %s, %s)",
        row.session_key,
        row.session_data,
        row.expire_date,
        row.account,
    )
    again = Client()
    again.cookies["libertad"] = cookie
    assert again.get("/care/").status_code == 302
    assert noticed("access_session")


def test_a_new_password_or_factor_ends_every_other_session_by_itself(world: World) -> None:
    """Even where the rows of the sessions stay in the database."""
    account = account_of(world, "caseworker")
    client = signed_in("N-caseworker")
    TOTP.activate(account, generate_totp_secret())
    assert client.get("/care/").status_code == 302
    assert Session.objects.filter(account=account.pk).exists()
    assert not node().seals.notices(), "nothing was changed by anybody else"


@pytest.mark.parametrize("role", ["administrator", "caseworker"])
def test_a_role_written_into_the_database_is_not_believed(world: World, role: str) -> None:
    client = signed_in("N-press")
    actor = world.actor("press")
    before = client.get("/care/").status_code
    write("update access_officer set role = %s where id = %s", role, actor.officer)
    assert actor_of(account_of(world, "press")) is None
    assert client.get("/care/").status_code != 200 and before != 200
    assert noticed("access_officer")


def test_no_act_is_taken_from_an_officer_whose_row_was_changed(world: World) -> None:
    actor = world.actor("officer")
    write("update access_officer set role = %s where id = %s", "analyst", actor.officer)
    node().writer.caches.clear()
    with pytest.raises(Exception, match="changed outside this node"):
        world.perform(
            "officer",
            report_lead,
            country="GY",
            source_grade="1",
            information_grade="B",
            handling="P",
            summary="a house",
        )


def test_a_withdrawn_officer_is_not_appointed_by_the_database(world: World) -> None:
    appointment = accounts.appoint(
        world.actor("administrator"), name="C. T.", service_number="GY-7741", role="officer", rank="Cpl."
    )
    accounts.enrol("GY-7741", appointment.code, PASSWORD)
    row = Account.objects.get(officer=appointment.officer)
    accounts.withdraw(world.actor("administrator"), appointment.officer, "left the force")
    write("update access_officer set withdrawn = %s where id = %s", False, appointment.officer)
    write(
        "insert into access_account (id, password, service_number, officer, is_active, date_joined) "
        "values (%s, %s, %s, %s, %s, %s)",
        row.pk,
        row.password,
        row.service_number,
        row.officer,
        True,
        row.date_joined,
    )
    client = Client()
    assert "was changed in the database" in sign_in(client, "GY-7741", PASSWORD).content.decode()
    assert client.get("/leads/").status_code == 302
    assert noticed("access_account") and actor_of(row) is None and noticed("access_officer")


def test_an_overwritten_password_and_deleted_factors_let_nobody_in(world: World) -> None:
    account = account_of(world, "caseworker")
    TOTP.activate(account, generate_totp_secret())
    write("update access_account set password = %s where id = %s", make_password("thief's word"), account.pk)
    write("delete from mfa_authenticator where user_id = %s", account.pk)
    client = Client()
    assert "was changed in the database" in sign_in(client, "N-caseworker", "thief's word").content.decode()
    assert client.get("/care/").status_code == 302
    assert noticed("access_account") and noticed("mfa_authenticator")


def test_deleted_factors_alone_let_nobody_in_by_the_right_password(world: World) -> None:
    account = account_of(world, "caseworker")
    TOTP.activate(account, generate_totp_secret())
    write("delete from mfa_authenticator where user_id = %s", account.pk)
    client = Client()
    sign_in(client, "N-caseworker", PASSWORD)
    assert client.get("/care/").status_code == 302
    assert noticed("mfa_authenticator")


def test_a_factor_copied_from_another_account_is_not_taken(world: World) -> None:
    thief, victim = account_of(world, "press"), account_of(world, "caseworker")
    secret = generate_totp_secret()
    TOTP.activate(thief, secret)
    TOTP.activate(victim, generate_totp_secret())
    own = Authenticator.objects.get(user=thief)
    write("update mfa_authenticator set data = %s where user_id = %s", json.dumps(own.data), victim.pk)
    client = Client()
    sign_in(client, "N-caseworker", PASSWORD)
    client.post("/sign-in/code/", {"code": code_for(secret)})
    assert client.get("/care/").status_code == 302
    assert noticed("mfa_authenticator")


def test_an_old_password_put_back_lets_nobody_in(world: World) -> None:
    account = account_of(world, "caseworker")
    old = account.password
    account.set_password("a word that is newer")
    account.save()
    assert sign_in(Client(), "N-caseworker", "a word that is newer").status_code == 302
    write("update access_account set password = %s where id = %s", old, account.pk)
    assert "was changed in the database" in sign_in(Client(), "N-caseworker", PASSWORD).content.decode()
    assert noticed("access_account")


def test_a_code_of_enrolment_written_into_the_database_sets_no_password(world: World) -> None:
    appointment = accounts.appoint(
        world.actor("administrator"), name="C. T.", service_number="GY-7741", role="officer", rank="Cpl."
    )
    row = Enrolment.objects.get()
    victim = account_of(world, "caseworker")
    write("update access_enrolment set account_id = %s where id = %s", victim.pk, row.pk)
    client = Client()
    form = {
        "service_number": "N-caseworker",
        "code": appointment.code,
        "password": "thief's own word",
        "again": "thief's own word",
    }
    assert client.post("/enrol/", form).status_code == 422
    assert sign_in(client, "N-caseworker", "thief's own word").status_code == 200
    assert noticed("access_enrolment")


def test_only_whose_row_was_changed_is_shut_out(world: World) -> None:
    write("update access_officer set role = %s where id = %s", "press", world.actor("officer").officer)
    assert signed_in("N-caseworker").get("/care/").status_code == 200
    assert signed_in("N-officer").get("/leads/").status_code == 302
