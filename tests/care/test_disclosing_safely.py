"""What keeps a person safe where the person is received: care's own words, ticked one by one, read by the
shelter as they were shown before, and told to nobody else."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from libertad.care.actions.plan_safety import plan_safety
from libertad.care.queries_disclosing import disclosures
from libertad.people.queries_disclosed import disclosed
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.kinds import disclosable_kinds, kinds
from libertad.vocabulary.values import Copied, Refused
from libertad.vocabulary.verbs.disclosing import SAFEKEEPING
from tests.care.disclosing import a_person, agrees, chosen, propose, send
from tests.support.forms import forms_of
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")
INSULIN = "Insulin at night: ring the night nurse"
GREY = "A grey-haired man with a limp, who says that he is her uncle"
SAFE = (
    Copied(kind="age", words="16 to 17"),
    Copied(kind="sex", codes=("sex:female",)),
    Copied(kind="languages", codes=("language:vie", "language:spa")),
    Copied(kind="medical", words=INSULIN),
    Copied(kind="keep-out", words=GREY),
)


def test_the_shelter_reads_what_keeps_the_person_safe(world: World) -> None:
    person = a_person(world)
    _disclosure, file = send(world, person, "shelter", items=chosen(world, person, "name"), safekeeping=SAFE)
    (view,) = disclosed(world.actor("partner"))
    assert tuple(item for item in view.items if item.kind in SAFEKEEPING) == SAFE
    page = world.client("partner").get(f"/disclosed/{file}/").content.decode()
    for words in ("16 to 17", "Woman or girl", "Vietnamese", "Spanish", INSULIN, "Whom not to let in", GREY):
        assert words in page
    assert "Not disclosed, whether there is any or not" in page and "What to do in danger" in page


@pytest.mark.parametrize("to", ["police", "prosecution", "deciding"])
def test_who_receives_nobody_is_told_none_of_it(world: World, to: str) -> None:
    person = a_person(world)
    law = {"ground": "law", "order": "Article 12", "informed": "By the caseworker"}
    values = {**law, "purpose": {"police": "protection", "deciding": "residence"}.get(to, "protection")}
    with pytest.raises(Refused, match="told only to an authority that receives people"):
        propose(world, person, to, safekeeping=SAFE[3:4], **values)
    assert disclosures(world.actor("caseworker")) == []
    form = reverse("care-disclose", args=[person, world.authorities[to]])
    page = world.client("caseworker").get(form).content.decode()
    assert "tell_medical" not in page and "keep the person safe" not in page
    _disclosure, file = send(world, person, to, **values)
    role = {"police": "national-lead", "prosecution": "prosecutor", "deciding": "deciding-authority"}[to]
    shown = world.client(role).get(f"/disclosed/{file}/").content.decode()
    for kind in SAFEKEEPING:
        assert codelist("disclosed-kinds")[kind] not in shown, "not even as what it was not told"


def test_no_kind_on_polices_side_receives_people() -> None:
    told = {name: set(disclosable_kinds(name)) for name in kinds()}
    receiving = {name for name in kinds() if told[name] & set(SAFEKEEPING)}
    assert receiving == {name for name, kind in kinds().items() if kind.receives}
    assert "shelter" in receiving and not any(kinds()[name].side == "police" for name in receiving)


@pytest.mark.parametrize(
    ("withheld", "refused"),
    [("health", "Health"), ("age", "Age"), ("needs", "Needs"), ("languages", "Languages")],
)
def test_what_the_person_does_not_want_told_is_not_written_either(
    world: World, withheld: str, refused: str
) -> None:
    person = a_person(world)
    consent = agrees(world, person, "shelter", withheld=[withheld])
    with pytest.raises(Refused, match=f"does not want this to be told: {refused}"):
        propose(world, person, "shelter", consent=consent, safekeeping=SAFE)
    client = world.client("caseworker")
    page = client.get(reverse("care-disclose", args=[person, consent])).content.decode()
    offered = set(re.findall(r'name="tell_([a-z-]+)"', page))
    assert offered == {kind for kind, part in SAFEKEEPING.items() if part != withheld}


def test_what_is_copied_from_the_file_is_not_written_anew_and_the_plan_stays(world: World) -> None:
    person = a_person(world)
    world.perform("caseworker", plan_safety, person=person, reach="Ring twice at Ottersby")
    for kind in ("statement", "status", "told"):
        with pytest.raises(Refused, match="copied from the file"):
            propose(world, person, "shelter", safekeeping=[Copied(kind=kind, words="She said so")])
    with pytest.raises(Refused):
        Copied(kind="safety-plan", words="Ring twice")
    assert not [key for key in chosen(world, person) if "safety" in key]


def posted(world: World, person: str, consent: str, **changed: Any) -> tuple[Any, str]:
    way = reverse("care-disclose", args=[person, consent])
    client = world.client("caseworker")
    page = client.get(way).content.decode()
    (form,) = [form for form in forms_of(page, way) if "until_year" in form.fields]
    values = {"purpose": "placement", "until_day": "9", "until_month": "10", "until_year": "2018", **changed}
    return client.post(way, {**form.fields, **values}), way


def test_it_is_previewed_as_the_shelter_will_read_it(world: World) -> None:
    """Nothing is ticked beforehand: what is on file is filled in and told to nobody unless it is ticked."""
    person = a_person(world)
    consent = agrees(world, person, "shelter")
    ticked = {
        "tell_medical": "on",
        "said_medical": INSULIN,
        "tell_languages": "on",
        "said_languages": ["vie"],
        "tell_keep-out": "on",
        "said_keep-out": GREY,
    }
    answer, _way = posted(world, person, consent, **ticked, preview="1")
    shown = re.search(r'id="preview".*?</section>', unescape(answer.content.decode()), re.DOTALL)
    assert shown is not None and shown[0].count("<li>") == 3
    answer, _way = posted(world, person, consent, **ticked)
    assert answer.status_code == 302, answer.content.decode()[-2500:]
    (view,) = disclosures(world.actor("caseworker"))
    assert [item.kind for item in view.items] == ["languages", "medical", "keep-out"]
    from libertad.care.actions.disclose import read_disclosure

    file = world.perform("supervisor", read_disclosure, disclosure=view.id, agrees="yes")
    page = unescape(world.client("partner").get(f"/disclosed/{file}/").content.decode())
    listed = re.findall(r"<li>\s*(.*?)</li>", shown[0], re.DOTALL)
    for item in listed:
        assert " ".join(item.split()) in " ".join(page.split()), "word for word"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"tell_medical": "on"}, "Write it, or take the tick away"),
        ({"said_medical": INSULIN}, "Tick it if they are to read it, or empty it"),
        ({}, "choose what is disclosed"),
    ],
)
def test_a_tick_without_words_or_words_without_a_tick_are_asked_about(
    world: World, values: dict[str, str], words: str
) -> None:
    person = a_person(world)
    answer, _way = posted(world, person, agrees(world, person, "shelter"), **values)
    assert answer.status_code == 200 and words.lower() in answer.content.decode().lower()
    assert disclosures(world.actor("caseworker")) == []
