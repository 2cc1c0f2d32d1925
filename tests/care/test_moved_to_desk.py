"""What whoever decides about a person may not read lies under no key of a deciding authority.

It stood in the protection file until it moved to the desk; what was said there before counts still.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from libertad.access import about_moved, desks
from libertad.access.acting import Act, Forbidden, perform
from libertad.access.actions.break_glass import break_glass
from libertad.access.matrix import PATH as MATRIX
from libertad.access.matrix import MatrixError, matrix, parse
from libertad.access.models import Compartment, Reader
from libertad.access.queries import readable
from libertad.care import queries
from libertad.care.actions.assign_interpreter import assign_interpreter, end_interpreter
from libertad.care.actions.disclose import end_disclosure, read_disclosure
from libertad.care.actions.open_care import open_care
from libertad.care.actions.plan_safety import plan_safety
from libertad.care.actions.withdraw_consent import withdraw_consent
from libertad.care.models import Disclosure
from libertad.care.queries_disclosing import disclosure
from libertad.care.queries_interpreters import interpreters
from libertad.exchange.onboarding import admission
from libertad.journal.node import node
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary import yamlfile
from libertad.vocabulary.values import PersonName, Refused
from libertad.vocabulary.verbs.care import InterpreterAssign, SafetyPlan
from tests.care.disclosing import a_person, propose, send
from tests.care.people import meet
from tests.care.test_screens import text
from tests.care.test_several_files import file_of
from tests.support import nodes
from tests.support.lawless import lawless
from tests.support.nodes import Party, invited, operation, settle
from tests.support.shuffling import assert_order_free
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")
DECIDING = "deciding-authority"
MOVED = {
    "safety.plan",
    "interpreter.assign",
    "disclosure.propose",
    "disclosure.read",
    "disclosure.send",
    "disclosure.end",
    "glass.break",
}
# Of what stands in a protection file from before: a review stands where what it reviews was said.
GOING_ON = {"glass.review"}
SPEAKER = {"name": "I-01", "language": "spa", "way": "in-person", "briefed": "yes"}
WORDS = "Somebody follows her, she rang and nobody else is on duty tonight."


def test_every_verb_said_in_a_protection_file_is_one_that_who_decides_may_read() -> None:
    law = matrix().entries
    hidden = {verb for verb, right in law.items() if "care" in right.kinds and DECIDING not in right.read}
    assert hidden == GOING_ON
    assert {verb for verb, right in law.items() if "care" in right.before} == MOVED
    for verb in MOVED:
        assert DECIDING not in law[verb].read and "desk" in law[verb].kinds, verb
    assert law["desk.take"].kinds == {"desk"}


def test_a_row_of_the_matrix_says_of_no_kind_that_it_is_and_was() -> None:
    data = yamlfile.read(MATRIX)
    row_of = {**data["entries"]["safety.plan"], "before": ["desk"]}
    with pytest.raises(MatrixError, match=r"safety\.plan"):
        parse({**data, "entries": {**data["entries"], "safety.plan": row_of}})


def said(place: str) -> list[str]:
    """The verbs of a file, in the order in which they were said."""

    def read_verbs(tx: Any) -> list[str]:
        rows = tx.sql.all("select idx from journal_entry where compartment = ? order by idx", (place,))
        return [entry.verb for (idx,) in rows if (entry := tx.entry(idx)) is not None]

    verbs: list[str] = node().writer.submit(read_verbs)
    return verbs


def desk_of(world: World, person: str) -> str:
    place: str = Compartment.objects.get(kind="desk", about=person, owner=world.authorities["care"]).pk
    return place


def test_who_decides_holds_no_key_of_a_safety_plan_an_interpreter_or_a_disclosure(world: World) -> None:
    person = a_person(world)
    world.perform("caseworker", plan_safety, person=person, reach="Through the duty line.")
    world.perform("caseworker", assign_interpreter, person=person, **SPEAKER)
    disclosure_id, _file = send(world, person)
    world.perform("caseworker", end_disclosure, disclosure=disclosure_id, reasons="She asks for it.")
    world.perform(
        "second-caseworker",
        break_glass,
        kind="care",
        person=person,
        way="read",
        words=WORDS,
        source="decision",
    )
    desk = desk_of(world, person)
    assert set(said(desk)) >= MOVED
    read_there = Reader.objects.filter(authority=world.authorities["deciding"])
    for place in read_there.values_list("compartment", flat=True):
        assert not MOVED & set(said(place))
    assert [reader.authority for reader in Reader.objects.filter(compartment=desk)] == [
        world.authorities["care"]
    ]
    assert_order_free(world)


@pytest.mark.parametrize("content", [SafetyPlan(person="", reach="By day"), InterpreterAssign(**SPEAKER)])
def test_nothing_of_it_is_said_in_the_protection_file_any_more(world: World, content: Any) -> None:
    person = meet(world)
    world.perform("caseworker", open_care, person=person)
    care = file_of(world.actor("caseworker"), person)
    with pytest.raises(Forbidden, match=content.VERB):
        world.perform("caseworker", lambda act: act.say(care, content, subject=person))


# -- what was said before -----------------------------------------------------------------------------


def before(world: World, monkeypatch: pytest.MonkeyPatch, what: Any, **values: Any) -> Any:
    """Done as until it moved: in the protection file."""

    def in_file(act: Act, person: str) -> str:
        return act.compartment("care", person)

    with monkeypatch.context() as patched, lawless():
        for module in ("_desk", "_disclosing", "disclose"):
            patched.setattr(f"libertad.care.actions.{module}.own_desk", in_file)
        return what(world, **values)


def test_a_plan_of_before_stands_until_one_is_written_at_the_desk(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = meet(world)
    world.perform("caseworker", open_care, person=person)
    care = file_of(world.actor("caseworker"), person)
    plan = {"person": person, "reach": "By day"}
    before(world, monkeypatch, lambda world: world.perform("caseworker", plan_safety, **plan))
    assert "safety.plan" in said(care)
    actor = world.actor("caseworker")
    known = queries.safety(actor, person)
    assert known is not None and known[1]["reach"] == "By day"
    world.perform("caseworker", plan_safety, person=person, reach="At night")
    known = queries.safety(actor, person)
    assert known is not None and known[1]["reach"] == "At night"
    shown = text(world.client("caseworker").get(reverse("care-safety", args=[person])))
    assert "At night" in shown and "By day" not in shown
    assert said(care).count("safety.plan") == 1
    assert_order_free(world)


def test_an_interpreter_of_before_is_listed_and_ends_at_the_desk(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = meet(world)
    assigned: dict[str, Any] = {"person": person, **SPEAKER}
    entry = before(
        world, monkeypatch, lambda world: world.perform("caseworker", assign_interpreter, **assigned)
    )
    world.perform("caseworker", assign_interpreter, **assigned | {"name": "I-02"})
    actor = world.actor("caseworker")
    assert [(seen.name, seen.ended) for seen in interpreters(actor, person)] == [
        ("I-01", False),
        ("I-02", False),
    ]
    world.perform("caseworker", end_interpreter, person=person, entry=entry, note="Moved away")
    assert [(seen.name, seen.ended) for seen in interpreters(actor, person)] == [
        ("I-02", False),
        ("I-01", True),
    ]
    assert said(file_of(actor, person)).count("interpreter.assign") == 1
    with pytest.raises(Refused, match="stands no more"):
        world.perform("caseworker", end_interpreter, person=person, entry=entry, note="Again")
    assert_order_free(world)


def test_a_disclosure_proposed_before_is_read_sent_and_withdrawn_at_the_desk(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = a_person(world)
    proposed: str = before(world, monkeypatch, propose, person=person)
    actor = world.actor("caseworker")
    care = file_of(actor, person)
    assert Disclosure.objects.get(pk=proposed).compartment == care
    world.perform("second-caseworker", read_disclosure, disclosure=proposed, agrees="yes", reasons="Seen.")
    view = disclosure(actor, person, proposed)
    assert view is not None and (view.state, view.read_reasons) == ("sent", "Seen.")
    assert Disclosure.objects.get(pk=proposed).compartment == desk_of(world, person), (
        "sealed under the desk's key from then on"
    )
    world.perform("caseworker", withdraw_consent, consent=view.consent, reasons="She asks for it.")
    view = disclosure(actor, person, proposed)
    assert view is not None and (view.state, view.cause) == ("erased", "consent")
    told = [verb for verb in said(care) if verb.startswith("disclosure.")]
    assert told == ["disclosure.propose"]
    assert not readable(world.actor(DECIDING), Disclosure).exists()
    assert_order_free(world)


def test_another_care_authority_says_nothing_of_it_at_its_own_desk_of_anothers_file(world: World) -> None:
    from tests.care.test_wall import another_care

    person = meet(world)
    world.perform("caseworker", open_care, person=person)
    care = file_of(world.actor("caseworker"), person)
    other = another_care(world, country="GY")
    world.perform("caseworker", lambda act: act.widen(care, [other.authority], "they work on it together"))
    with pytest.raises(Forbidden, match="owner"):
        perform(other, plan_safety, person=person, reach="By day")
    assert not Compartment.objects.filter(kind="desk", owner=other.authority).exists()


# -- at another node ----------------------------------------------------------------------------------


def test_a_file_that_opened_with_its_care_alone_is_believed_of_none_of_it_elsewhere(
    tmp_path: Path, db: None
) -> None:
    """As an older node, or a changed one, would say it. Where the file is of before, it counts as it did."""
    admission.register()
    statements = nodes.schema()
    centre, care, other = (Party(tmp_path / name, statements, name) for name in ("centre", "care", "other"))
    parties = [centre, care, other]
    operation(centre)
    invited(centre, care, kind="care")
    invited(centre, other, kind="care")
    settle(parties)
    care.appoint("caseworker")
    settle(parties)
    files = {}
    for name, readers in (("of before", [other.authority]), ("of today", [])):
        person = care.do("caseworker", meet_person, country="GY", name=(PersonName(text="Generated"),))
        files[name] = care.do("caseworker", Act.open, kind="care", about=person, readers=readers)
        plan = SafetyPlan(person=person, reach="By day")
        with lawless():
            care.do("caseworker", Act.say, compartment=files[name], what=plan, subject=person)
        care.do(
            "caseworker", Act.widen, compartment=files[name], readers=[other.authority], reason="together"
        )
    settle(parties)
    assert other.rows("journal_held", "reason, detail") == [about_moved.MOVED]
    assert other.rows("exchange_alarm") == [] and care.rows("journal_held") == []
    assert [place for (place,) in other.rows("care_safety", "id")] == [files["of before"]]
    assert len(care.rows("care_safety", "id")) == 2, "its own words stay with who said them"
    for party in parties:
        party.close()


def test_a_desk_is_of_one_authority(world: World) -> None:
    person = meet(world)
    first = world.perform("caseworker", lambda act: desks.own_desk(act, person))
    assert world.perform("caseworker", lambda act: desks.own_desk(act, person)) == first
