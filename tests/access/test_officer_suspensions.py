"""Suspending an officer: at once by one, for a day unless a second person upholds it.

A robbed administrator gets little by it, and no clock makes the day longer or shorter.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from libertad.access import accounts, changes, suspension_clock
from libertad.access.acting import Act, Forbidden, perform
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actions.confirm_officer import confirm_officer
from libertad.access.actions.suspend_officer import restore_officer, suspend_officer, uphold_suspension
from libertad.access.actor import Actor
from libertad.access.keys import asker
from libertad.access.keys import make as make_key
from libertad.access.models import Account, Appointment, OfficerSuspension, Session
from libertad.access.officer_suspensions import FILE, read, suspended, suspension_limits
from libertad.access.queries import actor_of
from libertad.access.submissions import new_submission
from libertad.journal.models import Entry
from libertad.journal.node import node
from libertad.journal.seals import RowChanged
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary.values import Refused
from tests.access.test_appointments import acting, administrator, appointed, client_of
from tests.operations.test_screens import text
from tests.support.world import World

pytestmark = pytest.mark.django_db(transaction=True)
WAITS = "An officer was suspended by one officer, and waits for you"
BACK = "Your access was suspended, and is back"
HOUR = 3600.0


class Times:
    """What the node's two clocks show: one that can be set, one that cannot."""

    def __init__(self) -> None:
        self.wall, self.steady = datetime.now(UTC), 1000.0

    def pass_by(self, hours: float, step: float = 1.0) -> int:
        """Hours go by, and the node looks every `step` of them."""
        lapsed = 0
        while hours > 0:
            self.wall += timedelta(hours=min(step, hours))
            self.steady += min(step, hours) * HOUR
            hours -= step
            lapsed += suspension_clock.tend(node())
        return lapsed


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch) -> Iterator[Times]:
    shown = Times()
    monkeypatch.setattr(changes, "now", lambda: shown.wall)
    monkeypatch.setattr(suspension_clock, "elapsed", lambda: shown.steady)
    suspension_clock._counts.clear()
    yield shown
    suspension_clock._counts.clear()


def suspend(by: Actor, whom: Actor, reason: str = "The account reads at night") -> str:
    return perform(by, suspend_officer, officer=whom.officer, reason=reason)


def is_suspended(actor: Actor) -> bool:
    return actor.officer in suspended(node().sql())


def answer(who: Actor, whom: Actor, action: Any = uphold_suspension, entry: str = "") -> None:
    entry = entry or OfficerSuspension.objects.get(pk=whom.officer).entry
    perform(who, action, officer=whom.officer, entry=entry, reason="Telephoned the officer")


def test_access_ends_at_once_and_everywhere(world: World) -> None:
    lead, officer = world.actor("national-lead"), world.actor("officer")
    client = client_of(officer)
    account = Account.objects.get(officer=officer.officer)
    key = make_key(officer, program="Matching desk")
    assert client.get("/").status_code == 200 and asker(f"apikey {key.secret}") is not None
    page = f"/officers/{officer.officer}/suspend/"
    form = {"reason": "The telephone was stolen", "submission": new_submission()}
    said = world.client("national-lead").post(page, form, follow=True).content.decode()
    assert "Access is suspended" in said
    assert client.get("/").status_code != 200 and actor_of(account) is None
    assert not Session.objects.filter(account=account.pk).exists()
    assert asker(f"apikey {key.secret}") is None
    with pytest.raises(Forbidden, match="access has ended"):
        perform(officer, meet_person, country="GY")
    answer(lead, officer, restore_officer)
    assert actor_of(account) == officer and asker(f"apikey {key.secret}") is not None
    assert perform(officer, meet_person, country="GY")


def test_a_second_person_upholds_it_and_then_no_clock_ends_it(world: World, times: Times) -> None:
    lead, officer = world.actor("national-lead"), world.actor("officer")
    suspend(lead, officer)
    admin = world.client("administrator")
    page = f"/officers/{officer.officer}/suspension/"
    assert WAITS in text(admin, "/") and "nobody has upheld it yet" in text(
        world.client("national-lead"), "/"
    )
    assert 'value="uphold" checked' not in admin.get(page).content.decode()
    entry = OfficerSuspension.objects.get(pk=officer.officer).entry
    form = {"entry": entry, "answer": "uphold", "reason": "Met", "submission": new_submission()}
    assert "The suspension is upheld." in admin.post(page, form, follow=True).content.decode()
    size = Entry.objects.count()
    admin.post(page, form, follow=True)  # posted twice
    assert Entry.objects.count() == size
    assert times.pass_by(24 * 30, step=12) == 0 and is_suspended(officer)
    assert WAITS not in text(admin, "/")
    other = appointed(world, role="national-lead", key="police", by=world.actor("administrator"))
    perform(lead, confirm_officer, officer=other.officer, entry=entry_of(other.officer), how="order")
    with pytest.raises(Forbidden, match="who suspended or who upheld it lifts it"):
        answer(other, officer, restore_officer)
    answer(world.actor("administrator"), officer, restore_officer)
    assert not is_suspended(officer)


def entry_of(officer: str) -> str:
    return Appointment.objects.get(pk=officer).entry


def test_without_a_second_it_lapses_after_a_day_and_all_are_told(world: World, times: Times) -> None:
    lead, officer = world.actor("national-lead"), world.actor("officer")
    suspend(lead, officer)
    assert times.pass_by(24.5) == 0 and is_suspended(officer)  # counted from the first look
    assert times.pass_by(1) == 1 and not is_suspended(officer)
    assert BACK in text(client_of(officer), "/")
    for role in ("national-lead", "administrator"):
        assert "Nobody upheld it" in text(world.client(role), "/")
    with pytest.raises(Refused, match="no suspension of this officer waits"):
        answer(world.actor("administrator"), officer)
    times.wall += timedelta(days=8)
    assert BACK not in text(client_of(officer), "/")


def test_it_lapses_too_where_the_authority_no_longer_reads_the_file_in_which_it_was_said(
    world: World, times: Times, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = world.actor("officer")
    suspend(world.actor("national-lead"), officer)
    place, reads = OfficerSuspension.objects.get(pk=officer.officer).compartment, Act.reads
    monkeypatch.setattr(Act, "reads", lambda act, file: file != place and reads(act, file))
    assert times.pass_by(26) == 1 and not is_suspended(officer)


@pytest.mark.parametrize("hours", [-48, 48])
def test_a_clock_that_is_set_makes_the_day_neither_longer_nor_shorter(
    world: World, times: Times, hours: int
) -> None:
    officer = world.actor("officer")
    suspend(world.actor("national-lead"), officer)
    times.pass_by(6)
    times.wall += timedelta(hours=hours)
    assert times.pass_by(18) == 0 and is_suspended(officer)
    assert times.pass_by(2) == 1 and not is_suspended(officer)
    times.wall -= timedelta(hours=2 * hours)
    assert times.pass_by(1) == 0 and not is_suspended(officer)


def test_what_went_by_while_the_node_was_off_counts_and_never_below_nothing(
    world: World, times: Times
) -> None:
    officer = world.actor("officer")
    suspend(world.actor("national-lead"), officer)
    times.pass_by(12)
    suspension_clock._counts.clear()  # killed
    times.steady = 3.0
    times.wall -= timedelta(hours=30)
    assert times.pass_by(1) == 0 and is_suspended(officer)
    suspension_clock._counts.clear()
    times.steady, times.wall = 3.0, times.wall + timedelta(hours=14)
    assert suspension_clock.tend(node()) == 1 and not is_suspended(officer)


def test_a_count_that_was_written_into_the_database_ends_nothing(world: World, times: Times) -> None:
    officer = world.actor("officer")
    suspend(world.actor("national-lead"), officer)
    times.pass_by(2)
    with connection.cursor() as cursor:
        cursor.execute("update access_suspension_clock set lasted = 90000000")
    assert times.pass_by(1) == 0 and is_suspended(officer)
    assert times.pass_by(25) == 1


@pytest.mark.parametrize("change", ["state = 'lifted'", "state = 'lapsed'", "gone"])
def test_a_row_that_somebody_changed_or_took_away_lets_nobody_in(world: World, change: str) -> None:
    officer = world.actor("officer")
    account = Account.objects.get(officer=officer.officer)
    suspend(world.actor("national-lead"), officer)
    with connection.cursor() as cursor:
        if change == "gone":
            cursor.execute("delete from access_officersuspension")
        else:
            cursor.execute(f"update access_officersuspension set {change}")
    assert is_suspended(officer) and actor_of(account) is None
    with pytest.raises((Forbidden, RowChanged)):
        perform(officer, meet_person, country="GY")


# -- who may, and who may not ------------------------------------------------------------------------


def test_neither_who_suspended_nor_who_is_suspended_nor_another_account_of_theirs_upholds(
    world: World,
) -> None:
    admin, officer = world.actor("administrator"), world.actor("officer")
    suspend(admin, officer)
    with pytest.raises(Forbidden, match="a second person decides"):
        answer(admin, officer)
    values = {"name": "a. admin", "service_number": "P-2", "role": "administrator"}
    same = acting(world, perform(admin, appoint_officer, **values), "administrator", "police")
    made_up = appointed(world, role="administrator", key="police", by=admin, number="X-3", name="Made Up")
    for who in (same, made_up):
        for action in (uphold_suspension, restore_officer):
            with pytest.raises(Forbidden, match="is not confirmed, or it bears the name"):
                answer(who, officer, action)
        assert client_of(who).get(f"/officers/{officer.officer}/suspension/").status_code in (200, 404)
    for role in ("analyst", "exhibits-officer", "supervisor", "other-lead", "coordinator"):
        with pytest.raises((Forbidden, Refused)):
            answer(world.actor(role), officer)
    assert OfficerSuspension.objects.get(pk=officer.officer).state == "alone"


def test_who_may_suspend(world: World) -> None:
    officer = world.actor("officer")
    for role in ("officer", "analyst", "exhibits-officer", "caseworker", "press"):
        with pytest.raises((Forbidden, Refused)):
            suspend(world.actor(role), world.actor("national-lead"))
    for role in ("supervisor", "other-lead"):
        with pytest.raises(Refused, match="no such officer in your authority"):
            suspend(world.actor(role), officer)
    with pytest.raises(Forbidden, match="nobody suspends the own access"):
        suspend(world.actor("national-lead"), world.actor("national-lead"))
    client = world.client("national-lead")
    assert client.get(f"/officers/{world.actor('national-lead').officer}/suspend/").status_code == 403
    assert client.get(f"/officers/{world.actor('supervisor').officer}/suspend/").status_code == 404
    suspend(world.actor("supervisor"), world.actor("caseworker"))


def test_a_robbed_administrator_does_not_suspend_all_others(world: World, times: Times) -> None:
    admin, most = world.actor("administrator"), suspension_limits().alone
    suspend(admin, world.actor("officer"))
    suspend(admin, world.actor("exhibits-officer"))
    assert most == 2
    with pytest.raises(Refused, match="you suspended 2 officers within 7 days"):
        suspend(admin, world.actor("national-lead"))
    made_up = appointed(world, role="administrator", key="police", by=admin, number="X-3", name="Made Up")
    with pytest.raises(Forbidden, match="your own appointment is not confirmed"):
        suspend(made_up, world.actor("national-lead"))
    assert times.pass_by(26) == 2
    with pytest.raises(Refused, match="you suspended this officer within"):
        suspend(admin, world.actor("officer"))
    with pytest.raises(Refused, match="you suspended 2 officers"):
        suspend(admin, world.actor("national-lead"))
    times.wall -= timedelta(days=30)  # a clock that was set frees nobody
    with pytest.raises(Refused, match="you suspended 2 officers"):
        suspend(admin, world.actor("national-lead"))
    times.wall += timedelta(days=38)
    suspend(admin, world.actor("officer"))


def test_taking_ones_own_word_back_frees_no_further_one(world: World) -> None:
    admin = world.actor("administrator")
    for role in ("officer", "exhibits-officer"):
        suspend(admin, world.actor(role))
        answer(admin, world.actor(role), restore_officer)
    with pytest.raises(Refused, match="you suspended 2 officers"):
        suspend(admin, world.actor("national-lead"))
    suspend(world.actor("national-lead"), admin)  # whom it robs of nothing


def test_the_last_administrator_is_suspended_and_the_coordination_can_lift_it(world: World) -> None:
    """Care's administrator suspends the supervisor: nobody second is left there, so who coordinates is asked,
    by authority, role and date."""
    admin, supervisor = administrator(world), world.actor("supervisor")
    suspend(supervisor, admin)
    coordinator = world.client("coordinator")
    page = text(coordinator, "/")
    assert WAITS in page and "A. Admin" not in page and "reads at night" not in page
    held = text(coordinator, f"/officers/{admin.officer}/suspension/")
    assert "A. Admin" not in held and "reads at night" not in held
    answer(world.actor("coordinator"), admin, restore_officer)
    assert not is_suspended(admin)


def test_a_stale_or_replayed_answer_counts_for_nothing(world: World) -> None:
    lead, officer = world.actor("national-lead"), world.actor("officer")
    first = suspend(lead, officer)
    answer(world.actor("administrator"), officer, restore_officer)
    suspend(lead, officer, "Again")
    with pytest.raises(Refused, match="suspended anew since you read it"):
        answer(world.actor("administrator"), officer, entry=first)
    with pytest.raises(Refused, match="suspended already"):
        suspend(world.actor("administrator"), officer)
    answer(world.actor("administrator"), officer)
    with pytest.raises(Refused, match="upheld it already"):
        answer(world.actor("administrator"), officer)


def test_who_is_suspended_confirms_nobody_and_keeps_nobody_waiting(world: World) -> None:
    """An appointment that only a suspended officer could confirm goes to who coordinates."""
    admin, supervisor = administrator(world), world.actor("supervisor")
    suspend(admin, supervisor)
    new = appointed(world)
    assert "An appointment waits for your confirmation" in text(world.client("coordinator"), "/")
    with pytest.raises(Forbidden):
        perform(supervisor, confirm_officer, officer=new.officer, entry=entry_of(new.officer), how="order")


def test_withdrawing_ends_a_suspension_for_good(world: World) -> None:
    admin, officer = world.actor("administrator"), world.actor("officer")
    suspend(admin, officer)
    accounts.withdraw(admin, officer.officer, "Left the force")
    assert not is_suspended(officer)
    with pytest.raises(Refused):
        answer(world.actor("national-lead"), officer, restore_officer)
    with pytest.raises(Forbidden):
        perform(officer, meet_person, country="GY")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("alone: 2", "alone: 0", "from 1 to 50"),
        ("lasts_hours: 24", "lasts_hours: 1000", "from 1 to 168"),
        ("within_days: 7\n", "", "and nothing else"),
        ("assumed: true", "assumed: 1", "true or false"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    changed = tmp_path / "suspensions.yaml"
    changed.write_text(FILE.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(ValueError, match=complaint):
        read(changed)
