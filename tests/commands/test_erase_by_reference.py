"""`libertad journal erase REFERENCE`: by the reference on the page, of whichever country's police or care."""

from __future__ import annotations

import json

import pytest
import typer

from libertad.access.models import Account
from libertad.commands.start import reader_of
from libertad.people.actions.meet_person import meet_person
from libertad.people.models import Person
from libertad.vocabulary.values import PersonName
from tests.support.world import World

MET = {"country": "VC", "name": (PersonName(text="A. Q."),)}


@pytest.fixture
def demo(world: World) -> World:
    accounts = {row.officer: row.pk for row in Account.objects.all()}
    listed = [
        {"account": accounts[actor.officer], "role": actor.role, "name": name, "authority": "", "does": ""}
        for name, actor in world.actors.items()
    ]
    (world.home / "demo.json").write_text(json.dumps({"accounts": listed}))
    return world


def test_a_reference_finds_the_person_and_who_may_erase(demo: World) -> None:
    """The first national lead of the demo reads no file of another country's police."""
    person = demo.perform("other-officer", meet_person, **MET)
    reference = Person.objects.get(pk=person).reference
    for spelling in (reference, f" {reference.lower()} ", person):
        actor, subject = reader_of(None, spelling)
        assert (subject, actor.officer) == (person, demo.actor("other-lead").officer)


def test_a_reference_that_two_persons_bear_is_refused(
    demo: World, capsys: pytest.CaptureFixture[str]
) -> None:
    first = demo.perform("other-officer", meet_person, **MET)
    second = demo.perform("officer", meet_person, **{**MET, "country": "GY"})
    Person.objects.filter(pk=second).update(reference=Person.objects.get(pk=first).reference)
    with pytest.raises(typer.Exit):
        reader_of(None, Person.objects.get(pk=first).reference)
    assert "is borne by 2 people" in capsys.readouterr().err
    actor, subject = reader_of("N-other-lead", Person.objects.get(pk=first).reference)
    assert (subject, actor.officer) == (first, demo.actor("other-lead").officer)
