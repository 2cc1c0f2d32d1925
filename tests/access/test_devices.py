"""Devices, nodes and removed readers: who may say it, what the rows tell, in any order of arrival."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from libertad.access.acting import Act, Forbidden, new_id, perform
from libertad.access.actions.announce_node import announce_node
from libertad.access.actions.enrol_device import enrol_device
from libertad.access.actions.revoke_device import revoke_device
from libertad.access.actor import Actor
from libertad.access.matrix import matrix
from libertad.access.models import Authority, Compartment, Device, Node, Officer, Revocation
from libertad.journal import header
from libertad.journal.checkpoint import SMALL_ORDER, Signer
from libertad.journal.node import node
from libertad.journal.sql import Sql
from libertad.operations.actions.report_lead import report_lead
from libertad.operations.models import Lead
from libertad.vocabulary.body import build
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import DeviceEnrol, DeviceRevoke, NodeAnnounce
from tests.support.lawless import lawless
from tests.support.shuffling import assert_order_free
from tests.support.world import World

KEY = header.keypair(bytes(range(32)))[0]
SIGNER = Signer(bytes(32))


def say(act: Act, what: Any, subject: str, kind: str = "operation", about: str = "") -> str:
    return act.say(act.compartment(kind, about or act.actor.operation), what, subject=subject)


def lead_of(world: World) -> str:
    lead: str = world.perform(
        "officer",
        report_lead,
        country="GY",
        summary="Lights at night at the old mill.",
        source_grade="2",
        information_grade="C",
        handling="P",
    )
    return lead


def test_an_enrolled_device_is_on_file_here_and_for_every_node_that_reads(world: World) -> None:
    device = world.perform("administrator", enrol_device, public=KEY.hex(), note="boat")
    assert device == header.device_id(KEY).hex()
    row = Device.objects.get(pk=device)
    assert (row.public, row.authority, row.revoked) == (KEY.hex(), world.authorities["police"], False)
    assert row.operation == world.operation
    filed = Sql().first("select authority from journal_device where id = ?", (header.device_id(KEY),))
    assert filed == (world.authorities["police"],)
    size = _size()
    world.perform("administrator", enrol_device, public=KEY.hex())
    assert _size() == size, "enrolled again, nothing is said"
    assert_order_free(world)


def test_only_a_coordinator_enrols_for_others_and_nobody_takes_a_device_over(world: World) -> None:
    care = world.authorities["care"]
    with pytest.raises(Forbidden):
        world.perform("administrator", enrol_device, public=KEY.hex(), authority=care)
    with pytest.raises(Forbidden):
        world.perform("officer", enrol_device, public=KEY.hex())
    world.perform("coordinator", enrol_device, public=KEY.hex(), authority=care)
    with pytest.raises(Refused, match="another authority's"):
        world.perform("administrator", enrol_device, public=KEY.hex())
    with pytest.raises(Refused, match="no such authority"):
        world.perform("coordinator", enrol_device, public=SIGNER.public.hex(), authority=new_id())
    assert list(Device.objects.values_list("authority", flat=True)) == [care]


@pytest.mark.parametrize("public", sorted(SMALL_ORDER))
def test_keys_of_small_order_are_not_enrolled_and_those_of_others_not_folded(
    world: World, public: bytes
) -> None:
    with pytest.raises(Refused, match="relied on"):
        world.perform("administrator", enrol_device, public=public.hex())
    with pytest.raises(Refused, match="no node's key"):
        world.perform("administrator", announce_node, public=public.hex())
    police = world.authorities["police"]
    content = build(DeviceEnrol, {"public": public.hex()})
    with pytest.raises(Forbidden, match="rely on"):
        world.perform("administrator", say, what=content, subject=police)
    with lawless():
        world.perform("administrator", say, what=content, subject=police)
    assert not Device.objects.exists()


def test_a_revoked_device_is_recognised_up_to_a_number_in_each_compartment(world: World) -> None:
    lead_of(world)
    police = world.authorities["police"]
    old = node().rings.device(police)[0]
    device = header.device_id(old).hex()
    with pytest.raises(Refused, match="writes with this device"):
        world.perform("administrator", revoke_device, device=device, reason="stolen")
    world.perform("administrator", enrol_device, public=old.hex())
    node().rings.renew_device(police)
    with pytest.raises(Refused, match="no such device"):
        world.perform("coordinator", revoke_device, device=device, reason="stolen")
    with pytest.raises(Refused, match="has no log in"):
        world.perform("administrator", revoke_device, device=device, reason="x", last={new_id(): 1})
    file = Compartment.objects.get(kind="police").pk
    count = world.perform("administrator", revoke_device, device=device, reason="stolen", last={file: 0})
    cutoffs = {
        row.compartment: row.last for row in Revocation.objects.filter(device=device, authority=police)
    }
    heads = dict(
        Sql().all(
            "select compartment, max(seq) from journal_entry where device = ? group by compartment",
            (header.device_id(old),),
        )
    )
    kinds = {Compartment.objects.get(pk=place).kind for place in cutoffs}
    assert {"operation", "police", "authority"} <= kinds and count == len(cutoffs) == len(heads)
    assert heads[file] > 0 and cutoffs == heads | {file: 0}
    assert not Lead.objects.exists()  # what came after number 0 is kept and folded nowhere
    assert Device.objects.get(pk=device).revoked
    with pytest.raises(Refused, match="revoked"):
        world.perform("administrator", enrol_device, public=old.hex())
    # Said twice, the lower number counts, and it never rises.
    world.perform("administrator", revoke_device, device=device, reason="stolen", last={file: 5})
    assert Revocation.objects.get(compartment=file, device=device).last == 0
    assert_order_free(world)


def test_a_device_is_revoked_wherever_it_wrote_whatever_kind_of_file_it_is(world: World) -> None:
    """One kind of file in which it may not be said, and the whole of it is refused: the thief goes on."""
    worker = world.actor("caseworker")
    for kind in ("count", "desk"):
        perform(worker, open_one, kind=kind)
    old = node().rings.device(worker.authority)[0]
    node().rings.renew_device(worker.authority)
    administrator = next(
        replace(worker, officer=row.pk, role=row.role)
        for row in Officer.objects.filter(authority=worker.authority, role="administrator")
    )
    device = header.device_id(old).hex()
    perform(administrator, revoke_device, device=device, reason="stolen")
    places = Revocation.objects.filter(device=device).values_list("compartment", flat=True)
    kinds = {Compartment.objects.get(pk=place).kind for place in places}
    assert {"operation", "count", "desk"} <= kinds
    assert matrix().entries["device.revoke"].kinds == set(codelist("compartment-kinds"))
    assert_order_free(world)


def open_one(act: Act, kind: str) -> None:
    act.open(kind, new_id() if kind == "desk" else act.actor.authority, [])


def test_a_device_that_wrote_nothing_is_revoked_in_the_operation(world: World) -> None:
    device = world.perform("administrator", enrol_device, public=KEY.hex())
    assert world.perform("administrator", revoke_device, device=device, reason="lost") == 1
    row = Revocation.objects.get(device=device)
    assert (row.last, Compartment.objects.get(pk=row.compartment).kind) == (-1, "operation")


def test_the_word_of_another_authority_revokes_nothing(world: World) -> None:
    device = world.perform("administrator", enrol_device, public=KEY.hex())
    content = DeviceRevoke(device=device, reason="we do not like it", last=-1)
    with pytest.raises(Forbidden, match="own authority"):
        world.perform("coordinator", say, what=content, subject=world.authorities["police"])
    with lawless():
        world.perform("coordinator", say, what=content, subject=world.authorities["police"])
    assert not Device.objects.get(pk=device).revoked
    assert Revocation.objects.get(device=device).authority == world.authorities["centre"]
    assert_order_free(world)


def test_what_an_authority_says_of_its_own_node_stands_before_what_others_say(world: World) -> None:
    police = world.authorities["police"]
    own, guess = SIGNER, Signer(bytes(31) + b"\x01")
    assert (
        world.perform("administrator", announce_node, public=own.public.hex(), address="https://a.example")
        == own.origin
    )
    world.perform("coordinator", announce_node, public=guess.public.hex(), authority=police)
    row = Node.objects.get(pk=police)
    assert (row.origin, row.public, row.address) == (own.origin, own.public.hex(), "https://a.example")
    size = _size()
    world.perform("administrator", announce_node, public=own.public.hex(), address="https://a.example")
    assert _size() == size
    with pytest.raises(Forbidden):
        world.perform("administrator", announce_node, public=KEY.hex(), authority=world.authorities["care"])
    assert_order_free(world)


def test_a_node_that_takes_another_nodes_name_is_not_folded(world: World) -> None:
    police = world.authorities["police"]
    content = NodeAnnounce(origin=SIGNER.origin, public=KEY.hex())
    world.perform("administrator", say, what=content, subject=police)
    assert not Node.objects.exists()


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        (DeviceEnrol, {"public": "ab"}, "public"),
        (DeviceEnrol, {"public": "A" * 64}, "public"),
        (DeviceRevoke, {"device": "0" * 31, "reason": "x", "last": 0}, "device"),
        (DeviceRevoke, {"device": "0" * 32, "reason": " ", "last": 0}, "reason"),
        (DeviceRevoke, {"device": "0" * 32, "reason": "x", "last": -2}, "last"),
        (NodeAnnounce, {"origin": "libertad/1", "public": "0" * 64}, "origin"),
        (
            NodeAnnounce,
            {"origin": "libertad/" + "0" * 16, "public": "0" * 64, "address": "http://a"},
            "address",
        ),
    ],
)
def test_values_against_their_rule_are_refused(kind: Any, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as why:
        build(kind, values)
    assert why.value.field == field


def test_an_authority_outside_the_operation_announces_nothing(world: World) -> None:
    stranger = replace(world.actor("coordinator"), operation="")
    with pytest.raises(Refused):
        _perform(stranger, announce_node, public=KEY.hex())
    assert Authority.objects.filter(operation=world.operation).count() == 7


def _perform(actor: Actor, action: Any, **arguments: Any) -> Any:
    return perform(actor, action, **arguments)


def _size() -> int:
    row = Sql().first("select size from journal_head where id = 1")
    assert row is not None
    return int(row[0])
