"""`doctor` names police whose people in danger reach no care authority that they made sure of."""

from __future__ import annotations

from libertad.access.actions.unconfirm_care import unconfirm_care
from libertad.access.models import CareConfirmed
from libertad.commands.doctor_care import unserved
from tests.people.making import meet
from tests.support.world import World


def test_it_names_who_has_none_and_who_is_served_as_before(world: World) -> None:
    meet(world)
    told = {what.partition(":")[0]: what for what, _mend in unserved()}
    assert set(told) == {"Saint Vincent police"} and "reach nobody of care" in told["Saint Vincent police"]
    CareConfirmed.objects.all().delete()  # as after an upgrade
    told = {what.partition(":")[0]: what for what, _mend in unserved()}
    assert "Care authority, Guyana goes on receiving" in told["Guyana police"]
    world.perform("administrator", unconfirm_care, reason="It closed")
    told = {what.partition(":")[0]: what for what, _mend in unserved()}
    assert "reach nobody of care" in told["Guyana police"]
