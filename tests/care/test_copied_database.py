"""Care's database in the hands of somebody without the keys: what it tells of a person, and what not."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.exceptions import FieldError
from django.db import connection, models

from libertad.access.queries import readable
from libertad.care.actions.identify import identify
from libertad.care.actions.read_identification import read_identification
from libertad.care.actions.record_wish import record_wish
from libertad.care.models import CareFile, Identification
from libertad.journal import sealing
from libertad.journal.models import NotOpened, ReadModel
from libertad.journal.node import node
from libertad.journal.ringfile import Unlocked
from libertad.journal.seals import RowChanged
from tests.care.people import meet
from tests.support.populated import Populated
from tests.support.world import World

# What stays in the clear of each row; that a row is there tells that a word of its kind was said.
# `other_record`: of an agreement on who leads, by which erasing that record finds it; a key as `person` is.
STAYS = {"id", "compartment", "operation", "provenance", "person", "other_record", "reference", "sealed"}
ROOM = [model for model in apps.get_app_config("care").get_models() if issubclass(model, ReadModel)]


def copied(model: type[models.Model]) -> list[dict[str, object]]:
    """A table as whoever has the file reads it."""
    with connection.cursor() as cursor:
        cursor.execute(f"select * from {model._meta.db_table} order by id")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_every_table_of_care_keeps_nothing_but_keys_in_the_clear(populated: Populated) -> None:
    tables = {model: copied(model) for model in ROOM}
    assert len([rows for rows in tables.values() if rows]) > 8, "else there is nothing to see"
    for model, table in tables.items():
        assert {field.column for field in model._meta.concrete_fields} <= STAYS, model.__name__
        for row in table:
            length = len(bytes(row["sealed"])) - (16 + 12 + 16)  # type: ignore[arg-type]
            assert length >= model.LEAST and sealing.padded_length(length) == length, model.__name__


def test_a_decided_file_looks_like_one_in_which_nothing_was_decided(world: World) -> None:
    decided, _undecided = meet(world), meet(world)
    for person in (decided, _undecided):
        world.perform("caseworker", record_wish, person=person, wish="stay", words="Here.")
    sizes = {row["id"]: len(bytes(row["sealed"])) for row in copied(CareFile)}  # type: ignore[arg-type]
    done = world.perform("caseworker", identify, person=decided, status="presumed", reasons="Wages withheld.")
    world.perform("deciding-authority", read_identification, identification=done, agrees="yes")
    after = {row["id"]: len(bytes(row["sealed"])) for row in copied(CareFile)}  # type: ignore[arg-type]
    assert after == sizes and len(set(after.values())) == 1
    assert {len(bytes(row["sealed"])) for row in copied(Identification)} == set(after.values())  # type: ignore[arg-type]


def test_no_question_to_the_database_and_no_unopened_row_gives_a_sealed_column(world: World) -> None:
    world.perform("caseworker", record_wish, person=meet(world), wish="stay", words="Here.")
    with pytest.raises(NotOpened):
        _ = CareFile.objects.get().status
    with pytest.raises(FieldError, match="'status'"):
        CareFile.objects.filter(status="confirmed")


def test_a_row_put_back_to_an_older_state_is_noticed(world: World) -> None:
    key = world.perform("caseworker", identify, person=meet(world), status="presumed", reasons="Threats.")
    (older,) = copied(Identification)
    world.perform("deciding-authority", read_identification, identification=key, agrees="yes")
    with connection.cursor() as cursor:
        cursor.execute("update care_identification set sealed = %s where id = %s", [older["sealed"], key])
    found = {(notice.table, notice.name) for notice in node().seals.findings(node().sql())}
    assert ("care_identification", key) in found


def test_a_row_that_another_process_wrote_is_opened_with_its_new_key(world: World) -> None:
    """This process has not heard of the key yet: it asks the file of rings, and hides nobody."""
    person = meet(world)
    world.perform("caseworker", record_wish, person=person, wish="stay", words="Here.")
    rings, care = node().rings, world.authorities["care"]
    file = CareFile.objects.get(person=person)
    rings._take({**rings.open, care: Unlocked(rings.open[care].root)})
    assert rings.key(care, bytes(file.sealed)[:16]) is None
    rings.seen = (0, 0)  # as after another process's commit
    assert [row.wish for row in readable(world.actor("caseworker"), CareFile)] == ["stay"]


def test_a_row_with_anothers_bytes_is_told_of_and_hides_nobody(world: World) -> None:
    people = meet(world), meet(world)
    for person in people:
        world.perform("caseworker", record_wish, person=person, wish="stay", words="Here.")
    other, changed = copied(CareFile)
    with connection.cursor() as cursor:
        cursor.execute("update care_carefile set sealed = %s where id = %s", [other["sealed"], changed["id"]])
    with pytest.raises(RowChanged, match=str(changed["id"])):
        list(readable(world.actor("caseworker"), CareFile))
    answer = world.client("caseworker").get("/care/")
    assert answer.status_code == 503 and "libertad doctor" in answer.content.decode()
