"""After an update of the program everything on file is judged anew by its rules, from nothing."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.exchange.authorization import entry_authorization, full_reauthorization, reauthorization
from libertad.exchange.authorization.entry_authorization import RETIRED
from libertad.journal import upgrade
from libertad.journal.folding import Said
from libertad.journal.rings import Locked
from libertad.vocabulary import formats
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import held_entries, lead
from tests.support.lawless import lawless
from tests.support.nodes import Party, settle
from tests.support.retired import retire_code


@pytest.fixture(autouse=True)
def watched() -> None:
    reauthorization.watch()
    full_reauthorization.watch()


def updated(party: Party, monkeypatch: pytest.MonkeyPatch) -> bool:
    """The node starts as the next version."""
    monkeypatch.setattr(formats, "RULES", formats.RULES + 1)
    return upgrade.bring_up(party.node)


def judged_rows(party: Party) -> list[Any]:
    """Everything that judging decides: what is folded, what is held and why."""
    held_ = party.rows("journal_held", "idx, reason, detail, since")
    return [held_, party.rows("journal_touch"), party.rows("operations_lead"), party.rows("access_officer")]


def test_a_new_node_has_nothing_to_judge_anew(three: Three) -> None:
    assert not upgrade.pending(three.centre.node.sql())
    assert not upgrade.bring_up(three.centre.node)


def test_with_the_same_rules_nothing_changes(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    lead(three.guyana)
    three.guyana.do(
        "national-lead", withdraw_officer, officer=three.guyana.officers["officer"], reason="left"
    )
    with lawless():
        lead(three.guyana, summary="After")
    settle(list(three))
    before = [judged_rows(party) for party in three]
    assert [reason for reason, _ in held_entries(three.centre)] == ["withdrawn"]
    for party in three:
        assert updated(party, monkeypatch)
        assert not upgrade.pending(party.node.sql())
    assert [judged_rows(party) for party in three] == before


def test_what_a_new_rule_forbids_falls_and_what_it_allows_again_comes_back(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_id = lead(three.guyana)
    settle(list(three))
    judged = entry_authorization.Judge.hold

    def stricter(self: Any, entry: Said, *rest: Any) -> Any:
        return ("unauthorised", "a new rule") if entry.verb == "lead.report" else judged(self, entry, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(entry_authorization.Judge, "hold", stricter)
        assert updated(three.centre, monkeypatch)
        assert updated(three.guyana, monkeypatch)
    assert held_entries(three.centre) == [("unauthorised", "a new rule")]
    assert three.centre.rows("operations_lead") == []
    # What its own officers said was allowed when they said it.
    assert three.guyana.rows("operations_lead", "id") == [(lead_id,)]
    assert updated(three.centre, monkeypatch)
    assert held_entries(three.centre) == []
    assert three.centre.rows("operations_lead", "id") == [(lead_id,)]


def test_nothing_is_believed_because_an_older_version_believed_what_it_rests_on(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An appointment falls by the new rule: what the officer said falls with it, whatever came first."""
    lead(three.guyana)
    settle(list(three))
    judged = entry_authorization.Judge.hold
    officer = three.guyana.officers["officer"]

    def stricter(self: Any, entry: Said, *rest: Any) -> Any:
        appointing = entry.verb == "officer.appoint" and entry.subject == officer
        return ("unauthorised", "a new rule") if appointing else judged(self, entry, *rest)

    monkeypatch.setattr(entry_authorization.Judge, "hold", stricter)
    assert updated(three.centre, monkeypatch)
    assert three.centre.rows("operations_lead") == []
    assert {reason for reason, _ in held_entries(three.centre)} == {"unauthorised", "waiting"}


def test_what_is_retired_since_falls_and_what_was_not_known_before_is_folded(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead(three.guyana, workplace="gold-mine")
    settle(list(three))
    assert len(three.centre.rows("operations_lead")) == 1
    with monkeypatch.context() as patched:
        retire_code(patched, "workplaces", "gold-mine")
        for party in (three.centre, three.guyana):
            assert updated(party, monkeypatch)
            assert party.rows("operations_lead") == []
        assert held_entries(three.centre) == [RETIRED] and held_entries(three.guyana) == []
    three.centre.node.writer.submit(  # as an older version writes down what it does not know
        lambda tx: tx.sql.run("update journal_held set reason = 'unknown', detail = ''")
    )
    assert updated(three.centre, monkeypatch)
    assert held_entries(three.centre) == [] and len(three.centre.rows("operations_lead")) == 1


def test_with_a_locked_ring_it_waits(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    lead(three.guyana)
    settle(list(three))
    monkeypatch.setitem(
        three.centre.node.rings.open, "x", three.centre.node.rings.open.pop(three.centre.authority)
    )
    with pytest.raises(Locked, match="every ring"):
        updated(three.centre, monkeypatch)
    assert upgrade.pending(three.centre.node.sql())
