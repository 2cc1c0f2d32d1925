"""Once an operation has begun, the coordinating authority's stolen key alone changes nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from nacl.bindings import crypto_sign_keypair

from libertad.access import about_changes, changes
from libertad.access.about_members import prove_enrolment
from libertad.access.acting import Act, Forbidden
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actions.carry_out_change import carry_out_change
from libertad.access.actions.enrol_device import enrol_device
from libertad.access.actions.invite_authority import invite_authority
from libertad.access.actions.propose_change import propose_change
from libertad.access.actions.refuse_change import refuse_change
from libertad.access.actions.remove_reader import remove_reader
from libertad.access.actions.sign_change import sign_change
from libertad.access.actor import itself
from libertad.exchange.authorization import full_reauthorization
from libertad.journal import transaction
from libertad.journal.caches import Caches
from libertad.journal.rebuild import rebuild
from libertad.operations.actions.begin_operation import begin_operation
from libertad.vocabulary.body import Verb
from libertad.vocabulary.values import Happened, Refused
from libertad.vocabulary.verbs.access import AuthorityInvite, CompartmentRemove
from libertad.vocabulary.verbs.changes import ChangeSign
from libertad.vocabulary.verbs.closing import OperationClose
from libertad.vocabulary.verbs.operations import OperationClock
from tests.exchange.conftest import Three
from tests.exchange.conftest import three as three
from tests.exchange.test_exchange import held_entries
from tests.security.test_forging_access import alarmed, operation_file
from tests.support.lawless import lawless
from tests.support.nodes import Party, settle

pytestmark = [pytest.mark.django_db]


def begun(three: Three) -> Three:
    """The first action day has come, and everybody has heard of it."""
    centre = three.centre
    by = itself(centre.authority, centre.operation, "UTC")
    assert not centre.node.writer.submit(lambda tx: begin_operation(Act(tx, by)))  # it was opened just now
    real = changes.now()
    with patch.object(changes, "now", lambda: real + timedelta(hours=25)):
        assert centre.node.writer.submit(lambda tx: begin_operation(Act(tx, by)))
    settle(list(three))
    return three


def country(party: Party, of: Party) -> str:
    ((country_code,),) = party.node.sql().all(
        "select country from access_authority where id = ?", (of.authority,)
    )
    return str(country_code)


def reads(party: Party, of: Party) -> bool:
    key = f"{operation_file(party)}:{of.authority}"
    return bool(party.node.sql().all("select 1 from access_reader where id = ?", (key,)))


def invite(of: Party, country: str, **options: Any) -> AuthorityInvite:
    return AuthorityInvite(name=of.name, kind="police", country=country, zone="America/Guyana", **options)


def say(party: Party, role: str, what: Verb, subject: str, **options: Any) -> str:
    """As a node without checks."""
    with lawless():
        return party.do(
            role, lambda act: act.say(operation_file(party), what, subject=subject, supersedes={}, **options)
        )


def moved(three: Three) -> str:
    """The centre proposes that Trinidad is of another country; returns the change."""
    return three.centre.do(
        "coordinator",
        propose_change,
        about=three.trinidad.authority,
        reason="It was entered wrongly",
        what=invite(three.trinidad, "GY"),
    )


def signed(three: Three) -> str:
    """Guyana countersigns; everybody has heard of it."""
    change = moved(three)
    settle(list(three))
    three.guyana.do("national-lead", sign_change, change=change)
    settle(list(three))
    return change


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Let so much time pass for everybody."""

    def pass_(hours: float) -> None:
        real = changes.now()
        monkeypatch.setattr(changes, "now", lambda: real + timedelta(hours=hours))

    yield pass_


# -- what a stolen key does alone ------------------------------------------------------------------


@pytest.mark.parametrize("act", ["country", "clock", "remove", "invite", "close"])
def test_a_stolen_key_of_the_coordination_alone_changes_nothing_and_is_an_alarm(
    three: Three, act: str
) -> None:
    begun(three)
    centre, trinidad = three.centre, three.trinidad
    place, moment = operation_file(centre), datetime.fromisoformat("2030-01-01T00:00:00+00:00")
    forgeries: dict[str, tuple[Verb, str]] = {
        "country": (invite(trinidad, "GY"), trinidad.authority),
        "clock": (OperationClock(reads=moment, set_at=moment, rate=0), centre.operation),
        "remove": (CompartmentRemove(reader=(trinidad.authority,), reason="forged"), place),
        "close": (OperationClose(reasons="forged"), centre.operation),
        "invite": (AuthorityInvite(name="X", kind="care", country="GY", zone="UTC"), "e" * 32),
    }
    say(centre, "coordinator", *forgeries[act])
    settle(list(three))
    for party in (three.guyana, trinidad):
        assert country(party, trinidad) == "TT" and reads(party, trinidad), party.name
        assert (
            party.rows("access_clock") == party.rows("access_closing") == []
            and len(party.rows("access_authority", "id")) == 3
        )
        assert alarmed(party) == [("about", centre.authority)], party.name


def test_without_the_second_signature_the_thief_would_be_believed(three: Three) -> None:
    """Planted: as before, when whoever owned the operation's file changed it alone."""
    begun(three)
    with patch.object(about_changes, "bound", lambda *_: False):
        say(three.centre, "coordinator", invite(three.trinidad, "GY"), three.trinidad.authority)
        settle(list(three))
        assert country(three.guyana, three.trinidad) == "GY" and alarmed(three.guyana) == []


def test_its_own_node_refuses_it_as_well(three: Three) -> None:
    begun(three)
    with pytest.raises(Forbidden, match="countersign"):
        three.centre.do(
            "coordinator",
            invite_authority,
            authority=three.trinidad.authority,
            name="trinidad",
            kind="police",
            country="GY",
            zone="America/Guyana",
        )
    with pytest.raises(Forbidden, match="countersign"):
        three.centre.do(
            "coordinator",
            remove_reader,
            compartment=operation_file(three.centre),
            readers=[three.trinidad.authority],
            reason="left",
        )


def test_before_the_first_action_day_who_coordinates_does_it_alone(three: Three) -> None:
    three.centre.do(
        "coordinator",
        invite_authority,
        authority=three.trinidad.authority,
        name="trinidad",
        kind="police",
        country="GY",
        zone="America/Guyana",
    )
    begun(three)
    assert {country(party, three.trinidad) for party in three} == {"GY"}  # and it stands afterwards
    for party in three:
        done = party.node.writer.submit(full_reauthorization.judge_anew)
        assert (done.held, done.released, done.settled) == (0, 0, True)


# -- what two do -----------------------------------------------------------------------------------


def test_what_two_authorities_signed_is_carried_out_after_its_notice(three: Three, later: Any) -> None:
    begun(three)
    change = signed(three)
    with pytest.raises(Forbidden, match="24 hours"):
        three.centre.do("coordinator", carry_out_change, change=change)
    assert {country(party, three.trinidad) for party in three} == {"TT"}
    later(24.1)
    three.centre.do("coordinator", carry_out_change, change=change)
    settle(list(three))
    assert {country(party, three.trinidad) for party in three} == {"GY"}
    assert all(party.rows("exchange_alarm") == [] and held_entries(party) == [] for party in three)
    with pytest.raises(Refused):
        three.centre.do("coordinator", carry_out_change, change=change)
    assert_judged_alike(three)


def test_a_member_is_removed_by_two_and_invited_again_by_two(three: Three, later: Any) -> None:
    begun(three)
    place = operation_file(three.centre)
    removal = CompartmentRemove(reader=(three.trinidad.authority,), reason="It left")
    change = three.centre.do("coordinator", propose_change, about=place, reason="It left", what=removal)
    settle(list(three))
    with pytest.raises(Forbidden, match="about"):
        three.trinidad.do("national-lead", sign_change, change=change)
    three.guyana.do("national-lead", sign_change, change=change)
    settle(list(three))
    later(25)
    three.centre.do("coordinator", carry_out_change, change=change)
    settle(list(three))
    assert not reads(three.guyana, three.trinidad) and not reads(three.centre, three.trinidad)
    with pytest.raises(Forbidden):  # the old invitation does not let it in again
        three.centre.do(
            "coordinator",
            invite_authority,
            authority=three.trinidad.authority,
            name="trinidad",
            kind="police",
            country="TT",
            zone="America/Guyana",
        )
    with lawless():
        three.centre.do(
            "coordinator", lambda act: act.widen(place, [three.trinidad.authority], "forged", again=True)
        )
    settle([three.centre, three.guyana])
    assert not reads(three.guyana, three.trinidad)
    assert alarmed(three.guyana) == [("about", three.centre.authority)]


def test_a_refused_change_is_never_carried_out(three: Three, later: Any) -> None:
    begun(three)
    change = signed(three)
    three.trinidad.do("national-lead", refuse_change, change=change, reason="We are where we were")
    settle(list(three))
    later(25)
    with pytest.raises(Forbidden, match="refused"):
        three.centre.do("coordinator", carry_out_change, change=change)
    say(three.centre, "coordinator", invite(three.trinidad, "GY"), three.trinidad.authority, proof=change)
    settle(list(three))
    assert country(three.guyana, three.trinidad) == country(three.trinidad, three.trinidad) == "TT"


def test_a_refusal_in_time_that_arrives_late_takes_it_out_everywhere(three: Three, later: Any) -> None:
    """Also at the node that carried it out: what all believe follows from the entries alone."""
    begun(three)
    change = signed(three)
    three.trinidad.do("national-lead", refuse_change, change=change, reason="We are where we were")
    later(25)
    three.centre.do("coordinator", carry_out_change, change=change)
    three.guyana.pull(three.centre)
    assert country(three.guyana, three.trinidad) == "GY"
    settle(list(three))
    assert {country(party, three.trinidad) for party in three} == {"TT"}
    assert [[reason for reason, _ in held_entries(party)] for party in three] == [["waiting"]] * 3
    assert_judged_alike(three)


# -- forged signatures -----------------------------------------------------------------------------


def test_a_second_device_or_officer_of_the_same_authority_does_not_countersign(three: Three) -> None:
    begun(three)
    second = three.centre.do(
        "coordinator", appoint_officer, name="Other", service_number="BB-2", role="coordinator"
    )
    change = moved(three)
    three.centre.officers["coordinator"], first = second, three.centre.officers["coordinator"]
    with pytest.raises(Forbidden, match="another authority"):
        three.centre.do("coordinator", sign_change, change=change)
    proposal = entry_of(three, change)
    say(three.centre, "coordinator", ChangeSign(proposal=proposal), change)
    three.centre.officers["coordinator"] = first
    settle(list(three))
    assert three.guyana.rows("access_operationchange", "id, signed_by") == [(change, "")]
    assert alarmed(three.guyana) == [("about", three.centre.authority)]


def test_a_countersignature_in_anothers_name_is_held(three: Three, later: Any) -> None:
    """The centre's device signs as Guyana's officer."""
    begun(three)
    change, centre, guyana = moved(three), three.centre, three.guyana
    settle(list(three))
    actor = guyana.actor("national-lead")
    proposal = entry_of(three, change)

    def forge(tx: Any) -> str:
        act = Act(tx, actor)
        content, append = ChangeSign(proposal=proposal), tx.append
        with patch.object(tx, "append", lambda _, *rest: append(centre.authority, *rest)):
            return act.say(operation_file(centre), content, subject=change, supersedes={}, depends=[proposal])

    with lawless():
        centre.node.writer.submit(forge)
    later(25)
    say(centre, "coordinator", invite(three.trinidad, "GY"), three.trinidad.authority, proof=change)
    settle(list(three))
    assert {reason for reason, _ in held_entries(three.trinidad)} == {"impersonated", "waiting"}
    assert country(three.trinidad, three.trinidad) == "TT"


def test_a_countersignature_does_not_count_for_another_proposal(three: Three, later: Any) -> None:
    begun(three)
    signed_change = signed(three)
    other_change = three.centre.do(
        "coordinator",
        propose_change,
        about=three.guyana.authority,
        reason="forged",
        what=invite(three.guyana, "TT"),
    )
    settle(list(three))
    say(three.guyana, "national-lead", ChangeSign(proposal=entry_of(three, signed_change)), other_change)
    later(25)
    for proof in (signed_change, other_change):
        say(three.centre, "coordinator", invite(three.guyana, "TT"), three.guyana.authority, proof=proof)
    settle(list(three))
    assert country(three.trinidad, three.guyana) == "GY"
    assert ("about", three.guyana.authority) in alarmed(three.trinidad)  # who replayed the signature
    assert ("about", three.centre.authority) in alarmed(three.trinidad)  # who said what was not signed


def test_what_was_carried_out_once_is_not_said_again_after_it_was_changed_back(
    three: Three, later: Any
) -> None:
    begun(three)
    change = signed(three)
    later(25)
    three.centre.do("coordinator", carry_out_change, change=change)
    back = three.centre.do(
        "coordinator",
        propose_change,
        about=three.trinidad.authority,
        reason="It was right before",
        what=invite(three.trinidad, "TT"),
    )
    settle(list(three))
    three.guyana.do("national-lead", sign_change, change=back)
    settle(list(three))
    later(30)
    three.centre.do("coordinator", carry_out_change, change=back)
    say(three.centre, "coordinator", invite(three.trinidad, "GY"), three.trinidad.authority, proof=change)
    say(three.centre, "coordinator", invite(three.trinidad, "GY"), three.trinidad.authority)
    settle(list(three))
    assert country(three.guyana, three.trinidad) == country(three.trinidad, three.trinidad) == "TT"


@pytest.mark.parametrize("knows", [False, True])
def test_nor_by_a_device_that_was_silent_and_dates_it_back(three: Three, later: Any, knows: bool) -> None:
    """Its clock stands before the change back, and it says that it happened after it; whether it says what
    it knew or not."""
    public, secret = crypto_sign_keypair()
    three.centre.do("coordinator", enrol_device, public=public.hex())
    begun(three)
    change = signed(three)
    later(25)
    three.centre.do("coordinator", carry_out_change, change=change)
    then = datetime.now(UTC)
    back = three.centre.do(
        "coordinator",
        propose_change,
        about=three.trinidad.authority,
        reason="It was right before",
        what=invite(three.trinidad, "TT"),
    )
    settle(list(three))
    three.guyana.do("national-lead", sign_change, change=back)
    settle(list(three))
    later(30)
    three.centre.do("coordinator", carry_out_change, change=back)
    settle(list(three))
    assert country(three.guyana, three.trinidad) == "TT"
    ring = three.centre.node.rings.ring(three.centre.authority)
    own, ring.device = ring.device, (public, secret)
    forget = nullcontext() if knows else patch.object(transaction, "last_words", lambda *_: [])
    with forget, patch.object(Caches, "tick", lambda *_: then):
        say(
            three.centre,
            "coordinator",
            invite(three.trinidad, "GY"),
            three.trinidad.authority,
            proof=change,
            happened=Happened(at=datetime.now(UTC), zone="UTC"),
        )
    ring.device = own
    settle(list(three))
    assert country(three.guyana, three.trinidad) == country(three.trinidad, three.trinidad) == "TT"
    assert_judged_alike(Three(three.guyana, three.guyana, three.trinidad))


def test_a_second_word_that_the_operation_has_begun_voids_nothing(three: Three) -> None:
    """A thief that lists no log would take every invitation away; one that lists more would bind nobody."""
    from libertad.vocabulary.verbs.changes import OperationBegin

    begun(three)
    for cut in ((), tuple(f"{device}:{2**40}" for device, _ in cut_of(three))):
        say(three.centre, "coordinator", OperationBegin(logs=cut), three.centre.operation)
    say(three.centre, "coordinator", invite(three.trinidad, "GY"), three.trinidad.authority)
    settle(list(three))
    assert country(three.guyana, three.trinidad) == "TT" and reads(three.guyana, three.trinidad)
    assert_judged_alike(three)


def cut_of(three: Three) -> list[tuple[str, int]]:
    rows = three.centre.node.sql().all("select device, max(seq) from journal_entry group by device")
    return [(bytes(device).hex(), int(last)) for device, last in rows]


def entry_of(three: Three, change: str) -> str:
    ((entry,),) = three.centre.node.sql().all(
        "select entry from access_operationchange where id = ?", (change,)
    )
    return str(entry)


def assert_judged_alike(three: Three) -> None:
    """A fresh judge finds the same at every node, and rows that are made anew are the same."""
    for party in three:
        before = party.rows("journal_held", "idx, reason")
        rows = {table: party.rows(table, "id") for table in ("access_authority", "access_reader")}
        done = party.node.writer.submit(full_reauthorization.judge_anew)
        assert done.settled and done.held == done.released == 0, party.name
        assert party.rows("journal_held", "idx, reason") == before
        rebuild(party.node)
        assert {table: party.rows(table, "id") for table in rows} == rows


# -- keys that one authority vouches for in another's name -----------------------------------------


def vouched(three: Three) -> tuple[str, str]:
    """The thief of the centre's key says that Trinidad has new keys; the entry, and the device's id."""
    public, secret = crypto_sign_keypair()
    proof = prove_enrolment(secret, three.trinidad.authority, three.centre.operation)
    device = three.centre.do(
        "coordinator", enrol_device, public=public.hex(), authority=three.trinidad.authority, proof=proof
    )
    settle(list(three))
    (enrolment,) = [
        entry
        for entry in three.centre.node.writer.submit(
            lambda tx: tx.entries_touching(f"access.Device:{device}")
        )
        if entry.subject == three.trinidad.authority
    ]
    return enrolment.id, device


def speaks(party: Party, device: str) -> bool:
    row = party.node.sql().first(
        "select authority from journal_device where id = ?", (bytes.fromhex(device),)
    )
    return row is not None and bool(row[0])


def test_keys_that_were_vouched_for_count_at_once_and_two_authorities_take_them_back(three: Three) -> None:
    begun(three)
    entry, device = vouched(three)
    for party in three:
        assert speaks(party, device) and (entry,) in party.rows("access_vouched", "id"), party.name
    change = three.guyana.do("national-lead", propose_change, about=entry, reason="Trinidad lost nothing")
    settle(list(three))
    assert speaks(three.guyana, device), "one authority alone takes nothing back"
    with pytest.raises(Forbidden, match="about"):
        three.trinidad.do("national-lead", sign_change, change=change)
    three.centre.do("coordinator", sign_change, change=change)
    settle(list(three))
    for party in three:
        assert not speaks(party, device), party.name
        assert [reason for reason, _ in held_entries(party)] == ["undone"], party.name
    assert_judged_alike(three)


def test_whom_keys_were_vouched_for_does_not_take_them_back_itself(three: Three) -> None:
    """Its old device may be the thief's: nothing that it says leads back to it."""
    begun(three)
    entry, device = vouched(three)
    with pytest.raises(Refused):
        three.trinidad.do("national-lead", propose_change, about=entry, reason="ours")
    assert speaks(three.guyana, device)


def test_new_keys_prove_that_they_are_enrolled_with_their_own_consent(three: Three) -> None:
    from libertad.exchange.onboarding import key_replacement

    renewal = key_replacement.read(key_replacement.write(three.trinidad.node, ""))
    assert set(renewal.proofs) == {bytes.fromhex(three.trinidad.authority)}
    wrong = {bytes.fromhex(three.trinidad.authority): bytes(64)}
    with pytest.raises(Forbidden, match="did not sign"):
        three.centre.do(
            "coordinator",
            key_replacement._vouch,
            found=msgspec.structs.replace(
                renewal,
                devices={bytes.fromhex(three.trinidad.authority): crypto_sign_keypair()[0]},
                proofs=wrong,
            ),
        )
