"""A shelter at a node of its own: asked, it answers, and care's node alone hears it; a node that does not
know the shelter's kind keeps its invitation until it does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from libertad.access.acting import Act
from libertad.access.sealed import open_columns
from libertad.care.actions._disclosing import disclosable
from libertad.care.actions.disclose import end_disclosure, propose_disclosure, read_disclosure
from libertad.care.actions.open_care import open_care
from libertad.care.actions.record_consent import record_consent
from libertad.care.actions.reply_concern import reply_concern
from libertad.exchange.onboarding import admission
from libertad.people.actions.answer_service import answer_service, record_arrival, tell_concern
from libertad.people.actions.meet_person import meet_person
from libertad.people.disclosed_models import Disclosed
from libertad.vocabulary import body, codelists
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.values import Birth, PersonName
from libertad.vocabulary.verbs.access import AuthorityInvite
from libertad.vocabulary.verbs.serving import ServiceAnswer
from tests.support import nodes
from tests.support.lawless import lawless
from tests.support.nodes import Party, invited, operation, settle


class Three(NamedTuple):
    """A centre, a care authority, and a shelter."""

    centre: Party
    care: Party
    shelter: Party


@pytest.fixture
def three(tmp_path: Path, db: None) -> Iterator[Three]:
    admission.register()
    statements = nodes.schema()
    parties = Three(*(Party(tmp_path / name, statements, name) for name in Three._fields))
    operation(parties.centre)
    for party in parties[1:]:
        invited(parties.centre, party, kind=party.name)
    settle(list(parties))
    for role in ("caseworker", "supervisor"):
        parties.care.appoint(role)
    parties.shelter.appoint("partner")
    settle(list(parties))
    yield parties
    for party in parties:
        party.close()


def asked(three: Three) -> tuple[str, str]:
    """(disclosure, file): care asks the shelter for a place, as the person agreed."""
    care = three.care
    values = {"name": (PersonName(text="Generated Nguyen"),), "birth": Birth(date="1990")}
    person = care.do("caseworker", meet_person, country="GY", **values)
    care.do("caseworker", open_care, person=person)
    agreed = {"purpose": "shelter", "recipient": three.shelter.name, "agreed": "yes"}
    consent = care.do("caseworker", record_consent, person=person, **agreed)
    actor = care.actor("caseworker")
    listed = care.node.writer.submit(lambda tx: disclosable(Act(tx, actor), person))
    disclosure = care.do(
        "caseworker",
        propose_disclosure,
        person=person,
        recipient=three.shelter.authority,
        purpose="placement",
        ground="consent",
        consent=consent,
        until=f"{2027}-06-01",
        items=[key for key, copied in listed if copied.kind == "name"],
    )
    return disclosure, care.do("supervisor", read_disclosure, disclosure=disclosure, agrees="yes")


def row(party: Party, file: str) -> dict[str, Any] | None:
    """What a node has of the disclosure, opened with its own ring."""
    sealed = party.node.sql().first("select sealed from people_disclosed where id = ?", (file,))
    return None if sealed is None else open_columns(party.node, party.authority, Disclosed, file, sealed[0])


def test_a_day_over_two_nodes_and_a_third_hears_nothing(three: Three) -> None:
    care, shelter = three.care, three.shelter
    disclosure, file = asked(three)
    settle(list(three))
    shelter.do("partner", answer_service, file=file, answer="accepted")
    shelter.do("partner", record_arrival, file=file)
    concern = shelter.do("partner", tell_concern, file=file, concern="danger", words="A man at the gate")
    settle(list(three))
    here = row(care, file)
    assert here is not None and here["answer"] == "accepted" and here["arrived_at"] is not None
    assert [told["words"] for told in here["concerns"]] == ["A man at the gate"]
    care.do("caseworker", reply_concern, disclosure=disclosure, entry=concern, words="We come at once")
    settle(list(three))
    there = row(shelter, file)
    assert there is not None and there["concerns"][0]["reply"] == "We come at once"
    assert row(three.centre, file) is None
    files = three.centre.node.sql().all("select id from access_compartment where kind = 'disclosure'")
    assert files == [], "not even that there is such a file"
    care.do("caseworker", end_disclosure, disclosure=disclosure)
    settle(list(three))
    assert row(care, file) is None
    assert [asked_back[0] for asked_back in shelter.rows("exchange_erasure", "authority")] == [
        shelter.authority
    ]


def test_a_changed_node_of_care_answers_nothing_in_the_shelters_place(three: Three) -> None:
    _disclosure, file = asked(three)
    settle(list(three))
    with lawless():
        forged = three.care.do(
            "caseworker",
            lambda act: act.say(file, ServiceAnswer(answer="accepted"), subject=file, supersedes={}),
        )
    settle(list(three))
    there = row(three.shelter, file)
    assert there is not None and there["answer"] == "" and forged


def test_a_node_that_does_not_know_the_kind_keeps_the_invitation_and_is_not_alarmed(
    tmp_path: Path, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    admission.register()
    statements = nodes.schema()
    parties = [Party(tmp_path / name, statements, name) for name in ("centre", "care", "shelter")]
    centre, care, shelter = parties
    operation(centre)
    invited(centre, care, kind="care")
    settle([centre, care])
    invited(centre, shelter, kind="shelter")
    settle([centre, shelter])
    older = {name: label for name, label in codelist("authority-kinds").items() if name != "shelter"}
    rules = {**body._RULES, AuthorityInvite: ((("kind", "authority-kinds", frozenset(older)),), ())}

    def known(name: str, whole: Any = codelist) -> dict[str, str]:
        return older if name == "authority-kinds" else whole(name)

    with monkeypatch.context() as patched:
        patched.setattr(codelists, "codelist", known)
        patched.setattr(body, "_RULES", rules)
        care.pull(centre)
    waiting = care.rows("journal_held", "reason")
    assert ("unknown",) in waiting, "of a newer version of this program"
    assert care.rows("exchange_alarm", "kind") == []
    members = care.rows("access_member", "authority")
    assert (shelter.authority,) not in members and (centre.authority,) in members
    for party in parties:
        party.close()
