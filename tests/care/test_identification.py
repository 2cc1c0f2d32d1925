"""Rules suggest, a human decides, another human confirms; only then is anything counted."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.access.acting import Act, Forbidden, perform
from libertad.access.queries import open_row, readable
from libertad.care.actions.identify import identify
from libertad.care.actions.read_identification import read_identification
from libertad.care.actions.screen import screen
from libertad.care.models import CareFile, Identification, Screening
from libertad.journal.node import node
from libertad.vocabulary.values import Answer, Refused
from libertad.vocabulary.verbs.care import IdentificationRead
from libertad.vocabulary.verbs.people import TallyCustody, TallyPerson
from tests.care.people import CHILD, identified, meet, met
from tests.support.care_rows import care_row
from tests.support.world import World

DELPHI = "ilo-ec-2009-labour-adults"


def tallied(world: World, counting: str) -> list[str]:
    """What was said of a counting id beside that somebody was met, in order of saying."""

    def read(tx: Any) -> list[str]:
        rows = tx.sql.all("select idx from journal_entry order by idx")
        entries = [tx.entry(row[0]) for row in rows]
        return [
            e.verb for e in entries if e and e.subject == counting and not isinstance(e.content, TallyPerson)
        ]

    return node().writer.submit(read)


def test_a_status_counts_only_after_another_officer_agrees(world: World) -> None:
    person, counting = met(world)
    done = world.perform("caseworker", identify, person=person, status="presumed", reasons="Wages withheld.")
    assert (
        care_row(CareFile, person=person).status == "" and care_row(CareFile, person=person).waiting == done
    )
    assert tallied(world, counting) == []
    with pytest.raises(Refused, match="another officer"):
        world.perform("caseworker", read_identification, identification=done, agrees="yes")
    assert tallied(world, counting) == []
    world.perform("deciding-authority", read_identification, identification=done, agrees="yes")
    assert care_row(CareFile, person=person).status == "presumed"
    assert tallied(world, counting) == []  # nothing of it is said outside the protection file
    with pytest.raises(Refused, match="already"):
        world.perform("deciding-authority", read_identification, identification=done, agrees="yes")


def test_a_reading_by_the_officer_who_decided_does_not_count_even_if_a_node_lets_it_in(world: World) -> None:
    person = meet(world)
    done = world.perform("caseworker", identify, person=person, status="confirmed", reasons="Court papers.")

    def bypass(act: Act) -> None:
        act.say(
            act.compartment("care", person), IdentificationRead(person=person, agrees="yes"), subject=done
        )

    perform(world.actor("caseworker"), bypass)
    assert care_row(Identification, pk=done).read == ""
    assert care_row(CareFile, person=person).status == ""


def test_a_second_reader_who_does_not_agree_says_why_and_nothing_counts(world: World) -> None:
    person, counting = met(world)
    done = world.perform("caseworker", identify, person=person, status="not-a-victim", reasons="Owner's son.")
    with pytest.raises(Refused, match="reasons"):
        world.perform("deciding-authority", read_identification, identification=done, agrees="no")
    reading = {"identification": done, "agrees": "no", "reasons": "He was not asked alone."}
    world.perform("deciding-authority", read_identification, **reading)
    row = care_row(CareFile, person=person)
    assert (row.status, row.waiting, tallied(world, counting)) == ("", "", [])


def test_an_overtaken_decision_is_not_confirmed_afterwards(world: World) -> None:
    person, counting = met(world)
    at = world.at
    old = world.perform(
        "caseworker", identify, person=person, status="presumed", reasons="First talk.", happened=at(5, 12)
    )
    new = world.perform(
        "caseworker", identify, person=person, status="confirmed", reasons="Second talk.", happened=at(6, 12)
    )
    world.perform("deciding-authority", read_identification, identification=new, agrees="yes")
    with pytest.raises(Refused, match="overtaken"):
        world.perform("deciding-authority", read_identification, identification=old, agrees="yes")
    assert care_row(CareFile, person=person).status == "confirmed" and tallied(world, counting) == []


def test_a_decision_needs_reasons_and_gets_a_review_date(world: World) -> None:
    person = meet(world)
    with pytest.raises(Refused, match="reasons"):
        world.perform("caseworker", identify, person=person, status="presumed", reasons=" ")
    world.perform(
        "caseworker", identify, person=person, status="presumed", reasons="Told so.", happened=world.at(7, 20)
    )
    assert care_row(CareFile, person=person).review_on == "2018-04-21"


def test_neither_police_nor_prosecution_decides_or_reads(world: World) -> None:
    person = meet(world)
    done = identified(world, person)
    for role in ("officer", "national-lead", "coordinator", "exhibits-officer", "analyst", "prosecutor"):
        with pytest.raises(Forbidden):
            world.perform(role, identify, person=person, status="not-a-victim", reasons="x")
        with pytest.raises(Forbidden):
            world.perform(role, read_identification, identification=done, agrees="yes")
        assert not readable(world.actor(role), CareFile).exists()
        assert not readable(world.actor(role), Identification).exists()
        assert open_row(world.actor(role), care_row(CareFile, person=person)) == {}


def test_a_screening_names_its_rules_and_never_decides(world: World) -> None:
    person, counting = met(world)
    answers = [
        Answer(indicator="retention-of-identity-documents", answer="yes"),
        Answer(indicator="debt-bondage", answer="refused"),
    ]
    done = world.perform("caseworker", screen, person=person, rule_set="ilo-11", answer=answers)
    row = care_row(Screening, pk=done)
    words = open_row(world.actor("deciding-authority"), row)
    assert (row.rule_set, row.version) == ("ilo-11", "1")
    assert "A person decides." in words["result"]
    assert care_row(CareFile, person=person).status == "" and tallied(world, counting) == []
    assert not Identification.objects.exists()


def test_a_no_from_the_person_is_no_evidence_against(world: World) -> None:
    person = meet(world)
    yes = Answer(indicator="debt-bondage", answer="yes")
    indicators = ["deception", "isolation", "excessive-overtime", "restriction-of-movement"]
    results = set()
    for answer in ("no", "not-known", "refused"):
        answers = [yes, *(Answer(indicator=name, answer=answer) for name in indicators)]
        done = world.perform("caseworker", screen, person=person, rule_set="ilo-11", answer=answers)
        results.add(open_row(world.actor("caseworker"), care_row(Screening, pk=done))["result"])
    assert len(results) == 1 and "May suggest" in results.pop()


def test_means_are_not_required_for_a_child(world: World) -> None:
    answers = [
        Answer(indicator=f"exploitation-{name}", answer="yes")
        for name in ("excessive-working-days-or-hours", "low-or-no-salary")
    ] + [
        Answer(indicator=f"coercion-at-destination-{name}", answer="yes")
        for name in ("debt-bondage", "confiscation-of-documents")
    ]
    results = {}
    for birth in ("adult", "child"):
        person = meet(world, CHILD) if birth == "child" else meet(world)
        done = world.perform("caseworker", screen, person=person, rule_set=DELPHI, answer=answers)
        results[birth] = open_row(world.actor("caseworker"), care_row(Screening, pk=done))["result"]
    assert "do not reach" in results["adult"]
    assert results["child"].startswith("Suggests") and "means are not required" in results["child"]
    assert all("not confirmed" in words for words in results.values())


@pytest.mark.parametrize(
    "answers",
    [[], [Answer(indicator="nothing", answer="yes")], [Answer(indicator="deception", answer="yes")] * 2],
    ids=["none", "unknown", "twice"],
)
def test_a_screening_that_cannot_be_read_is_refused(world: World, answers: list[Answer]) -> None:
    with pytest.raises(Refused):
        world.perform("caseworker", screen, person=meet(world), rule_set="ilo-11", answer=answers)
    assert not Screening.objects.exists()


def test_another_persons_screening_is_no_ground(world: World) -> None:
    person, other_person = meet(world), meet(world)
    answers = [Answer(indicator="deception", answer="yes")]
    done = world.perform("caseworker", screen, person=other_person, rule_set="ilo-11", answer=answers)
    with pytest.raises(Refused, match="screening"):
        world.perform("caseworker", identify, person=person, status="presumed", reasons="x", screening=done)


def test_who_was_forced_to_offend_is_suspect_and_victim_at_once_and_both_stay_apart(world: World) -> None:
    person, counting = met(world)

    def arrested(act: Act) -> None:
        act.say(act.operation_compartment, TallyCustody(state="arrested"), subject=counting)

    perform(world.actor("officer"), arrested)
    with pytest.raises(Refused, match="forced_to"):
        world.perform(
            "caseworker", identify, person=person, status="presumed", reasons="x", non_punishment=True
        )
    done = identified(world, person, non_punishment=True, forced_to="Made to carry drugs.")
    assert tallied(world, counting) == ["tally.custody"]
    assert care_row(CareFile, person=person).status == "presumed"
    words = open_row(world.actor("caseworker"), care_row(Identification, pk=done))
    assert words["non_punishment"] is True and words["forced_to"] == "Made to carry drugs."
