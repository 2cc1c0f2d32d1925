"""What was recorded after the set that is restored: who has it, and what recording it again makes of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from libertad.access.actions.erase_person import erase_person
from libertad.exchange.scheduler import introductions
from libertad.exchange.sync.endpoint import WELCOME
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary.values import PersonName, Refused
from tests.exchange.conftest import Three
from tests.exchange.control.test_introduction import restored
from tests.exchange.test_danger import row
from tests.support.linking import link_same
from tests.support.nodes import LoneNode, Party, settle
from tests.support.sharing import share_person

ANA = PersonName(text="Ana Pérez")


class Machine:
    """Guyana's node, the person that it met after its last set, and a reader of that person's file."""

    def __init__(self, three: Three, folder: Path, stack: ExitStack) -> None:
        three.guyana.node.close()
        self.folder, self.stack, self.others = folder, stack, (three.centre, three.trinidad)
        self.set = three.guyana.copy(folder / "set")
        self.set.node.close()
        lost = three.guyana.copy(folder / "lost")
        three.guyana.node = LoneNode(three.guyana.node.home)
        self.first = met(lost)
        self.tell(lost, self.first)
        settle([lost, *self.others])
        assert people(three.trinidad) == {self.first}
        lost.node.close()
        self.lost = lost

    def tell(self, party: Party, person: str) -> None:
        """Trinidad's police read this person's file too."""
        party.do("officer", share_person, person=person, authority=self.others[1].authority, reason="helps")

    def back(self, rings: bool) -> Party:
        """The node goes on from its set, with the rings of that set or (`rings`) those of its last day."""
        if rings:
            shutil.copy(self.lost.node.home / "rings.db", self.set.node.home / "rings.db")
        party = self.set.copy(self.folder / "back")
        self.stack.callback(party.close)
        restored(party)
        assert people(party) == set()
        return party

    def announce_restore(self, party: Party) -> None:
        """The others hear of the restore, and give back what they have."""
        for peer in self.others:
            slips = introductions(party.node, peer.node.key.origin)
            assert list(peer.exchange.answer(slips[0])) == [WELCOME]
        settle([party, *self.others])


def met(party: Party) -> str:
    person: str = party.do("officer", meet_person, country="GY", name=(ANA,))
    return person


def people(party: Party) -> set[str]:
    return {str(row[0]) for row in party.rows("people_person", "id")}


@pytest.fixture
def machine(three: Three, tmp_path: Path) -> Iterator[Machine]:
    with ExitStack() as stack:
        yield Machine(three, tmp_path, stack)


def count_people(party: Party) -> int:
    """Records that the totals at this node count, each of a person of its own."""
    rows = party.rows("people_tally", "id, links")
    same = {
        frozenset((record, linked))
        for record, links in rows
        for _ms, linked, same in json.loads(links)
        if same
    }
    return len(rows) - len(same)


def test_what_comes_back_and_was_recorded_again_is_said_to_be_recorded_twice(machine: Machine) -> None:
    party, centre = machine.back(rings=True), machine.others[0]
    again = met(party)
    machine.announce_restore(party)
    assert people(party) == {machine.first, again}, "who waited for the peers and searched finds the first"
    assert count_people(party) == count_people(centre) == 2
    party.do("national-lead", link_same, person=again, other=machine.first, reasons="?", recorded_twice=True)
    settle([party, *machine.others])
    words = row(party, again)
    assert words is not None and words["twice"] == machine.first
    assert count_people(party) == count_people(centre) == 1


def test_who_recorded_it_again_before_the_key_was_given_back_says_so_then(machine: Machine) -> None:
    party, (centre, reader) = machine.back(rings=False), machine.others
    again = met(party)
    machine.announce_restore(party)
    settle([party, *machine.others])
    assert people(party) == {machine.first, again} and people(reader) == {machine.first}
    assert count_people(party) == count_people(centre) == 2
    party.do("national-lead", link_same, person=again, other=machine.first, reasons="?", recorded_twice=True)
    settle([party, *machine.others])
    assert count_people(party) == count_people(centre) == 1


def test_what_nobody_else_opens_counts_and_cannot_be_joined(machine: Machine) -> None:
    """The only reader destroyed its keys: the entries come back, and no key does."""
    party, (centre, reader) = machine.back(rings=False), machine.others
    reader.do("national-lead", erase_person, person=machine.first, reason="our own order")
    machine.announce_restore(party)
    assert people(party) == set() == people(reader)
    assert count_people(party) == count_people(centre) == 1, "so that recording it again counts twice"
    again = met(party)
    settle([party, *machine.others])
    assert count_people(party) == count_people(centre) == 2
    with pytest.raises(Refused):
        party.do("national-lead", link_same, person=again, other=machine.first, reasons="?")
