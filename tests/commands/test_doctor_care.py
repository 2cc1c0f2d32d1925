"""`doctor` names police whose people in danger reach no care authority that they made sure of."""

from __future__ import annotations

from libertad.access.acting import new_id
from libertad.access.actions.invite_authority import invite_authority
from libertad.access.actions.unconfirm_care import unconfirm_care
from libertad.access.models import CareConfirmed
from libertad.commands.doctor_care import unserved
from tests.people.making import meet
from tests.support.world import World


def test_it_names_who_has_none_and_who_is_served_as_before(world: World) -> None:
    meet(world)
    by_police = {wrong.partition(":")[0]: wrong for wrong, _mend in unserved()}
    assert (
        set(by_police) == {"Saint Vincent police"}
        and "reach nobody of care" in by_police["Saint Vincent police"]
    )
    CareConfirmed.objects.all().delete()  # as after an upgrade
    by_police = {wrong.partition(":")[0]: wrong for wrong, _mend in unserved()}
    assert "Care authority, Guyana goes on receiving" in by_police["Guyana police"]
    world.perform("administrator", unconfirm_care, reason="It closed")
    by_police = {wrong.partition(":")[0]: wrong for wrong, _mend in unserved()}
    assert "reach nobody of care" in by_police["Guyana police"]


def test_a_confirmed_one_that_never_joined_is_wrong_and_without_one_the_coordinator_invites(
    world: World,
) -> None:
    never = world.perform(
        "coordinator",
        invite_authority,
        name="Care on paper",
        kind="care",
        country="GY",
        zone="America/Guyana",
        authority=new_id(),
    )
    row = CareConfirmed.objects.get(pk=f"{world.operation}:{world.authorities['police']}")
    row.care = never
    row.save()
    by_police = {wrong.partition(":")[0]: (wrong, mend) for wrong, mend in unserved()}
    assert "Care on paper, which it confirmed, has not joined" in by_police["Guyana police"][0]
    assert by_police["Guyana police"][1].startswith("its administrator confirms one")
    assert "none of Saint Vincent" in by_police["Saint Vincent police"][1]
    assert "the coordinator invites one" in by_police["Saint Vincent police"][1]
