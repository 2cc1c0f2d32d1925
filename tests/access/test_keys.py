"""Keys of programs: whose they are, how they end, what of them is stored, how much they may ask."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from libertad.access import accounts, keys
from libertad.access.acting import Forbidden
from libertad.access.actions import make_key
from libertad.access.models import ApiKey, KeyUse, Officer, ProgramKey
from libertad.journal.writer import NotStored
from libertad.vocabulary.values import Refused
from tests.access.signing import raw_rows
from tests.support.shuffling import assert_order_free
from tests.support.world import World

PASSWORD = "lantern seven marsh"


def header(key: keys.Made) -> str:
    return f"ApiKey {key.secret}"


def test_a_key_acts_as_the_officer_who_made_it_and_only_its_hash_is_stored(world: World) -> None:
    key = keys.make(world.actor("officer"))
    asker = keys.asker(header(key))
    assert asker is not None and asker.actor == world.actor("officer") and asker.key == key.id
    assert keys.asker(f"apikey  {key.secret} ") == asker, "the scheme's case and spaces do not count"
    assert key.secret.encode() not in raw_rows() and key.id.encode() in raw_rows()


@pytest.mark.parametrize("sent", ["", "ApiKey", "ApiKey ", "ApiKey x", "Bearer {}", "Basic {}", "{}"])
def test_nothing_else_opens(world: World, sent: str) -> None:
    key = keys.make(world.actor("officer"))
    assert keys.asker(sent.format(key.secret)) is None


def test_a_key_ends_by_itself_by_its_officer_and_with_the_access(world: World) -> None:
    actor = world.actor("officer")
    old, ended, left = (keys.make(actor) for _ in range(3))
    ApiKey.objects.filter(pk=old.id).update(expires=timezone.now() - timedelta(seconds=1))
    assert keys.asker(header(old)) is None
    assert keys.asker(header(ended)) is not None
    keys.end(actor, ended.id, "no longer used")
    assert keys.asker(header(ended)) is None
    with pytest.raises(Refused, match="no such key"):
        keys.end(actor, ended.id, "again")
    assert {key.id: key.state for key in keys.listed(actor)} == {
        old.id: "ran-out",
        ended.id: "ended",
        left.id: "works",
    }
    accounts.withdraw(world.actor("administrator"), actor.officer, "left the force")
    assert keys.asker(header(left)) is None and not ApiKey.objects.exists()
    assert {key.state for key in keys.listed(world.actor("national-lead")) if key.id == left.id} == {
        "stopped"
    }


def test_who_may_withdraw_an_officer_ends_the_officer_s_keys_and_nobody_else_does(world: World) -> None:
    for role in ("administrator", "national-lead"):
        key = keys.make(world.actor("officer"))
        for other_role in ("exhibits-officer", "other-officer", "other-lead", "coordinator", "caseworker"):
            with pytest.raises(Refused, match="no such key"):
                keys.end(world.actor(other_role), key.id, "not mine")
            assert keys.listed(world.actor(other_role)) == [], other_role
        assert keys.asker(header(key)) is not None
        keys.end(world.actor(role), key.id, "the laptop was lost")
        assert keys.asker(header(key)) is None
        [first, *_rest] = keys.listed(world.actor("officer"))
        assert (first.id, first.state, first.reason) == (key.id, "ended", "the laptop was lost")
        assert first.ended_by_name and first.ended_at is not None
    assert_order_free(world)


def test_who_reads_no_hits_gives_no_key(world: World) -> None:
    for role in ("administrator", "press", "deciding-authority"):
        with pytest.raises(Forbidden):
            keys.make(world.actor(role))
    assert not ApiKey.objects.exists() and not ProgramKey.objects.exists()


def test_a_key_and_its_entry_are_there_together_or_not_at_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make_key, "INSERT", "insert into no_such_table values (?, ?, ?, ?, ?, ?, ?, ?)")
    with pytest.raises(NotStored):
        keys.make(world.actor("officer"))
    assert not ApiKey.objects.exists() and not ProgramKey.objects.exists()


def test_a_key_that_the_journal_ended_stays_ended_in_an_older_database(world: World) -> None:
    key = keys.make(world.actor("officer"))
    before = ApiKey.objects.get(pk=key.id)
    keys.end(world.actor("officer"), key.id, "lost")
    before.save(force_insert=True)
    assert keys.asker(header(key)) is None


def test_what_a_key_is_for_and_why_it_ended_is_read_nowhere_at_rest(world: World) -> None:
    key = keys.make(world.actor("officer"), program="Canarydesk Georgetown")
    keys.end(world.actor("officer"), key.id, "Canaryreason")
    assert b"Canary" not in raw_rows()
    [listed] = keys.listed(world.actor("officer"))
    assert (listed.program, listed.reason) == ("Canarydesk Georgetown", "Canaryreason")


def test_how_much_a_key_asked_is_told_by_day_and_forgotten_after_a_month(world: World) -> None:
    actor = world.actor("officer")
    key, other_key = keys.make(actor), keys.make(actor)
    today = timezone.now().date()
    KeyUse.objects.create(key=key.id, day=today - timedelta(days=keys.COUNTED), asked=500)
    KeyUse.objects.create(key=key.id, day=today - timedelta(days=keys.COUNTED - 1), asked=40)
    by_id = {row.id: row for row in keys.listed(actor)}
    assert (by_id[key.id].today, by_id[key.id].month) == (0, 40)
    assert by_id[key.id].last == today - timedelta(days=keys.COUNTED - 1) and by_id[other_key.id].last is None
    assert keys.take(key.id, 3) and keys.take(key.id, 2) and not keys.take(key.id, keys.AN_HOUR)
    usage = next(row for row in keys.listed(actor) if row.id == key.id)
    assert (usage.today, usage.month, usage.last) == (5, 45, today)
    assert KeyUse.objects.count() == 2, "the day before the last thirty is gone"


def test_a_withdrawal_that_arrived_from_another_node_ends_a_key_though_the_account_is_there(
    world: World,
) -> None:
    key = keys.make(world.actor("officer"))
    Officer.objects.filter(pk=world.actor("officer").officer).update(withdrawn=True)
    assert keys.asker(header(key)) is None


def test_a_key_is_for_the_role_and_the_authority_that_it_was_made_for(world: World) -> None:
    actor = world.actor("officer")
    key = keys.make(actor)
    Officer.objects.filter(pk=actor.officer).update(role="national-lead")
    assert keys.asker(header(key)) is None
    Officer.objects.filter(pk=actor.officer).update(
        role="officer", authority=world.authorities["other-police"]
    )
    assert keys.asker(header(key)) is None


def test_a_password_set_anew_ends_the_keys(world: World) -> None:
    actor = world.actor("officer")
    key = keys.make(actor)
    code = accounts.new_code(world.actor("administrator"), actor.officer).code
    assert keys.asker(header(key)) is not None
    accounts.enrol("N-officer", code, PASSWORD)
    assert keys.asker(header(key)) is None


def test_where_a_code_is_required_an_account_without_one_has_no_working_key(
    world: World, settings: object
) -> None:
    key = keys.make(world.actor("officer"))
    settings.LIBERTAD_REQUIRE_CODE = True  # type: ignore[attr-defined]
    assert keys.asker(header(key)) is None


@pytest.mark.parametrize("days", [0, -1, 91])
def test_how_long_a_key_may_last(world: World, days: int) -> None:
    with pytest.raises(Refused, match="from 1 to 90 days"):
        keys.make(world.actor("officer"), days)


def test_so_many_questions_an_hour_and_then_again(world: World) -> None:
    key, other_key = keys.make(world.actor("officer")), keys.make(world.actor("officer"))
    assert keys.take(key.id, keys.AN_HOUR - 1) and not keys.take(key.id, 2)
    assert keys.take(key.id, 1) and not keys.take(key.id, 1)
    assert keys.take(other_key.id, 1)
    ApiKey.objects.filter(pk=key.id).update(window=timezone.now() - timedelta(hours=1))
    assert keys.take(key.id, 5) and ApiKey.objects.get(pk=key.id).asked == 5
