"""A guardian can be the trafficker: one is reached by letter alone, once two officers hold the one safe."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from pypdf import PdfReader

from libertad.access.acting import Forbidden
from libertad.access.models import Authority
from libertad.care.actions.assign_guardian import assign_guardian, end_guardian
from libertad.care.actions.clear_guardian import clear_guardian, read_clearing, revoke_clearing
from libertad.care.actions.open_care import open_care
from libertad.care.actions.plan_safety import plan_safety
from libertad.care.actions.refer import refer
from libertad.care.guardian_letter import LINES
from libertad.care.queries_clearings import clearings, clearings_to_read, confirmed_clearing
from libertad.care.queries_family import family
from libertad.vocabulary.values import Refused
from tests.care.people import CHILD, consent, meet
from tests.care.test_screens import text
from tests.support.forms import form_at
from tests.support.shuffling import assert_order_free
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")
AUNT: dict[str, Any] = {
    "name": "Generated Aunt of Mabaruma",
    "kind": "relative",
    "checked": "yes",
    "by": "The court of Mabaruma",
    "reach": "Quay Street 4, Mabaruma",
    "note": "The child sleeps at Casa Girasol",
}
SHELTER = "Casa Girasol, Rua do Sol 5, Kingstown"
WHY = "Her teacher and the child trust her; no debt, no travel with the recruiters."


def child_in_shelter(world: World) -> str:
    """A child with a guardian, referred to a shelter, with a safe way of reaching the child."""
    person = meet(world, CHILD, name="Ana of Kingstown House")
    world.perform("caseworker", open_care, person=person)
    agreed = consent(world, person, purpose="shelter", recipient=SHELTER, guardian="The court")
    world.perform("caseworker", refer, person=person, service="shelter", to=SHELTER, consent=agreed)
    world.perform("caseworker", plan_safety, person=person, reach="Rua do Sol 5, back door")
    world.perform("caseworker", assign_guardian, person=person, **AUNT)
    return person


def entry_of(world: World, person: str) -> str:
    return family(world.actor("caseworker"), person).guardians[0].entry


def clear(world: World, person: str) -> str:
    entry: str = world.perform(
        "caseworker", clear_guardian, person=person, guardian=entry_of(world, person), why=WHY
    )
    return entry


def cleared(world: World, person: str) -> str:
    entry = clear(world, person)
    world.perform("second-caseworker", read_clearing, clearing=entry, agrees="yes")
    return entry


def letter(world: World, person: str, entry: str, **asked: Any) -> Any:
    return world.client("caseworker").get(reverse("care-guardian-letter", args=[person, entry]), asked)


def state(world: World, person: str) -> str:
    return clearings(world.actor("caseworker"), person)[0].state


# -- the letter -----------------------------------------------------------------------------------


def test_the_letter_of_a_child_in_a_shelter_tells_of_no_place(world: World) -> None:
    person = child_in_shelter(world)
    entry = cleared(world, person)
    shown = text(letter(world, person, entry))
    assert "It is printed and handed over by hand" in shown and "a one-time page" not in shown
    said = {"line": [*LINES, "Rua do Sol 5"], "place": "Kingstown"}
    answer = letter(world, person, entry, **said)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == 'attachment; filename="letter.pdf"'
    reader = PdfReader(BytesIO(answer.content))
    plain = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert "The child is being looked after." in plain and "nobody tells where the child is" in plain
    offices = Authority.objects.values_list("name", flat=True)
    reference = clearings(world.actor("caseworker"), person)[0].id
    hidden = [
        *offices,
        *AUNT.values(),
        SHELTER,
        WHY,
        person,
        reference,
        "P-0001",
        "Guyana",
        "Name caseworker",
    ]
    words = {word.strip(",.;") for line in hidden for word in [line, *line.split()]}
    telling = {word for word in words if len(word) > 3} - {"child", "The", "sleeps", "with", "trust"}
    places = {"Kingstown", "Girasol", "Rua", "Sol", "Mabaruma", "shelter", "Shelter", "House", "Ana"}
    kept = f"{plain} {reader.metadata}".split()
    assert not [word for word in places | {w for w in telling if w[0].isupper()} if word in kept]
    assert not any(line in plain for line in hidden if len(line) > 3)


def test_a_letter_can_say_only_what_is_on_the_list() -> None:
    words = " ".join(map(str, LINES.values())).lower()
    for telling in ("shelter", "office", "police", "where", "town", "country", "hospital", "school"):
        assert telling not in words


def test_no_letter_goes_to_a_guardian_whom_nobody_cleared(world: World) -> None:
    person = child_in_shelter(world)
    assert letter(world, person, entry_of(world, person), line="well").status_code == 404
    entry = clear(world, person)
    assert state(world, person) == "waits"
    assert letter(world, person, entry, line="well").status_code == 404, "not without the second reader"
    world.perform("second-caseworker", read_clearing, clearing=entry, agrees="no", words="He owes.")
    assert letter(world, person, entry, line="well").status_code == 404
    again = cleared(world, person)
    assert letter(world, person, again, line="well").status_code == 200
    assert_order_free(world)


def test_one_officer_takes_it_back_at_once(world: World) -> None:
    person = child_in_shelter(world)
    entry = cleared(world, person)
    world.perform("second-caseworker", revoke_clearing, clearing=entry, words="Seen with the recruiter.")
    assert state(world, person) == "revoked"
    assert letter(world, person, entry, line="well").status_code == 404
    with pytest.raises(Refused, match="already"):
        world.perform("caseworker", revoke_clearing, clearing=entry, words="x")
    assert_order_free(world)


def test_one_that_is_taken_back_before_is_not_read(world: World) -> None:
    person = child_in_shelter(world)
    entry = clear(world, person)
    world.perform("caseworker", revoke_clearing, clearing=entry, words="A mistake.")
    with pytest.raises(Refused, match="waits no more"):
        world.perform("second-caseworker", read_clearing, clearing=entry, agrees="yes")


@pytest.mark.parametrize("change", ["another", "anew", "end"])
def test_whatever_is_said_of_a_guardian_ends_it(world: World, change: str) -> None:
    person = child_in_shelter(world)
    entry = cleared(world, person)
    if change == "end":
        guardian = entry_of(world, person)
        world.perform("caseworker", end_guardian, person=person, entry=guardian, note="She moved")
    else:
        name = {"another": "Generated Uncle", "anew": AUNT["name"]}[change]
        world.perform("caseworker", assign_guardian, person=person, **{**AUNT, "name": name})
    assert state(world, person) == "void"
    assert letter(world, person, entry, line="well").status_code == 404
    assert confirmed_clearing(world.actor("caseworker"), person, entry) is None


def test_a_reading_counts_for_nothing_once_the_guardians_changed(world: World) -> None:
    person = child_in_shelter(world)
    entry = clear(world, person)
    world.perform("caseworker", assign_guardian, person=person, **{**AUNT, "name": "Generated Uncle"})
    with pytest.raises(Refused, match="waits no more"):
        world.perform("second-caseworker", read_clearing, clearing=entry, agrees="yes")


# -- who ------------------------------------------------------------------------------------------


def test_who_recorded_it_does_not_read_it_and_neither_do_others(world: World) -> None:
    person = child_in_shelter(world)
    entry = clear(world, person)
    with pytest.raises(Forbidden, match="does not read it second"):
        world.perform("caseworker", read_clearing, clearing=entry, agrees="yes")
    guardian = entry_of(world, person)
    for role in ("officer", "national-lead", "prosecutor", "coordinator", "deciding-authority", "partner"):
        with pytest.raises((Forbidden, Refused)):
            world.perform(role, clear_guardian, person=person, guardian=guardian, why=WHY)
        with pytest.raises((Forbidden, Refused)):
            world.perform(role, read_clearing, clearing=entry, agrees="yes")
        with pytest.raises((Forbidden, Refused)):
            world.perform(role, revoke_clearing, clearing=entry, words="x")
        assert clearings(world.actor(role), person) == []
        for route, key in (("clear", guardian), ("read", entry), ("revoke", entry), ("letter", entry)):
            address = reverse(f"care-guardian-{route}", args=[person, key])
            assert world.client(role).get(address).status_code in (403, 404)
    shown = text(world.client("deciding-authority").get(reverse("care-family", args=[person])))
    assert "safe to contact" not in shown.lower()


def test_only_a_childs_checked_guardian_is_cleared(world: World) -> None:
    person = child_in_shelter(world)
    world.perform("caseworker", assign_guardian, person=person, **{**AUNT, "checked": "no"})
    with pytest.raises(Refused, match="had no part"):
        clear(world, person)
    world.perform("caseworker", assign_guardian, person=person, **{**AUNT, "kind": "trusted-adult"})
    with pytest.raises(Refused, match="had no part"):
        clear(world, person)
    grown = meet(world)
    world.perform("caseworker", open_care, person=grown)
    world.perform("caseworker", assign_guardian, person=grown, **AUNT)
    with pytest.raises(Refused, match="rules for a child"):
        clear(world, grown)
    with pytest.raises(Refused, match="stands no more"):
        world.perform("caseworker", clear_guardian, person=person, guardian="ab" * 32, why=WHY)


def test_it_is_not_recorded_twice_while_it_holds(world: World) -> None:
    person = child_in_shelter(world)
    clear(world, person)
    with pytest.raises(Refused, match="already"):
        clear(world, person)


# -- pages ----------------------------------------------------------------------------------------


def test_it_is_recorded_read_and_taken_back_on_pages(world: World) -> None:
    person, client = child_in_shelter(world), world.client("caseworker")
    family_page = reverse("care-family", args=[person])
    assert "Not recorded as safe to contact" in text(client.get(family_page))
    address = reverse("care-guardian-clear", args=[person, entry_of(world, person)])
    form = form_at(client, address)
    assert client.post(address, {**form.fields, "why": WHY}).status_code == 302
    assert "It waits for a second reader" in text(client.get(family_page))
    (entry,) = [view.id for view in clearings(world.actor("caseworker"), person)]
    second = world.client("second-caseworker")
    read = reverse("care-guardian-read", args=[person, entry])
    to_read = [role for role in ("caseworker", "second-caseworker", "supervisor") if world.actor(role)]
    waits = [role for role in to_read if clearings_to_read(world.actor(role))]
    assert "caseworker" not in waits and waits
    assert read in world.client(waits[0]).get("/").content.decode()
    form = form_at(second, read)
    assert second.post(read, {**form.fields, "agrees": "yes"}).status_code == 302
    assert "Letter to this guardian" in text(client.get(family_page))
    revoke = reverse("care-guardian-revoke", args=[person, entry])
    form = form_at(client, revoke)
    assert client.post(revoke, {**form.fields, "words": "Not safe."}).status_code == 302
    shown = text(client.get(family_page))
    assert "Not safe to contact: taken back" in shown and "Letter to this guardian" not in shown
