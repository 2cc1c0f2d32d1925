"""Whom a verb may be about: the matrix says it of each verb, and one function answers."""

from __future__ import annotations

import os
from copy import deepcopy
from typing import Any

import pytest
from nacl.bindings import crypto_sign_keypair

from libertad.access import about, about_members, matrix
from libertad.access.acting import Act, Forbidden
from libertad.access.file_ids import derive_file, proves_file
from libertad.vocabulary import yamlfile
from libertad.vocabulary.verbs.access import CompartmentOpen, DeviceEnrol, OfficerAppoint, OfficerWithdraw
from tests.support.world import World

pytestmark = [pytest.mark.django_db]


def law() -> dict[str, Any]:
    return deepcopy(yamlfile.read(matrix.PATH))


@pytest.mark.parametrize("rules", [None, [], ["anybody"], ["self", "everybody"]])
def test_a_verb_that_does_not_say_whom_it_may_be_about_does_not_load(rules: list[str] | None) -> None:
    data = law()
    row = data["entries"]["lead.report"]
    if rules is None:
        del row["about"]
    else:
        row["about"] = rules
    with pytest.raises(matrix.MatrixError, match=r"lead\.report"):
        matrix.parse(data)


def test_every_rule_of_the_matrix_is_answered() -> None:
    for verb, right in matrix.matrix().entries.items():
        assert verb in about.BY_VERB or set(right.about) <= set(about.BY_RULE), verb


def test_a_files_id_is_its_owners_alone() -> None:
    nonce = os.urandom(32).hex()
    owner, other_owner = "a" * 32, "b" * 32
    place = derive_file(owner, "person", "p", nonce)
    assert len(place) == 32 and bytes.fromhex(place)
    assert proves_file(place, CompartmentOpen(kind="person", owner=owner, about="p"), nonce)
    for content in (
        CompartmentOpen(kind="person", owner=other_owner, about="p"),
        CompartmentOpen(kind="care", owner=owner, about="p"),
        CompartmentOpen(kind="person", owner=owner, about="q"),
    ):
        assert not proves_file(place, content, nonce)
    assert not proves_file(place, CompartmentOpen(kind="person", owner=owner, about="p"), "")


def test_a_new_device_signs_its_own_enrolment(world: World) -> None:
    public, secret = crypto_sign_keypair()
    police = world.authorities["police"]
    operation = world.actor("administrator").operation

    def enrol(act: Act, proof: str) -> str:
        content = DeviceEnrol(public=public.hex())
        return act.say(act.operation_compartment, content, subject=police, proof=proof)

    wrong = about_members.prove_enrolment(secret, world.authorities["centre"], operation)
    with pytest.raises(Forbidden, match="did not sign"):
        world.perform("administrator", enrol, proof=wrong)
    assert world.perform(
        "administrator", enrol, proof=about_members.prove_enrolment(secret, police, operation)
    )


def test_nobody_speaks_of_anothers_officer_at_home_either(world: World) -> None:
    officer = world.actor("officer").officer
    for forged in (
        OfficerAppoint(name="X", service_number="X-1", role="press"),
        OfficerWithdraw(reason="forged"),
    ):

        def say(act: Act, what: Any = forged) -> str:
            return act.say(act.operation_compartment, what, subject=officer)

        with pytest.raises(Forbidden, match="another authority's"):
            world.perform("coordinator", say)
