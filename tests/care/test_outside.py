"""A service's number counts once a second officer checked it: by it every answer is called back."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.access.acting import Forbidden, perform
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.care.actions.register_service import confirm_service, end_service, register_service
from libertad.care.outside_models import OutsideService
from libertad.care.queries_outside import ServiceSeen, askable, services
from libertad.journal.node import node
from libertad.journal.seals import RowChanged
from libertad.vocabulary.values import Refused
from tests.access.test_appointments import acting, administrator
from tests.care.people import CLINIC
from tests.care.test_wall import another_care
from tests.support.shuffling import assert_order_free
from tests.support.world import World

VALUES = {
    "name": CLINIC,
    "telephone": "+592 555 0101",
    "checked_with": "Their sign",
    "services": ("medical",),
}


def registered(world: World, **changed: Any) -> ServiceSeen:
    world.perform("caseworker", register_service, **VALUES | changed)
    return services(world.actor("caseworker"))[0]


def confirm(world: World, role: str, listed: ServiceSeen, agrees: str = "yes") -> None:
    assert listed.proposed is not None
    entry = listed.proposed.entry
    world.perform(
        role, confirm_service, service=listed.id, entry=entry, agrees=agrees, words="The directory."
    )


def only(world: World) -> ServiceSeen:
    (listed,) = services(world.actor("caseworker"))
    return listed


def test_a_number_is_nobodys_until_another_officer_has_confirmed_it(world: World) -> None:
    listed = registered(world)
    assert (listed.telephone, listed.title) == ("", CLINIC)
    assert askable(world.actor("caseworker"), CLINIC) == []
    with pytest.raises(Forbidden, match="another officer"):
        confirm(world, "caseworker", listed)
    confirm(world, "second-caseworker", listed)
    assert only(world).telephone == VALUES["telephone"]
    assert [row.id for row in askable(world.actor("caseworker"), CLINIC.upper())] == [listed.id]
    with pytest.raises(Refused, match="load the page again"):
        confirm(world, "supervisor", listed)
    assert_order_free(OutsideService)


def test_a_second_account_of_the_same_person_is_no_second_officer(world: World) -> None:
    listed = registered(world)
    boss = administrator(world)
    twin = perform(
        boss, appoint_officer, name="NAME  caseworker", service_number="T-1", role="caseworker", rank="Ms"
    )
    world.actors["twin"] = acting(world, twin, "caseworker")
    with pytest.raises(Forbidden, match="name or number"):
        confirm(world, "twin", listed)
    assert only(world).telephone == ""


def test_a_changed_number_waits_and_the_confirmed_one_holds_meanwhile(world: World) -> None:
    confirm(world, "supervisor", registered(world))
    changed = VALUES | {"telephone": "+592 555 0199", "service": only(world).id}
    world.perform("second-caseworker", register_service, **changed)
    assert only(world).telephone == VALUES["telephone"] and only(world).proposed is not None
    confirm(world, "caseworker", only(world), agrees="no")
    assert only(world).telephone == VALUES["telephone"] and only(world).proposed is None
    world.perform("second-caseworker", register_service, **changed)
    confirm(world, "caseworker", only(world))
    assert only(world).telephone == "+592 555 0199"
    world.perform("caseworker", end_service, service=only(world).id, reasons="Closed.")
    assert only(world).ended and askable(world.actor("caseworker"), CLINIC) == []
    with pytest.raises(Refused, match="asked no more"):
        world.perform("caseworker", end_service, service=only(world).id, reasons="Closed.")
    assert_order_free(OutsideService)


@pytest.mark.parametrize("telephone", ["", "call me", "+592 555", "+592 555 0101; drop", "x" * 60])
def test_what_nobody_can_dial_is_no_number(world: World, telephone: str) -> None:
    with pytest.raises(Refused) as why:
        registered(world, telephone=telephone)
    assert why.value.field == "telephone"


def test_nobody_else_says_or_reads_it(world: World) -> None:
    listed = registered(world)
    for role in ("officer", "national-lead", "deciding-authority", "prosecutor", "administrator"):
        assert services(world.actor(role)) == []
        with pytest.raises(Forbidden):
            world.perform(role, register_service, **VALUES)
        with pytest.raises(Forbidden):
            confirm(world, role, listed)
    stranger = another_care(world)
    assert services(stranger) == []
    with pytest.raises(Refused, match="no such service"):
        perform(stranger, end_service, service=listed.id, reasons="x")


def test_a_row_of_before_put_back_into_the_database_calls_nobody(world: World) -> None:
    from django.db import connection

    confirm(world, "supervisor", registered(world))
    before = bytes(OutsideService.objects.get().sealed)
    world.perform("supervisor", end_service, service=only(world).id, reasons="Its number was taken over.")
    with connection.cursor() as cursor:
        cursor.execute("update care_outsideservice set sealed = %s", [before])
    node().seals.forget() if hasattr(node().seals, "forget") else None
    with pytest.raises(RowChanged):
        world.perform("caseworker", end_service, service=OutsideService.objects.get().pk, reasons="x")
