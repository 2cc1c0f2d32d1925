"""What may not be said is kept, passed on and folded nowhere; the order of arrival decides nothing."""

from __future__ import annotations

from typing import Any, cast

import pytest

from libertad.access.acting import Act
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actions.revoke_device import revoke_device
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.exchange.authorization import entry_authorization, reauthorization
from libertad.journal import folding, header
from libertad.operations.actions.report_lead import report_lead
from libertad.vocabulary import body as vocabulary
from libertad.vocabulary.body import VERBS, Verb
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import LEAD, held_entries, lead, same
from tests.support.lawless import lawless
from tests.support.nodes import Party, settle


def test_a_role_that_may_not_say_it(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    three.guyana.appoint("press")
    lead_id = lead(three.guyana)
    settle(list(three))
    with lawless():
        three.guyana.do("press", report_lead, **LEAD)
    settle(list(three))
    ((reason, detail),) = held_entries(three.centre)
    assert (reason, "lead.report" in detail) == ("unauthorised", True)
    assert three.centre.rows("operations_lead", "id") == [(lead_id,)]
    # A better law, or an appointment that arrives later, lets it in.
    monkeypatch.setattr(entry_authorization.Judge, "roles", lambda *_: frozenset({"officer"}))
    assert three.centre.node.writer.submit(reauthorization.rejudge) == 1
    assert held_entries(three.centre) == []
    same(three.centre, three.guyana, "operations_lead", "id")


def test_a_planted_judge_who_lets_all_pass_would_be_seen(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    three.guyana.appoint("press")
    monkeypatch.setattr(entry_authorization.Judge, "hold", lambda *_: None)
    with lawless():
        three.guyana.do("press", report_lead, **LEAD)
    settle(list(three))
    assert len(three.centre.rows("operations_lead", "id")) == 1  # what the test above forbids


def test_a_coordinators_word_from_who_does_not_coordinate(three: Three) -> None:
    from libertad.operations.actions.set_window import set_window

    three.guyana.do("administrator", appoint_officer, name="X", service_number="GY-X", role="officer")
    with lawless():
        three.guyana.officers["coordinator"] = three.guyana.do(
            "administrator", appoint_officer, name="Y", service_number="GY-Y", role="coordinator"
        )
        from datetime import UTC, datetime

        three.guyana.do(
            "coordinator",
            set_window,
            name="Ours",
            opens=datetime(2018, 4, 3, tzinfo=UTC),
            closes=datetime(2018, 4, 4, tzinfo=UTC),
        )
    settle(list(three))
    assert [reason for reason, _ in held_entries(three.centre)] == ["about"]
    assert three.centre.rows("exchange_alarm", "kind, who") == [("about", three.guyana.authority)]
    assert three.trinidad.rows("operations_window", "id") == []


def test_an_officer_whose_access_has_ended(three: Three) -> None:
    before = lead(three.guyana)
    settle(list(three))
    three.guyana.do(
        "national-lead", withdraw_officer, officer=three.guyana.officers["officer"], reason="left"
    )
    with lawless():
        lead(three.guyana, summary="After")
    settle(list(three))
    assert [reason for reason, _ in held_entries(three.centre)] == ["withdrawn"]
    assert three.centre.rows("operations_lead", "id") == [(before,)]


def test_police_who_appoint_a_caseworker(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    from libertad.access.actions import appoint_officer as appointing
    from libertad.people.actions.meet_person import meet_person
    from libertad.vocabulary.verbs.access import FileOpen
    from tests.support.sharing import share_person

    guyana = three.guyana
    person = guyana.do("officer", meet_person, country="GY")
    guyana.do("officer", share_person, person=person, authority=three.trinidad.authority, reason="met before")
    with monkeypatch.context() as patched:
        patched.setattr(appointing, "roles_of", lambda _kind: {"officer", "caseworker"})
        guyana.appoint("caseworker")
    ((place,),) = guyana.node.sql().all(
        "select id from access_compartment where kind = 'person' and about = ?", (person,)
    )
    guyana.do("caseworker", lambda act: act.say(place, FileOpen(page="person"), subject=person))
    guyana.do("officer", lambda act: act.say(place, FileOpen(page="person"), subject=person))
    settle(list(three))
    assert [reason for reason, _ in held_entries(three.trinidad)] == ["unauthorised"]
    assert len(three.trinidad.rows("access_opening", "id")) == 1


class Upgraded(Verb, frozen=True, kw_only=True):
    """A verb of a newer version."""

    SUBJECT = "lead"
    note: str


def test_a_newer_versions_entry_is_kept_and_folded_after_the_update(three: Three) -> None:
    lead(three.guyana)
    settle(list(three))
    ((place,),) = three.guyana.rows("operations_lead", "compartment")

    def say(act: Act) -> None:
        body = vocabulary.Body(
            verb="lead.newer",
            subject="a" * 32,
            operation=act.actor.operation,
            authority=act.actor.authority,
            officer=act.actor.officer,
            happened=act.happened,
            clock=act.tx.caches.tick(),
            statements=vocabulary.statements(Upgraded(note="said")),
        )
        act.tx.append(act.actor.authority, place, "police", body, Upgraded(note="said"))

    three.guyana.do("officer", say)
    after = lead(three.guyana, summary="Goes on behind it")
    settle(list(three))
    assert [reason for reason, _ in held_entries(three.centre)] == ["unknown"]
    assert (after,) in three.centre.rows("operations_lead", "id")
    VERBS["lead.newer"] = Upgraded
    from libertad.access.matrix import matrix

    law = cast(dict[str, Any], matrix().entries)
    law["lead.newer"] = law["lead.report"]
    try:
        three.centre.node.writer.submit(reauthorization.rejudge)
        assert held_entries(three.centre) == []
    finally:
        del VERBS["lead.newer"], law["lead.newer"]


def stolen(three: Three) -> tuple[bytes, bytes]:
    """The thief's copy of Guyana's device key; Guyana writes with a new one from now on."""
    node = three.guyana.node
    key = node.rings.device(three.guyana.authority)
    fresh = node.rings.renew_device(three.guyana.authority)
    three.guyana.do("administrator", enrol_fresh, public=fresh.hex(), old=key)
    return key


def enrol_fresh(act: Act, *, public: str, old: tuple[bytes, bytes]) -> None:
    """The new device is enrolled by the old one, while it may still speak."""
    from libertad.access.actions.enrol_device import enrol_device

    ring = act.node.rings.ring(act.actor.authority)
    new, ring.device = ring.device, old
    try:
        enrol_device(act, public=public, note="the old one was stolen")
    finally:
        ring.device = new


def test_what_a_stolen_device_says_is_kept_out_everywhere(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = lead(three.guyana)
    settle(list(three))
    thief = stolen(three)
    device = header.device_id(thief[0]).hex()
    three.guyana.do("national-lead", revoke_device, device=device, reason="stolen from a car")
    after = lead(three.guyana, summary="By the new device")
    ring = three.guyana.node.rings.ring(three.guyana.authority)
    new, ring.device = ring.device, thief
    forged = lead(three.guyana, summary="By the thief")
    ring.device = new
    settle(list(three))
    assert three.centre.rows("operations_lead", "id") == sorted([(before,), (after,)])
    assert [reason for reason, _ in held_entries(three.centre)] == ["revoked"]
    assert forged not in {row[0] for row in three.centre.rows("operations_lead", "id")}


def test_a_revocation_that_comes_late_takes_out_what_was_folded(three: Three) -> None:
    before = lead(three.guyana)
    settle(list(three))
    thief = stolen(three)
    settle(list(three))
    ring = three.guyana.node.rings.ring(three.guyana.authority)
    new, ring.device = ring.device, thief
    lead(three.guyana, summary="By the thief")
    ring.device = new
    settle(list(three))
    assert len(three.centre.rows("operations_lead", "id")) == 2
    ((place,),) = set(three.guyana.rows("operations_lead", "compartment"))
    last = {place: 1}  # what Guyana recognises of that log: its opening and the first lead
    three.guyana.do(
        "national-lead", revoke_device, device=header.device_id(thief[0]).hex(), reason="stolen", last=last
    )
    settle(list(three))
    assert three.centre.rows("operations_lead", "id") == [(before,)]
    assert three.guyana.rows("operations_lead", "id") == [(before,)]


def test_a_file_that_a_revoked_device_opened_counts_again_once_its_authority_says_so(three: Three) -> None:
    """The operation's revocation came first: it took out the opening on which the file's own rests."""
    before = lead(three.guyana)
    settle(list(three))
    device = header.device_id(stolen(three)[0])
    three.guyana.do("national-lead", revoke_device, device=device.hex(), reason="stolen from a car")
    settle(list(three))
    ((place,),) = set(three.guyana.rows("operations_lead", "compartment"))

    def as_if(tx: Any) -> int:
        count = 0
        for (idx,) in tx.sql.all(
            "select idx from journal_entry where compartment = ? order by idx", (place,)
        ):
            head, entry = reauthorization.decoded(tx, idx)
            reason = "revoked" if head.device == device else "waiting"
            reauthorization.hold(tx, idx, entry, (reason, "as it arrived"))
            count += 1
        return count

    assert three.centre.node.writer.submit(as_if) >= 3
    assert three.centre.rows("operations_lead", "id") == []
    three.centre.node.writer.submit(reauthorization.rejudge)
    assert held_entries(three.centre) == []
    assert three.centre.rows("operations_lead", "id") == [(before,)]


def test_two_histories_of_one_log_are_an_alarm_with_its_proof(three: Three) -> None:
    """The thief writes with the same key beside the owner: the numbers collide."""
    lead(three.guyana)
    settle(list(three))
    node, exchange = three.guyana.node, three.guyana.exchange
    ((place,),) = three.guyana.rows("operations_lead", "compartment")
    # Guyana's node shows Trinidad nothing of it; the centre sees one history, then the proof of another.
    public, secret = node.rings.device(three.guyana.authority)
    device = header.device_id(public)
    seq, previous = node.writer.submit(lambda tx: tx.head(device, place))
    heads = [
        header.Header(
            1, device, bytes.fromhex(place), seq, previous, (), "police", bytes(32), bytes([n]) * 32, 304
        ).encode()
        for n in (1, 2)
    ]
    proof = [heads[0], header.sign(heads[0], secret), heads[1], header.sign(heads[1], secret)]
    from libertad.exchange.authorization import equivocation

    lead(three.guyana, summary="What is held from here on")
    settle(list(three))
    assert len(three.centre.rows("operations_lead", "id")) == 2
    assert equivocation.check_fork(proof, {device: public})
    assert not equivocation.check_fork([*proof[:3], proof[1]], {device: public})
    three.trinidad.node.writer.submit(lambda tx: equivocation.put_fork(tx, proof))
    for memory in (*three.trinidad.exchange.memories.values(), *exchange.memories.values()):
        memory.forget()
    settle(list(three))
    for party in three:
        assert [row[0] for row in party.rows("exchange_alarm", "kind")] == ["device"], party.name
    assert [reason for reason, _ in held_entries(three.centre)] == ["fork"]
    assert len(three.centre.rows("operations_lead", "id")) == 1


def test_rows_do_not_depend_on_when_the_grounds_arrive(three: Three) -> None:
    """The officer's appointment travels behind what the officer says: it waits, then stands."""
    node = three.centre.node
    guyana: Party = three.guyana
    guyana.officers["second"] = guyana.do(
        "administrator", appoint_officer, name="S", service_number="GY-S", role="officer"
    )
    guyana.roles["second"] = "officer"
    lead(guyana)
    lead_id = guyana.do("second", report_lead, **LEAD)
    settle([three.centre, guyana])
    rows = three.centre.rows("operations_lead", "id, reference, reported_at")
    assert lead_id in {row[0] for row in rows}

    def without(tx: Any) -> int:
        touch = f"access.Officer:{guyana.officers['second']}"
        idx = tx.sql.all("select entry from journal_touch where key = ?", (touch,))[0][0]
        reauthorization.hold(tx, idx, tx.entry(idx), ("waiting", "as if it had not come"))
        tx.caches.clear()
        devices = [bytes(row[0]) for row in tx.sql.all("select id from journal_device")]
        return len(reauthorization.reconsider(tx, devices))

    assert node.writer.submit(without) == 1
    assert lead_id not in {row[0] for row in three.centre.rows("operations_lead", "id")}
    node.writer.submit(reauthorization.rejudge)
    assert three.centre.rows("operations_lead", "id, reference, reported_at") == rows
    assert folding.BY_VERB  # the projections are those of the rooms
