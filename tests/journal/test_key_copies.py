"""A copy of each key is in the database with the act that made it: no ring copy is too old for it."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from libertad.access.actions.erase_person import erase_person
from libertad.access.models import Compartment
from libertad.access.queries import readable
from libertad.commands.doctor import problems
from libertad.journal import restore
from libertad.journal.node import close_node, node
from libertad.journal.rebuild import rebuild
from libertad.journal.rings import Rings
from libertad.journal.sql import Sql
from libertad.journal.verify import verify
from libertad.journal.writer import NotStored
from libertad.people.actions.meet_person import meet_person
from libertad.people.models import Person
from libertad.vocabulary.values import PersonName
from tests.support.world import World


def met(world: World, name: str) -> str:
    person: str = world.perform("officer", meet_person, country="GY", name=(PersonName(text=name),))
    return person


def readable_people(world: World, *people: str) -> list[bool]:
    """Whether the officer may read each."""
    return [readable(world.actor("officer"), Person, [person]).exists() for person in people]


def elsewhere(world: World, settings: Any, folder: Path) -> None:
    """As the documentation of 0.1 says: `rings.backup` as `rings.db`, the parts, and the database."""
    close_node()
    folder.mkdir(mode=0o700)
    shutil.copy(world.home / "rings.backup", folder / "rings.db")
    (folder / "rings.db").chmod(0o600)
    shutil.copytree(world.home / "keys", folder / "keys")
    settings.LIBERTAD_HOME = folder
    restore.accept(node())
    rebuild(node())


def without_keys(*people: str) -> list[str]:
    """Take the keys of a person's files out of every ring and copy, as an old ring copy lacks them."""
    places = list(Compartment.objects.filter(about__in=people).values_list("id", flat=True))
    here = node()
    for place in places:
        here.rings.db.execute("delete from epoch where compartment = ?", (bytes.fromhex(place),))
    Sql().run("delete from journal_key_copy")
    close_node()
    return places


def test_whoever_was_recorded_after_the_last_ring_copy_is_there_after_a_restore(
    world: World, settings: Any, tmp_path: Path
) -> None:
    before = met(world, "Before")
    node().rings.backup()
    after = [met(world, f"After {n}") for n in range(2)]
    elsewhere(world, settings, tmp_path / "elsewhere")
    assert readable_people(world, before, *after) == [True] * 3
    assert verify(node()).findings == []


def test_a_key_that_is_missing_is_found_and_named(world: World) -> None:
    kept_person, lost = met(world, "Kept"), met(world, "Lost")
    places = without_keys(lost)
    rebuild(node())
    assert readable_people(world, kept_person, lost) == [True, False]
    findings = [finding for finding in verify(node()).findings if finding.kind == "key"]
    assert {finding.where for finding in findings} == {f"file {place}" for place in places}
    assert all("restore" in finding.mend for finding in findings)
    reported = [problem for problem in problems(world.home) if "key" in problem.what]
    assert all(place in " ".join(problem.what for problem in reported) for place in places)


def test_a_ring_copy_is_there_from_the_first_moment(tmp_path: Path) -> None:
    rings = Rings(tmp_path)
    try:
        public = rings.create("0" * 32)
        copy = sqlite3.connect(tmp_path / "rings.backup")
        assert copy.execute("select public from device").fetchall() == [(public,)]
        copy.close()
        public = rings.renew_device("0" * 32)
        copy = sqlite3.connect(tmp_path / "rings.backup")
        assert copy.execute("select public from device").fetchall() == [(public,)]
        copy.close()
    finally:
        rings.close()


def test_what_was_erased_comes_back_by_no_copy(world: World, settings: Any, tmp_path: Path) -> None:
    erased_person, kept_person = met(world, "Gone"), met(world, "Kept")
    copies = Sql().all("select authority, key_id, generation, sealed from journal_key_copy")
    assert copies
    world.perform("national-lead", erase_person, person=erased_person, reason="order 7", source="decision")
    assert Sql().all("select * from journal_key_copy") == []  # under roots that are gone
    Sql().run_many(
        "insert into journal_key_copy (authority, key_id, generation, sealed) values (?, ?, ?, ?)", copies
    )
    later = met(world, "Later")
    elsewhere(world, settings, tmp_path / "elsewhere")
    assert readable_people(world, erased_person, kept_person, later) == [False, True, True]
    assert verify(node()).findings == []
    assert not {bytes(row[1]) for row in copies} & {
        bytes(r[0]) for r in Sql().all("select key_id from journal_key_copy")
    }


def test_where_the_copy_cannot_be_written_nothing_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    size = verify(node()).size
    real = Sql.run_many

    def full(self: Sql, text: str, rows: Any) -> None:
        if "journal_key_copy" in text:
            raise sqlite3.OperationalError("database or disk is full")
        real(self, text, rows)

    monkeypatch.setattr(Sql, "run_many", full)
    with pytest.raises(NotStored, match="the disk is full: nothing was written"):
        met(world, "Refused")
    monkeypatch.undo()
    assert verify(node()).size == size
    met(world, "Taken")
    assert verify(node()).findings == []


def test_a_changed_copy_is_not_taken(world: World, settings: Any, tmp_path: Path) -> None:
    """Whoever writes in the database gives nobody a key, and moves none to another file."""
    node().rings.backup()
    person = met(world, "Somebody")
    sql = Sql()
    for authority, kid, sealed in sql.all("select authority, key_id, sealed from journal_key_copy"):
        changed = bytes(sealed[:-20]) + bytes(b ^ 1 for b in bytes(sealed[-20:]))
        sql.run(
            "update journal_key_copy set sealed = ? where authority = ? and key_id = ?",
            (changed, authority, bytes(kid)),
        )
    elsewhere(world, settings, tmp_path / "elsewhere")
    assert readable_people(world, person) == [False]
    assert any(finding.kind == "key" for finding in verify(node()).findings)


def test_an_older_ring_leaves_copies_under_a_later_root_to_the_ring_that_opens_them(
    world: World, settings: Any, tmp_path: Path
) -> None:
    """A standby that was taken over with the ring copy of before an erasure: it destroyed these copies."""
    older, home = tmp_path / "older", world.home
    shutil.copytree(home / "keys", older / "keys")
    shutil.copy(home / "rings.backup", older / "rings.db")
    (older / "rings.db").chmod(0o600)
    gone = met(world, "To be erased")
    world.perform("national-lead", erase_person, person=gone, reason="order 7", source="decision")
    met(world, "After the erasure")
    copies = set(Sql().all("select authority, key_id from journal_key_copy"))
    close_node()
    settings.LIBERTAD_HOME = older
    restore.accept(node())
    assert copies and copies <= set(Sql().all("select authority, key_id from journal_key_copy"))
