"""Care's numbers between nodes: read by the counting authority alone; a block is believed of it alone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from libertad.access.acting import Act
from libertad.access.actions.confirm_care import confirm_care
from libertad.access.actor import itself
from libertad.access.sealed import open_sealed
from libertad.figures.actions.accept_counting import accept_counting
from libertad.figures.actions.count_day import say_batch, tell_linked
from libertad.figures.actions.name_counting import name_counting
from libertad.figures.actions.say_late import say_late, say_sum
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.counting import LateSum, ProtectionBlock
from tests.support.lawless import lawless
from tests.support.nodes import Party, invited, operation, schema, settle

UTC = dt.UTC
CUT = dt.datetime(2018, 4, 4, 22, tzinfo=UTC)
AFTER = Happened(at=CUT + dt.timedelta(minutes=15), zone="UTC")
MEMBERS = (("police", "police", "GY"), ("care", "care", "GY"), ("counting", "care", "BB"))


@pytest.fixture
def nodes(tmp_path: Path, db: None) -> Iterator[dict[str, Party]]:
    """A centre, police, their care authority, and another country's care authority that counts for all."""
    yield from founded(tmp_path, MEMBERS)


@pytest.fixture
def more_nodes(tmp_path: Path, db: None) -> Iterator[dict[str, Party]]:
    """With a third care authority."""
    yield from founded(tmp_path, (*MEMBERS, ("third", "care", "GY")))


def founded(home: Path, members: tuple[tuple[str, str, str], ...]) -> Iterator[dict[str, Party]]:
    from libertad.exchange.onboarding import admission

    admission.register()
    statements = schema()
    names = ("centre", *(name for name, _kind, _country in members))
    parties = {name: Party(home / name, statements, name) for name in names}
    operation(parties["centre"])
    for name, kind, country in members:
        invited(parties["centre"], parties[name], kind, country)
    settle(list(parties.values()))
    parties["police"].appoint("officer")
    for name, kind, _country in members:
        if kind == "care":
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
            "caseworker",
            accept_counting,
            care=counting.authority,
            beside=[care.authority, counting.authority],
            happened=when,
        )
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


def test_how_many_are_late_travels_as_one_number_and_to_the_centre_alone(
    more_nodes: dict[str, Party],
) -> None:
    nodes = more_nodes
    named_at = Happened(at=dt.datetime(2018, 4, 3, 9, tzinfo=UTC), zone="UTC")
    cares = {name: nodes[name] for name in ("care", "counting", "third")}
    nodes["centre"].do(
        "coordinator", name_counting, care=nodes["counting"].authority, cut_time="22:00", happened=named_at
    )
    settle(list(nodes.values()))
    for party in cares.values():
        party.do(
            "caseworker",
            accept_counting,
            care=nodes["counting"].authority,
            beside=[other.authority for other in cares.values()],
            happened=named_at,
        )
    settle(list(nodes.values()))
    late = {"care": 5, "counting": 4, "third": 3}
    for name, party in cares.items():
        assert by_itself(party, partial(say_late, late=late[name], known=9))
    settle(list(nodes.values()))
    assert by_itself(nodes["counting"], partial(say_sum, may_renew=True))
    settle(list(nodes.values()))
    centre = nodes["centre"]
    ((key, sealed),) = centre.rows("figures_latesum", "id, sealed")
    number = open_sealed(centre.node, centre.authority, "figures.LateSum", key, sealed)
    assert number["late"] == 12
    # The centre gets that and nothing more of care's: no batch, no file of numbers, no country.
    assert centre.rows("figures_latebatch") == []
    assert "count" not in {row[0] for row in centre.rows("access_compartment", "kind")}
    assert not re.search(r"\b(GY|BB)\b", repr((number, centre.rows("figures_latesum", "id, care, cut"))))
    assert len(nodes["counting"].rows("figures_latebatch", "id")) == 3
    assert [len(cares[name].rows("figures_latebatch", "id")) for name in ("care", "third")] == [1, 1]
    for name in ("police", "care", "third"):
        assert nodes[name].rows("figures_latesum") == [], name
        assert "late" not in {row[0] for row in nodes[name].rows("access_compartment", "kind")}, name
    for party in nodes.values():
        assert party.rows("journal_held", "idx, reason") == [], party.name
        assert party.rows("exchange_alarm", "who") == [], party.name


def test_a_sum_by_anybody_but_a_care_authority_is_held(nodes: dict[str, Party]) -> None:
    """Police that open such a file to the centre, and say a number in it."""
    police, centre = nodes["police"], nodes["centre"]

    def forge(act: Act, cut: dt.datetime) -> str:
        place = act.open("late", act.actor.operation, [centre.authority])
        content = LateSum(sum_number=1, cut=cut, as_of=cut, late=0)
        return act.say(place, content, subject=act.actor.authority, supersedes={})

    with lawless():
        by_itself(police, forge)
    settle(list(nodes.values()))
    assert centre.rows("figures_latesum") == []
    assert len(centre.rows("journal_held", "idx")) == 2
