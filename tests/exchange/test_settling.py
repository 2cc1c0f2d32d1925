"""Four eyes for what waits in quarantine: one proposes to settle an alarm, a second person confirms that.

Until 30 November 2026 one coordinator or administrator settled an alarm, and so released it, alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from libertad.access.acting import Forbidden
from libertad.access.actions.appoint_officer import appoint_by_one, appoint_officer
from libertad.access.actions.suspend_officer import suspend_officer
from libertad.access.models import Officer
from libertad.access.submissions import new_submission
from libertad.commands.doctor_alarms import alarms as doctor_alarms
from libertad.exchange import queries_held, queries_settling
from libertad.exchange.authorization import settle_alarm, settling_rules
from libertad.exchange.authorization.alarm_rows import put_alarm
from libertad.exchange.authorization.settling_rules import FILE, NOT_RIGHT, RIGHT, read
from libertad.exchange.models import Alarm, Settlement
from libertad.exchange.peering.peers import now_ms
from libertad.journal.models import Entry
from libertad.journal.node import node
from libertad.journal.seals import RowChanged
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import NodeAnnounce
from tests.exchange.conftest import Three
from tests.operations.test_screens import text
from tests.security.test_forging_access import forge
from tests.support.exchanged import Exchanged, exchanged
from tests.support.nodes import Party, settle
from tests.support.sealed import believe_all
from tests.support.world import World

pytestmark = pytest.mark.django_db(transaction=True)
ASKED = "A second person is asked: settle an alarm?"
ALONE = "An alarm was settled by one person"
WHY = "They have their keys in hand"


@pytest.fixture
def peer_rows(world: World) -> Iterator[Exchanged]:
    lead = world.actor("coordinator")
    yield exchanged(world.operation, lead.authority, lead.officer)


class Time:
    """Time that passes, and a clock that somebody sets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.passed = self.set_by = 0
        elapsed, now = settling_rules.elapsed, now_ms
        for module in (settling_rules, settle_alarm):
            monkeypatch.setattr(module, "elapsed", lambda: elapsed() + self.passed)
        monkeypatch.setattr(
            "libertad.exchange.peering.peers.now_ms", lambda: now() + self.passed + self.set_by
        )

    def wait(self, minutes: int) -> None:
        self.passed += minutes * 60_000


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time(monkeypatch)


def propose(world: World, alarm: str, by: str = "coordinator") -> str:
    return settle_alarm.propose_settling(node(), world.actor(by), alarm, WHY)


def confirm(world: World, who: str, settlement: str) -> None:
    settle_alarm.confirm_settling(node(), world.actor(who), settlement, "I telephoned them too")


def is_open(alarm: str) -> bool:
    return Alarm.objects.get(pk=alarm).settled is None


def held_alarm(world: World) -> str:
    """An alarm about another authority's word, of which nothing waits."""
    entry = Entry.objects.order_by("-idx").first()
    assert entry is not None
    signed = [bytes(entry.header).hex(), bytes(entry.signature).hex()]
    proof = json.dumps({"why": "x", "verb": "device.enrol", "victims": [], "signed": signed})
    key, who = f"about:{bytes(entry.hash).hex()}", world.authorities["other-police"]
    node().writer.submit(lambda tx: put_alarm(tx, key, "about", who, proof))
    return key


def test_one_proposes_with_a_reason_and_a_second_person_confirms_it(
    world: World, peer_rows: Exchanged
) -> None:
    alarm = peer_rows.node_alarm
    client, second = world.client("coordinator"), world.client("administrator")
    page = f"/peers/alarms/{alarm}/"
    answer = client.post(f"{page}settle/", {"reason": WHY, "submission": new_submission()}, follow=True)
    assert "nothing is released before" in answer.content.decode() and is_open(alarm)
    assert ASKED not in text(client, "/") and ASKED in text(second, "/") and WHY in text(second, "/")
    assert "Nothing is released until a second person has confirmed it" in text(client, page)
    row = Settlement.objects.get()
    posted = {
        "settlement": row.pk,
        "decision": "confirm",
        "words": "I telephoned them too",
        "submission": new_submission(),
    }
    assert client.get(f"{page}answer/").status_code == 200, "who proposed it may take it back"
    assert second.post(f"{page}answer/", posted | {"words": ""}).status_code == 422
    assert second.post(f"{page}answer/", posted).status_code == 302
    assert not is_open(alarm)
    assert second.post(f"{page}answer/", posted).status_code == 302, "posted twice"
    row.refresh_from_db()
    actors = world.actor("coordinator").officer, world.actor("administrator").officer
    assert (row.officer, row.second, row.state) == (*actors, "confirmed")
    shown = text(client, page)
    assert "M. Alleyne" in shown and "A. Admin" in shown and "I telephoned them too" in shown
    assert ASKED not in text(second, "/") and ALONE not in text(second, "/")
    with pytest.raises(Refused, match="settled it already"):
        propose(world, alarm)


def test_who_proposed_and_who_may_not_settle_nothing(world: World, peer_rows: Exchanged) -> None:
    alarm = peer_rows.node_alarm
    with pytest.raises(Forbidden):
        propose(world, alarm, "national-lead")
    settlement = propose(world, alarm)
    with pytest.raises(Refused, match="proposed already"):
        propose(world, alarm, "administrator")
    with pytest.raises(Forbidden, match="not who proposed it"):
        confirm(world, "coordinator", settlement)
    for role in ("officer", "prosecutor", "caseworker", "press"):
        with pytest.raises(Forbidden):
            confirm(world, role, settlement)
    assert is_open(alarm)
    confirm(world, "national-lead", settlement)
    assert not is_open(alarm)


def test_another_account_of_the_same_person_and_who_stands_by_one_confirm_nothing(
    world: World, peer_rows: Exchanged
) -> None:
    settlement = propose(world, peer_rows.node_alarm, "administrator")
    names = {
        "again": {"name": "a ADMIN", "service_number": "N-again"},
        "made up": {"name": "Somebody Else", "service_number": "N-else"},
    }
    for account, called in names.items():
        appoint = appoint_officer if account == "again" else appoint_by_one
        officer = world.perform("administrator", appoint, role="national-lead", **called)
        world.actors[account] = replace(world.actor("administrator"), officer=officer, role="national-lead")
        with pytest.raises(Forbidden):
            confirm(world, account, settlement)
    assert is_open(peer_rows.node_alarm)


def test_an_account_that_one_made_up_and_its_maker_are_one_hand(world: World, peer_rows: Exchanged) -> None:
    officer = world.perform(
        "administrator", appoint_by_one, name="Somebody", service_number="N-1", role="administrator"
    )
    world.actors["made up"] = replace(world.actor("administrator"), officer=officer)
    settlement = propose(world, peer_rows.node_alarm, "made up")
    with pytest.raises(Forbidden):
        confirm(world, "administrator", settlement)
    assert is_open(peer_rows.node_alarm)


def test_whose_access_is_suspended_confirms_nothing(world: World, peer_rows: Exchanged) -> None:
    settlement = propose(world, peer_rows.node_alarm)
    lead = world.actor("national-lead").officer
    world.perform("administrator", suspend_officer, officer=lead, reason="Telephone lost")
    with pytest.raises(Forbidden):
        confirm(world, "national-lead", settlement)
    assert is_open(peer_rows.node_alarm)


def test_an_alarm_that_has_grown_is_not_settled_by_what_was_proposed_before(world: World) -> None:
    alarm = held_alarm(world)
    settlement = propose(world, alarm)
    row = Alarm.objects.get(pk=alarm)
    proof = json.loads(row.proof) | {"files": ["f" * 32]}
    node().writer.submit(
        lambda tx: tx.sql.run("update exchange_alarm set proof = ? where id = ?", (json.dumps(proof), alarm))
    )
    with pytest.raises(Refused, match="has grown since"):
        confirm(world, "administrator", settlement)
    with pytest.raises(Refused, match="has grown since"):
        confirm(world, "national-lead", settlement)
    assert is_open(alarm)
    assert "it cannot be confirmed any more" in text(world.client("administrator"), f"/peers/alarms/{alarm}/")
    confirm(world, "administrator", propose(world, alarm))
    assert not is_open(alarm)


def test_a_proposal_that_was_refused_taken_back_or_lapsed_settles_nothing(world: World, time: Time) -> None:
    alarm = held_alarm(world)
    for who in ("administrator", "coordinator"):
        settlement = propose(world, alarm)
        settle_alarm.refuse_settling(node(), world.actor(who), settlement, "Nobody answered there")
        with pytest.raises(Refused, match="does not wait any more"):
            confirm(world, "administrator", settlement)
    settlement = propose(world, alarm)
    time.wait(3 * 24 * 60)
    with pytest.raises(Refused, match="does not wait any more"):
        confirm(world, "administrator", settlement)
    assert is_open(alarm) and ASKED not in text(world.client("administrator"), "/")


def alone(world: World, settlement: str, who: str = "coordinator", danger: bool = False) -> None:
    settle_alarm.settle_alone(node(), world.actor(who), settlement, "Nobody else is here", danger)


def leave_one(world: World) -> None:
    """Only the coordinator is left of those who could answer."""
    roles = ["administrator", "national-lead", "supervisor", "coordinator"]
    others = Officer.objects.exclude(pk=world.actor("coordinator").officer).filter(role__in=roles)
    others.update(withdrawn=True)
    believe_all()


def test_where_nobody_second_is_here_one_settles_it_after_the_wait_and_it_stays_marked(
    world: World, time: Time
) -> None:
    alarm = held_alarm(world)
    leave_one(world)
    settlement = propose(world, alarm)
    with pytest.raises(Refused, match="the time to answer is not over"):
        alone(world, settlement)
    time.set_by = 60 * 60_000  # a clock that is set an hour forward is no wait
    with pytest.raises(Refused, match="the time to answer is not over"):
        alone(world, settlement)
    time.set_by = 0
    time.wait(15)
    client = world.client("coordinator")
    page = f"/peers/alarms/{alarm}/"
    assert "Settle it alone" in text(client, page)
    posted = {
        "settlement": settlement,
        "decision": "alone",
        "words": "Nobody else",
        "submission": new_submission(),
    }
    assert client.post(f"{page}alone/", posted).status_code == 302
    assert not is_open(alarm)
    assert "Settled by one officer" in text(client, page) and "Settled by one officer" in text(
        client, "/peers/alarms/"
    )
    assert ALONE in text(client, "/")


def test_where_a_second_person_is_here_nobody_settles_it_alone_but_for_danger(
    world: World, time: Time, settings: Any
) -> None:
    settings.LIBERTAD_DEMO = False
    alarm = held_alarm(world)
    settlement = propose(world, alarm)
    with pytest.raises(Refused, match="is not over"):
        alone(world, settlement)
    time.wait(15)
    with pytest.raises(Refused, match="only danger to life"):
        alone(world, settlement)
    with pytest.raises(Forbidden, match="nobody else"):
        alone(world, settlement, "administrator", danger=True)
    alone(world, settlement, danger=True)
    assert not is_open(alarm)
    assert any("settled by one person" in wrong for wrong, _mend in doctor_alarms())
    second = world.client("administrator")
    assert ALONE in text(second, "/") and "Review it" in text(second, "/")
    with pytest.raises(Forbidden, match="not who proposed it"):
        settle_alarm.review_settling(node(), world.actor("coordinator"), settlement, RIGHT, "I was right")
    posted = {
        "settlement": settlement,
        "decision": NOT_RIGHT,
        "words": "They lied",
        "submission": new_submission(),
    }
    assert second.post(f"/peers/alarms/{alarm}/answer/", posted).status_code == 302
    assert ALONE not in text(second, "/")
    assert "It was not right: They lied" in text(second, f"/peers/alarms/{alarm}/")
    assert list(doctor_alarms()) == []
    with pytest.raises(Refused, match="does not wait any more"):
        settle_alarm.review_settling(node(), world.actor("administrator"), settlement, RIGHT, "Again")


def test_danger_lets_one_settle_alone_a_few_times_a_week_and_no_more(world: World, time: Time) -> None:
    alarm = held_alarm(world)

    alone(world, propose(world, alarm), danger=True)  # at once

    def reopened() -> str:
        node().writer.submit(
            lambda tx: tx.sql.run("update exchange_alarm set settled = null where id = ?", (alarm,))
        )
        settlement = propose(world, alarm)
        time.wait(16)
        return settlement

    for _time in range(settling_rules.settling_rules().danger - 1):
        alone(world, reopened(), danger=True)
    settlement = reopened()
    with pytest.raises(Refused, match="as often as is possible"):
        alone(world, settlement, danger=True)
    with connection.cursor() as cursor:  # a thief of the database who takes one away frees nobody
        cursor.execute("delete from exchange_settlement where state = 'danger'")
    with pytest.raises(Refused, match="as often as is possible"):
        alone(world, settlement, danger=True)


def test_a_row_that_somebody_planted_or_changed_settles_nothing(world: World, settings: Any) -> None:
    settings.LIBERTAD_DEMO = False
    alarm = held_alarm(world)
    settlement = propose(world, alarm)
    with connection.cursor() as cursor:
        cursor.execute("update exchange_settlement set officer = %s", [world.actor("national-lead").officer])
    with pytest.raises(RowChanged):
        confirm(world, "coordinator", settlement)
    with connection.cursor() as cursor:
        cursor.execute("update exchange_settlement set officer = %s", [world.actor("coordinator").officer])
    confirm(world, "administrator", settlement)
    with connection.cursor() as cursor:
        cursor.execute("delete from exchange_settlement")
    (told,) = [alarm for alarm in queries_held.alarms() if queries_settling.by_one([alarm])]
    assert told.id == alarm and any("settled by one person" in wrong for wrong, _mend in doctor_alarms())


def test_an_alarm_that_was_settled_in_the_database_is_open(world: World) -> None:
    alarm = held_alarm(world)
    with connection.cursor() as cursor:
        cursor.execute("update exchange_alarm set settled = 1, settled_by = 'x'")
    assert [seen.id for seen in queries_held.open_alarms()] == [alarm]
    with pytest.raises(RowChanged):
        propose(world, alarm)


def parked_at(three: Three) -> tuple[str, str]:
    """An alarm at the centre's node about Guyana, and the officer of whom it waits there."""
    key = three.guyana.node.key
    forge(three.guyana, NodeAnnounce(public=key.public.hex(), origin=key.origin), three.trinidad.authority)
    settle(list(three))
    fresh = three.guyana.do("administrator", appoint_officer, name="N", service_number="GY-N", role="analyst")
    settle(list(three))
    ((alarm,),) = three.centre.rows("exchange_alarm", "id")
    assert (fresh,) not in three.centre.rows("access_officer", "id")
    return alarm, fresh


def reasons(party: Party) -> list[str]:
    return sorted(row[0] for row in party.rows("journal_held", "reason"))


def test_what_waits_is_released_by_two_and_stays_held_against_a_changed_database(three: Three) -> None:
    alarm, fresh = parked_at(three)
    centre = three.centre
    centre.appoint("administrator")
    settlement = settle_alarm.propose_settling(centre.node, centre.actor("coordinator"), alarm, WHY)
    settle(list(three))
    assert reasons(centre) == ["about", "parked"]
    again = three.guyana.do("administrator", appoint_officer, name="M", service_number="GY-M", role="analyst")
    settle(list(three))
    with pytest.raises(Refused, match="has grown since"):
        settle_alarm.confirm_settling(centre.node, centre.actor("administrator"), settlement, "I called")
    settlement = settle_alarm.propose_settling(centre.node, centre.actor("coordinator"), alarm, WHY)
    settle_alarm.confirm_settling(centre.node, centre.actor("administrator"), settlement, "I called")
    assert {(fresh,), (again,)} <= set(centre.rows("access_officer", "id"))
    assert reasons(centre) == ["about"]


@pytest.mark.parametrize("statement", ["update exchange_alarm set settled = 1", "delete from exchange_alarm"])
def test_a_thief_of_the_database_who_settles_or_takes_away_an_alarm_releases_nothing(
    three: Three, statement: str
) -> None:
    parked_at(three)
    three.centre.node.sql().run(statement)
    again = three.guyana.do("administrator", appoint_officer, name="M", service_number="GY-M", role="analyst")
    settle(list(three))
    assert (again,) not in three.centre.rows("access_officer", "id")
    assert reasons(three.centre).count("parked") == 2


def test_no_command_settles_an_alarm_or_lets_an_entry_go() -> None:
    """The command line is no way around: what settles is in one module, which pages alone use."""
    root = Path(settle_alarm.__file__).parents[2]
    users = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if "settle_alarm" in path.read_text() and path != Path(settle_alarm.__file__)
    }
    assert users == {"exchange/screens_settling.py", "exchange/queries_settling.py"}
    writers = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if "update exchange_alarm set settled" in path.read_text()
    }
    assert writers == {"exchange/authorization/settle_alarm.py", "exchange/authorization/forgeries.py"}


@pytest.mark.parametrize(
    "line", ["minutes: 0", "days: 31", "danger: true", "since: 5", "confirm: {police: [administrator]}"]
)
def test_rules_that_are_wrong_stop_the_start(tmp_path: Path, line: str) -> None:
    name = line.partition(":")[0]
    kept, inside = [], False
    for row in FILE.read_text().splitlines():
        inside = row.startswith(f"{name}:") or (inside and row.startswith(" "))
        if not inside:
            kept.append(row)
    wrong = tmp_path / FILE.name
    wrong.write_text("\n".join([*kept, line]))
    with pytest.raises(ValueError, match=name):
        read(wrong)
