"""What the node counts beside phones' entries no phone bends: not another's count, nor its own twice."""

from __future__ import annotations

import pytest

from libertad.field import counts
from libertad.people.models import DangerTally, Person, Tally
from libertad.vocabulary.verbs.danger import PersonDanger, PersonDangerClose
from libertad.vocabulary.verbs.people import PersonMeet
from tests.field.making import phone_of
from tests.field.test_releasing import poison
from tests.support.phone import Phone, Written
from tests.support.world import World


def later(phone: Phone, file: str, person: str, words: str = "They come tonight") -> Written:
    return phone.write(file, "person", phone.keys[file], phone.body(PersonDanger(words=words), person))


def test_what_is_held_and_what_never_counts_takes_no_room_of_another_phone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "MOST", 4)
    phone, honest = phone_of(world), phone_of(world, "national-lead")
    person, _nonce, file, opening = phone.open_person()
    key = phone.keys[file]
    held = [
        phone.write(file, "person", key, phone.body(PersonDanger(words="x"), person, operation="ab" * 16))
        for _number in range(12)
    ]
    assert len(phone.hand_over([opening, *held]).content["held"]) == 12
    write, officer = counts.write, phone.grant["officer"]["id"]
    monkeypatch.setattr(
        counts,
        "write",
        lambda tx, report, actor: report.officer != officer and write(tx, report, actor),
    )
    for _number in range(4):
        assert len(phone.hand_over(phone.meet()[1]).content["stored"]) == 2
    for number in range(3):
        assert len(honest.hand_over(honest.meet(danger="yes")[1]).content["stored"]) == 2
        assert Tally.objects.count() == DangerTally.objects.count() == number + 1


def test_a_person_is_counted_once_however_often_met(world: World) -> None:
    phone = phone_of(world)
    person, entries = phone.meet(danger="yes")
    (file,) = phone.keys
    phone.hand_over(entries)
    for number in range(2):
        counting, _nonce = phone.subject()
        met = PersonMeet(reference=f"P-GY-K1-9{number}", counting=counting, country="GY", danger="yes")
        phone.hand_over([phone.write(file, "person", phone.keys[file], phone.body(met, person))])
    assert (Person.objects.count(), Tally.objects.count(), DangerTally.objects.count()) == (1, 1, 1)


def test_a_phone_closes_no_danger_of_another_person(world: World) -> None:
    phone, colleague_s = phone_of(world), phone_of(world, "national-lead")
    person, entries = colleague_s.meet(danger="yes")
    (file,) = colleague_s.keys
    danger = later(colleague_s, file, person)
    colleague_s.hand_over([*entries, danger])
    assert DangerTally.objects.filter(open=True).count() == 2
    own, own_entries = phone.meet(danger="yes")
    (place,) = phone.keys
    answers = (danger.name, entries[1].name)
    close = phone.write(
        place, "person", phone.keys[place], phone.body(PersonDangerClose(done="x", answers=answers), own)
    )
    phone.hand_over([*own_entries, close])
    assert DangerTally.objects.filter(open=True).count() == 3
    own_danger = later(phone, place, own)
    done = PersonDangerClose(done="x", answers=(own_danger.name, own_entries[1].name))
    close = phone.write(place, "person", phone.keys[place], phone.body(done, own))
    phone.hand_over([own_danger, close])
    assert DangerTally.objects.filter(open=True).count() == 2  # its own two alone


@pytest.mark.parametrize("which", range(6))
def test_no_content_keeps_others_from_being_taken_and_counted(world: World, which: int) -> None:
    phone, honest = phone_of(world), phone_of(world, "national-lead")
    person, entries = phone.meet()
    (file,) = phone.keys
    content, subject = poison(phone, person)[which]
    bad = phone.write(file, "person", phone.keys[file], phone.body(content, subject))
    after = later(phone, file, person)
    answer = phone.hand_over([*entries, bad, after])
    assert answer.status == 200 and {entries[0].name, entries[1].name, after.name} <= set(
        answer.content["stored"]
    )
    assert Tally.objects.count() == 1 and DangerTally.objects.filter(open=True).exists()
    assert len(honest.hand_over(honest.meet()[1]).content["stored"]) == 2
    assert Tally.objects.count() == 2
    for address in ("/", "/people/", f"/people/{person}/"):
        assert world.client("national-lead").get(address).status_code == 200
