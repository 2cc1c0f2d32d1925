"""Four eyes for appointments to roles of protection and access, which stop nobody.

As on 27 November 2026: an administrator appointed a caseworker alone and read everything as that caseworker.
"""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.urls import reverse

from libertad.access import accounts
from libertad.access.acting import Forbidden, perform
from libertad.access.actions.appoint_officer import appoint_by_one, appoint_officer
from libertad.access.actions.confirm_officer import confirm_officer
from libertad.access.actor import Actor
from libertad.access.amount_limits import amount_limits
from libertad.access.appointments import FILE, by_one, read, second_roles
from libertad.access.matrix import matrix
from libertad.access.models import Account, Appointment, Officer
from libertad.access.submissions import new_submission
from libertad.journal.models import Entry
from libertad.journal.node import node
from libertad.journal.seals import RowChanged
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.values import Refused
from tests.access.test_amounts import Passing, meet, open_files, passing  # noqa: F401  a fixture
from tests.operations.test_screens import text
from tests.support.world import AUTHORITIES, World

pytestmark = pytest.mark.django_db(transaction=True)
WAITS = "An appointment waits for your confirmation"
OWN = "Your appointment is not confirmed"
PASSWORD = "correct horse battery"


def administrator(world: World, key: str = "care") -> Actor:
    """The authority's first one."""
    name = f"administrator of {key}"
    if name not in world.actors:
        row = Officer.objects.get(authority=world.authorities[key], role="administrator")
        world.actors[name] = acting(world, row.pk, "administrator", key)
    return world.actors[name]


def acting(world: World, officer: str, role: str, key: str = "care") -> Actor:
    return Actor(officer, world.authorities[key], role, world.operation, AUTHORITIES[key][3])


def client_of(actor: Actor) -> Client:
    client, account = Client(), Account.objects.filter(officer=actor.officer).first()
    account = account or Account.objects.create_user(f"T-{actor.officer[:8]}", PASSWORD, actor.officer)
    client.force_login(account, backend="libertad.web.signing_in.Backend")
    return client


def appointed(
    world: World,
    role: str = "caseworker",
    key: str = "care",
    by: Actor | None = None,
    number: str = "NEW-1",
    name: str = "Corvina Thistlewood",
) -> Actor:
    """By one person, as from the page."""
    by = by or administrator(world, key)
    officer = accounts.appoint(by, name=name, service_number=number, role=role).officer
    return acting(world, officer, role, key)


def confirm(who: Actor, appointment: Actor, entry: str = "") -> None:
    entry = entry or Appointment.objects.get(pk=appointment.officer).entry
    perform(who, confirm_officer, officer=appointment.officer, entry=entry, how="in-person")


def waits(actor: Actor) -> bool:
    return actor.officer in by_one(node().sql())


def test_an_appointment_by_one_is_shown_until_a_second_person_confirms_it(world: World) -> None:
    admin, supervisor = administrator(world), world.client("supervisor")
    new = appointed(world)
    own, page = client_of(new), f"/officers/{new.officer}/confirm/"
    assert waits(new) and OWN in text(own, "/") and "Name supervisor" in text(own, page)
    assert "not confirmed, since" in text(client_of(admin), "/officers/")
    listed = text(supervisor, "/")
    assert WAITS in listed and "Corvina Thistlewood" in listed and "A. Admin" in listed
    for other in (client_of(admin), world.client("caseworker"), world.client("coordinator")):
        assert WAITS not in text(other, "/") and other.get(page).status_code == 404
    entry = Appointment.objects.get(pk=new.officer).entry
    form = {"entry": entry, "how": "in-person", "submission": new_submission()}
    answer = supervisor.post(page, form, follow=True)
    assert "The appointment is confirmed." in answer.content.decode()
    size = Entry.objects.count()
    supervisor.post(page, form, follow=True)  # posted twice
    assert Entry.objects.count() == size
    assert not waits(new) and WAITS not in text(supervisor, "/") and OWN not in text(own, "/")
    assert "by one" not in text(client_of(admin), "/officers/")


def test_nothing_that_is_recorded_waits(world: World) -> None:
    new = appointed(world)
    assert perform(new, meet_person, country="GY")
    assert client_of(new).get(reverse("person-new")).status_code == 200


def test_another_administrator_comes_before_the_supervisor(world: World) -> None:
    first = administrator(world)
    values = {"name": "B. Second", "service_number": "S-1", "role": "administrator"}
    second = acting(world, perform(first, appoint_officer, **values), "administrator")
    new = appointed(world)
    with pytest.raises(Forbidden, match="another person confirms"):
        confirm(world.actor("supervisor"), new)
    confirm(second, new)
    assert not waits(new)


def test_where_nobody_is_second_the_coordination_is_told_authority_role_and_date(world: World) -> None:
    new = appointed(world, role="deciding-authority", key="deciding")
    coordinator = world.client("coordinator")
    page = f"/officers/{new.officer}/confirm/"
    for shown in (text(coordinator, "/"), text(coordinator, page)):
        assert (
            "Deciding authority, Guyana" in shown and "Thistlewood" not in shown and "A. Admin" not in shown
        )
    assert "the coordination of the operation" in text(client_of(new), "/")
    entry = Appointment.objects.get(pk=new.officer).entry
    coordinator.post(page, {"entry": entry, "how": "telephone"})
    assert not waits(new) and WAITS not in text(coordinator, "/")


def test_withdrawing_works_at_once_by_one(world: World) -> None:
    new = appointed(world)
    accounts.withdraw(administrator(world), new.officer, "generated")
    assert not waits(new) and WAITS not in text(world.client("supervisor"), "/")
    with pytest.raises(Refused, match="no appointment waits"):
        confirm(world.actor("supervisor"), new)


def test_who_was_appointed_before_the_rule_and_other_roles_are_not_marked(world: World) -> None:
    assert by_one(node().sql()) == {} and not Appointment.objects.exists()
    appointed(world, role="officer", key="police")
    assert by_one(node().sql()) == {}


# -- ways around -------------------------------------------------------------------------------------


def test_neither_who_appoints_nor_who_is_appointed_confirms(world: World) -> None:
    admin = administrator(world, "deciding")
    new = appointed(world, role="administrator", key="deciding")
    for who in (admin, new):
        with pytest.raises(Forbidden, match="neither who appointed nor who was appointed"):
            confirm(who, new)
        answer = client_of(who).post(f"/officers/{new.officer}/confirm/", {"entry": "0" * 64, "how": "order"})
        assert answer.status_code in (403, 404, 422)
    assert waits(new)


def test_a_second_account_of_who_appoints_confirms_nothing(world: World) -> None:
    """One that the same hand made stands by one itself, and whom it appoints that hand confirms neither."""
    first = administrator(world)
    made_up = appointed(world, role="administrator", number="NEW-2", name="Made Up")
    new = appointed(world)
    with pytest.raises(Forbidden, match="your own appointment is not confirmed"):
        confirm(made_up, new)
    through = appointed(world, by=made_up, number="NEW-3", name="Third Hand")
    for who in (first, made_up):
        with pytest.raises(Forbidden, match="neither who appointed"):
            confirm(who, through)
    assert waits(made_up) and waits(new) and waits(through)
    assert client_of(first).get(f"/officers/{through.officer}/confirm/").status_code == 404


def test_an_account_that_bears_the_name_of_who_appoints_confirms_nothing(world: World) -> None:
    """Of before the rule, so that it stands by nobody's mark."""
    admin = world.actor("administrator")
    values = {"name": "a. admin", "service_number": "P-2", "role": "administrator"}
    same = acting(world, perform(admin, appoint_officer, **values), "administrator", "police")
    new = appointed(world, role="coordinator", key="police", by=admin)
    with pytest.raises(Refused, match="bears the name or number"):
        confirm(same, new)
    assert waits(new) and WAITS in text(world.client("national-lead"), "/")


def test_a_replayed_confirmation_confirms_no_later_appointment(world: World) -> None:
    new = appointed(world)
    first = Appointment.objects.get(pk=new.officer).entry
    confirm(world.actor("supervisor"), new)
    perform(
        administrator(world),
        appoint_by_one,
        name="Corvina Thistlewood",
        service_number="NEW-1",
        role="supervisor",
        officer=new.officer,
    )
    assert waits(new), "a change of role needs its own"
    with pytest.raises(Refused, match="was changed since you read it"):
        confirm(world.actor("supervisor"), new, first)
    confirm(world.actor("supervisor"), new)
    assert not waits(new)


def test_a_confirmed_role_is_no_way_into_another(world: World) -> None:
    """Confirmed, put into a role that waits for nobody, and back."""
    new = appointed(world, role="national-lead", key="police", by=world.actor("administrator"))
    confirm(world.actor("national-lead"), new)
    for role, waiting in (("officer", False), ("national-lead", True)):
        perform(
            world.actor("administrator"),
            appoint_by_one,
            name="Corvina Thistlewood",
            service_number="NEW-1",
            role=role,
            officer=new.officer,
        )
        assert waits(new) == waiting
    with pytest.raises(Forbidden, match="your own appointment is not confirmed"):
        confirm(new, appointed(world, role="coordinator", key="police", number="NEW-9", name="Another"))


def test_no_officer_of_another_authority_confirms(world: World) -> None:
    new = appointed(world)
    for who in ("national-lead", "administrator", "other-lead", "coordinator"):
        with pytest.raises((Forbidden, Refused)):
            confirm(world.actor(who), new)
        entry = Appointment.objects.get(pk=new.officer).entry
        page = f"/officers/{new.officer}/confirm/"
        assert world.client(who).post(page, {"entry": entry, "how": "order"}).status_code == 404
    assert waits(new)


@pytest.mark.parametrize(
    "change", ["confirmed_by = 'somebody'", "role = 'press'", "withdrawn = true", "gone"]
)
def test_a_row_that_is_planted_confirms_nobody(world: World, change: str) -> None:
    new = appointed(world)
    with connection.cursor() as cursor:
        if change == "gone":
            cursor.execute("delete from access_appointment where id = %s", [new.officer])
        else:
            cursor.execute(f"update access_appointment set {change} where id = %s", [new.officer])
    assert waits(new)
    if change != "gone":
        with pytest.raises(RowChanged):
            confirm(world.actor("supervisor"), new)


# -- signing in anew ---------------------------------------------------------------------------------


def test_a_code_that_gives_the_whole_account_is_an_appointment(world: World) -> None:
    caseworker = world.actor("caseworker")
    accounts.new_code(administrator(world), caseworker.officer)
    assert waits(caseworker), "without a second factor the code is the account"
    confirm(world.actor("supervisor"), caseworker)
    account = Account.objects.get(officer=caseworker.officer)
    Authenticator(user=account, type=Authenticator.Type.TOTP, data={"secret": "generated"}).save()
    accounts.new_code(administrator(world), caseworker.officer)
    assert not waits(caseworker), "the second factor stays with who has it"


# -- at another pace ---------------------------------------------------------------------------------


def test_openings_of_an_unconfirmed_officer_count_doubly_and_are_shown_at_once(
    world: World,
    passing: Passing,  # noqa: F811
) -> None:
    usual = amount_limits().hour["care"]["people"]
    people = meet(world, usual // 2 + 2, "caseworker")
    passing.wait(days=3)
    new = appointed(world)
    client, supervisor = client_of(new), world.client("supervisor")
    answers = open_files(client, people[:1])
    assert answers == [200]
    shown = unescape(text(supervisor, "/"))
    assert "1 person's file opened by Corvina Thistlewood, whose appointment is not confirmed" in shown
    assert "whose appointment is not confirmed" not in text(world.client("caseworker"), "/")
    answers = open_files(client, people[1:])
    assert answers == [200] * (usual // 2 - 1) + [429] * 2
    assert open_files(world.client("second-caseworker"), people) == [200] * len(people)
    confirm(world.actor("supervisor"), new)
    assert open_files(client, people) == [200] * len(people)
    assert "whose appointment is not confirmed" not in text(supervisor, "/")


# -- what is data ------------------------------------------------------------------------------------


def test_every_role_that_reads_protection_files_or_gives_access_waits_for_a_second_person() -> None:
    law, awaited = matrix(), second_roles().awaited
    care = {
        right_role
        for right in law.entries.values()
        if "care" in right.kinds and right.kinds == {"care"}
        for right_role in right.read
    }
    giving = law.entries["officer.appoint"].say | law.entries["officer.confirm"].say
    assert (care | giving) - {"node"} <= awaited
    assert set(codelist("roles")) - awaited == {"officer", "exhibits-officer", "analyst", "press"}


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("  press: {second: false, why: reads counts alone}\n", "", "names each of"),
        ("second: false, why: reads counts", "second: perhaps, why: reads counts", "'second', true or false"),
        ("police: [administrator, national-lead]", "police: [officer]", "waits for a second itself"),
        ("counts: 2", "counts: 0", "from 1 to 10"),
        ("counts: 2", "", "and nothing else"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    changed = tmp_path / "appointments.yaml"
    changed.write_text(FILE.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(ValueError, match=complaint):
        read(changed)
