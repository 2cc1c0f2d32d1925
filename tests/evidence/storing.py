"""What tests of the exhibit store make and ask: exhibits in custody, places, moves, audits, pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from libertad.evidence.actions.add_place import add_place
from libertad.evidence.actions.audit_place import audit_place
from libertad.evidence.actions.move_exhibits import move_exhibits
from libertad.evidence.actions.seal import seal
from libertad.evidence.actions.seize import seize
from libertad.evidence.models import Exhibit
from libertad.evidence.queries_store import audit as read_audit
from libertad.journal.models import Entry
from libertad.vocabulary.values import Refused
from tests.support.world import World

KEEPER = "exhibits-officer"


def seize_phone(world: World, number: int, role: str = KEEPER, *, sealed: bool = True) -> str:
    """An exhibit in the custody of this officer, with the seal GYP-number."""
    exhibit = str(
        world.perform(
            role,
            seize,
            country="GY",
            kind="mobile-phone",
            description=f"Phone {number}",
            happened=world.at(4, 10),
        )
    )
    if sealed:
        world.perform(role, seal, exhibit=exhibit, number=f"GYP-{number}", happened=world.at(4, 11))
    return exhibit


def place(world: World, name: str, role: str = KEEPER, **options: Any) -> str:
    return str(world.perform(role, add_place, country="GY", kind="shelf", name=name, **options))


def read(*numbers: int) -> list[dict[str, str]]:
    """The things of a move, by what each seal reads."""
    rows = Exhibit.objects.filter(seal__in=[f"GYP-{number}" for number in numbers])
    return [{"exhibit": row.pk, "seal_read": row.seal} for row in rows]


def move(world: World, store: str, *numbers: int, role: str = KEEPER) -> str:
    return str(
        world.perform(role, move_exhibits, store=store, things=read(*numbers), happened=world.at(5, 9))
    )


def row(exhibit: str) -> Exhibit:
    return Exhibit.objects.get(pk=exhibit)


def refuses(world: World, role: str, action: Any, field: str, says: str, **arguments: Any) -> None:
    before = Entry.objects.count()
    with pytest.raises(Refused) as why:
        world.perform(role, action, **arguments)
    assert (why.value.field, says in why.value.rule) == (field, True), why.value
    assert Entry.objects.count() == before, "a refused act leaves no entry"


@pytest.fixture
def shelf(world: World) -> str:
    """A shelf with three phones of the exhibits officer: GYP-1, GYP-2, GYP-3."""
    store = place(world, "Shelf B-14", within=place(world, "Room 2"))
    for number in (1, 2, 3):
        seize_phone(world, number)
    move(world, store, 1, 2, 3)
    return store


class _Killed(BaseException):
    """What ends the process in the middle."""


def ids(*numbers: int) -> list[str]:
    return [reading["exhibit"] for reading in read(*numbers)]


def audited(world: World, store: str, role: str = KEEPER, **arguments: Any) -> Any:
    arguments = {"listed": ids(1, 2, 3), "confirmed": True} | arguments
    return read_audit(world.actor(role), world.perform(role, audit_place, store=store, **arguments))


def audit_differences(audit: Any) -> list[tuple[str, str]]:
    return [(difference.kind, difference.reference or difference.thing) for difference in audit.differences]


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()
