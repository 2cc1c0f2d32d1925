"""Appointing, enrolling, signing in and withdrawing; factors that nobody reads or resets."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from libertad.access import accounts
from libertad.access.acting import Forbidden
from libertad.access.models import Account, Attempt, Enrolment, Officer, Session
from libertad.access.queries import actor_of
from libertad.journal.models import Entry
from libertad.vocabulary.values import Refused
from libertad.web.signing_in import Backend
from tests.access.signing import code_for, raw_rows, sign_in
from tests.support.world import World

NEW = {"name": "Corvina Thistlewood", "service_number": "GY-7741", "role": "officer", "rank": "Cpl."}
PASSWORD = "lantern seven marsh"


def appointed(world: World, **changes: Any) -> accounts.Appointed:
    return accounts.appoint(world.actor("administrator"), **{**NEW, **changes})


def test_an_officer_is_appointed_enrols_and_signs_in(world: World) -> None:
    appointment = appointed(world)
    assert not Account.objects.get(officer=appointment.officer).has_usable_password()
    client = Client()
    form = {"service_number": "gy-7741", "code": appointment.code, "password": PASSWORD, "again": PASSWORD}
    assert client.post("/enrol/", form).url == "/sign-in/?enrolled=1"
    assert sign_in(client, "GY-7741", PASSWORD).status_code == 302
    assert client.get("/leads/").status_code == 200
    actor = actor_of(Account.objects.get(officer=appointment.officer))
    assert actor is not None and actor.role == "officer" and actor.operation == world.operation


def test_a_code_works_once_in_its_time_for_its_number_and_is_kept_as_a_hash(world: World) -> None:
    appointment = appointed(world)
    bare = appointment.code.replace("-", "").encode()
    assert bare not in raw_rows() and appointment.code.encode() not in raw_rows()
    for number, code in (
        ("GY-7741", "WRONG-CODE"),
        ("N-officer", appointment.code),
        ("GY-9999", appointment.code),
    ):
        with pytest.raises(Refused) as why:
            accounts.enrol(number, code, PASSWORD)
        assert why.value.field == "code"
    with pytest.raises(Refused) as why:
        accounts.enrol("GY-7741", appointment.code, "short")
    assert why.value.field == "password"
    row = Enrolment.objects.get()
    row.expires = timezone.now() - timedelta(minutes=1)
    row.save()
    with pytest.raises(Refused):
        accounts.enrol("GY-7741", appointment.code, PASSWORD)
    row.expires = timezone.now() + timedelta(minutes=1)
    row.save()
    accounts.enrol("GY-7741", appointment.code, PASSWORD)
    with pytest.raises(Refused):
        accounts.enrol("GY-7741", appointment.code, PASSWORD)


def test_guessing_codes_and_passwords_is_limited(world: World) -> None:
    appointed(world)
    client = Client()
    for attempt in range(6):
        form = {
            "service_number": "GY-7741",
            "code": f"GUESS-{attempt}",
            "password": PASSWORD,
            "again": PASSWORD,
        }
        answer = client.post("/enrol/", form)
    assert "Too many attempts" in answer.content.decode()
    for _ in range(6):
        answer = sign_in(client, "N-officer", "a wrong password")
    assert "Too many attempts" in answer.content.decode()
    assert "Too many attempts" in sign_in(client, "N-officer", "correct horse battery").content.decode()


def test_one_time_codes_are_limited_and_asked_before_anything_opens(world: World) -> None:
    account = Account.objects.get(officer=world.actor("officer").officer)
    secret = generate_totp_secret()
    TOTP.activate(account, secret)
    client = Client()
    assert sign_in(client, "N-officer", "correct horse battery").url.startswith("/sign-in/code/")
    assert client.get("/leads/").status_code == 302, "a password alone opens nothing"
    for _ in range(6):
        answer = client.post("/sign-in/code/", {"code": "000000"})
    assert "Too many" in answer.content.decode()
    Attempt.objects.all().delete()
    assert client.post("/sign-in/code/", {"code": code_for(secret)}).status_code == 302
    assert client.get("/leads/").status_code == 200


def test_a_code_that_was_used_is_not_taken_again(world: World) -> None:
    account = Account.objects.get(officer=world.actor("officer").officer)
    secret = generate_totp_secret()
    TOTP.activate(account, secret)
    code = code_for(secret)
    for client, accepted in ((Client(), True), (Client(), False)):
        sign_in(client, "N-officer", "correct horse battery")
        client.post("/sign-in/code/", {"code": code})
        assert (client.get("/leads/").status_code == 200) is accepted


def test_production_forces_codes_before_anything_else(world: World, settings: Any) -> None:
    settings.LIBERTAD_REQUIRE_CODE = True
    client = Client()
    sign_in(client, "N-officer", "correct horse battery")
    for page in ("/", "/leads/", "/leads/report/", "/officers/"):
        answer = client.get(page)
        assert answer.status_code in (302, 404) and "/leads" not in answer.get("Location", "")
    assert client.get("/leads/").url == "/codes/set-up/"
    page = client.get("/codes/set-up/").content.decode()
    assert "data:image/svg+xml;base64," in page
    secret = re.search(r'<p class="secret">([A-Z2-7]+)</p>', page)
    assert secret is not None
    assert secret[1].encode() not in raw_rows(), "the secret being set up is sealed in the session as well"
    answer = client.post("/codes/set-up/", {"code": code_for(secret[1])})
    assert answer.url == "/codes/recovery/"
    codes = re.findall(r'<li class="secret">(\S+)</li>', client.get("/codes/recovery/").content.decode())
    assert len(codes) == 10
    again = client.get("/codes/recovery/", follow=True)
    assert again.redirect_chain[0][0].startswith("/sign-in/again/"), "not without the password"
    proof = {"password": "correct horse battery"}
    page = client.post("/sign-in/again/?next=/codes/recovery/", proof, follow=True).content.decode()
    assert "not shown again" in page and "****" not in page and not any(code in page for code in codes)
    stored = raw_rows()
    for word in (secret[1], *codes):
        assert word.encode() not in stored
        assert base64.b64encode(word.encode()).rstrip(b"=") not in stored
    assert client.get("/leads/").status_code == 200
    again = Client()
    sign_in(again, "N-officer", "correct horse battery")
    assert again.post("/sign-in/code/", {"code": codes[0]}).status_code == 302
    assert again.get("/leads/").status_code == 200, "a recovery code replaces the app once"


def test_the_adapter_is_what_seals_the_factor(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: with allauth's own adapter the same search finds the secret."""
    from allauth.mfa.adapter import DefaultMFAAdapter

    from libertad.web.signing_in import FactorAdapter

    monkeypatch.setattr(FactorAdapter, "encrypt", DefaultMFAAdapter.encrypt)
    secret = generate_totp_secret()
    TOTP.activate(Account.objects.get(officer=world.actor("officer").officer), secret)
    assert secret.encode() in raw_rows()


def test_there_is_no_route_to_anothers_factor(world: World) -> None:
    TOTP.activate(Account.objects.get(officer=world.actor("officer").officer), generate_totp_secret())
    client = world.client("administrator")
    before = list(Authenticator.objects.values_list("pk", "data"))
    target = world.actor("officer").officer
    for address in ("/codes/end/", "/codes/recovery/new/", "/codes/set-up/"):
        for name in ("user", "account", "officer", "id", "next"):
            client.post(f"{address}?{name}={target}", {name: target, "code": "1"})
    assert list(Authenticator.objects.values_list("pk", "data")) == before


def test_a_new_code_keeps_the_second_factor_and_is_in_the_journal(world: World) -> None:
    officer = world.actor("officer").officer
    account = Account.objects.get(officer=officer)
    TOTP.activate(account, generate_totp_secret())
    entries = Entry.objects.count()
    enrolment = accounts.new_code(world.actor("administrator"), officer)
    assert Entry.objects.count() == entries + 1
    open_session = world.client("officer")
    accounts.enrol("N-officer", enrolment.code, PASSWORD)
    assert open_session.get("/leads/").status_code == 302, "a new password ends what was open"
    client = Client()
    assert sign_in(client, "N-officer", PASSWORD).url.startswith("/sign-in/code/")


def test_withdrawing_ends_sessions_factors_and_account_at_once(world: World) -> None:
    officer = world.actor("officer").officer
    account = Account.objects.get(officer=officer)
    TOTP.activate(account, generate_totp_secret())
    phone, desk = world.client("officer"), world.client("officer")
    other_client = world.client("exhibits-officer")
    assert phone.get("/leads/").status_code == 200
    answer = world.client("administrator").post(f"/officers/{officer}/", {"reason": "Left the service"})
    assert answer.url == "/officers/"
    for client in (phone, desk):
        assert client.get("/leads/").url.startswith("/sign-in/")
    assert not Session.objects.filter(account=account.pk).exists()
    assert not Account.objects.filter(officer=officer).exists() and not Authenticator.objects.exists()
    assert other_client.get("/leads/").status_code == 200
    with pytest.raises(Forbidden):
        from libertad.operations.actions.report_lead import report_lead

        world.perform(
            "officer",
            report_lead,
            country="GY",
            summary="x",
            source_grade="1",
            information_grade="A",
            handling="P",
            workplace="",
        )


def test_the_entry_alone_ends_a_session(world: World) -> None:
    """Another process may write the withdrawal: what is open here ends by the journal, not by the account."""
    from libertad.access.actions.withdraw_officer import withdraw_officer

    client = world.client("officer")
    world.perform("administrator", withdraw_officer, officer=world.actor("officer").officer, reason="Left")
    assert client.get("/leads/").url.startswith("/sign-in/")


def test_a_request_sees_the_account_that_the_table_holds(world: World) -> None:
    account = Account.objects.order_by("pk").first()
    assert account is not None
    backend = Backend()
    with CaptureQueriesContext(connection) as queries:
        loaded = backend.get_user(account.pk)
    assert len(queries) == 1
    assert loaded is not None and loaded == account and not loaded._state.adding
    for field in Account._meta.concrete_fields:
        assert getattr(loaded, field.attname) == getattr(account, field.attname)
    loaded.set_password("a horse, a barn and a lamp")
    loaded.save()
    again = Account.objects.get(pk=account.pk)
    assert again.check_password("a horse, a barn and a lamp") and again.date_joined == account.date_joined
    Account.objects.filter(pk=account.pk).update(is_active=False)
    assert backend.get_user(account.pk) is None
    assert backend.get_user(0) is None


@pytest.mark.parametrize("role", ["administrator", "coordinator"])
def test_nobody_changes_the_own_access(world: World, role: str) -> None:
    client, own = world.client(role), world.actor(role).officer
    before = Entry.objects.count()
    assert client.get(f"/officers/{own}/").status_code == 403
    assert client.post(f"/officers/{own}/", {"reason": "x"}).status_code == 403
    assert client.post(f"/officers/{own}/code/").status_code == 403
    from libertad.access.actions.appoint_officer import appoint_officer

    with pytest.raises(Forbidden):
        world.perform(role, appoint_officer, name="Me", service_number="ME-1", role="analyst", officer=own)
    assert Entry.objects.count() == before


def test_another_authoritys_officer_does_not_exist_for_an_administrator(world: World) -> None:
    client = world.client("administrator")
    for key in (world.actor("caseworker").officer, world.actor("other-officer").officer, "0" * 32):
        assert client.get(f"/officers/{key}/").status_code == 404
        assert client.post(f"/officers/{key}/", {"reason": "x"}).status_code == 404
        assert client.post(f"/officers/{key}/code/").status_code == 404
        with pytest.raises(Refused):
            accounts.withdraw(world.actor("administrator"), key, "x")
        with pytest.raises(Refused):
            accounts.new_code(world.actor("administrator"), key)
    from libertad.access.actions.appoint_officer import appoint_officer

    with pytest.raises(Refused):
        world.perform(
            "administrator",
            appoint_officer,
            name="N",
            service_number="S",
            role="officer",
            officer=world.actor("other-officer").officer,
        )


def test_a_police_authority_has_no_caseworker(world: World) -> None:
    with pytest.raises(Refused) as why:
        appointed(world, role="caseworker")
    assert why.value.field == "role"
    answer = world.client("administrator").post("/officers/appoint/", {**NEW, "role": "caseworker"})
    assert answer.status_code == 422 and not Account.objects.of(NEW["service_number"])


def test_fields_that_a_form_does_not_have_change_nothing(world: World) -> None:
    extra = {
        "authority": world.authorities["care"],
        "compartment": "0" * 32,
        "provenance": "published",
        "operation": "x",
        "officer": world.actor("officer").officer,
        "withdrawn": "1",
        "is_superuser": "1",
        "password": PASSWORD,
    }
    before = Officer.objects.filter(pk=world.actor("officer").officer).values().get()
    answer = world.client("administrator").post("/officers/appoint/", {**NEW, **extra})
    assert answer.status_code == 200 and "Enrolment code" in answer.content.decode()
    account = Account.objects.of(NEW["service_number"])
    assert account is not None and not account.has_usable_password()
    officer = Officer.objects.get(pk=account.officer)
    assert (officer.authority, officer.provenance, officer.withdrawn) == (
        world.authorities["police"],
        "",
        False,
    )
    assert officer.operation == world.operation
    assert Officer.objects.filter(pk=world.actor("officer").officer).values().get() == before


def test_a_service_number_is_never_in_the_database_in_clear(world: World) -> None:
    appointed(world)
    stored = raw_rows()
    for word in (b"GY-7741", b"gy-7741", b"Corvina", b"Thistlewood"):
        assert word not in stored


def test_sessions_are_useless_to_a_reader_of_the_database(world: World) -> None:
    client = Client()
    sign_in(client, "N-officer", "correct horse battery")
    cookie = client.cookies["libertad"].value
    stored = raw_rows()
    assert cookie.encode() not in stored
    assert Session.objects.exclude(account=None).count() == 1
    for row in Session.objects.all():
        thief = Client()
        thief.cookies["libertad"] = row.session_key
        assert thief.get("/leads/").status_code == 302
        assert b"account" not in base64.b64decode(row.session_data.partition(".")[2])


def test_a_session_ends_four_hours_after_sign_in_however_busy(world: World, monkeypatch: Any) -> None:
    client = world.client("officer")
    assert client.get("/leads/").status_code == 200
    start = timezone.now()
    for hours, status in ((3.9, 200), (4.1, 302)):
        monkeypatch.setattr(
            "libertad.web.middleware.timezone.now", lambda h=hours: start + timedelta(hours=h)
        )
        assert client.get("/leads/").status_code == status
    assert "Signed in until" in world.client("officer").get("/leads/").content.decode()


def test_signing_in_changes_the_session_and_signing_out_ends_it(world: World) -> None:
    client = Client()
    client.get("/sign-in/")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["libertad"] = session.session_key
    sign_in(client, "N-officer", "correct horse battery")
    cookie = client.cookies["libertad"].value
    assert cookie != session.session_key, "a key that was known before sign-in is worth nothing after it"
    client.post("/sign-out/")
    late = Client()
    late.cookies["libertad"] = cookie
    assert late.get("/leads/").status_code == 302


def test_a_forged_request_neither_signs_out_nor_acts(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(Account.objects.get(officer=world.actor("officer").officer))
    assert client.get("/sign-out/").status_code == 200, "a link alone signs nobody out"
    for address in ("/sign-out/", "/leads/report/", "/language/", "/demo/"):
        assert client.post(address, {"language": "es"}).status_code == 403
    assert client.get("/leads/").status_code == 200


def test_the_officers_page_shows_the_own_authority_only(world: World) -> None:
    page = world.client("administrator").get("/officers/").content.decode()
    assert "Name officer" in page and "Name caseworker" not in page and "Name other-officer" not in page
    assert world.client("officer").get("/officers/").status_code == 404


def test_the_counters_of_codes_move(world: World) -> None:
    """Our helper computes what an app would show."""
    secret = generate_totp_secret()
    counter = next(iter(yield_hotp_counters_from_time()))
    assert code_for(secret) == f"{hotp_value(secret, counter) % 10**6:06d}"
    assert connection.vendor in ("sqlite", "postgresql")


def test_a_code_stands_beside_the_name_and_number_of_whom_it_is_for(world: World) -> None:
    client = world.client("administrator")
    values = {"name": "A. Second", "rank": "Const.", "service_number": "GY-7742", "role": "officer"}
    page = client.post("/officers/appoint/", values).content.decode()
    assert "Const. A. Second" in page and "GY-7742" in page
    officer = Account.objects.of("GY-7742").officer
    page = client.post(f"/officers/{officer}/code/").content.decode()
    assert "Const. A. Second" in page and "GY-7742" in page
