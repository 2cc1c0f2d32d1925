"""Keys given back after a restore: what opens again, and for whom it is."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from libertad.access.actions.erase_person import erase_person
from libertad.exchange.transport import mail
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.state_person import state_person
from libertad.vocabulary.values import PersonName
from tests.exchange.conftest import Three
from tests.exchange.control.test_introduction import restored
from tests.exchange.giving_back import file_of, shut, wraps
from tests.exchange.test_recorded_again import Machine, met, people
from tests.support import lone
from tests.support.nodes import Party, settle
from tests.support.sharing import share_person


@pytest.fixture
def machine(three: Three, tmp_path: Path) -> Iterator[Machine]:
    with ExitStack() as stack:
        yield Machine(three, tmp_path, stack)


def test_what_came_after_the_rings_of_a_set_opens_again_for_who_recorded_it(machine: Machine) -> None:
    party = machine.back(rings=False)
    machine.announce_restore(party)
    assert people(party) == {machine.first} and shut(party) == []
    assert party.do("officer", state_person, person=machine.first, language=["spa"])
    settle([party, *machine.others])
    assert shut(machine.others[1]) == []


def test_a_file_that_another_authority_opened_after_the_set_is_given_back_too(machine: Machine) -> None:
    """Its key had been given, and its taking confirmed: it is given again."""
    lost, trinidad = went_on(machine), machine.others[1]
    second = trinidad.do("officer", meet_person, country="TT", name=(PersonName(text="Eva"),))
    trinidad.do("officer", share_person, person=second, authority=lost.authority, reason="helps")
    settle([lost, *machine.others])
    assert people(lost) == {machine.first, second}
    lost.node.close()
    party = machine.back(rings=False)
    machine.announce_restore(party)
    assert people(party) == {machine.first, second} and shut(party) == []


def went_on(machine: Machine) -> Party:
    """The machine that will be lost goes on for a while."""
    machine.lost = machine.lost.copy(machine.folder / "on")
    machine.stack.callback(lone.drop, machine.lost.node.home)
    return machine.lost


def test_an_older_ring_under_the_newest_database_gets_what_came_since(machine: Machine) -> None:
    """An erasure made new roots, so that the copies of keys in the database do not open by the older ring."""
    lost = went_on(machine)
    other_person = met(lost)
    lost.do("national-lead", erase_person, person=other_person, reason="the person asked for it")
    settle([lost, *machine.others])
    lost.node.close()
    for name in ("rings.db", "rings.backup"):
        shutil.copy(machine.set.node.home / name, lost.node.home / name)
    shutil.copytree(machine.set.node.home / "keys", lost.node.home / "keys", dirs_exist_ok=True)
    party = lost.copy(machine.folder / "older ring")
    machine.stack.callback(party.close)
    restored(party)
    assert shut(party) != []
    machine.announce_restore(party)
    assert people(party) == {machine.first} and shut(party) == []


def test_by_letters_that_nobody_answers(machine: Machine) -> None:
    party, trinidad = machine.back(rings=False), machine.others[1]
    # By mail alone: the succession goes before each letter, the question with every one.
    for _ in range(5):
        for sender, reader in ((party, trinidad), (trinidad, party)):
            letter = mail.write(sender.exchange, reader.node.key.origin)
            plain = mail.seal(sender.exchange, reader.node.key.origin, b"x")
            origin, _ = mail.open_mail(reader.exchange, plain)
            mail.read(reader.exchange, origin, letter.parcels)
    assert people(party) == {machine.first}


def test_what_somebody_asked_to_erase_is_given_back_to_nobody(machine: Machine) -> None:
    """Guyana erased the person after its last set; Trinidad holds the request and has not answered it."""
    lost = went_on(machine)
    lost.do("national-lead", erase_person, person=machine.first, reason="the person asked for it")
    settle([lost, *machine.others])
    lost.node.close()
    party, trinidad = machine.back(rings=False), machine.others[1]
    assert people(trinidad) == {machine.first}
    machine.announce_restore(party)
    assert people(party) == set() and shut(party) != []
    assert wraps(trinidad, party, file_of(trinidad, machine.first)) == []
