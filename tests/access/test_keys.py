"""Keys of programs: whose they are, how they end, what of them is stored, how much they may ask."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from libertad.access import accounts, keys
from libertad.access.models import ApiKey, Officer
from libertad.vocabulary.values import Refused
from tests.access.signing import raw_rows
from tests.support.world import World

PASSWORD = "lantern seven marsh"


def header(made: keys.Made) -> str:
    return f"ApiKey {made.secret}"


def test_a_key_acts_as_the_officer_who_made_it_and_only_its_hash_is_stored(world: World) -> None:
    made = keys.make(world.actor("officer"))
    found = keys.asker(header(made))
    assert found is not None and found.actor == world.actor("officer") and found.key == made.id
    assert keys.asker(f"apikey  {made.secret} ") == found, "the scheme's case and spaces do not count"
    assert made.secret.encode() not in raw_rows() and made.id.encode() in raw_rows()


@pytest.mark.parametrize("sent", ["", "ApiKey", "ApiKey ", "ApiKey x", "Bearer {}", "Basic {}", "{}"])
def test_nothing_else_opens(world: World, sent: str) -> None:
    made = keys.make(world.actor("officer"))
    assert keys.asker(sent.format(made.secret)) is None


def test_a_key_ends_by_itself_by_its_officer_and_with_the_access(world: World) -> None:
    actor = world.actor("officer")
    old, ended, left = (keys.make(actor) for _ in range(3))
    ApiKey.objects.filter(pk=old.id).update(expires=timezone.now() - timedelta(seconds=1))
    assert keys.asker(header(old)) is None
    with pytest.raises(Refused, match="no such key"):
        keys.end(world.actor("national-lead"), ended.id)
    assert keys.asker(header(ended)) is not None
    keys.end(actor, ended.id)
    assert keys.asker(header(ended)) is None
    assert [one.pk for one in keys.listed(actor)] == [left.id, old.id]
    assert keys.listed(world.actor("national-lead")) == []
    accounts.withdraw(world.actor("administrator"), actor.officer, "left the force")
    assert keys.asker(header(left)) is None and not ApiKey.objects.exists()


def test_a_withdrawal_that_arrived_from_another_node_ends_a_key_though_the_account_is_there(
    world: World,
) -> None:
    made = keys.make(world.actor("officer"))
    Officer.objects.filter(pk=world.actor("officer").officer).update(withdrawn=True)
    assert keys.asker(header(made)) is None


def test_a_key_is_for_the_role_and_the_authority_that_it_was_made_for(world: World) -> None:
    actor = world.actor("officer")
    made = keys.make(actor)
    Officer.objects.filter(pk=actor.officer).update(role="national-lead")
    assert keys.asker(header(made)) is None
    Officer.objects.filter(pk=actor.officer).update(
        role="officer", authority=world.authorities["other-police"]
    )
    assert keys.asker(header(made)) is None


def test_a_password_set_anew_ends_the_keys(world: World) -> None:
    actor = world.actor("officer")
    made = keys.make(actor)
    code = accounts.new_code(world.actor("administrator"), actor.officer).code
    assert keys.asker(header(made)) is not None
    accounts.enrol("N-officer", code, PASSWORD)
    assert keys.asker(header(made)) is None


def test_where_a_code_is_required_an_account_without_one_has_no_working_key(
    world: World, settings: object
) -> None:
    made = keys.make(world.actor("officer"))
    settings.LIBERTAD_REQUIRE_CODE = True  # type: ignore[attr-defined]
    assert keys.asker(header(made)) is None


@pytest.mark.parametrize("days", [0, -1, 91])
def test_how_long_a_key_may_last(world: World, days: int) -> None:
    with pytest.raises(Refused, match="from 1 to 90 days"):
        keys.make(world.actor("officer"), days)


def test_so_many_questions_an_hour_and_then_again(world: World) -> None:
    made, other = keys.make(world.actor("officer")), keys.make(world.actor("officer"))
    assert keys.take(made.id, keys.AN_HOUR - 1) and not keys.take(made.id, 2)
    assert keys.take(made.id, 1) and not keys.take(made.id, 1)
    assert keys.take(other.id, 1)
    ApiKey.objects.filter(pk=made.id).update(window=timezone.now() - timedelta(hours=1))
    assert keys.take(made.id, 5) and ApiKey.objects.get(pk=made.id).asked == 5
