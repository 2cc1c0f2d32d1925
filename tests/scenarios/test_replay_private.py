"""The operation on nodes that share nobody's file: who was moved, met twice or called is found in private."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pytest

from libertad.people.actions.share_person import share_person
from scenarios.operation_libertad_2018 import play, timeline
from scenarios.replay import on_node, searching
from scenarios.replay import private_on_node as there
from scenarios.replay.carriages import EXCHANGE
from scenarios.replay.hosts import Host
from scenarios.replay.report import Report
from scenarios.replay.run import Options, replay

pytestmark = [pytest.mark.sqlite_only, pytest.mark.xdist_group("replay")]
# In this order the police of Venezuela and of Guyana have a node each, apart from the coordinating centre's.
COUNTRIES = ("VE", "GY", "CW", "JM")
# Before anybody was shared or linked: these hits are why that is done.
ENDS = "2018-04-09T21:38+00:00"
DESKS = {"VE": "Duty desk, Caracas", "GY": "Duty desk, Georgetown"}
ASKS = (
    ("GY", "VE", "person"), ("VE", "GY", "person"), ("CW", "VE", "person"),
    ("GY", "VE", "exhibit"), ("VE", "GY", "exhibit"), ("JM", "VE", "exhibit"),
)  # fmt: skip
WITHIN = 60.0
Asked = tuple[str, str, str]


class Met(NamedTuple):
    """A hit, and what each side knows of its own record; only the test knows both."""

    hit: there.Found
    site: str
    names: list[str]
    owners: there.Opened
    owners_names: list[str]

    @property
    def right(self) -> bool:
        return self.names == self.owners_names


@dataclass
class Told:
    """What the nodes said. `before`, `after` its release: as whom Guyana knows Venezuela's record."""

    asked: dict[Asked, int] = field(default_factory=dict)
    met: dict[Asked, list[Met]] = field(default_factory=dict)
    before: dict[str, list[str]] = field(default_factory=dict)
    after: dict[str, list[str]] = field(default_factory=dict)
    logs: dict[str, there.Logs] = field(default_factory=dict)
    authorities: dict[str, str] = field(default_factory=dict)
    searched: dict[str, int] = field(default_factory=dict)
    betrayed: list[str] = field(default_factory=list)
    planted: list[str] = field(default_factory=list)

    def persons(self) -> list[Met]:
        return [one for (_, _, kind), some in self.met.items() if kind == "person" for one in some]

    def moved(self) -> list[Met]:
        """Hits of those whom Guyana had met where it then found nobody."""
        return [one for one in self.met["GY", "VE", "person"] if one.site == timeline.NAMED]


def among(hosts: Mapping[str, Host]) -> dict[str, Host]:
    """Where the police of each country live."""
    return {code: host for host in hosts.values() for code in COUNTRIES if code in host.keys}


def ask(at: Mapping[str, Host], told: Told) -> None:
    """Everybody asks for all whom they met and all phones that they seized."""
    for code, desk in DESKS.items():
        at[code].call(there.answers, code, desk, [one for one in COUNTRIES if one != code])
    for host in at.values():
        host.call(there.overhear)
    for asked in ASKS:
        asker, owner, kind = asked
        told.asked[asked], hits = at[asker].call(there.ask, asker, owner, f"{asker}-2018-014", kind)
        told.met[asked] = [seen(at[asker], asker, at[owner], owner, hit) for hit in hits]


def seen(mine: Host, asker: str, theirs: Host, owner: str, hit: there.Found) -> Met:
    opened = theirs.call(there.opened, owner, hit.handle)
    return Met(
        hit, mine.call(there.site, asker, hit.ref), mine.call(there.names, asker, hit.ref), opened,
        theirs.call(there.names, owner, opened.ref),
    )  # fmt: skip


def search(at: Mapping[str, Host], told: Told) -> None:
    """All files of the police nodes, and all that they said, for the words of both owners' records."""
    needles: dict[bytes, str] = {}
    for code in DESKS:
        found = at[code].call(there.words, code)
        told.searched[code] = len(found)
        needles |= {form: f"of {code}" for word in found for form in (word, word.hex().encode())}
    for code, host in at.items():
        told.betrayed += [f"{code}: {path.name}: {of}" for path, of in searching.search(host.home, needles)]
        line = host.call(there.heard)
        assert line, "nothing was heard"
        told.betrayed += [f"{code}: the line: {needles[one]}" for one in searching.found(line, needles)]
    left = at["GY"].home / "left"
    left.write_bytes(b"x" + next(word for word, of in needles.items() if of == "of VE"))
    told.planted = [path.name for path, _ in searching.search(at["GY"].home, needles)]
    left.unlink()


def release(at: Mapping[str, Host], told: Told) -> None:
    """Venezuela's lead, having been called, lets Guyana read the two files."""
    lead = at["VE"].call(there.officer, "VE", "national-lead")
    for met in told.moved():
        ref = met.owners.ref
        told.before[ref] = at["GY"].call(there.names, "GY", ref)
        given = {
            "person": ref.partition(":")[2], "authority": told.authorities["GY"],
            "reason": "They called about their question",
        }  # fmt: skip
        at["VE"].call(on_node.once, f"release {ref}", lead, share_person, given)
        until = time.monotonic() + WITHIN
        while time.monotonic() < until and not told.after.get(ref):
            told.after[ref] = at["GY"].call(there.names, "GY", ref)
            time.sleep(0.2)


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Told, Report]:
    told, data = Told(), play.parameters()
    data["countries"] = {code: data["countries"][code] for code in COUNTRIES}
    data["ends"] = ENDS

    def asking(hosts: Mapping[str, Host]) -> None:
        at = among(hosts)
        told.authorities = {code: at[code].call(there.police, code) for code in COUNTRIES}
        ask(at, told)
        told.logs = {code: host.call(there.logs, code) for code, host in at.items()}
        search(at, told)
        release(at, told)

    home: Path = tmp_path_factory.mktemp("private") / "run"
    options = Options(
        carriage=EXCHANGE,
        nodes=5,
        care_nodes=1,
        level="none",
        seconds=6.0,
        data=data,
        home=home,
        meddle=asking,
    )
    return told, replay(options)


@pytest.fixture
def told(replayed: tuple[Told, Report]) -> Told:
    told, report = replayed
    assert report.wrong == [], report.trace
    return told


def test_the_second_site_of_the_people_who_were_moved_is_found(told: Told) -> None:
    assert [one.right for one in told.moved()] == [True, True]
    for one in told.moved():
        assert one.hit.contact == DESKS["VE"]
        assert one.owners.site == "Gold mine 02"  # as Venezuela sees whom the handle names
    back = [one for one in told.met["VE", "GY", "person"] if one.right]
    assert {(one.owners.site, one.hit.contact) for one in back} == {(timeline.NAMED, DESKS["GY"])}
    assert {one.owners.ref for one in back} == {one.hit.ref for one in told.moved()}


def test_names_are_read_after_the_owners_release_and_not_before(told: Told) -> None:
    assert list(told.before.values()) == [[], []]
    assert told.after == {one.owners.ref: one.names for one in told.moved()}


def test_the_person_met_in_two_countries_is_found(told: Told) -> None:
    (met,) = [one for one in told.met["CW", "VE", "person"] if one.right]
    assert met.hit.bits == max(one.hit.bits for one in told.met["CW", "VE", "person"])
    assert (met.hit.contact, met.site != met.owners.site) == (DESKS["VE"], True)


def test_the_phone_known_in_another_country_is_found_and_no_other(told: Told) -> None:
    (met,) = told.met["JM", "VE", "exhibit"]
    assert met.hit.kinds == ("phone same",)
    assert met.owners.ref.startswith("lead:")
    assert told.met["GY", "VE", "exhibit"] == told.met["VE", "GY", "exhibit"] == []
    assert told.asked["JM", "VE", "exhibit"] == 3 and told.asked["GY", "VE", "exhibit"] == 5


def test_who_has_the_same_surnames_by_chance_is_far_below(told: Told) -> None:
    """The scenario has thirteen Spanish surnames for everybody: some agree, in name and in a wide age."""
    right = [one.hit.bits for one in told.persons() if one.right]
    wrong = [one.hit.bits for one in told.persons() if not one.right]
    assert len(right) == 5
    assert len(wrong) <= 7, "7 of 113 questions when this was written"
    assert min(right) > max(wrong, default=0.0) + 10


def test_both_logs_have_each_question(told: Told) -> None:
    for asker, owner in {(asker, owner) for asker, owner, _ in ASKS}:
        kinds = [one for one in ASKS if one[:2] == (asker, owner)]
        of = [
            one
            for one in told.logs[owner].answered
            if one[:2] == (told.authorities[asker], f"{asker}-2018-014")
        ]
        assert len(of) == sum(told.asked[one] for one in kinds)
        assert sum(one[2] > 0 for one in of) >= len({met.hit.ref for one in kinds for met in told.met[one]})
    for code in COUNTRIES:
        made = told.logs[code].made
        assert len(made) == sum(count for (asker, _, _), count in told.asked.items() if asker == code)
        assert sum(what == "hit" for _, what in made) == sum(
            len({met.hit.ref for met in some}) for (asker, _, _), some in told.met.items() if asker == code
        )
        assert {case for case, _ in made} == {f"{code}-2018-014"}


def test_no_file_and_no_message_holds_a_name_or_a_number(told: Told) -> None:
    assert min(told.searched.values()) > 100
    assert told.betrayed == []
    assert told.planted == ["left"]  # what is there is found


def test_nothing_opens_and_no_word_lies_where_nobody_may_read_it(replayed: tuple[Told, Report]) -> None:
    assert [f"{one.name}: {one.wrong[:3]}" for one in replayed[1].checks if not one.ok] == []
