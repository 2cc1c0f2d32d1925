"""Hits stay at home; a question to an owner and its answer travel in the record's own file."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act
from libertad.access.actor import Actor, itself
from libertad.hits.actions.answer_question import answer_question
from libertad.hits.actions.ask_owner import ask_owner
from libertad.hits.actions.find_hit import find_hit
from libertad.journal.transaction import Transaction
from libertad.operations.actions.report_lead import report_lead
from libertad.vocabulary.body import Body, statements
from libertad.vocabulary.verbs.hits import HitFound, Weight
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import LEAD, held_entries, lead
from tests.support.nodes import Party, settle

WHY = (Weight(kind="phone", bits=15.0, left="+592 611 4409", right="+592 611 4409", how="same"),)


def record_hit(party: Party, first: str, second: str) -> str:
    """A hit of two leads, as a party's node finds it."""
    actor: Actor = itself(party.authority, party.operation, "America/Guyana")
    values: dict[str, Any] = {"bits": 12.0, "probability": 0.99, "reasons": WHY}
    hit = party.node.writer.submit(
        lambda tx: find_hit(Act(tx, actor), one=f"lead:{first}", two=f"lead:{second}", **values)
    )
    assert hit is not None
    return hit


def test_a_hit_stays_at_home_and_its_question_travels(three: Three) -> None:
    guyana_lead = lead(three.guyana)
    settle(list(three))
    centre_lead = three.centre.do("coordinator", report_lead, **{**LEAD, "summary": "The same voice"})
    hit = record_hit(three.centre, guyana_lead, centre_lead)
    three.centre.do(
        "coordinator", ask_owner, hit=hit, record=f"lead:{guyana_lead}", words="Who took the call?"
    )
    settle(list(three))
    (place,) = three.centre.rows("hits_hit", "compartment")
    assert three.guyana.node.sql().all("select 1 from journal_entry where compartment = ?", place) == []
    assert three.guyana.rows("hits_hit") == [] and held_entries(three.guyana) == []
    (question,) = three.guyana.rows("hits_question", "id")
    assert three.trinidad.rows("hits_question") == []
    assert three.centre.rows("hits_hit", "state") == [("asked",)]
    three.guyana.do("officer", answer_question, question=question[0], answer="same", words="I did, twice")
    settle(list(three))
    assert three.centre.rows("hits_hit", "state") == [("answered",)]
    assert three.centre.rows("hits_question", "id, answer") == three.guyana.rows(
        "hits_question", "id, answer"
    )


def test_what_another_node_says_without_an_officer_is_held(three: Three) -> None:
    """A node is believed about its own hits by itself alone."""
    first, second = sorted((lead(three.guyana), lead(three.guyana)))
    (place,) = set(three.guyana.rows("operations_lead", "compartment"))
    content = HitFound(left=f"lead:{first}", right=f"lead:{second}", bits=9.0, probability=0.9)

    def say(tx: Transaction) -> None:
        act = Act(tx, itself(three.guyana.authority, three.guyana.operation, "America/Guyana"))
        body = Body(
            verb=content.VERB,
            subject="a" * 32,
            operation=three.guyana.operation,
            authority=three.guyana.authority,
            officer="",
            happened=act.happened,
            clock=tx.caches.tick(),
            statements=statements(content),
        )
        tx.append(three.guyana.authority, place[0], "police", body, content)

    three.guyana.node.writer.submit(say)
    settle(list(three))
    assert [reason for reason, _detail in held_entries(three.centre)] == ["about"]
    assert three.centre.rows("hits_hit") == []
