"""Officers' phones: what one may be enrolled for, by whom, and that it stays what it was enrolled as."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libertad.access.about_members import prove_enrolment
from libertad.access.acting import Forbidden
from libertad.access.actions.enrol_device import enrol_device
from libertad.access.actions.revoke_device import revoke_device
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.access.matrix import matrix
from libertad.access.models import Device
from libertad.access.phones import longest, read, sayable
from libertad.journal import header
from libertad.journal.node import node
from libertad.vocabulary import yamlfile
from libertad.vocabulary.body import VERBS, build
from libertad.vocabulary.field_verbs import FIELD, FIELD_VERBS
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import DeviceEnrol
from tests.support.shuffling import assert_order_free
from tests.support.world import World
from tools import field_forms

KEY, SECRET = header.keypair(bytes(range(1, 33)))
DEVICE = header.device_id(KEY).hex()
SAYS = ("person.meet", "exhibit.seize")
REFUSABLE = ["access", "exchange", "changes", "suspensions", "glass", "sharing", "figures"]


def until(days: float = 3) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)


def phone(world: World, **changes: Any) -> dict[str, Any]:
    """What enrols a phone of the officer, in this world."""
    proof = prove_enrolment(SECRET, world.authorities["police"], world.operation)
    officer = world.actor("officer").officer
    usual = {"public": KEY.hex(), "kind": FIELD, "officer": officer, "until": until(), "verb": SAYS}
    return usual | {"proof": proof} | changes


def test_a_phone_is_enrolled_for_one_officer_until_an_end_and_for_listed_verbs(world: World) -> None:
    arguments = phone(world)
    assert world.perform("administrator", enrol_device, **arguments) == DEVICE
    row = Device.objects.get(pk=DEVICE)
    assert (row.kind, row.officer, row.until) == (FIELD, arguments["officer"], arguments["until"])
    assert (row.authority, row.operation) == (world.authorities["police"], world.operation)
    assert set(row.verbs.split()) == set(SAYS) and not row.revoked
    world.perform("administrator", enrol_device, **arguments)  # sent twice
    assert_order_free(world)


def test_only_the_officers_own_authority_enrols_a_phone(world: World) -> None:
    police = world.authorities["police"]
    with pytest.raises(Forbidden, match="nobody another's phone"):
        world.perform("coordinator", enrol_device, **phone(world, authority=police))
    with pytest.raises(Refused, match="no such officer of your authority"):
        world.perform(
            "administrator", enrol_device, **phone(world, officer=world.actor("prosecutor").officer)
        )
    withdrawn = world.actor("exhibits-officer").officer
    world.perform("administrator", withdraw_officer, officer=withdrawn, reason="left")
    with pytest.raises(Refused, match="no such officer of your authority"):
        world.perform("administrator", enrol_device, **phone(world, officer=withdrawn))
    with pytest.raises(Forbidden):
        world.perform("officer", enrol_device, **phone(world))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"until": None}, "until"),
        ({"until": until(-1)}, "until"),
        ({"until": until(longest().days + 1)}, "until"),
        ({"verb": ()}, "verb"),
        ({"verb": ("person.meet", "device.enrol")}, "verb"),
        ({"verb": ("detention.link", "no words")}, "verb"),
        ({"officer": ""}, "officer"),
        ({"proof": ""}, "proof"),
        ({"proof": "ab" * 64}, "proof"),
        ({"kind": "tablet"}, "kind"),
        ({"kind": ""}, "officer"),
    ],
)
def test_what_a_phone_needs(world: World, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as why:
        world.perform("administrator", enrol_device, **phone(world, **changes))
    assert why.value.field == field
    assert not Device.objects.exists()


def test_a_phone_says_no_more_than_its_officers_role(world: World) -> None:
    administrator = world.actor("administrator")
    assert "exhibit.seize" not in sayable(administrator.role)
    with pytest.raises(Refused, match="role does not say"):
        world.perform("administrator", enrol_device, **phone(world, officer=administrator.officer))


def test_a_phones_proof_is_of_this_operation(world: World) -> None:
    elsewhere = prove_enrolment(SECRET, world.authorities["police"], "0f" * 16)
    with pytest.raises(Refused, match="did not sign"):
        world.perform("administrator", enrol_device, **phone(world, proof=elsewhere))


def test_what_a_key_is_first_it_stays(world: World) -> None:
    police = world.authorities["police"]
    world.perform("administrator", enrol_device, **phone(world))
    with pytest.raises(Refused, match="key of its own"):
        world.perform("administrator", enrol_device, public=KEY.hex())
    with pytest.raises(Refused, match="key of its own"):
        world.perform("coordinator", enrol_device, public=KEY.hex(), authority=police)
    with pytest.raises(Refused, match="enrolled already"):
        world.perform("administrator", enrol_device, **phone(world, until=until(4)))
    own, secret = node().rings.device(police)
    proof = prove_enrolment(secret, police, world.operation)
    for _ in range(2):  # before it is enrolled, when it is only on file, and after
        with pytest.raises(Refused, match="no node's device becomes one"):
            world.perform("administrator", enrol_device, **phone(world, public=own.hex(), proof=proof))
        world.perform("administrator", enrol_device, public=own.hex())
    assert Device.objects.get(pk=DEVICE).kind == FIELD
    assert Device.objects.get(pk=header.device_id(own).hex()).kind == ""
    assert_order_free(world)


def test_a_lost_phone_is_revoked_and_its_key_comes_back_as_nothing(world: World) -> None:
    world.perform("administrator", enrol_device, **phone(world))
    assert world.perform("administrator", revoke_device, device=DEVICE, reason="lost") == 1
    row = Device.objects.get(pk=DEVICE)
    assert (row.kind, row.revoked) == (FIELD, True)
    for arguments in (phone(world), {"public": KEY.hex()}):
        with pytest.raises(Refused, match="was revoked"):
            world.perform("administrator", enrol_device, **arguments)


def test_no_phone_says_anything_about_access_sharing_or_erasing() -> None:
    assert set(yamlfile.read(field_forms.VERBS)) == FIELD_VERBS
    rooms = {VERBS[verb].__module__.rpartition(".")[2] for verb in FIELD_VERBS - {"compartment.open"}}
    assert not rooms & set(REFUSABLE)
    words = ("device", "officer", "share", "erase", "readers", "remove", "key", "glass", "hold")
    assert not [verb for verb in FIELD_VERBS for word in words if word in verb]
    assert matrix().entries.keys() >= FIELD_VERBS
    for verb in FIELD_VERBS - {"compartment.open"}:
        assert not {"self", "coordinator", "coordination-2", "none"} & set(matrix().entries[verb].about), verb


def test_the_list_of_another_version_is_read(world: World) -> None:
    newer = phone(world, verb=("person.meet", "weather.report"))
    newer.pop("proof")
    assert build(DeviceEnrol, newer).verb == ("person.meet", "weather.report")
    assert build(DeviceEnrol, {"public": KEY.hex()}).kind == ""


def test_the_file_of_numbers_says_what_is_wrong_in_it(tmp_path: Any) -> None:
    path = tmp_path / "phones.yaml"
    for words in ("assumed: true\n", "assumed: true\nlongest_days: 0\n", "assumed: 1\nlongest_days: 9\n"):
        path.write_text(words, encoding="utf-8")
        with pytest.raises(ValueError, match=r"phones\.yaml"):
            read(path)
