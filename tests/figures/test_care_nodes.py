"""Care's numbers between nodes: read by the counting authority alone; a block is believed of it alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from libertad.access.acting import Act
from libertad.access.actions.confirm_care import confirm_care
from libertad.access.actor import itself
from libertad.figures.actions.accept_counting import accept_counting
from libertad.figures.actions.count_day import say_batch, tell_linked
from libertad.figures.actions.name_counting import name_counting
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.counting import ProtectionBlock
from tests.support.nodes import Party, invited, operation, schema, settle

UTC = dt.UTC
CUT = dt.datetime(2018, 4, 4, 22, tzinfo=UTC)
AFTER = Happened(at=CUT + dt.timedelta(minutes=15), zone="UTC")
MEMBERS = (("police", "police", "GY"), ("care", "care", "GY"), ("counting", "care", "BB"))


@pytest.fixture
def nodes(tmp_path: Path, db: None) -> Iterator[dict[str, Party]]:
    """A centre, police, their care authority, and another country's care authority that counts for all."""
    from libertad.exchange.onboarding import admission

    admission.register()
    statements = schema()
    parties = {
        name: Party(tmp_path / name, statements, name) for name in ("centre", "police", "care", "counting")
    }
    operation(parties["centre"])
    for name, kind, country in MEMBERS:
        invited(parties["centre"], parties[name], kind, country)
    settle(list(parties.values()))
    parties["police"].appoint("officer")
    for name in ("care", "counting"):
        parties[name].appoint("caseworker")
    settle(list(parties.values()))
    try:
        yield parties
    finally:
        for party in parties.values():
            party.close()


def by_itself(party: Party, action: Any) -> Any:
    actor = itself(party.authority, party.operation, "UTC")
    return party.node.writer.submit(lambda tx: action(Act(tx, actor, AFTER), cut=CUT))


def test_a_batch_travels_to_the_counting_authority_and_to_nobody_else(nodes: dict[str, Party]) -> None:
    centre, police, care, counting = (nodes[name] for name in ("centre", "police", "care", "counting"))
    when = Happened(at=dt.datetime(2018, 4, 3, 9, tzinfo=UTC), zone="UTC")
    police.do("administrator", confirm_care, care=care.authority, how="telephone", happened=when)
    police.do("officer", meet_person, country="GY", seen_as="potential-victim", happened=when)
    centre.do("coordinator", name_counting, care=counting.authority, cut_time="22:00", happened=when)
    settle(list(nodes.values()))
    for party in (care, counting):
        party.do(
            "caseworker", accept_counting, care=counting.authority,
            beside=[care.authority, counting.authority], happened=when,
        )  # fmt: skip
    settle(list(nodes.values()))
    for party in (care, counting):
        by_itself(party, tell_linked)
        by_itself(party, say_batch)
    settle(list(nodes.values()))
    assert {row[0] for row in counting.rows("figures_batch", "care")} == {care.authority, counting.authority}
    assert {row[0] for row in care.rows("figures_batch", "care")} == {care.authority}
    for name in ("centre", "police"):
        assert nodes[name].rows("figures_batch") == []
        kinds = {row[0] for row in nodes[name].rows("access_compartment", "kind")}
        assert "count" not in kinds
    for party in nodes.values():
        assert party.rows("journal_held", "idx, reason") == [], party.name
        assert party.rows("exchange_alarm", "who") == [], party.name


def test_a_block_counts_only_by_the_care_authority_that_was_named(nodes: dict[str, Party]) -> None:
    centre, police, care, counting = (nodes[name] for name in ("centre", "police", "care", "counting"))
    when = Happened(at=dt.datetime(2018, 4, 3, 9, tzinfo=UTC), zone="UTC")
    centre.do("coordinator", name_counting, care=counting.authority, cut_time="22:00", happened=when)
    settle(list(nodes.values()))

    def block(act: Act, cut: dt.datetime) -> str:
        content = ProtectionBlock(block_number=1, cut=cut, open_side="", records=1, potential=1)
        return act.say(act.operation_compartment, content, subject=act.actor.operation, supersedes={})

    true, false = by_itself(counting, block), by_itself(care, block)
    settle(list(nodes.values()))
    for party in (centre, police):
        ((blocks,),) = party.rows("figures_counting", "blocks")
        assert true in blocks and false not in blocks, party.name
