"""Steps that lead straight to what the exchange must withstand, and chance alone would seldom lead to."""

from __future__ import annotations

import random
from functools import partial
from typing import Any

from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actions.remove_reader import remove_reader
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.state_person import state_person
from libertad.vocabulary.values import PersonName
from tests.simulator.crew import COUNTRIES, REFUSED, Crew
from tests.support.sharing import share_person

MEET = (2, 3, 4, 5)  # authorities that meet persons


class NotNow(Exception):
    """The story cannot be told: somebody has left, or keys have not come."""


class File:
    """A person's file, its owner, a second authority that writes in it, and a third."""

    def __init__(self, crew: Crew, how: random.Random, by_clock: bool = False) -> None:
        self.crew, self.world, self.how = crew, crew.world, how
        crew.restore_all(how)
        parties = self.world.parties
        pair = how.sample([n for n in MEET if self._role(n) in parties[n].officers], 2)
        if by_clock:  # the owner's is behind
            pair.sort(key=lambda n: parties[n].machine.skew)
        self.owner, self.second = pair
        self.third = how.choice([n for n in range(6) if n not in pair])
        self.person = self.do(
            self.owner,
            meet_person,
            country=COUNTRIES[self.owner],
            sex="female",
            name=(PersonName(text="Told"),),
        )
        rows = parties[self.owner].machine.disk.execute(
            "select id from access_compartment where kind = 'person' and about = ?", (self.person,)
        )
        self.compartment = str(rows.fetchone()[0])
        self.share(self.second)
        self.both(self.owner, self.second)

    def _role(self, number: int) -> str:
        return "caseworker" if number == 5 else "officer"

    def do(self, number: int, action: Any, /, by: str = "", **arguments: Any) -> Any:
        try:
            return self.world.do(number, by or self._role(number), action, **arguments)
        except REFUSED as why:
            raise NotNow(f"refused: {why}") from None

    def share(self, number: int) -> None:
        authority = self.world.parties[number].authority
        rows = self.world.parties[self.owner].machine.disk.execute(
            "select 1 from access_reader where compartment = ? and authority = ?",
            (self.compartment, authority),
        )
        if rows.fetchone() is None:  # care reads it from the beginning
            self.do(self.owner, share_person, person=self.person, authority=authority, reason="helps")

    def write(self, number: int, by: str = "", **values: Any) -> str:
        known = self.world.parties[number].machine.disk.execute(
            "select 1 from people_person where id = ?", (self.person,)
        )
        if known.fetchone() is None:
            raise NotNow("the keys have not come")
        words = f"words {self.how.randrange(1000)}"
        return str(self.do(number, state_person, by, person=self.person, words=words, **values))

    def pull(self, asker: int, giver: int) -> None:
        self.crew.catch_up(asker, giver, self.how)

    def both(self, first: int, second: int) -> None:
        """Both have all, keys included."""
        self.pull(first, second)
        self.pull(second, first)

    def third_reads(self) -> None:
        """The third reads it too, and all three have all."""
        self.share(self.third)
        self.both(self.third, self.owner)
        self.pull(self.second, self.owner)
        self.pull(self.third, self.second)


class Stories(Crew):
    """Each is a step like others; one that cannot be told says why."""

    def _run_file_story(self, rng: random.Random, tell: Any, by_clock: bool = False) -> str:
        try:
            file = File(self, rng, by_clock)
            names = ", ".join(self.world.parties[n].name for n in (file.owner, file.second, file.third))
            return f"{names}: {tell(file)}"
        except NotNow as why:
            return str(why)

    def late(self, rng: random.Random) -> str:
        """A third reader comes late: what the second wrote is at no other node, and below its cursor."""

        def tell(file: File) -> str:
            file.write(file.second)
            file.pull(file.third, file.owner)
            file.pull(file.third, file.second)
            if rng.random() < 0.5:
                file.write(file.second)
            file.share(file.third)
            file.pull(file.second, file.owner)
            file.pull(file.third, file.second)
            return "shared late"

        return self._run_file_story(rng, tell)

    def before(self, rng: random.Random) -> str:
        """The third reader hears an entry before the one that it builds on."""

        def tell(file: File) -> str:
            file.third_reads()
            first = file.write(file.owner, sex="male")
            file.pull(file.second, file.owner)
            file.write(file.second, sex="female", supersedes={"sex": (first,)})
            file.pull(file.third, file.second)
            return "heard before"

        return self._run_file_story(rng, tell)

    def removed(self, rng: random.Random) -> str:
        """The second is removed, writes on before it hears of it, and the third hears that first."""

        def tell(file: File) -> str:
            file.third_reads()
            reader = self.world.parties[file.second].authority
            kid = file.do(
                file.owner, remove_reader, compartment=file.compartment, readers=[reader], reason="done"
            )
            self.barred(kid, reader, file.compartment)
            self.world.times.true += 60.0
            file.write(file.second, sex="male")
            file.pull(file.third, file.second)
            return "removed, and wrote on"

        return self._run_file_story(rng, tell, by_clock=True)

    def hearsay(self, rng: random.Random) -> str:
        """The third hears from the owner what a newcomer of the second wrote, and later of who that is."""

        def tell(file: File) -> str:
            second = self.world.parties[file.second]
            if "administrator" not in second.officers:
                raise NotNow("nobody appoints")
            file.pull(file.third, file.second)
            self.number += 1
            second.officers["newcomer"] = file.do(
                file.second,
                appoint_officer,
                "administrator",
                name="Newcomer",
                service_number=f"c-{self.number}",
                role=file._role(file.second),
            )
            second.roles["newcomer"] = file._role(file.second)
            try:
                file.write(file.second, "newcomer", sex="male")
            finally:
                del second.officers["newcomer"], second.roles["newcomer"]
            file.pull(file.owner, file.second)
            file.share(file.third)
            file.pull(file.third, file.owner)
            return "heard by the owner"

        return self._run_file_story(rng, tell)

    def crash_take(self, rng: random.Random) -> str:
        """A process dies while it takes a peer's entries: after as many steps as taking such takes."""
        self.restore_all(rng)
        lines = []
        for _ in range(4):
            asker, giver = rng.sample((0, 1, 2, 3, 5), 2)
            fuse, work = self.world.parties[asker].machine.fuse, rng.random()
            self.catch_up(asker, giver, rng)
            self.act(random.Random(work), giver)
            start = fuse.steps
            if " 0 stored" in self.ask(asker, giver, rng):
                continue
            spent = fuse.steps - start
            self.act(random.Random(work), giver)
            fuse.left = rng.randrange(spent * 2 // 3, spent)  # before that it mostly looks
            outcome = self.ask(asker, giver, rng)
            fuse.left = None
            lines.append(f"{self.world.parties[asker].name}: {outcome}")
            if outcome == "died":
                break
        return "; ".join(lines)

    def disaster(self, rng: random.Random) -> str:
        """Backup, work that travels and work that does not, restore, and the like work again."""
        number = rng.randrange(6)
        party = self.world.parties[number]
        self.network.sides = {}
        self.revive(rng, 1.0)
        self.up(number, rng)
        self.images[number] = []
        self.copy(number)
        works = [rng.random() for _ in range(2)]
        lines = [self.act(random.Random(work), number) for work in works]
        for peer in rng.sample([n for n in range(6) if n != number], 3):
            lines.append(self.careful(peer, rng, partial(self.network.pull, peer, number, rng)))
            self.revive(rng, 1.0)
        if rng.random() < 0.5:
            lines.append(self.act(rng, number))
        lines.append(self.restored(rng, number))
        lines += [self.act(random.Random(work), number) for work in works]
        return f"{party.name}: " + "; ".join(lines)

    def power(self, rng: random.Random) -> str:
        """An act, and the power is gone as soon as it is acknowledged."""
        number = rng.randrange(6)
        self.up(number, rng)
        line = self.act(rng, number)
        if self.world.parties[number].machine.node is not None:
            self.down(number, rng)
        self.up(number, rng)
        return line
